"""A detector that was restored goes on exactly as the one that was never interrupted."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.errors import SnapshotRefused
from detectors.fraud.detector import FraudDetector
from detectors.fraud.label_book import LabelBook
from detectors.snapshot import Parts, column, packed_texts, texts
from detectors.watermark import Watermark
from streams.resend_filter import ResendFilter
from tests.detectors.registry import observe_fraud, paid

FRAUD_EVENTS = [paid(0, 1_500, seed) for seed in range(3)]


def copied(parts: Parts) -> Parts:
    return {name: part.copy() for name, part in parts.items()}


@given(st.sampled_from(FRAUD_EVENTS), st.lists(st.integers(0, 1_500), max_size=3).map(sorted))
def test_features_after_a_restore_equal_the_uninterrupted_runs(events: list[Any], cuts: list[int]) -> None:
    whole = observe_fraud(FraudDetector(LabelBook()), events)
    detector, rows, start = FraudDetector(LabelBook()), [], 0
    for end in [*cuts, len(events)]:
        rows += observe_fraud(detector, events[start:end])
        start = end
        kept, known = detector.snapshot(), detector.known.snapshot()
        before = copied(kept), copied(known)
        observe_fraud(detector, events[:200])  # what comes later must not change the snapshot
        for parts, then in zip((kept, known), before, strict=True):
            for name, part in parts.items():
                np.testing.assert_array_equal(part, then[name])
        book = LabelBook()
        book.restore(known)
        detector = FraudDetector(book)
        detector.restore(kept)
    assert rows == whole


@given(
    st.lists(st.tuples(st.sampled_from(["a", "ä", ""]), st.integers(0, 3_000)), max_size=80),
    st.integers(0, 80),
    st.integers(1, 5),
)
def test_resends_are_recognised_after_a_restore(
    sent: list[tuple[str, int]], cut: int, max_chunks: int
) -> None:
    whole, first, second = (ResendFilter(max_chunks) for _ in range(3))
    expected = [whole.is_repeat(source, "r", seq) for source, seq in sent]
    found = [first.is_repeat(source, "r", seq) for source, seq in sent[:cut]]
    second.restore(first.snapshot())
    assert found + [second.is_repeat(source, "r", seq) for source, seq in sent[cut:]] == expected


@given(st.integers(0, 200))
def test_watermark_goes_on_after_a_restore(cut: int) -> None:
    whole, restored = Watermark(), Watermark()
    for second in range(cut):
        whole.advance(second)
    restored.restore(whole.snapshot())
    assert [restored.advance(second) for second in range(300)] == [
        whole.advance(second) for second in range(300)
    ]


def fraud_detector() -> FraudDetector:
    detector = FraudDetector(LabelBook())
    observe_fraud(detector, FRAUD_EVENTS[0])
    return detector


def seen_numbers() -> ResendFilter:
    seen = ResendFilter()
    for number in range(50):
        seen.is_repeat("till", "r", number * 1_000)
    return seen


KEEPERS: dict[str, tuple[Callable[[], Any], Callable[[], Any]]] = {
    "customers": (lambda: fraud_detector().customers, lambda: FraudDetector(LabelBook()).customers),
    "watermark": (lambda: fraud_detector().watermark, Watermark),
    "detector": (fraud_detector, lambda: FraudDetector(LabelBook())),
    "labels": (lambda: fraud_detector().known, LabelBook),
    "resend filter": (seen_numbers, ResendFilter),
}


def is_flat(part: object) -> bool:
    return isinstance(part, np.ndarray) and part.ndim == 1 and not part.dtype.hasobject


@pytest.mark.parametrize("keeper", KEEPERS)
def test_damaged_snapshot_is_refused(keeper: str) -> None:
    make, anew = KEEPERS[keeper]
    parts: Parts = make().snapshot()
    assert all(is_flat(part) for part in parts.values())
    anew().restore(parts)
    for name, part in parts.items():
        others = {other: value for other, value in parts.items() if other != name}
        for damaged in (None, part.astype(np.complex64), part[:, None], part[:-1], np.r_[part, part[:1]]):
            if damaged is not None and len(damaged) == len(part) == 0:
                continue
            if name.endswith("watermark") and damaged is not None and damaged.dtype == part.dtype:
                continue  # any number of times below 64 is a block
            with pytest.raises(SnapshotRefused):
                anew().restore(others if damaged is None else {**others, name: damaged})


@given(st.lists(st.text(max_size=5)))
def test_texts_survive_as_bytes(words: list[str]) -> None:
    assert texts(packed_texts("t", words), "t") == words


@pytest.mark.parametrize("lengths", [[1, 1], [1, 1, 2], [1, 1, 1, 1]])
def test_texts_with_other_lengths_are_refused(lengths: list[int]) -> None:
    parts = packed_texts("t", ["a", "b", "c"])
    with pytest.raises(SnapshotRefused):
        texts({**parts, "t.lengths": np.array(lengths, np.uint32)}, "t", 3)
    with pytest.raises(SnapshotRefused):
        texts({**packed_texts("t", ["ä"]), "t.lengths": np.array([1, 1], np.uint32)}, "t")
    with pytest.raises(SnapshotRefused, match="missing"):
        column(parts, "other", np.uint8)
