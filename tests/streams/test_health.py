"""What an orchestrator asks: does the process live, may it get work, and how is it doing."""

import signal
from pathlib import Path
from typing import get_args
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

import pytest
from prometheus_client.parser import text_string_to_metric_families

from producers.administration import create_topics
from schemas.metrics import METRICS_EXPOSED, MetricName
from schemas.topics import ALERTS, TRANSACTIONS
from streams.exposition import exposition
from streams.health import HealthServer
from streams.settings import HealthSettings
from streams.watched import Reading
from tests.support.alert_records import alert_record
from tests.support.command import running
from tests.support.events import payments
from tests.support.mortal_broker import started
from tests.support.patience import wait_until
from tests.support.store_process import WRITER_PASSWORD, StoreProcess
from tests.support.topic_log import send, send_raw, wait_until_committed
from tillwatch.stack.broker import Broker
from tillwatch.stack.ports import free_port


class Loop:
    """A loop that stands as it is told."""

    def __init__(self, **fields: object) -> None:
        self.fields = fields

    def reading(self) -> Reading:
        return Reading(
            **{
                "agent": "fraud",
                "phase": "running",
                "partitions": 8,
                "events": 7,
                "repeats": 2,
                "refused": 1,
                "lag": 3,
                "last_pass_seconds": 0.5,
                **self.fields,
            }  # type: ignore[arg-type]  # values of a test
        )


def ask(port: int, path: str) -> tuple[int, str]:
    """Give status and text; 0 while nobody listens."""
    try:
        with urlopen(f"http://127.0.0.1:{port}{path}", timeout=60) as response:  # loopback
            return response.status, response.read().decode()
    except HTTPError as error:
        return error.code, error.read().decode()
    except (URLError, TimeoutError, ConnectionError):
        return 0, ""


