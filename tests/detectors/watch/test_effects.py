"""An answer becomes labels, risk and new scores at once, and can be taken back."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest

from detectors.fraud.terminals import TerminalRisk
from detectors.watch.effects import Effect, Said, terminal_risk
from detectors.watch.finding import Finding
from detectors.watch.fresh_labels import FreshLabels
from schemas.alert import Alert
from schemas.answer import Answer, AnswerVerdict
from schemas.origin import Origin
from schemas.score import Score
from tests.detectors.watch.paying import DAY, MINUTE, Watched, at, habit, known, pay, simple_model
from tests.support.events import MONDAY

ORIGIN = Origin(generation="g:0", topic="scores", partition=0, offset=0)


def alert(found: Finding) -> Alert:
    moment = at(0)
    return Alert(
        alert_id=found.alert_id, kind=found.kind, severity="soon", entity_type=found.entity_type,
        entity=found.entity, sentence=found.sentence, payments=found.payments, detector=found.detector,
        since=moment, noticed_at=moment, last_at=moment, detected_at=moment, updated_at=moment, origin=ORIGIN,
    )  # fmt: skip


def answer(found: Finding, verdict: AnswerVerdict, seconds: float) -> Answer:
    return Answer(
        answer_id=UUID(int=round(seconds)), alert_id=found.alert_id, verdict=verdict, by="ann", at=at(seconds)
    )


def answered(watched: Watched, found: Finding, verdict: AnswerVerdict, seconds: float) -> Effect:
    [effect] = watched.watch.answered([Said(alert(found), answer(found, verdict, seconds))])
    return effect


def onset(found: Finding) -> float:
    return found.since


def waiting() -> Watched:
    """One suspicious payment, and three by others at the same terminal that are just not."""
    watched = Watched()
    watched.watch.model(simple_model())
    others = [pay(10 + n, n * MINUTE, card_id=f"card-{n}", amount_minor=9_000) for n in range(3)]
    elsewhere = pay(20, MINUTE, card_id="card-away", terminal_id="terminal-2")
    return watched.scores([*others, elsewhere, pay(1, 5 * MINUTE, score=0.9, amount_minor=90_000)])


def test_fraud_teaches_at_once_and_finds_more() -> None:
    watched = waiting()
    found = watched.one("payment_fraud")
    effect = answered(watched, found, "fraud", 600)
    assert effect.sentence == (
        "Learned. Terminal terminal-1 risk .01 → .35; card …-own counts as stolen for 24 h; "
        "3 open payments rescored, 3 of them now above the threshold."
    )
    [label] = effect.labels
    assert (label.verdict, label.said_by, label.known_at) == ("fraud", "analyst", at(600))
    assert label.event_id == found.payments[0].event_id
    watched.look(600)
    assert {one.entity for one in watched.of("payment_fraud")} == {"card-own", "card-0", "card-1", "card-2"}


def test_taking_it_back_undoes_all_of_it() -> None:
    watched = waiting()
    found = watched.one("payment_fraud")
    answered(watched, found, "fraud", 600)
    watched.look(600)
    assert watched.last[found.alert_id].until is not None
    effect = answered(watched, found, "withdrawn", 660)
    assert (
        effect.sentence
        == "Taken back. Terminal terminal-1 risk .35 → .01; 4 open payments rescored, 3 of them now below it."
    )
    assert [label.verdict for label in effect.labels] == ["withdrawn"]
    watched.look(660)
    ended = {one.entity: one.until for one in watched.of("payment_fraud")}
    assert all(ended[card] is not None for card in ("card-0", "card-1", "card-2"))
    watched.scores([pay(30, 700)])
    assert len(watched.last) == 4, "the card is nobody's any more"


def test_the_same_answer_from_the_topic_changes_nothing() -> None:
    watched = waiting()
    found = watched.one("payment_fraud")
    effect = answered(watched, found, "fraud", 600)
    watched.look(600)
    told = watched.told
    watched.labels(list(effect.labels), 700)
    assert watched.told == told


def test_a_new_answer_replaces_the_old_one() -> None:
    watched = waiting()
    found = watched.one("payment_fraud")
    answered(watched, found, "fraud", 600)
    effect = answered(watched, found, "genuine", 660)
    assert "risk .35 → .01" in effect.sentence
    assert "counts as all right for 24 h" in effect.sentence


def test_labelled_payments_are_not_open() -> None:
    watched = Watched()
    watched.watch.model(simple_model())
    others = [pay(10 + n, n * MINUTE, card_id=f"card-{n}") for n in range(3)]
    watched.scores([*others, pay(1, 5 * MINUTE, score=0.9)])
    watched.labels([known(one, 6 * MINUTE, "genuine") for one in others], 7 * MINUTE)
    found = watched.one("payment_fraud")
    effect = answered(watched, found, "fraud", 600)
    assert "no open payment to rescore" in effect.sentence


def test_without_a_model_nothing_is_rescored() -> None:
    watched = Watched().scores([pay(2, 0), pay(1, 60, score=0.9)])
    found = watched.one("payment_fraud")
    effect = answered(watched, found, "fraud", 600)
    assert "no open payment to rescore" in effect.sentence


def test_an_answer_about_the_business_is_refused() -> None:
    watched = waiting()
    found = watched.one("payment_fraud")
    with pytest.raises(ValueError, match="real says nothing about a payment"):
        answered(watched, found, "real", 600)


def test_risk_rises_with_each_fraud_and_falls_with_each_genuine_payment() -> None:
    paid = [pay(n, n) for n in range(8)]
    frauds = [known(one, 100 + n, "fraud", "analyst") for n, one in enumerate(paid)]
    genuine = [known(one, 100 + n, "genuine", "analyst") for n, one in enumerate(paid)]

    def risk(number: int, honest: int) -> float:
        labels, terminals = FreshLabels(), TerminalRisk()
        said = [*frauds[:number], *genuine[number : number + honest]]
        labels.take(said)
        terminals.learn(said)
        return terminal_risk("terminal-1", at(200).timestamp(), labels, terminals)

    rising = [risk(number, 0) for number in range(6)]
    assert rising == sorted(rising)
    assert len(set(rising)) == 6
    falling = [risk(3, honest) for honest in range(5)]
    assert falling == sorted(falling, reverse=True)
    assert pytest.approx(rising[0]) == 0.01
    assert rising[5] == pytest.approx(0.74, abs=0.03)


def test_a_label_known_later_does_not_count_yet() -> None:
    labels, terminals = FreshLabels(), TerminalRisk()
    said = [known(pay(1, 0), 300, "fraud", "analyst")]
    labels.take(said)
    terminals.learn(said)
    before, after = (
        terminal_risk("terminal-1", (at(0) + timedelta(seconds=s)).timestamp(), labels, terminals)
        for s in (299, 300)
    )
    assert before < 0.02 < after
    assert terminal_risk("terminal-1", at(DAY + 1).timestamp(), labels, terminals) < 0.1


def many() -> tuple[Watched, list[Said]]:
    """Ten suspicious payments and five others, all at one terminal, and an answer to each of the ten."""
    watched = Watched()
    watched.watch.model(simple_model())
    watched.scores(pay(10 + n, n * MINUTE, card_id=f"card-{n}", amount_minor=9_000) for n in range(5))
    watched.scores(
        pay(30 + n, n * MINUTE, card_id=f"odd-{n}", score=0.9, amount_minor=90_000) for n in range(10)
    )
    return watched, [
        Said(alert(found), answer(found, "fraud" if number % 5 else "genuine", 1_200 + number))
        for number, found in enumerate(watched.of("payment_fraud"))
    ]


def test_answers_that_come_together_score_each_open_payment_once() -> None:
    watched, said = many()
    effects = watched.watch.answered(said)
    assert watched.watch.rescored == 5, "however many answers"
    assert all("5 open payments rescored, 5 of them now above" in effect.sentence for effect in effects)
    apart, same = many()
    for one in same:
        apart.watch.answered([one])
    assert apart.watch.rescored > 50


def test_answers_that_come_together_teach_what_they_teach_apart() -> None:
    (together, said), (apart, same) = many(), many()
    effects = together.watch.answered(said)
    one_by_one = [effect for one in same for effect in apart.watch.answered([one])]
    assert [effect.labels for effect in effects] == [effect.labels for effect in one_by_one]
    together.look(1_300)
    apart.look(1_300)
    assert {one.entity: one.until for one in together.last.values()} == {
        one.entity: one.until for one in apart.last.values()
    }


def test_an_answer_tells_only_of_payments_that_it_reaches() -> None:
    watched, said = many()
    watched.scores([pay(90, 10 * MINUTE, score=0.9, card_id="card-away", terminal_id="terminal-2")])
    away = next(one for one in watched.of("payment_fraud") if one.entity == "card-away")
    effects = watched.watch.answered([*said, Said(alert(away), answer(away, "fraud", 1_300))])
    assert "5 open payments rescored" in effects[0].sentence
    assert "no open payment to rescore" in effects[-1].sentence


def test_what_is_suspicious_again_goes_on_in_its_alert() -> None:
    """It was let go because of one answer, and comes back because of another."""
    watched = waiting()
    found = watched.one("payment_fraud")
    answered(watched, found, "fraud", 600)
    watched.look(600)
    raised = {one.alert_id for one in watched.of("payment_fraud")}
    answered(watched, found, "withdrawn", 660)
    watched.look(660)
    assert all(one.until is not None for one in watched.of("payment_fraud") if one.entity != "card-own")
    answered(watched, found, "fraud", 720)
    watched.look(720)
    assert {one.alert_id for one in watched.of("payment_fraud")} == raised
    assert all(one.until is None for one in watched.of("payment_fraud") if one.entity != "card-own")


def test_what_is_suspicious_again_goes_on_in_its_alert_beside_a_newer_one() -> None:
    """Its alert was over when another payment of the card and day was suspicious."""
    watched = waiting()
    found = watched.one("payment_fraud")
    answered(watched, found, "fraud", 600)
    watched.look(600)
    [first] = [one for one in watched.of("payment_fraud") if one.entity == "card-0"]
    answered(watched, found, "withdrawn", 660)
    watched.scores([pay(2, 700, score=0.9, card_id="card-0", terminal_id="terminal-2")])
    answered(watched, found, "fraud", 720)
    watched.look(720)
    old, new = sorted((one for one in watched.of("payment_fraud") if one.entity == "card-0"), key=onset)
    assert (old.alert_id, old.payments, old.until) == (first.alert_id, first.payments, None)
    assert [one.occurred_at for one in new.payments] == [at(700)]


def quick(first: int, count: int) -> list[Score]:
    """Go on a spree, a till after the other, every four minutes."""
    return [
        pay(n, n * 4 * MINUTE, amount_minor=40_000 + n, terminal_id=f"terminal-{n % 3}")
        for n in range(first, first + count)
    ]


def tries(first: int, count: int) -> list[Score]:
    """Try out cards from one device, each declined."""
    return [
        pay(n, n * 20.0, card_id=f"card-{n}", amount_minor=299, status="declined", device_id="device-bot")
        for n in range(first, first + count)
    ]


def robbing(first: int, count: int) -> list[Score]:
    """Copy cards at a terminal, every eight minutes."""
    return [
        pay(n, n * 8 * MINUTE, score=0.9, card_id=f"card-{n}", customer_id=f"c-{n}")
        for n in range(first, first + count)
    ]


def complained(paid: list[Score]) -> Watched:
    watched = Watched()
    watched.watch.model(simple_model())
    watched.scores(paid)
    return watched.labels([known(one, 40 * MINUTE + n, "fraud") for n, one in enumerate(paid)], 45 * MINUTE)


GOING_ON = [
    ("card_spree", lambda: Watched().scores([*habit(20), *quick(0, 6)]), quick(6, 3)),
    ("card_testing", lambda: Watched().scores(tries(0, 80)), tries(80, 5)),
    ("terminal_fraud", lambda: complained(robbing(0, 5)), robbing(7, 1)),
    ("payment_fraud", waiting, [pay(2, 700, score=0.9)]),
]


@pytest.mark.parametrize(("kind", "begin", "more"), GOING_ON)
@pytest.mark.parametrize("verdict", ["fraud", "withdrawn"])
def test_what_goes_on_after_an_answer_is_told_anew(
    kind: str, begin: Callable[[], Watched], more: list[Score], verdict: AnswerVerdict
) -> None:
    """Whoever answered looks no more at that alert; 80 cards are more than it names and the answer labels."""
    watched = begin()
    found = watched.one(kind)
    answered(watched, found, "fraud", found.last_at - MONDAY.timestamp() + 1)
    watched.look(0)
    if verdict == "withdrawn":
        answered(watched, found, verdict, found.last_at - MONDAY.timestamp() + 2)
    watched.scores(more)
    names = {one.payment.event_id for one in more if one.payment}
    told = {
        alert_id: names & {one.event_id for one in finding.payments}
        for alert_id, finding in watched.last.items()
        if finding.until is None
    }
    if verdict == "fraud":
        assert set().union(*(told[one] for one in told if one != found.alert_id)) == names
        assert not names & {one.event_id for one in watched.last[found.alert_id].payments}
        again = [one for one in watched.of(kind) if one.since > found.last_at and one.until is None]
        assert all("It goes on after an answer." in one.sentence for one in again)
        # three payments are no spree yet, one accuses no terminal: they are told by their card
        assert len(again) == (kind in {"card_testing", "payment_fraud"})
    else:
        assert told[found.alert_id] == names
        assert not any("goes on" in one.sentence for one in watched.last.values())
