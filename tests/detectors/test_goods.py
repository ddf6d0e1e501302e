"""Lines of receipts are counted by category and channel, and no till makes the memory grow."""

from datetime import timedelta
from typing import Any

from detectors.series.goods import MOST_CATEGORIES, goods_of, nothing_odd
from detectors.series.minutes import MinuteSeries
from schemas.metric_partial import MetricPartial
from schemas.score import Score
from schemas.transaction import Line
from tests.detectors.models import score_of
from tests.support.events import MONDAY, payment


def line(category: str | None, *, quantity: int = 1, price: int = 500) -> Line:
    return Line(sku="a", quantity=quantity, unit_price_minor=price, category=category)


def paid(seq: int, *lines: Line, **fields: Any) -> tuple[int, Score]:
    amount = sum(one.quantity * one.unit_price_minor for one in lines)
    return seq, score_of(payment(seq, amount_minor=amount, lines=lines, occurred_at=MONDAY, **fields), ())


def goods(partials: list[MetricPartial]) -> dict[tuple[str, str], tuple[int, int]]:
    told = {(one.channel, one.category): (one.count, one.total) for one in partials if one.category}
    assert all(one.series == "goods" and one.store_id == "" for one in partials if one.category)
    return told


def test_lines_add_up_by_category_and_channel() -> None:
    series = MinuteSeries("g:0", "scores", 0)
    series.count(
        [
            paid(0, line("toys", quantity=2), line("toys"), line("books"), line(None), store_id="s-1"),
            paid(1, line("toys"), store_id="s-2"),
            paid(2, line("toys"), store_id="app", channel="app"),
        ]
    )
    assert goods(series.touched()) == {
        ("pos", "toys"): (3, 2_000), ("pos", "books"): (1, 500), ("app", "toys"): (1, 500),
    }  # fmt: skip


def test_declined_and_refunded_goods_are_not_sold() -> None:
    series = MinuteSeries("g:0", "scores", 0)
    series.count([paid(0, line("toys"), status="declined"), paid(1, line("toys"), status="refunded")])
    assert goods(series.touched()) == {}


def test_goods_are_worth_what_was_paid_in_the_reporting_currency() -> None:
    _, score = paid(0, line("toys", quantity=3), currency="CHF")
    assert score.payment is not None
    dearer = score.payment.model_copy(update={"reporting_minor": 3_000})
    assert goods_of(dearer) == [("toys", 3, 3_000)]
    assert goods_of(score.payment.model_copy(update={"reporting_minor": None})) == [("toys", 3, 0)]


def test_partials_of_categories_do_not_replace_each_other() -> None:
    series = MinuteSeries("g:0", "scores", 0)
    series.count([paid(0, line("toys"), line("books"))])
    partials = series.touched()
    assert len({one.key for one in partials}) == len(partials)


def test_made_up_categories_are_counted_and_make_room_again() -> None:
    odd = nothing_odd()
    series = MinuteSeries("g:0", "scores", 0, odd=odd)
    series.count([paid(0, line("toys"))])
    series.count([paid(seq, line(f"made up {seq}")) for seq in range(1, 1_001)])
    told = goods(series.touched())
    assert len(told) == MOST_CATEGORIES
    assert odd == {"too_many_categories": 1_001 - MOST_CATEGORIES}
    series.count([paid(1_001, line("toys"))])
    assert goods(series.touched()) == {("pos", "toys"): (2, 1_000)}
    offset, late = paid(1_002, line("books"))
    assert late.payment is not None
    after = late.payment.model_copy(update={"occurred_at": MONDAY + timedelta(days=3)})
    # one clock that is days ahead does not make the others old
    series.count([(offset + more, late.model_copy(update={"payment": after})) for more in range(130)])
    assert ("pos", "books") in goods(series.touched())


def test_a_copy_goes_on_with_the_same_categories() -> None:
    series, copy = (MinuteSeries("g:0", "scores", 0) for _ in range(2))
    series.count([paid(seq, line(f"made up {seq}")) for seq in range(MOST_CATEGORIES)])
    series.touched()
    copy.restore(series.snapshot())
    more = [paid(1_000, line("made up 3"), line("another"))]
    for one in (series, copy):
        one.count(more)
    assert goods(copy.touched()) == goods(series.touched()) == {("pos", "made up 3"): (2, 1_000)}
