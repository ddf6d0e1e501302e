"""`tillwatch verdicts` and the example shop, on a real store and a real broker."""

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from schemas.payment_verdict import PaymentVerdict
from schemas.topics import VERDICTS
from sinks.settings import ClickHouseSettings
from tests.support.command import Command
from tests.support.sinking import store_variables
from tests.support.topic_log import read_topic, send
from tests.tillwatch.test_explain_command import DEAR, USUAL, scored, store
from tillwatch.__main__ import app

pytestmark = pytest.mark.services

EXAMPLE = Path(__file__).parent.parent.parent / "examples" / "verdict_consumer.py"


def test_shops_hear_what_was_sent_and_do_it_once(
    kafka_topics: str, clickhouse: ClickHouseSettings, tmp_path: Path
) -> None:
    store(clickhouse, scored([]))

    def verdicts(*arguments: str) -> Result:
        servers = {"TILLWATCH_KAFKA_BOOTSTRAP_SERVERS": kafka_topics, "COLUMNS": "160", "USER": "dana"}
        return CliRunner().invoke(app, ["verdicts", *arguments], env=store_variables(clickhouse) | servers)

    assert verdicts("send", "a1ea7", "void", "--reason", "the bank called").exit_code == 0
    assert verdicts("send", str(DEAR.event_id), "hold", "--hours", "2").exit_code == 0
    for wrong, says in (
        (("nothing", "void"), "knows no alert nothing"),
        (("a1ea7", "hold"), "hold needs an until"),
        (("a1ea7", "void", "--hours", "2"), "only allowed where outcome is hold"),
        (("a1ea7", "void", "--reason", "4111 1111 1111 1111"), "card number"),
    ):
        refused = verdicts("send", *wrong)
        assert (refused.exit_code, says in refused.stderr) == (1, True), refused.stderr
    found = [
        PaymentVerdict.model_validate_json(one) for one in verdicts("list", "--json").stdout.splitlines()
    ]
    told = [(one.payment_id, one.outcome, one.alert_id) for one in found]
    both = {(DEAR.payment_id, "void", "a1ea7"), (USUAL[-1].payment_id, "void", "a1ea7")}
    assert (set(told[:2]), told[2:]) == (both, [(DEAR.payment_id, "hold", None)])
    assert "the bank called" in verdicts("list").stdout
    assert verdicts("list", "--since", "2999-01-01").stdout.count("void") == 0

    send(kafka_topics, VERDICTS, [one for one in found if one.outcome == "void"])  # as after a crash
    last = found[0].model_copy(update={"event_id": USUAL[3].event_id, "payment_id": "last"})
    log, shop = tmp_path / "shop.log", tmp_path / "shop.db"
    with log.open("wb") as output:
        command = [sys.executable, str(EXAMPLE), kafka_topics, str(shop)]
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT)
    shopping = Command(process, log)
    try:
        shopping.wait_until_said("hold until .* payment-90")
        other = {"verdict_id": USUAL[3].event_id, "outcome": "release", "until": None}
        send(kafka_topics, VERDICTS, [last.model_copy(update=other)])
        shopping.wait_until_said("release last")
    finally:
        shopping.kill()
    assert len(read_topic(kafka_topics, VERDICTS, PaymentVerdict)) == 6
    assert len(shopping.said.splitlines()) == 4
    with sqlite3.connect(shop) as database:
        reviewed = dict(database.execute("SELECT payment, outcome FROM reviewed"))
    assert reviewed == {DEAR.payment_id: "hold", USUAL[-1].payment_id: "void", "last": "release"}
