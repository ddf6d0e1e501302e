"""A compromised terminal is found from what its customers say; one robbed customer accuses no terminal."""

from typing import Any

from schemas.label import Label
from schemas.score import Score
from tests.detectors.watch.paying import DAY, MINUTE, Watched, known, pay, simple_model


def robbed(count: int, **fields: Any) -> list[Score]:
    return [
        pay(n, n * 8 * MINUTE, card_id=f"card-{n}", customer_id=f"c-{n}", amount_minor=30_000, **fields)
        for n in range(count)
    ]


def complaints(paid: list[Score], after: float = 20 * MINUTE) -> list[Label]:
    return [known(one, n * 8 * MINUTE + after, "fraud") for n, one in enumerate(paid)]


def test_two_customers_who_complain_at_once_accuse_the_terminal() -> None:
    paid = robbed(6)
    watched = Watched().scores(paid)
    watched.labels(complaints(paid), 20 * MINUTE)
    assert not watched.of("terminal_fraud"), "one complaint; the others are not known yet"
    found = watched.look(28 * MINUTE).one("terminal_fraud")
    assert (found.entity, found.count) == ("terminal-1", 2)
    found = watched.look(2 * 60 * MINUTE).one("terminal_fraud")
    assert (found.count, found.money_at_risk_minor) == (6, 180_000)
    assert "6 confirmed frauds on 6 cards" in found.sentence
    assert found.until is None, "the labels are the evidence, they do not settle it"
    assert watched.look(60 * MINUTE + 2 * DAY).one("terminal_fraud").until == found.last_at + DAY


def test_one_card_that_is_reported_often_accuses_no_terminal() -> None:
    paid = [pay(n, n * 8 * MINUTE, customer_id="c-1") for n in range(5)]
    watched = Watched().scores(paid).labels(complaints(paid), DAY)
    assert not watched.of("terminal_fraud")


def test_a_spree_explains_its_payments() -> None:
    sprees = [
        pay(
            100 * card + n,
            n * 3 * MINUTE,
            card_id=f"card-{card}",
            customer_id=f"c-{card}",
            amount_minor=90_000 + n,
        )
        for n in range(6)
        for card in range(2)
    ]
    watched = Watched().scores(sprees)
    assert len(watched.of("card_spree")) == 2
    watched.labels([known(one, 40 * MINUTE, "fraud") for one in sprees], DAY / 2)
    assert not watched.of("terminal_fraud")


def test_suspicious_payments_join_and_weaker_findings_end() -> None:
    paid = robbed(4)
    doubtful = pay(50, 26 * MINUTE, card_id="card-50", score=0.9)
    late = pay(51, 40 * MINUTE, card_id="card-51", score=0.9)
    watched = Watched()
    watched.watch.model(simple_model())
    watched.scores([*paid, doubtful], -1)
    assert watched.one("payment_fraud").until is None
    watched.labels(complaints(paid), 30 * MINUTE).scores([late], 40 * MINUTE)
    found = watched.one("terminal_fraud")
    assert "3 confirmed frauds on 3 cards and 2 suspicious payments" in found.sentence
    assert found.count == 5
    assert len(watched.of("payment_fraud")) == 1, "the late one belongs to the terminal at once"


def test_scores_alone_accuse_no_terminal() -> None:
    watched = Watched()
    watched.watch.model(simple_model())
    paid = [pay(n, n * 5 * MINUTE, card_id=f"card-{n}", score=0.9, amount_minor=90_000) for n in range(20)]
    assert not watched.scores(paid).of("terminal_fraud")
    watched.labels([known(paid[0], 2 * 60 * MINUTE, "fraud")], 2 * 60 * MINUTE)
    assert watched.of("terminal_fraud"), "one complaint on top is enough"


def test_chargebacks_that_come_together_accuse_the_terminal() -> None:
    paid = [pay(n, -5 * DAY + n * 60 * MINUTE, card_id=f"card-{n}", customer_id=f"c-{n}") for n in range(5)]
    earlier = pay(99, -9 * DAY, terminal_id="terminal-9", customer_id="c-99")
    watched = Watched().scores([earlier, *paid])
    watched.labels([known(earlier, -4.5 * DAY, "fraud", "chargeback")], -4 * DAY)
    watched.labels([known(one, n * 3_600, "fraud", "chargeback") for n, one in enumerate(paid)], DAY / 2)
    assert watched.one("terminal_fraud").count == 5


def test_what_an_analyst_takes_back_no_longer_counts() -> None:
    paid = robbed(2)
    watched = Watched().scores(paid)
    watched.labels([known(paid[0], 20 * MINUTE, "fraud", "analyst")], 21 * MINUTE)
    watched.labels([known(paid[0], 22 * MINUTE, "withdrawn", "analyst")], 23 * MINUTE)
    watched.labels([known(paid[1], 30 * MINUTE, "fraud")], DAY / 4)
    assert not watched.of("terminal_fraud")


def test_chargebacks_of_payments_long_gone_name_the_store_and_no_amount() -> None:
    paid = robbed(12)
    watched = Watched().scores(paid)
    watched.scores([pay(100 + n, n * DAY / 32, card_id=f"card-{100 + n}") for n in range(1, 193)])
    watched.labels([known(paid[0], DAY, "fraud", "chargeback")], DAY)
    watched.labels([known(one, 6 * DAY, "fraud", "chargeback") for one in paid[1:]], 6 * DAY + MINUTE)
    found = watched.one("terminal_fraud")
    assert "terminal-1 at store-1 looks compromised" in found.sentence
    assert "EUR" not in found.sentence
    assert "suspicious" not in found.sentence
