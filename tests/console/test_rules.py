"""The ledger of rules for programs."""

from datetime import UTC, datetime

import pytest

from sinks.connection import connect
from sinks.settings import ClickHouseSettings
from tests.support_console.serving import as_reader, console_client
from tests.support_console.shop import Shop

pytestmark = pytest.mark.services


async def test_ledger_names_what_each_rule_hit(clickhouse: ClickHouseSettings) -> None:
    """A store without payments says so; strangers are told nothing."""
    store = as_reader(clickhouse)
    async with console_client(store, logged_in=False) as client, client.get("/api/v1/rules") as answer:
        assert answer.status == 401
    async with console_client(store) as client:
        async with client.get("/api/v1/rules") as answer:
            assert answer.status == 503
            assert "no scored payment" in (await answer.json(content_type=None))["detail"]
        writer = connect(clickhouse)
        shop = Shop(writer)
        decided = {"decision": "decline", "decided_by": "rules", "rule_set": 2, "rules_hit": ["large"]}
        shop.insert_scores([shop.score_row(datetime.now(UTC)) | decided])
        writer.close()
        async with client.get("/api/v1/rules?days=2") as answer:
            assert answer.status == 200
            lines = await answer.json()
        assert [(line["rule"], line["last_version"], line["hits"], line["held"]) for line in lines] == [
            ("large", 2, 1, 1)
        ]
        for days in ("0", "many", "nan", "1e9"):
            async with client.get(f"/api/v1/rules?days={days}") as answer:
                assert answer.status == 400
