"""Event time moves on, but not for one broken clock."""

from math import inf

from detectors.watermark import Watermark


def test_watermark_is_the_middle_of_a_whole_block() -> None:
    watermark = Watermark()
    for second in range(63):
        assert watermark.advance(second) == -inf
    assert watermark.advance(63) == 32
    for second in range(64, 128):
        watermark.advance(second)
    assert watermark.seconds == 96


def test_watermark_follows_neither_clocks_ahead_nor_clocks_behind() -> None:
    watermark = Watermark()
    for second in range(100, 10_000):
        watermark.advance(4e9 if second % 64 == 7 else second)
        watermark.advance(0 if second % 5 == 1 else second)
    assert 9_900 < watermark.seconds < 10_000
