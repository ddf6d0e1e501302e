"""Who checks a run of faults finds what was planted, and nothing where all is well."""

import ast
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from benchmarks.chaos import evidence as evidence_module
from benchmarks.chaos.check import check
from benchmarks.chaos.evidence import MINUTE_SUMS, Evidence, read_ledger
from benchmarks.chaos.verdict import Verdict

MINUTE = 1_772_442_000
"""2026-03-02 09:00 UTC."""


def event(number: int, **fields: Any) -> dict[str, Any]:
    return {"event_id": f"event-{number}", "occurred_at": f"2026-03-02T09:00:{number:02}Z", **fields}


def payment(number: int, **fields: Any) -> dict[str, Any]:
    return event(
        number,
        **{
            "amount_minor": 100,
            "status": "authorised",
            "store_id": "s",
            "channel": "pos",
            "payment_method": "card",
            "lines": [{"quantity": 2, "unit_price_minor": 50, "category": "toys"}],
            **fields,
        },
    )


def score(paid: dict[str, Any], offset: int, disposition: str = "scored") -> dict[str, Any]:
    return {
        "origin": {"generation": "g:0", "topic": "transactions", "partition": 0, "offset": offset},
        "disposition": disposition,
        "payment": paid if disposition == "scored" else None,
        "decision": "approve",
    }


def partial(series: str, offset: int, count: int, total: int, **place: str) -> dict[str, Any]:
    return {
        "series": series, "store_id": "s", "channel": "pos", "minute": "2026-03-02T09:00:00Z",
        "count": count, "total": total, **place,
        "origin": {"topic": "clicks" if place else "scores", "partition": 0, "offset": offset},
    }  # fmt: skip


def alert(alert_id: str, detected: str, **fields: Any) -> dict[str, Any]:
    return {
        "alert_id": alert_id, "kind": "terminal_fraud", "entity_type": "terminal", "entity": "terminal-1",
        "since": f"2026-03-02T{detected}Z", "detected_at": f"2026-03-02T{detected}Z",
        "updated_at": f"2026-03-02T{detected}Z", "payments": [{"event_id": alert_id}], "answer": None,
        **fields,
    }  # fmt: skip


def told_shop(outcome: str, at: str) -> dict[str, Any]:
    name, moment = f"{outcome} {at}", f"2026-03-02T{at}Z"
    return {"verdict_id": name, "event_id": "event-0", "outcome": outcome, "at": moment, "alert_id": "a"}


