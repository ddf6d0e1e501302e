"""The traps between aiokafka, Faust's channels and agents, each walked into on purpose."""

import asyncio
import subprocess
import sys
import time
from asyncio import to_thread
from typing import Any

import pytest

from schemas.errors import Stop
from schemas.topics import TRANSACTIONS
from streams import batch_source
from streams.app import build_app
from streams.batch import Batch
from streams.batch_source import BatchSource
from streams.outputs import Outputs
from tests.support.agents_under_test import noting_source, running_app
from tests.support.events import payment, payments
from tests.support.patience import until
from tests.support.topic_log import committed, send

pytestmark = pytest.mark.services


async def test_faust_cannot_suspend_or_clear_a_batch_in_its_channel(kafka_topics: str) -> None:
    """What Faust's own rebalance does to every channel of the app: the batch is answered all the same."""
    app, source, noted = noting_source(kafka_topics, TRANSACTIONS)
    async with running_app(app):
        await until(lambda: source.phase == "running")
        app.flow_control.suspend()
        await to_thread(send, kafka_topics, TRANSACTIONS, payments(50))
        await until(lambda: len(noted) == 50)
        app.flow_control.resume()
        app.flow_control.clear()
        await to_thread(send, kafka_topics, TRANSACTIONS, payments(50))
        await until(lambda: len(noted) == 100)


FAILING_AGENT = """
import sys
from schemas.errors import Stop
from schemas.topics import TRANSACTIONS
from streams.app import run_worker
from streams.ending import told_at_the_end
from tillwatch.log_lines import configure_logging
from tests.support.agents_under_test import noting_source

def fail(batch):
    raise Stop("in the agent")

configure_logging()
app, source, noted = noting_source(sys.argv[1], TRANSACTIONS, work=fail)
with told_at_the_end(print):
    run_worker(app, app.services)
"""


def test_an_agent_that_must_stop_ends_the_process_without_a_commit(kafka_topics: str) -> None:
    send(kafka_topics, TRANSACTIONS, payments(10))
    outcome = subprocess.run(
        [sys.executable, "-c", FAILING_AGENT, kafka_topics],
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert outcome.returncode == 1
    assert "Stop: in the agent" in outcome.stderr
    assert committed(kafka_topics, "tillwatch-under-test", TRANSACTIONS) == 0


async def test_an_agent_that_hangs_is_not_waited_for_for_ever(
    kafka_topics: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch_source, "ANSWER_TIMEOUT_SECONDS", 0.5)

    def never_answer(batch: Batch[Any]) -> None:
        batch.__dict__["__exit__"] = None
        batch._answer = asyncio.get_running_loop().create_future()

    app, source, _ = noting_source(kafka_topics, TRANSACTIONS, work=never_answer)
    await to_thread(send, kafka_topics, TRANSACTIONS, payments(1))
    async with running_app(app):
        await until(lambda: source.crashed)
        assert isinstance(source.crash_reason, Stop)
        assert "no answer for transactions[" in str(source.crash_reason)


async def test_nothing_is_read_before_the_agent_listens(kafka_topics: str) -> None:
    """A batch put into a channel that nobody listens to would vanish."""
    app, source, noted = noting_source(kafka_topics, TRANSACTIONS)
    outputs, app.services = app.services[0], []
    await to_thread(send, kafka_topics, TRANSACTIONS, payments(20))
    await outputs.start()
    starting = asyncio.ensure_future(source.start())
    await asyncio.sleep(1.0)
    assert source._consumer is None
    async with running_app(app):
        await starting
        await until(lambda: len(noted) == 20)
        await source.stop()
    await outputs.stop()


async def test_without_an_agent_the_source_gives_up(
    kafka_topics: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch_source, "AGENT_TIMEOUT_SECONDS", 0.2)
    source = BatchSource[None](
        build_app("nobody", kafka_topics),
        "nobody",
        topics=[TRANSACTIONS],
        make_state=lambda _: None,
        bootstrap_servers=kafka_topics,
        generations={},
        outputs=Outputs(kafka_topics),
    )
    with pytest.raises(Stop, match="does not listen"):
        await source.start()


class SlowCallback(BatchSource[Any]):
    """The assignment callback ends a second after Kafka assigned, and aiokafka fetches meanwhile."""

    fetched_early = 0

    def partitions_assigned(self) -> None:
        self.loop.call_later(1.0, super().partitions_assigned)
        self.loop.call_later(0.9, self.count_fetched)

    def count_fetched(self) -> None:
        self.fetched_early = sum(
            self.consumer._subscription.subscription.assignment.state_value(p).position
            for p in self.consumer.assignment()
        )


async def test_records_that_come_before_the_assignment_is_told_come_again(kafka_topics: str) -> None:
    await to_thread(send, kafka_topics, TRANSACTIONS, payments(500))
    app, source, noted = noting_source(kafka_topics, TRANSACTIONS, kind=SlowCallback)
    async with running_app(app):
        await until(lambda: len(noted) >= 500)
        await until(lambda: source.progress.events == 500)
    assert isinstance(source, SlowCallback)
    assert source.fetched_early == 500
    assert sorted(set(noted)) == sorted(noted)
    assert len(noted) == 500


async def test_a_new_owner_rebuilds_up_to_the_commit_and_goes_on(kafka_topics: str) -> None:
    await to_thread(send, kafka_topics, TRANSACTIONS, payments(300))
    app, source, noted = noting_source(kafka_topics, TRANSACTIONS)
    async with running_app(app):
        await until(lambda: committed(kafka_topics, source.group, TRANSACTIONS) == 300)
    assert all(emit for *_, emit in noted)
    await to_thread(send, kafka_topics, TRANSACTIONS, [payment(seq) for seq in range(300, 350)])
    app, source, noted = noting_source(kafka_topics, TRANSACTIONS)
    async with running_app(app):
        await until(lambda: len(noted) == 350)
    assert [emit for *_, emit in noted].count(False) == 300
    for partition in range(TRANSACTIONS.partitions):
        mine = [(offset, emit) for _, number, offset, emit in noted if number == partition]
        assert [offset for offset, _ in mine] == list(range(len(mine)))
        assert [emit for _, emit in mine] == sorted(emit for _, emit in mine)


async def test_a_rebalance_waits_for_the_batch_in_flight(kafka_topics: str) -> None:
    """Two sources of one group in turn: whoever gets a partition never sees a record twice with `emit`."""
    first_app, first, noted_first = noting_source(kafka_topics, TRANSACTIONS, work=lambda _: time.sleep(0.05))
    second_app, second, noted_second = noting_source(kafka_topics, TRANSACTIONS)
    async with running_app(first_app):
        await to_thread(send, kafka_topics, TRANSACTIONS, payments(2_000))
        await until(lambda: len(noted_first) > 0)
        async with running_app(second_app):
            await until(lambda: len(first.owned) == len(second.owned) == 4)
            await to_thread(send, kafka_topics, TRANSACTIONS, payments(500))
            await until(lambda: first.progress.events + second.progress.events == 2_500)
    emitted = [record[:3] for record in noted_first + noted_second if record[3]]
    assert len(emitted) == len(set(emitted)) == 2_500
