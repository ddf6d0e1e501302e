"""A synthetic payment goes the way of all payments to the judge, counts nowhere, and its silence is heard."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.request import urlopen

import pytest

from producers.synthetic import synthetic_payment
from schemas.arrival_partial import ArrivalPartial
from schemas.metric_partial import MetricPartial
from schemas.score import Score
from schemas.synthetic_answer import SYNTHETIC_SOURCE
from schemas.topics import ALERTS, ARRIVALS, LABELS, METRICS, SCORES, TRANSACTIONS, VERDICTS
from tests.support.command import running
from tests.support.events import MONDAY, payment
from tests.support.patience import wait_until
from tests.support.topic_log import end_offset, read_topic, send, wait_until_committed
from tillwatch.stack.ports import free_port

pytestmark = pytest.mark.services


@contextmanager
def receiver() -> Iterator[tuple[str, list[str]]]:
    """Whoever waits for heartbeats: its address, and what was asked of it."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/alive", asked
        server.shutdown()


def metric(port: int, name: str) -> float:
    with urlopen(f"http://127.0.0.1:{port}/metrics", timeout=60) as response:  # loopback
        lines = response.read().decode().splitlines()
    return float(next(line.split()[-1] for line in lines if line.startswith(f'{name}{{agent="synthetic"')))


def test_it_comes_through_counts_nowhere_and_stops_with_the_judge(kafka_topics: str, tmp_path: Path) -> None:
    """Beside it somebody sends a payment of money under its id: that one is scored and counted."""
    hidden = payment(0, source=SYNTHETIC_SOURCE)
    port = free_port()
    with (
        receiver() as (url, heartbeats),
        running(("tillwatch", "worker"), kafka_topics, tmp_path) as worker,
        running(("tillwatch", "judge"), kafka_topics, tmp_path) as judge,
        running(
            ("tillwatch", "synthetic"),
            kafka_topics,
            tmp_path,
            TILLWATCH_SYNTHETIC_EVERY_SECONDS="0.2",
            TILLWATCH_SYNTHETIC_HEARTBEAT_URL=url,
            TILLWATCH_HEALTH_PORT=str(port),
        ) as synthetic,
    ):
        wait_until(lambda: len(heartbeats) >= 2)
        assert set(heartbeats) == {"/alive"}
        assert 0 < metric(port, "tillwatch_synthetic_answer_seconds") < 30
        assert metric(port, "tillwatch_synthetic_silent_seconds") < 30
        send(kafka_topics, TRANSACTIONS, [hidden])

        judge.kill()
        wait_until(lambda: metric(port, "tillwatch_lag_records") >= 2)
        told = len(heartbeats)
        waiting = metric(port, "tillwatch_lag_records")
        wait_until(lambda: metric(port, "tillwatch_lag_records") >= waiting + 2)
        assert len(heartbeats) == told
        assert synthetic.stop() == 0
        wait_until_committed(kafka_topics, "tillwatch-series", SCORES)
        worker.stop()
    scores = read_topic(kafka_topics, SCORES, Score)
    assert {score.disposition for score in scores} == {"synthetic", "scored"}
    assert [score.payment.event_id for score in scores if score.payment] == [hidden.event_id]
    partials = read_topic(kafka_topics, METRICS, MetricPartial)
    assert {one.store_id for one in partials} == {hidden.store_id}
    assert {one.run for one in read_topic(kafka_topics, ARRIVALS, ArrivalPartial)} == {hidden.run}
    assert [end_offset(kafka_topics, topic) for topic in (ALERTS, LABELS, VERDICTS)] == [0, 0, 0]


def test_synthetic_payments_take_turns_over_partitions() -> None:
    made = [synthetic_payment("run", number, MONDAY) for number in range(3)]
    assert len({one.key for one in made}) == 3