def whole() -> Evidence:
    """Four payments of one partition, of which the third was sent twice and the second scored twice.

    A click and a movement were sent twice too.
    """
    paid = [payment(number) for number in range(4)]
    sent = [paid[0], paid[1], paid[2], paid[2], paid[3]]
    scores = [score(one, offset, "repeat" if offset == 3 else "scored") for offset, one in enumerate(sent)]
    said = {"answer_id": "answer", "at": "2026-03-02T09:30:00Z", "verdict": "fraud"}
    back = {"answer_id": "back", "at": "2026-03-02T09:40:00Z", "verdict": "withdrawn"}
    clicked = event(20, store_id="web", action="view")
    moved = event(30, place_id="s", kind="sale", quantity=3)
    told = [told_shop("void", "09:30:00"), told_shop("void", "09:30:00"), told_shop("hold", "09:40:00")]
    log = {
        "transactions": sent,
        "scores": [scores[0], scores[1], scores[1], *scores[2:]],
        "labels": [
            event(0, said_by="analyst", known_at="2026-03-02T09:30:00Z"),
            event(0, said_by="analyst", known_at="2026-03-02T09:40:00Z"),
        ],
        "verdicts": told,
        "clicks": [clicked, clicked],
        "stock-movements": [moved, moved],
        "heartbeats": [{"source": "till"}],
        "metrics": [
            partial("revenue", 1, 2, 200), partial("revenue", 5, 4, 400), partial("revenue", 3, 3, 300),
            partial("orders", 5, 4, 400), partial("paid_card", 5, 4, 400),
            partial("views", 0, 1, 1, store_id="web", channel=""),
            partial("units_sold", 0, 1, 3, channel=""),
            partial("goods", 5, 4, 400, store_id="", category="toys"),
        ],
        "alerts": [
            alert("a", "09:00:00", payments=[{"event_id": "event-0"}]),
            alert("b", "10:00:00"),
            alert("a", "09:00:00", updated_at="2026-03-02T11:00:00Z", answer=said,
                  payments=[{"event_id": "event-0"}]),
            alert("a", "09:00:00", updated_at="2026-03-02T11:10:00Z", answer=back,
                  payments=[{"event_id": "event-0"}]),
            alert("c", "12:00:00", payments=[{"event_id": "a"}]),
        ],
    }  # fmt: skip
    columns = {"revenue_minor": 400, "authorised_minor": 400, "orders": 4, "events": 4}
    tables: dict[str, list[list[Any]]] = {
        "transactions by offset": [[0, 5, 5, 4]],
        "labels by offset": [[0, 2, 2, 1]],
        "clicks by offset": [[0, 1, 1, 0]],
        "stock_movements by offset": [[0, 1, 1, 0]],
        "heartbeats by offset": [[0, 1, 1, 0]],
        "scores by offset": [[0, 5, 5, 5]],
        "scores by origin": [[0, 5, 5, 4]],
        "transactions by event": [[f"event-{n}", 1 + (n == 2), 100 + 100 * (n == 2)] for n in range(4)],
        "scores by event": [[f"event-{n}", 1, 100] for n in range(4)],
        "labels by event": [["event-0", 2]],
        "clicks by event": [["event-20", 1]],
        "stock_movements by event": [["event-30", 1, 3]],
        "payments_minute": [[MINUTE, "s", "pos", *(columns.get(name, 0) for name in MINUTE_SUMS)]],
        "clicks_minute": [[MINUTE, "web", "view", 1]],
        "stock_minute": [[MINUTE, "s", "sale", 1, 3]],
        "arrivals_second": [["transactions", 5], ["clicks", 1], ["stock-movements", 1]],
        "scoring_second": [[4, 1, 0]],
        "metrics_minute": [
            ["revenue", "s", "pos", "", MINUTE, 4, 400], ["orders", "s", "pos", "", MINUTE, 4, 400],
            ["paid_card", "s", "pos", "", MINUTE, 4, 400], ["goods", "", "pos", "toys", MINUTE, 4, 400],
            ["views", "web", "", "", MINUTE, 1, 1], ["units_sold", "s", "", "", MINUTE, 1, 3],
        ],
        "alerts": [["a"], ["b"], ["c"]],
        "verdicts": [["void 09:30:00", "event-0", "void", "a"], ["hold 09:40:00", "event-0", "hold", "a"]],
        "last verdicts": [["event-0", "hold"]],
    }  # fmt: skip
    ledger = {
        "transactions": {f"event-{n}": 100 for n in range(4)}, "labels": {"event-0": 0},
        "clicks": {"event-20": 0}, "stock-movements": {"event-30": 3},
    }  # fmt: skip
    records = {topic: [(0, offset, one) for offset, one in enumerate(some)] for topic, some in log.items()}
    return Evidence(ledger, records, tables)


def test_a_run_without_loss_is_found_whole() -> None:
    verdict = check(whole())
    assert verdict == Verdict(sent=4, sent_again=3, told=2, raw_duplicates=1, differences=[])


def drop(topic: str, place: int) -> Callable[[Evidence], None]:
    return lambda found: found.log[topic].__delitem__(place)


def row(question: str, place: int, column: int, value: Any) -> Callable[[Evidence], None]:
    return lambda found: found.tables[question][place].__setitem__(column, value)


def no_labels(found: Evidence) -> None:
    found.log["labels"].clear()


def another_payment(found: Evidence) -> None:
    found.ledger["transactions"]["event-9"] = 100


def second_score(found: Evidence) -> None:
    """The source's repeat is scored as if it were new."""
    partition, offset, fields = found.log["scores"][4]
    found.log["scores"][4] = (partition, offset, fields | score(payment(2), 3))


def strange_score(found: Evidence) -> None:
    partition, offset, fields = found.log["scores"][0]
    found.log["scores"][0] = (partition, offset, fields | {"payment": payment(1)})


def late_partial(found: Evidence) -> None:
    """A minute's newest figure lacks a payment."""
    found.log["metrics"][1][2]["count"] = 3