def samples(text: str) -> dict[tuple[str, str, str], float]:
    """Parse the exposition: value by name, agent, and phase or what is wrong with a label."""
    return {
        (
            sample.name,
            sample.labels["agent"],
            sample.labels.get("phase", sample.labels.get("why", "")),
        ): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_every_declared_metric_has_a_name_and_is_exposed() -> None:
    whole = Loop(
        oldest_unprocessed_seconds=1.5,
        latency_p50_seconds=0.01,
        latency_p99_seconds=0.04,
        read_again=1_200,
        synthetic_score_seconds=0.02,
        synthetic_answer_seconds=0.1,
        synthetic_silent_seconds=31.0,
        phase="restoring",
        odd={
            "tillwatch_odd_goods_total": {"too_many_categories": 7},
            "tillwatch_odd_labels_total": {"early": 4},
            "tillwatch_odd_payments_total": {"nobody": 2},
            "tillwatch_odd_scores_total": {"other_features": 9},
        },
    )
    found = samples(exposition([whole]).decode())
    assert {name for name, *_ in found} == set(METRICS_EXPOSED) == set(get_args(MetricName))
    assert found["tillwatch_lag_records", "fraud", ""] == 3
    assert found["tillwatch_odd_labels_total", "fraud", "early"] == 4
    assert found["tillwatch_odd_payments_total", "fraud", "nobody"] == 2
    assert found["tillwatch_odd_scores_total", "fraud", "other_features"] == 9
    phases = {phase: value for (name, _, phase), value in found.items() if name == "tillwatch_phase"}
    assert phases == {"waiting": 0, "restoring": 1, "running": 0}


def test_what_is_not_known_is_left_out() -> None:
    found = samples(exposition([Loop(last_pass_seconds=None)]).decode())
    assert ("tillwatch_latency_p99_seconds", "fraud", "") not in found
    assert ("tillwatch_last_pass_seconds", "fraud", "") not in found


def test_kinds_and_units_are_in_the_names() -> None:
    for name, metric in METRICS_EXPOSED.items():
        assert name.endswith("_total") == (metric.kind == "counter")
        assert ("seconds" in metric.unit) == name.endswith("_seconds")
        assert metric.meaning.endswith(".")
        assert metric.worry.endswith(".")


async def test_a_loop_that_stands_still_is_not_healthy_and_named() -> None:
    settings = HealthSettings(port=free_port(), stall_seconds=10)
    loops = [Loop(last_pass_seconds=9), Loop(agent="stock", last_pass_seconds=None)]
    server = HealthServer(settings, loops)
    await server.start()
    try:
        healthz = await server._healthz(None)  # type: ignore[arg-type]  # the request is not looked at
        assert healthz.status == 200
        loops[0].fields["last_pass_seconds"] = 11
        healthz = await server._healthz(None)  # type: ignore[arg-type]  # as above
        assert (healthz.status, healthz.text) == (503, "fraud: its loop has not come round for 11 s\n")
    finally:
        await server.stop()


@pytest.mark.services
def test_a_worker_is_ready_once_it_has_its_partitions_and_shows_what_it_did(
    kafka_topics: str, tmp_path: Path
) -> None:
    send(kafka_topics, TRANSACTIONS, payments(300))
    send_raw(kafka_topics, TRANSACTIONS, [(b"key", b"{"), (b"key", b"[")])
    port = free_port()
    with running(("tillwatch", "worker"), kafka_topics, tmp_path, TILLWATCH_HEALTH_PORT=str(port)) as worker:
        wait_until(lambda: ask(port, "/readyz")[0] == 200)
        wait_until_committed(kafka_topics, "tillwatch-fraud", TRANSACTIONS)
        wait_until(
            lambda: ("tillwatch_latency_p99_seconds", "fraud", "") in samples(ask(port, "/metrics")[1])
        )
        found = samples(ask(port, "/metrics")[1])
        assert found["tillwatch_events_total", "fraud", ""] == 302
        assert found["tillwatch_refused_total", "fraud", ""] == 2
        assert found["tillwatch_partitions_owned", "fraud", ""] == 8
        assert found["tillwatch_phase", "fraud", "running"] == 1
        assert {agent for _, agent, _ in found} == {"fraud", "series", "stock", "broadcasts"}
        assert ask(port, "/healthz") == (200, "ok\n")
        assert ask(port, "/")[0] == 404
        assert worker.stop() == 0


@pytest.mark.services
@pytest.mark.parametrize("name", ["trainer", "judge"])
def test_trainer_and_judge_answer_too(kafka_topics: str, tmp_path: Path, name: str) -> None:
    port = free_port()
    with running(("tillwatch", name), kafka_topics, tmp_path, TILLWATCH_HEALTH_PORT=str(port)) as process:
        wait_until(lambda: ask(port, "/readyz")[0] == 200)
        found = samples(ask(port, "/metrics")[1])
        assert found["tillwatch_events_total", name, ""] == 0
        for odd in (("tillwatch_odd_labels_total", "unknown"), ("tillwatch_odd_scores_total", "not_finite")):
            assert ((odd[0], name, odd[1]) in found) == (name == "trainer")
        assert process.stop() == 0


@pytest.mark.services
def test_a_sink_says_that_its_store_is_away_and_the_worker_does_not_notice(
    kafka_topics: str, tmp_path: Path
) -> None:
    """Scoring is another process, which never talks to the store."""
    store = StoreProcess(tmp_path / "data").start()
    port, explaining = free_port(), free_port()
    settings = {
        "TILLWATCH_CLICKHOUSE_PORT": str(store.port),
        "TILLWATCH_CLICKHOUSE_PASSWORD": WRITER_PASSWORD,
        "TILLWATCH_HEALTH_PORT": str(port),
        "TILLWATCH_HEALTH_STALL_SECONDS": "2",
    }
    try:
        with (
            running(("tillwatch", "sink"), kafka_topics, tmp_path, **settings) as sink,
            running(
                ("tillwatch", "explainer"),
                kafka_topics,
                tmp_path,
                **settings | {"TILLWATCH_HEALTH_PORT": str(explaining)},
            ) as explainer,
            running(("tillwatch", "worker"), kafka_topics, tmp_path) as worker,
        ):
            wait_until(lambda: ask(port, "/readyz")[0] == ask(explaining, "/readyz")[0] == 200)
            assert samples(ask(explaining, "/metrics")[1])["tillwatch_partitions_owned", "explainer", ""] == 4
            store.kill()
            send(kafka_topics, TRANSACTIONS, payments(500))
            send_raw(kafka_topics, ALERTS, [(b"broken", b"{}")])
            send(kafka_topics, ALERTS, [alert_record("a", kind="checkout_broken")])
            wait_until(lambda: "sink: its loop has not come round" in ask(port, "/healthz")[1])
            wait_until(lambda: "explainer: its loop has not come round" in ask(explaining, "/healthz")[1])
            wait_until_committed(kafka_topics, "tillwatch-fraud", TRANSACTIONS)
            assert worker.stop() == 0
            store.start()
            wait_until(lambda: ask(port, "/healthz")[0] == ask(explaining, "/healthz")[0] == 200)
            # the store does not know the minutes of the alert yet
            found = samples(ask(explaining, "/metrics")[1])
            assert found["tillwatch_lag_records", "explainer", ""] == 1
            assert found["tillwatch_refused_total", "explainer", ""] == 1
            wait_until(lambda: samples(ask(port, "/metrics")[1])["tillwatch_lag_records", "sink", ""] == 0)
            assert samples(ask(port, "/metrics")[1])["tillwatch_events_total", "sink", ""] >= 1_000
            assert sink.stop(seconds=5) == 0
            assert explainer.stop(seconds=5) == 0
    finally:
        store.kill()


@pytest.mark.services
def test_a_frozen_kafka_shows_in_healthz(tmp_path: Path) -> None:
    """The loop of a worker waits for an acknowledgement that does not come; once it comes, all is well."""
    broker = Broker(tmp_path / "kafka", free_port(), free_port(), heap_megabytes=256)
    port = free_port()
    health = {"TILLWATCH_HEALTH_PORT": str(port), "TILLWATCH_HEALTH_STALL_SECONDS": "2"}
    with started(broker) as kafka:
        create_topics(broker.bootstrap_servers)
        send(broker.bootstrap_servers, TRANSACTIONS, payments(20_000))
        with running(("tillwatch", "worker"), broker.bootstrap_servers, tmp_path, **health) as worker:
            wait_until_committed(broker.bootstrap_servers, "tillwatch-fraud", TRANSACTIONS, count=1)
            kafka.send_signal(signal.SIGSTOP)
            wait_until(lambda: "its loop has not come round" in ask(port, "/healthz")[1])
            kafka.send_signal(signal.SIGCONT)
            wait_until(lambda: ask(port, "/healthz")[0] == 200)
            wait_until_committed(broker.bootstrap_servers, "tillwatch-fraud", TRANSACTIONS)
            assert worker.stop() == 0


@pytest.mark.services
def test_a_taken_port_is_said_at_once(kafka_topics: str, tmp_path: Path) -> None:
    port = int(kafka_topics.rpartition(":")[2])
    with running(("tillwatch", "worker"), kafka_topics, tmp_path, TILLWATCH_HEALTH_PORT=str(port)) as worker:
        assert worker.wait() == 1
        assert f"TILLWATCH_HEALTH_PORT: 127.0.0.1:{port}" in worker.said
