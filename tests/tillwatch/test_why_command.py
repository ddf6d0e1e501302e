"""`tillwatch why`, over a real store."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import orjson
import pytest
import typer
from typer.testing import CliRunner, Result

from sinks.connection import connect
from sinks.settings import ClickHouseSettings
from tests.support.sinking import store_variables
from tests.support_console.parts import write_parts
from tests.support_console.shop import Shop
from tillwatch.__main__ import app
from tillwatch.commands.why import moment_of

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 17, 14, 0, tzinfo=BERLIN).astimezone(UTC)


@pytest.mark.services
def test_answer_is_a_sentence_a_table_and_json(clickhouse: ClickHouseSettings) -> None:
    client = connect(clickhouse)
    Shop(client).open_stores()
    write_parts(client, NOW)
    client.close()

    def why(*arguments: str) -> Result:
        return CliRunner().invoke(
            app, ["why", *arguments], env=store_variables(clickhouse) | {"COLUMNS": "120"}
        )

    told = why("orders", "--since", "13:30", "--channel", "app")
    assert told.exit_code == 0, told.output
    assert told.stdout.startswith("App payments −")
    assert "everything else" in told.stdout
    found = orjson.loads(why("orders", "--since", "13:30", "--channel", "app", "--json").stdout)
    assert found["causes"][0]["values"] == [{"dimension": "device", "value": "android"}]
    assert (datetime.fromisoformat(found["since"]), found["days"]) == (NOW - timedelta(minutes=30), 9)
    for wrong, code in (
        (("luck", "--since", "13:30"), 2),
        (("orders", "--since", "soon"), 2),
        (("orders", "--since", "13:30", "--store", "store-999"), 1),
        (("orders", "--since", "13:30", "--category", "toys"), 1),
    ):
        assert why(*wrong).exit_code == code


def test_times_are_the_stores_and_never_ahead() -> None:
    assert moment_of("13:30", NOW, BERLIN) == NOW - timedelta(minutes=30)
    assert moment_of("14:30", NOW, BERLIN) == NOW - timedelta(hours=23, minutes=30)
    assert moment_of("2026-11-17T13:30", NOW, BERLIN) == NOW - timedelta(minutes=30)
    assert moment_of("2026-11-17T12:30+00:00", NOW, BERLIN) == NOW - timedelta(minutes=30)
    with pytest.raises(typer.BadParameter):
        moment_of("25:00", NOW, BERLIN)
