"""What an answer changes: its labels, the terminals' risk, and the scores of payments that are still open."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from detectors.fraud.champions import BASE_RATE, COLD_START, Champions
from detectors.fraud.claims import FRAUD
from detectors.fraud.features import CUSTOMER_FEATURES, TERMINAL_FEATURES
from detectors.fraud.label_book import LabelBook
from detectors.fraud.terminals import TerminalRisk
from detectors.watch.fresh_labels import FreshLabels
from detectors.watch.paid import Paid, as_bytes
from detectors.watch.payment_words import card_name
from detectors.watch.wording import count
from schemas.alert import Alert, AlertPayment
from schemas.answer import Answer
from schemas.label import Label, Verdict
from schemas.score import Reason

__all__ = [
    "Effect",
    "Learnt",
    "Move",
    "Reach",
    "Rescored",
    "Said",
    "answer_labels",
    "effect_sentence",
    "rescore",
    "terminal_risk",
]

USUAL_WEIGHT = 2.0
"""The usual share counts as so many verdicts. Chosen: one confirmed fraud makes .34, five .71."""

BASE_WEIGHT = 50.0
"""What all terminals have counts as so many verdicts of this one. Chosen, not tuned."""

TERMINAL_COLUMNS = slice(len(CUSTOMER_FEATURES), len(CUSTOMER_FEATURES) + len(TERMINAL_FEATURES))

VERDICTS: dict[str, Verdict] = {"fraud": "fraud", "genuine": "genuine", "withdrawn": "withdrawn"}


class Said(NamedTuple):
    """An answer that was accepted, and its alert as it stands."""

    alert: Alert
    answer: Answer


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

    payments: tuple[Paid, ...]
    above: tuple[Paid, ...]
    below: tuple[Paid, ...]


class Reach:
    """Payments that were scored again, by where an answer reaches them.

    Cost: 1 µs a payment, and 1 µs a payment that an answer reaches.
    """

    def __init__(self, rescored: Rescored) -> None:
        self._above = {one.event for one in rescored.above}
        self._below = {one.event for one in rescored.below}
        self._at: defaultdict[str, list[Paid]] = defaultdict(list)
        self._of: defaultdict[str, list[Paid]] = defaultdict(list)
        for one in rescored.payments:
            self._at[one.terminal].append(one)
            if one.customer is not None:
                self._of[one.customer].append(one)

    def of(self, terminals: Iterable[str], customers: Iterable[str]) -> Rescored:
        """Give those at some terminals or of some customers."""
        places = (
            *(self._at.get(one, []) for one in terminals),
            *(self._of.get(one, []) for one in customers),
        )
        reached = {one.event: one for some in places for one in some}
        return Rescored(
            tuple(reached.values()),
            tuple(reached[event] for event in reached.keys() & self._above),
            tuple(reached[event] for event in reached.keys() & self._below),
        )


class Learnt(NamedTuple):
    """What an answer has taught: labels, how its terminals' risk moved, its cards and customers."""

    answer: Answer
    labels: tuple[Label, ...]
    moves: list[Move]
    cards: list[str]
    customers: frozenset[str]

    def effect(self, reach: Reach) -> Effect:
        """Tell it, with those of the payments scored again that it reaches."""
        own = reach.of((move.terminal for move in self.moves), self.customers)
        return Effect(effect_sentence(self.answer, self.moves, self.cards, own), self.labels)


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
    open_payments = [one for one in payments if one.features]
    if not open_payments:
        return Rescored((), (), ())
    rows = (
        np.frombuffer(b"".join(one.features for one in open_payments)).reshape(len(open_payments), -1).copy()
    )
    moments = np.full(len(rows), round(seconds * 1e6), np.int64)
    rows[:, TERMINAL_COLUMNS] = book.observe([one.terminal for one in open_payments], moments)
    scores = champions.score_batch(np.full(len(rows), seconds), rows)
    # as of payments that come, reasons are kept of those that somebody should look at
    high = np.flatnonzero(scores.scores >= np.array(scores.thresholds)[scores.models])
    reasons = {
        place: tuple(Reason(**reason._asdict()) for reason in verdict.reasons)
        for place, verdict in zip(high.tolist(), scores.only(high).verdicts(rows[high]), strict=True)
    }
    scored: list[Paid] = []
    above: list[Paid] = []
    below: list[Paid] = []
    for place, (one, row, score, model) in enumerate(
        zip(open_payments, rows.tolist(), scores.scores.tolist(), scores.models.tolist(), strict=True)
    ):
        if scores.versions[model] == COLD_START:
            continue
        scored.append(one)
        before = one.suspicious
        one.score, one.threshold, one.version = score, scores.thresholds[model], scores.versions[model]
        one.features, one.reasons = as_bytes(row), reasons.get(place, ())
        if one.suspicious != before:
            (above if one.suspicious else below).append(one)
    return Rescored(tuple(scored), tuple(above), tuple(below))


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
    number = len(rescored.payments)
    again = f"{count(number, 'open payment')} rescored"
    if rescored.above:
        again += f", {len(rescored.above)} of them now above the threshold"
    if rescored.below:
        again += f", {len(rescored.below)} of them now below it"
    parts.append(again if number else "no open payment to rescore")
    return " ".join([*said, "; ".join(parts) + "."])


def figure(risk: float) -> str:
    """Write a share as people of the trade do: .71."""
    return f"{risk:.2f}".removeprefix("0")
