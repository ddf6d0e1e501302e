"""What the model finds suspicious is told per card and day, in plain words."""

from math import exp, log
from uuid import UUID

from detectors.watch.entry import alert_of
from detectors.watch.paid import Paid
from detectors.watch.stores import StoreBook
from schemas.alert import AlertCounterfactual
from schemas.origin import Origin
from schemas.score import Reason, Score
from schemas.store import Store
from tests.detectors.watch.paying import DAY, HOUR, MINUTE, Watched, at, known, pay, simple_model


def test_one_finding_per_card_and_day() -> None:
    same = [pay(n, n * HOUR, score=0.9) for n in range(3)]
    other = pay(9, HOUR, score=0.9, card_id="card-other")
    anonymous = [pay(20 + n, HOUR, score=0.9, card_id=None) for n in range(2)]
    watched = Watched().scores([*same, other, *anonymous, pay(8, DAY, score=0.9)])
    found = {(one.entity_type, one.entity, one.window): one.count for one in watched.of("payment_fraud")}
    assert sorted(found.values()) == [1, 1, 1, 1, 3]
    assert found["card", "card-own", "2026-10-05"] == 3
    assert found["card", "card-own", "2026-10-06"] == 1


def test_what_stays_below_the_threshold_is_no_finding() -> None:
    assert not Watched().scores([pay(1, 0, score=0.49)]).last


def test_the_sentence_has_figures_and_their_usual_values() -> None:
    stores = StoreBook()
    stores.take(
        Store(
            store_id="store-1",
            name="Köln Dom",
            channel="pos",
            region="West",
            time_zone="Europe/Berlin",
            hours=(),
        )
    )
    features = {
        "payments_14d": 4, "usual_amount": log(68),
        "terminal_frauds_7d": 2,
    }  # fmt: skip
    one = pay(1, 0, score=0.9, card_id="card-c3f", amount_minor=41_200, features=features)
    reasons = (
        Reason(feature="amount", value=412.0, contribution=3.0),
        Reason(feature="terminal_frauds_7d", value=2.0, contribution=1.0),
    )
    found = Watched(stores=stores).scores([one.model_copy(update={"reasons": reasons})]).one("payment_fraud")
    assert found.sentence == (
        "Payment of 412.00 EUR by card …-c3f at Köln Dom looks stolen: "
        "6 times this customer's usual 68.00 EUR, terminal had 2 confirmed frauds this week."
    )
    assert [(r.value, r.usual and round(r.usual, 6), r.weight) for r in found.reasons] == [
        (412.0, 68.0, 0.75),
        (2.0, None, 0.25),
    ]
    assert found.reasons[0].text == "amount 412.00 EUR, usually 68.00 EUR"
    assert (found.store_id, found.money_at_risk_minor) == ("store-1", 41_200)


def test_a_card_reported_stolen_raises_at_its_next_payment() -> None:
    first = pay(1, 0)
    watched = Watched().scores([first]).labels([known(first, 10 * MINUTE, "fraud")], 10 * MINUTE)
    assert not watched.last
    found = watched.scores([pay(2, 15 * MINUTE)]).one("payment_fraud")
    assert "the customer reported the card stolen 5 min before" in found.sentence
    assert found.count == 1


def test_a_payment_made_before_the_report_is_none_of_it() -> None:
    first = pay(1, 0)
    watched = Watched().scores([first]).labels([known(first, 10 * MINUTE, "fraud")], 10 * MINUTE)
    assert not watched.scores([pay(2, 9 * MINUTE)]).last


def test_a_chargeback_or_an_old_report_does_not_follow_a_card() -> None:
    first = pay(1, 0)
    watched = Watched().scores([first]).labels([known(first, 60, "fraud", "chargeback")], 60)
    assert not watched.scores([pay(2, 120)]).last
    watched.labels([known(first, 180, "fraud", "customer")], 180)
    assert not watched.scores([pay(3, 180 + DAY)]).last


def test_a_card_said_to_be_all_right_is_quiet_for_a_day() -> None:
    first = pay(1, 0, score=0.6)
    watched = Watched().scores([first]).labels([known(first, 60, "genuine", "analyst")], 60)
    assert watched.one("payment_fraud").until is not None
    watched.scores([pay(2, HOUR, score=0.8)])
    assert len(watched.last) == 1
    watched.scores([pay(3, 2 * HOUR, score=0.95)])
    assert len(watched.last) == 2, "ten times the odds"
    watched.scores([pay(4, 61 + DAY, score=0.6)])
    assert len(watched.last) == 3


def test_a_finding_opens_again_when_the_verdict_is_taken_back() -> None:
    first = pay(1, 0, score=0.6)
    watched = Watched().scores([first]).labels([known(first, 60, "genuine", "analyst")], 60)
    assert "genuine by an analyst" in watched.one("payment_fraud").sentence
    watched.labels([known(first, 90, "withdrawn", "analyst")], 90)
    assert watched.one("payment_fraud").until is None


