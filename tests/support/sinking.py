"""Running the sink in tests, and the scores it is fed with."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path

import orjson
from clickhouse_connect.driver.client import Client

from schemas.topics import SCORES
from sinks.settings import ClickHouseSettings
from tests.support.command import Command, running
from tests.support.scores import score
from tests.support.topic_log import send

__all__ = ["GROUP", "WithoutKey", "one", "rows_already_there", "send_scores", "sink", "store_variables"]

GROUP = "tillwatch-sink"


def sink(
    kafka: str, settings: ClickHouseSettings, folder: Path, **environment: str
) -> AbstractContextManager[Command]:
    """Run a sink with small batches, so that there are many."""
    return running(["tillwatch", "sink"], kafka, folder, **store_variables(settings) | environment)


def store_variables(settings: ClickHouseSettings) -> dict[str, str]:
    """Tell a command where the store is, and to write it in small batches."""
    return {
        "TILLWATCH_CLICKHOUSE_HOST": settings.host,
        "TILLWATCH_CLICKHOUSE_PORT": str(settings.port),
        "TILLWATCH_CLICKHOUSE_USER": settings.user,
        "TILLWATCH_CLICKHOUSE_PASSWORD": settings.password.get_secret_value(),
        "TILLWATCH_SINK_BATCH_ROWS": "150",
        "TILLWATCH_SINK_SESSION_TIMEOUT_SECONDS": "2",
    }


def send_scores(kafka: str, per_partition: int, *, again: Sequence[range] = ()) -> tuple[int, int]:
    """Send the scores of every partition, some twice as after a crash; return how many and their revenue."""
    revenue = 0
    for partition in range(SCORES.partitions):
        scores = [score(partition, offset) for offset in range(per_partition)]
        sent = list(scores)
        for numbers in again:
            sent[numbers.stop : numbers.stop] = [scores[number] for number in numbers]
        send(kafka, SCORES, map(WithoutKey, sent), partition)
        revenue += sum(one.payment.reporting_minor or 0 for one in scores if one.payment is not None)
    return per_partition * SCORES.partitions, revenue


class WithoutKey:
    """A score as the agent writes it: to a partition, with a key that nobody reads."""

    key = ""

    def __init__(self, event: object) -> None:
        self.event = event

    def model_dump_json(self) -> str:
        return str(self.event.model_dump_json())  # type: ignore[attr-defined]


def one(store: Client, query: str) -> tuple[object, ...]:
    return tuple(store.query(query).result_rows[0])


def rows_already_there(command: Command) -> int:
    """Rows of ranges that a sink wrote again and that ClickHouse already held."""
    lines = [orjson.loads(line) for line in command.said.splitlines() if line.startswith("{")]
    return sum(line["rows_already_there"] for line in lines if line["message"] == "batch written again")
