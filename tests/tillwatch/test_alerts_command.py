"""`tillwatch alerts tail` and the example consumer, as their users run them."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from schemas.topics import ALERTS, CAUSES
from tests.support.alert_records import alert_record
from tests.support.causes_records import causes_record
from tests.support.command import Command, running
from tests.support.topic_log import send, send_raw
from tillwatch.commands.alerts import alerts

ROOT = Path(__file__).parents[2]
ANSWER = {
    "answer_id": "019aae1d-0000-7c3e-9d51-2f60b8a4e018",
    "verdict": "fraud",
    "by": "tillwatch",
    "at": "2026-11-22T13:40:00Z",
}
HISTORY = [
    alert_record("first"),
    alert_record("elsewhere", store_id="s-07", severity="soon", kind="sales_fallen"),
    alert_record("first", count=6),
    alert_record("first", count=6, answer=ANSWER),
]


def interrupt(command: Command) -> int:
    """Press Ctrl-C."""
    command.process.send_signal(signal.SIGINT)
    return command.wait()


def alert_ids(command: Command) -> list[str]:
    return [line.split()[-1] for line in command.said.splitlines()]


@pytest.mark.services
def test_tail_follows_in_the_order_of_time_until_it_is_interrupted(kafka_topics: str, tmp_path: Path) -> None:
    """The command that begins with everything proves by its last line that the other one reads as well."""
    for alert in HISTORY:
        send(kafka_topics, ALERTS, [alert])
    why = causes_record("first")
    send(kafka_topics, CAUSES, [causes_record("never-raised"), causes_record("elsewhere"), why, why])
    tail = ["tillwatch", "alerts", "tail", "--all"]
    lines = [*tail, "--kind", "card_spree", "--store", "s-12", "--json"]
    with running(tail, kafka_topics, tmp_path) as pretty, running(lines, kafka_topics, tmp_path) as as_json:
        pretty.wait_until_said("first", times=3)
        as_json.wait_until_said('"first"', times=5)
        send_raw(kafka_topics, ALERTS, [(b"broken", b"{}"), (b"gone", None)])
        send(kafka_topics, ALERTS, [alert_record("last")])
        for command in (pretty, as_json):
            command.wait_until_said("last")
            assert interrupt(command) == 0
    assert alert_ids(pretty)[:3] == ["first", "elsewhere", "first"]
    assert sorted(alert_ids(pretty)[3:5]) == ["elsewhere", "first"]
    assert [line[21] for line in pretty.said.splitlines()[:5]] == [" ", " ", "↻", "↳", "↳"]
    assert pretty.said.count(why.explanation.sentence) == 2
    assert "fraud (tillwatch)" in pretty.said.splitlines()[2]
    assert "▲ soon" in pretty.said
    assert "is not as this version expects" in pretty.said
    assert "\x1b" not in pretty.said
    wanted = [alert.model_dump_json() for alert in HISTORY if alert.alert_id == "first"]
    written = [line for line in as_json.said.splitlines() if line.startswith("{")]
    explained = [why.model_dump_json()] * 2  # as often as it was written, and of no other alert
    assert written == [*wanted, *explained, alert_record("last").model_dump_json()]


@pytest.mark.services
def test_the_example_consumer_tells_what_opens_and_closes(kafka_topics: str, tmp_path: Path) -> None:
    for alert in HISTORY:
        send(kafka_topics, ALERTS, [alert])
    log = tmp_path / "example.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, str(ROOT / "examples" / "alert_consumer.py"), kafka_topics],
            stdout=output, stderr=subprocess.STDOUT,
        )  # fmt: skip
    command = Command(process, log)
    try:
        command.wait_until_said("1 open")
        for changes in ({}, {"count": 9}, {"until": "2026-11-22T13:50:00Z"}):
            send(kafka_topics, ALERTS, [alert_record("new", **changes)])
        command.wait_until_said("closed")
    finally:
        command.kill()
    sentence = HISTORY[0].sentence
    assert command.said.splitlines() == [
        "1 open", f"now card_spree: {sentence}", f"closed card_spree: {sentence}",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["--kind", "spree"], "'spree' is none of payment_fraud, card_spree"),
        (["--severity", "later"], "'later' is none of now, soon"),
        (["--since", "an hour"], "'an hour' is not like 90s, 30m, 1h or 2d"),
        (["--since", "1h", "--all"], "--all and --since exclude each other"),
    ],
)
def test_a_wrong_option_says_what_is_right(arguments: list[str], reason: str) -> None:
    outcome = CliRunner().invoke(alerts, ["tail", *arguments])
    assert outcome.exit_code == 2
    assert reason in " ".join(outcome.stderr.replace("│", " ").split())


def test_tail_says_that_it_waits_for_kafka(tmp_path: Path) -> None:
    with running(["tillwatch", "alerts", "tail"], "127.0.0.1:1", tmp_path) as command:
        command.wait_until_said("waiting for Kafka at 127.0.0.1:1")
        assert interrupt(command) == 0
    assert command.said == "waiting for Kafka at 127.0.0.1:1\n"