def alert_begun_at_once(found: Evidence) -> None:
    found.log["alerts"][1][2]["since"] = "2026-03-02T09:00:00Z"


def alert_of_the_same_payment(found: Evidence) -> None:
    for place in (1, 3):
        found.log["alerts"][place][2]["payments"].append({"event_id": "paid"})


def answer_without_label(found: Evidence) -> None:
    """Another alert than the one whose answer is a label."""
    found.log["alerts"][1][2]["answer"] = {
        "answer_id": "answer",
        "at": "2026-03-02T09:30:00Z",
        "verdict": "fraud",
    }


def answer_labelled_at_another_time(found: Evidence) -> None:
    found.log["labels"][1][2]["known_at"] = "2026-03-02T09:29:00Z"


def verdict_said_otherwise(found: Evidence) -> None:
    """The same verdict once more, with another outcome."""
    partition, offset, fields = found.log["verdicts"][1]
    found.log["verdicts"][1] = (partition, offset, fields | {"outcome": "release"})


def verdict_against_its_answer(found: Evidence) -> None:
    for place in (0, 1):
        found.log["verdicts"][place][2]["outcome"] = "release"


def verdict_of_a_crash(found: Evidence) -> None:
    """Another id for the same answer: what is written again after a crash is a second verdict."""
    partition, offset, fields = found.log["verdicts"][1]
    found.log["verdicts"][1] = (partition, offset, fields | {"verdict_id": "again"})


def verdict_without_an_answer(found: Evidence) -> None:
    found.log["verdicts"][2][2]["at"] = "2026-03-02T09:50:00Z"


def label_without_verdict(found: Evidence) -> None:
    said = {"event_id": "event-1", "said_by": "analyst", "known_at": "2026-03-02T09:30:00Z"}
    found.log["labels"].append((0, 2, said))


def row_more(found: Evidence) -> None:
    found.tables["payments_minute"].append([MINUTE + 60, "s", "pos", *(1 for _ in MINUTE_SUMS)])