def test_a_payment_made_before_a_verdict_belongs_to_the_finding_that_it_ended() -> None:
    """Its card's partition was behind: whether the verdict or the payment comes first changes nothing."""
    first, second = pay(1, 0, score=0.6), pay(2, 50, score=0.6)
    late = Watched().scores([first]).labels([known(first, 60, "genuine", "customer")], 60).scores([second])
    in_time = Watched().scores([first, second]).labels([known(first, 60, "genuine", "customer")], 60)
    assert late.last == in_time.last
    found = late.one("payment_fraud")
    assert (found.count, found.until) == (2, None)
    late.scores([pay(3, 70, score=0.6)])
    assert late.one("payment_fraud").count == 2, "one made after it is quiet"


def test_whom_a_list_lets_through_raises_nothing() -> None:
    let = {"decision": "approve", "decided_by": "lists", "lists_hit": ("allow:customer",)}
    assert not Watched().scores([pay(1, 0, score=0.9).model_copy(update=let)]).last
    tagged = {"rules_hit": ("a-tag",)}
    assert Watched().scores([pay(1, 0, score=0.9).model_copy(update=tagged)]).one("payment_fraud")


def counting(watched: Watched) -> list[Paid]:
    """Note each time at which the watch looks for an amount that would have passed."""
    asked: list[Paid] = []
    looked = watched.watch.would_pass.of

    def of(one: Paid) -> AlertCounterfactual | None:
        asked.append(one)
        return looked(one)

    watched.watch.would_pass.of = of  # type: ignore[method-assign]  # it does what it did
    return asked


def test_the_alert_says_at_what_amount_it_would_have_passed() -> None:
    """By the model the log odds are the amount / 100 less 3, and those of the threshold 0."""
    watched = Watched()
    watched.watch.model(simple_model())
    asked = counting(watched)
    first = pay(1, 0, score=1 / (1 + exp(-1.12)), amount_minor=41_200)
    found = watched.scores([pay(0, 0, score=0.4), first]).one("payment_fraud")
    assert found.sentence.endswith(" At 299.99 EUR it would have passed.")
    assert found.counterfactual is not None
    assert (found.counterfactual.event_id, found.counterfactual.passes_minor) == (paid_id(first), 29_999)
    found = watched.scores([pay(2, 60, score=0.51, amount_minor=30_500)]).one("payment_fraud")
    assert found.sentence.endswith(" The one of 412.00 EUR would have passed at 299.99 EUR.")
    assert len(asked) == 1, "of two payments one is the worst, and was looked at before"
    dear = watched.scores([pay(3, 5 * HOUR, score=0.99, amount_minor=80_000)]).one("payment_fraud")
    assert dear.counterfactual is not None
    assert (dear.counterfactual.event_id, len(asked)) == (paid_id(pay(3, 5 * HOUR)), 2)


def test_a_restart_keeps_what_was_told() -> None:
    watched = Watched()
    watched.watch.model(simple_model())
    one = pay(1, 0, score=1 / (1 + exp(-1.12)), amount_minor=41_200)
    told = watched.scores([one]).one("payment_fraud")
    origin = Origin(generation="g:0", topic="scores", partition=0, offset=1)
    after = Watched()
    after.watch.model(simple_model())
    after.watch.resume(alert_of(told, at=at(1), noticed_at=at(1), origin=origin))
    asked = counting(after)
    found = after.scores([one, pay(2, 60, score=0.51, amount_minor=30_500)]).one("payment_fraud")
    assert (found.count, found.counterfactual, asked) == (2, told.counterfactual, [])


def test_of_what_no_score_stopped_no_amount_is_named() -> None:
    watched = Watched()
    watched.watch.model(simple_model())
    stopped = {"decision": "decline", "decided_by": "rules", "rules_hit": ("a-rule",)}
    found = watched.scores([pay(1, 0, score=0.9, amount_minor=41_200).model_copy(update=stopped)])
    assert found.one("payment_fraud").counterfactual is None
    unknown = pay(2, 0, score=0.9, card_id="b", amount_minor=41_200)
    found = Watched().scores([unknown])
    assert found.one("payment_fraud").counterfactual is None, "its model is not known"


def paid_id(score: Score) -> UUID:
    assert score.payment is not None
    return score.payment.event_id


def test_what_a_rule_stops_is_told_whatever_its_score() -> None:
    stopped = {"decision": "decline", "decided_by": "rules", "rules_hit": ("three-d-secure-failed",)}
    found = Watched().scores([pay(1, 0, score=0.1).model_copy(update=stopped)]).one("payment_fraud")
    assert found.sentence.endswith("looks stolen: declined by rule three-d-secure-failed.")
    assert found.reasons[0].text == "declined by rule three-d-secure-failed"
