"""What an answer changes: its labels, the terminals' risk, and the scores of payments that are still open."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

import numpy as np

from detectors.fraud.champions import BASE_RATE, COLD_START, Champions
from detectors.fraud.claims import FRAUD
from detectors.fraud.features import CUSTOMER_FEATURES, FEATURE_NAMES, TERMINAL_FEATURES
from detectors.fraud.label_book import LabelBook
from detectors.fraud.terminals import TerminalRisk
from detectors.watch.fresh_labels import FreshLabels
from detectors.watch.paid import Paid
from detectors.watch.payment_words import card_name
from detectors.watch.wording import count
from schemas.alert import AlertPayment
from schemas.answer import Answer
from schemas.label import Label, Verdict
from schemas.score import Reason

__all__ = ["Effect", "Move", "Rescored", "answer_labels", "effect_sentence", "rescore", "terminal_risk"]

USUAL_WEIGHT = 2.0
"""The usual share counts as so many verdicts. Chosen: one confirmed fraud makes .34, five .71."""

BASE_WEIGHT = 50.0
"""What all terminals have counts as so many verdicts of this one. Chosen, not tuned."""

TERMINAL_COLUMNS = slice(len(CUSTOMER_FEATURES), len(CUSTOMER_FEATURES) + len(TERMINAL_FEATURES))

VERDICTS: dict[str, Verdict] = {"fraud": "fraud", "genuine": "genuine", "withdrawn": "withdrawn"}


class Effect(NamedTuple):
    """What an answer has changed, for people, and the labels that everyone else learns from."""

    sentence: str
    labels: tuple[Label, ...]


class Move(NamedTuple):
    """The risk of a terminal before and after."""

    terminal: str
    before: float
    after: float


class Rescored(NamedTuple):
    """Open payments that were scored again, those that now reach the threshold, and those that did."""

    number: int
    above: tuple[Paid, ...]
    below: tuple[Paid, ...]


def answer_labels(payments: Iterable[AlertPayment], answer: Answer) -> tuple[Label, ...]:
    """Turn an answer into a label for each payment, known from the moment of the answer.

    Raises
    ------
    ValueError
        If the answer is not about payments.

    """
    verdict = VERDICTS.get(answer.verdict)
    if verdict is None:
        raise ValueError(f"{answer.verdict} says nothing about a payment; expected one of {list(VERDICTS)}")
    return tuple(
        Label(
            event_id=payment.event_id,
            customer_id=payment.customer_id,
            terminal_id=payment.terminal_id,
            occurred_at=payment.occurred_at,
            known_at=answer.at,
            verdict=verdict,
            said_by="analyst",
        )
        for payment in payments
    )


def terminal_risk(terminal: str, seconds: float, labels: FreshLabels, risk: TerminalRisk) -> float:
    """Say how risky a terminal is now, for people.

    (F + 2u) / (L + 2): L payments of the last 24 hours have a verdict, F of them fraud; u is the usual share,
    (f + 50·.01) / (n + 50) of the n verdicts, f of them fraud, that became known in 30 days. Fresh verdicts
    are mostly complaints, so this is no probability, but a fraud more always raises it and a genuine payment
    more always lowers it.

    Returns
    -------
    float
        In (0, 1).

    """
    *_, number, share = risk.windows(terminal, seconds)
    usual = (number * share + BASE_WEIGHT * BASE_RATE) / (number + BASE_WEIGHT)
    known = labels.at_terminal(terminal, seconds)
    frauds = sum(claim.kind == FRAUD for _, claim in known)
    return (frauds + USUAL_WEIGHT * usual) / (len(known) + USUAL_WEIGHT)


def rescore(payments: Sequence[Paid], seconds: float, champions: Champions, book: LabelBook) -> Rescored:
    """Score payments again, with the model that is valid now and what is known of their terminals now.

    Everything else about a payment stays as it was when it was made.
    """
    open_payments = [one for one in payments if len(one.features) == len(FEATURE_NAMES)]
    if not open_payments:
        return Rescored(0, (), ())
    rows = np.array([one.features for one in open_payments], np.float64)
    moments = np.full(len(rows), round(seconds * 1e6), np.int64)
    rows[:, TERMINAL_COLUMNS] = book.observe([one.terminal for one in open_payments], moments)
    now = datetime.fromtimestamp(seconds, UTC)
    above: list[Paid] = []
    below: list[Paid] = []
    number = 0
    for one, row, verdict in zip(
        open_payments, rows.tolist(), champions.score([now] * len(open_payments), rows), strict=True
    ):
        if verdict.model_version == COLD_START:
            continue
        number += 1
        before = one.suspicious
        one.score, one.threshold, one.version = verdict.score, verdict.threshold, verdict.model_version
        one.features = tuple(row)
        one.reasons = tuple(Reason(**reason._asdict()) for reason in verdict.reasons)
        if one.suspicious != before:
            (above if one.suspicious else below).append(one)
    return Rescored(number, tuple(above), tuple(below))


def effect_sentence(answer: Answer, moves: Sequence[Move], cards: Sequence[str], rescored: Rescored) -> str:
    """Tell what an answer has changed.

    Parameters
    ----------
    moves
        Of the terminals of the payments.
    cards
        Of the payments, each once.

    """
    said = ["Taken back." if answer.verdict == "withdrawn" else "Learned."]
    parts = []
    if moves:
        most = max(moves, key=lambda move: (abs(move.after - move.before), move.terminal))
        more = f" (and {count(len(moves) - 1, 'other terminal')})" if len(moves) > 1 else ""
        parts.append(f"Terminal {most.terminal} risk {figure(most.before)} → {figure(most.after)}{more}")
    if cards and answer.verdict != "withdrawn":
        which = card_name(cards[0]) if len(cards) == 1 else count(len(cards), "card")
        verb = "counts" if len(cards) == 1 else "count"
        parts.append(f"{which} {verb} as {'stolen' if answer.verdict == 'fraud' else 'all right'} for 24 h")
    again = f"{count(rescored.number, 'open payment')} rescored"
    if rescored.above:
        again += f", {len(rescored.above)} of them now above the threshold"
    if rescored.below:
        again += f", {len(rescored.below)} of them now below it"
    parts.append(again if rescored.number else "no open payment to rescore")
    return " ".join([*said, "; ".join(parts) + "."])


def figure(risk: float) -> str:
    """Write a share as people of the trade do: .71."""
    return f"{risk:.2f}".removeprefix("0")
