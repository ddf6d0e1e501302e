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
        now = datetime.now(UTC)
        rows = [shop.score_row(now, payment_id=f"p-{number}", amount_minor=1_000) for number in range(5)]
        passed = decided | {"decision": "approve", "decided_by": "control", "control_rate": 0.1}
        rows[:2] = [row | decided | {"control_rate": 0.1} for row in rows[:2]]
        rows[2:4] = [row | passed for row in rows[2:4]]
        rows[4] |= decided | {"control_rate": None}
        shop.insert_scores(rows)
        verdicts = ("fraud", "fraud", "fraud", "genuine", "genuine")
        writer.insert(
            "labels",
            [
                [row["event_id"], row["occurred_at"], now, word, "matured"]
                for row, word in zip(rows, verdicts, strict=True)
            ],
            column_names=["event_id", "occurred_at", "known_at", "verdict", "said_by"],
        )
        writer.close()
        async with client.get("/api/v1/rules?days=2") as answer:
            assert answer.status == 200
            lines = await answer.json()
        (line,) = lines
        assert (line["rule"], line["last_version"], line["hits"], line["held"]) == ("large", 2, 5, 3)
        # of those that could have passed only the two that did speak, for ten each; who could not, for itself
        assert line["precision"] == pytest.approx(10 / 21)
        assert line["precision_low"] < 10 / 21 < line["precision_high"]
        assert (line["passed"], line["passed_minor"], line["caught_minor"]) == (2, 1_000, 2_000)
        for days in ("0", "many", "nan", "1e9"):
            async with client.get(f"/api/v1/rules?days={days}") as answer:
                assert answer.status == 400