@pytest.mark.parametrize(
    ("plant", "kind", "words"),
    [
        (another_payment, "lost", "acknowledged but not in transactions: 1 (event-9)"),
        (no_labels, "lost", "acknowledged but not in labels: 1 (event-0)"),
        (drop("scores", 5), "lost", "origin offsets without a score: 1 (0:4)"),
        (drop("scores", 3), "lost", "origin offsets without a score: 1 (0:2)"),
        (drop("scores", 0), "lost", "payments without a score that counts: 1 (event-0)"),
        (second_score, "doubled", "payments with two scores that count: 1 (event-2)"),
        (strange_score, "wrong", "scores that are not about the payment at their origin: 1 (0:0)"),
        (row("transactions by offset", 0, 1, 6), "doubled", "transactions by offset: rows more than offsets"),
        (row("labels by offset", 0, 2, 1), "lost", "labels by offset: rows missing of partition 0: 1"),
        (row("scores by origin", 0, 1, 6), "doubled", "scores by origin: rows more than offsets in 0: 1"),
        (row("scores by origin", 0, 2, 4), "lost", "scores by origin: rows missing of partition 0: 1"),
        (row("scores by event", 1, 1, 2), "doubled", "scores by event: more rows than must be: 1 (event-1)"),
        (row("scores by event", 1, 1, 0), "lost", "scores by event: fewer rows than must be: 1 (event-1)"),
        (row("transactions by event", 0, 2, 99), "wrong", "transactions by event: another amount: 1"),
        (row("labels by event", 0, 1, 3), "doubled", "labels by event: more rows than must be: 1"),
        (row("payments_minute", 0, 3, 401), "wrong", "payments_minute: other sums: 1"),
        (row("clicks by offset", 0, 1, 2), "doubled", "clicks by offset: rows more than offsets in 0: 1"),
        (row("clicks by offset", 0, 2, 2), "wrong", "clicks by offset: rows more than records in 0: 1"),
        (row("clicks by event", 0, 1, 2), "doubled", "clicks by event: more rows than must be: 1 (event-20)"),
        (row("stock_movements by event", 0, 1, 0), "lost", "stock_movements by event: fewer rows than must"),
        (row("stock_movements by event", 0, 2, 6), "wrong", "stock_movements by event: another amount: 1"),
        (row_more, "wrong", "payments_minute: other sums: 1"),
        (row("clicks_minute", 0, 3, 2), "wrong", "clicks_minute: other sums: 1"),
        (row("stock_minute", 0, 4, 4), "wrong", "stock_minute: other sums: 1"),
        (row("arrivals_second", 1, 1, 2), "wrong", "arrivals_second: other sums: 1"),
        (row("arrivals_second", 0, 1, 4), "wrong", "arrivals_second: other sums: 1"),
        (row("scoring_second", 0, 0, 5), "wrong", "scoring_second: other sums: 1"),
        (row("metrics_minute", 0, 6, 399), "wrong", "metrics_minute: other sums: 1"),
        (row("metrics_minute", 3, 3, "books"), "wrong", "metrics_minute: other sums: 2"),
        (late_partial, "wrong", "metrics, the newest partials: other sums: 1"),
        (alert_begun_at_once, "doubled alerts", "findings that are open as two alerts: 1 (a and b)"),
        (alert_of_the_same_payment, "doubled alerts", "findings that are open as two alerts: 1 (a and b)"),
        (answer_labelled_at_another_time, "lost", "answers that are shown but became no label: 1 (a)"),
        (answer_without_label, "lost", "answers that are shown but became no label: 1 (b)"),
        (drop("verdicts", 2), "lost", "answers that gave no verdict: 1 (a)"),
        (label_without_verdict, "lost", "payments that were answered without a verdict: 1 (event-1)"),
        (drop("labels", 1), "wrong", "payments with a verdict but no label: 1 (event-0)"),
        (verdict_of_a_crash, "doubled", "payments with two verdicts of one answer: 1 (event-0 by a)"),
        (verdict_said_otherwise, "wrong", "verdicts that were written again and said something else: 1"),
        (verdict_against_its_answer, "wrong", "verdicts that say something else than their answer: 1"),
        (verdict_without_an_answer, "wrong", "verdicts of answers that no alert shows: 1 (a)"),
        (row("verdicts", 0, 0, "d"), "lost", "verdicts that are not in ClickHouse: 1 (void 09:30:00)"),
        (row("verdicts", 0, 0, "d"), "wrong", "verdicts that are only in ClickHouse: 1 (d)"),
        (row("verdicts", 1, 0, "void 09:30:00"), "doubled", "rows more than verdicts in ClickHouse: 1"),
        (row("verdicts", 0, 2, "hold"), "wrong", "verdicts that are other ones in ClickHouse: 1"),
        (row("last verdicts", 0, 1, "void"), "wrong", "payments with another last verdict in ClickHouse: 1"),
        (row("alerts", 0, 0, "d"), "lost", "alerts that are not in ClickHouse: 1 (a)"),
        (row("alerts", 0, 0, "d"), "wrong", "alerts that are only in ClickHouse: 1 (d)"),
    ],
)
def test_what_is_planted_is_said(plant: Callable[[Evidence], None], kind: Any, words: str) -> None:
    found = whole()
    plant(found)
    verdict = check(found)
    assert verdict.count(kind) > 0
    assert any(one.kind == kind and one.sentence.startswith(words) for one in verdict.differences), (
        verdict.differences
    )


def test_a_torn_line_of_the_ledger_names_nothing(tmp_path: Path) -> None:
    ledger = tmp_path / "chaos.ledger"
    ledger.write_text("transactions a 5\ntransactions b torn\nlabels c 0\ntransac torn\n")
    assert read_ledger(ledger) == {"transactions": {"a": 5}, "labels": {"c": 0}}


def test_who_checks_shares_no_code_with_who_is_checked() -> None:
    """Only the standard library, a Kafka client, and each other."""
    folder = Path(evidence_module.__file__).parent
    imported = set()
    for name in ("check", "check_sums", "check_verdicts", "evidence", "verdict"):
        for node in ast.walk(ast.parse((folder / f"{name}.py").read_text())):
            if isinstance(node, ast.ImportFrom):
                imported.add(node.module or "")
            elif isinstance(node, ast.Import):
                imported |= {alias.name for alias in node.names}
    others = {name for name in imported if name.split(".")[0] not in sys.stdlib_module_names}
    assert others == {
        f"benchmarks.chaos.{name}" for name in ("check_sums", "check_verdicts", "evidence", "verdict")
    } | {"kafka"}
