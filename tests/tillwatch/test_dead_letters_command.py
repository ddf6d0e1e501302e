"""`tillwatch dead-letters`: on a real store and a real broker."""

import json
from contextlib import closing
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from schemas.dead_letter_replay import DeadLetterReplay
from schemas.topics import DEAD_LETTER_REPLAYS, TRANSACTIONS
from sinks.connection import connect
from sinks.settings import ClickHouseSettings
from tests.support.topic_log import read_raw, read_topic
from tillwatch.__main__ import app

pytestmark = pytest.mark.services

WHY = ("transactions", "agent_error", "it broke")


def test_letters_are_listed_and_go_back_once_somebody_says_yes(
    clickhouse: ClickHouseSettings, kafka_topics: str
) -> None:
    environment = {
        "TILLWATCH_KAFKA_BOOTSTRAP_SERVERS": kafka_topics,
        "TILLWATCH_CLICKHOUSE_HOST": clickhouse.host,
        "TILLWATCH_CLICKHOUSE_PORT": str(clickhouse.port),
        "TILLWATCH_CLICKHOUSE_USER": clickhouse.user,
        "TILLWATCH_CLICKHOUSE_PASSWORD": clickhouse.password.get_secret_value(),
        "USER": "dana",
    }

    def command(*arguments: str, say: str = "") -> Result:
        return CliRunner().invoke(app, ["dead-letters", *arguments], env=environment, input=say)

    record = sorted(Path("schemas/examples/transactions/accepted").glob("*.json"))[0].read_text()
    rows = [
        ["g:0", WHY[0], 0, number, WHY[1], WHY[2], record, len(record.encode()),
         sha256(record.encode()).hexdigest(), datetime.now(UTC)]
        for number in range(10)
    ]  # fmt: skip
    names = (
        "origin_generation origin_topic origin_partition origin_offset kind reason payload payload_bytes "
        "payload_sha256 refused_at"
    )
    with closing(connect(clickhouse)) as client:
        client.insert("dead_letters", rows, column_names=names.split())
        client.insert("dead_letter_replays", [row[:4] for row in rows[:1]], column_names=names.split()[:4])
    (listed,) = map(json.loads, command("list", "--json").stdout.splitlines())
    assert (listed["reason"], listed["total"], listed["replayed"]) == (WHY[2], 10, 1)
    assert "10        1 replayed  transactions · agent_error · it broke" in command("list").stdout
    before = len(list(read_raw(kafka_topics, TRANSACTIONS)))
    refused = command("replay", *WHY, say="n\n")
    assert (refused.exit_code, "Send 8 back to transactions?" in refused.stderr) == (1, True)
    assert command("replay", "transactions", "schema", "none such").exit_code == 1
    assert len(list(read_raw(kafka_topics, TRANSACTIONS))) == before
    assert command("replay", *WHY, "--letter", "g:0|transactions|0|4", "--yes").stdout == "1 sent back.\n"
    sent = list(read_raw(kafka_topics, TRANSACTIONS))[before:]
    assert [one.value.decode() for one in sent] == [record]
    assert ("dana", 4) in [
        (one.by, one.origin.offset) for one in read_topic(kafka_topics, DEAD_LETTER_REPLAYS, DeadLetterReplay)
    ]
