"""A store that is looked after from the command line."""

from contextlib import closing
from pathlib import Path

import pytest
from clickhouse_connect.driver.client import Client
from typer.testing import CliRunner

from schemas.topics import SCORES
from sinks.connection import connect
from sinks.settings import ClickHouseSettings
from tests.support.scores import score
from tests.support.sinking import GROUP, WithoutKey, one, send_scores, sink, store_variables
from tests.support.topic_log import send, wait_until_committed
from tillwatch.__main__ import app

pytestmark = pytest.mark.services

FIGURES = "SELECT sum(events), sum(orders) FROM payments_minute"
ROWS = "SELECT count(), uniqExact(origin_partition, origin_offset) FROM scores"


def test_a_restored_store_goes_on_where_its_copy_was_made(
    kafka_topics: str, clickhouse: ClickHouseSettings, tmp_path: Path
) -> None:
    """What came after the copy is written again, repeats of what came before it are not."""
    said = store_variables(clickhouse) | {"TILLWATCH_KAFKA_BOOTSTRAP_SERVERS": kafka_topics}
    count, _ = send_scores(kafka_topics, 20)
    sinking(kafka_topics, clickhouse, tmp_path)
    made = CliRunner().invoke(app, ["store", "backup", str(tmp_path / "copy")], env=said)
    assert made.exit_code == 0, made.stderr
    with sink(kafka_topics, clickhouse, tmp_path) as running:
        running.wait_until_said("topics assigned")
        refused = CliRunner().invoke(app, ["store", "rebuild", "payments_minute"], env=said)
        assert refused.exit_code == 1
        assert "1 sink still in group" in refused.stderr
        assert running.stop(5) == 0
    send(kafka_topics, SCORES, [WithoutKey(score(2, offset)) for offset in range(10, 30)], 2)
    restored = clickhouse.model_copy(update={"database": "restored"})
    with closing(connect(clickhouse)) as client:
        client.command("CREATE DATABASE restored")
    of_restored = said | {"TILLWATCH_CLICKHOUSE_DATABASE": "restored"}
    done = CliRunner().invoke(app, ["store", "restore", str(tmp_path / "copy")], env=of_restored)
    assert done.exit_code == 0, done.stderr
    sinking(kafka_topics, restored, tmp_path, TILLWATCH_CLICKHOUSE_DATABASE="restored")
    with closing(connect(restored)) as client:
        assert one(client, ROWS) == (count + 10, count + 10)
        figures = one(client, FIGURES)
        assert figures[0] == count + 10
        again = CliRunner().invoke(app, ["store", "rebuild", "payments_minute"], env=of_restored)
        assert again.exit_code == 0, again.stderr
        assert one(client, FIGURES) == figures


def sinking(kafka: str, settings: ClickHouseSettings, folder: Path, **variables: str) -> None:
    """Write all that is there."""
    with sink(kafka, settings, folder, **variables) as running:
        wait_until_committed(kafka, GROUP, SCORES)
        assert running.stop(5) == 0


def test_what_stands_is_told_and_what_is_not_there_refused(clickhouse: ClickHouseSettings) -> None:
    said = store_variables(clickhouse)
    status = CliRunner().invoke(app, ["store", "status"], env=said)
    assert status.exit_code == 0
    assert "applied  0001_transactions" in status.stdout
    assert "missing" not in status.stdout
    assert CliRunner().invoke(app, ["store", "migrate"], env=said).stdout == "nothing to apply\n"
    with closing(connect(clickhouse)) as client:
        assert changed_file_is_told(client, said)
    kept = CliRunner().invoke(app, ["store", "retention", "scores", "400"], env=said)
    assert "scores                400 days" in kept.stdout
    assert CliRunner().invoke(app, ["store", "retention", "scores", "ever"], env=said).exit_code == 0
    for wrong in (["retention", "alerts", "5"], ["retention", "scores"], ["forget", "nobody"]):
        assert CliRunner().invoke(app, ["store", *wrong], env=said).exit_code == 1
    assert CliRunner().invoke(app, ["store"], env=said).exit_code == 2


def changed_file_is_told(client: Client, said: dict[str, str]) -> bool:
    """Change a line of the ledger, look, and change it back."""
    line = "ALTER TABLE migrations UPDATE name = '{}' WHERE number = 2"
    client.command(line.format("0002_other"), settings={"mutations_sync": 2})
    told = CliRunner().invoke(app, ["store", "status"], env=said)
    client.command(line.format("0002_clicks"), settings={"mutations_sync": 2})
    return told.exit_code == 1 and "changed  0002_clicks" in told.stdout
