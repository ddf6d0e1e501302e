"""What every detector must keep, whatever it computes."""

from copy import deepcopy
from random import Random
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from detectors.errors import SnapshotRefused
from detectors.fraud.champions import Champions
from detectors.fraud.detector import FraudDetector
from detectors.fraud.features import FEATURE_NAMES
from detectors.fraud.label_book import LabelBook
from tests.detectors.models import model, score_of
from tests.detectors.registry import DETECTORS, Case, champions, paid
from tests.support.events import payment

EVENTS = 1_200

every_detector = pytest.mark.parametrize("case", DETECTORS.values(), ids=DETECTORS.keys())


def run_in_batches(case: Case, detector: Any, events: list[Any], sizes: Random | None) -> Any:
    """Hand events in, in one batch or in many; outputs by key are merged, the last one wins."""
    outputs: list[Any] = []
    by_key: dict[Any, Any] = {}
    start = 0
    while start < len(events):
        end = len(events) if sizes is None else start + sizes.choice([1, 1, 2, 7, 100])
        out = case.run(detector, events[start:end])
        if isinstance(out, dict):
            by_key |= out
        else:
            outputs += out
        start = end
    return by_key or outputs


@every_detector
def test_one_batch_of_n_equals_n_batches(case: Case) -> None:
    events = case.events(0, EVENTS, 1)
    whole = run_in_batches(case, case.make(), events, None)
    assert len(whole) > 0
    # Features look at labels by when they became known, so that even these may come in another batch.
    assert run_in_batches(case, case.make(), events, Random(2)) == whole


@every_detector
def test_same_input_gives_the_same_output(case: Case) -> None:
    outputs = [run_in_batches(case, case.make(), case.events(0, EVENTS, 3), Random(4)) for _ in range(2)]
    assert outputs[0] == outputs[1]


@pytest.mark.parametrize(
    "case",
    [pytest.param(case, id=name) for name, case in DETECTORS.items() if hasattr(case.make(), "snapshot")],
)
@pytest.mark.parametrize("seed", range(5))
def test_restored_from_a_snapshot_it_goes_on_as_the_original(case: Case, seed: int) -> None:
    """Wherever the cut is; and what the original does afterwards is not seen in the snapshot."""
    events = case.events(0, EVENTS, seed)
    cut = Random(seed).randrange(EVENTS)
    original, restored, again = case.make(), case.make(), case.make()
    case.run(original, events[:cut])
    parts = original.snapshot()
    expected = run_in_batches(case, original, events[cut:], None)
    restored.restore(parts)
    assert run_in_batches(case, restored, events[cut:], Random(seed)) == expected
    again.restore(parts)
    same = again.snapshot()
    assert same.keys() == parts.keys()
    for name, array in parts.items():
        assert np.array_equal(same[name], array, equal_nan=array.dtype.kind == "f"), name


@pytest.mark.parametrize(
    "case",
    [pytest.param(case, id=name) for name, case in DETECTORS.items() if hasattr(case.make(), "snapshot")],
)
def test_a_damaged_snapshot_is_refused(case: Case) -> None:
    """Each array missing, of another type, or of another size than the others say."""
    original = case.make()
    case.run(original, case.events(0, 300, 1))
    parts = original.snapshot()
    for name, array in parts.items():
        size = array[:-1] if len(array) else np.zeros(1, array.dtype)
        without = {other: one for other, one in parts.items() if other != name}
        for damaged in (without, without | {name: array.astype(np.complex64)}, without | {name: size}):
            with pytest.raises(SnapshotRefused):
                case.make().restore(damaged)


@every_detector
def test_inputs_are_left_untouched(case: Case) -> None:
    events = case.events(0, 300, 5)
    before = deepcopy(events)
    case.run(case.make(), events)
    assert events == before


@every_detector
def test_memory_is_flat_over_a_ten_times_longer_stream(case: Case) -> None:
    """An event an hour: the first part is 75 days, longer than anything is kept, the whole two years."""
    detector = case.make()
    sizes = []
    for part in range(10):
        for start in range(part * 1_800, (part + 1) * 1_800, 600):
            case.run(detector, case.events(start, 600, 6))
        sizes.append(case.size(detector))
    assert sizes[-1] <= 1.3 * max(sizes[:2]), sizes


def test_scoring_changes_nothing() -> None:
    scorer = champions()
    rows = np.random.default_rng(8).normal(0, 9, (20, len(FEATURE_NAMES)))
    before = rows.copy()
    moments = [one.occurred_at for one, _ in paid(0, 20, 8)]
    first = scorer.score(moments, rows)
    assert scorer.score(moments, rows) == first
    assert (rows == before).all()


@pytest.mark.parametrize("number", [float("nan"), float("inf"), -float("inf")])
def test_no_contract_lets_a_number_in_that_is_none(number: float) -> None:
    """What detectors read has whole numbers for money and pieces; the models' records have floats."""
    with pytest.raises(ValidationError):
        score_of(payment(), (number,) * len(FEATURE_NAMES))
    with pytest.raises(ValidationError):
        model(bias=number)
    with pytest.raises(ValidationError):
        payment(amount_minor=number)


def test_a_label_known_later_cannot_change_features_and_one_known_earlier_does() -> None:
    events = paid(0, EVENTS, 9)
    # A payment at a terminal that is seen again and again.
    place = next(place for place in range(900, EVENTS) if events[place][0].terminal_id == "t-0")
    moment = events[place][0].occurred_at

    def features(flip_known_from: bool) -> list[float]:
        """Turn every verdict round that was known by then, or every one that was not."""
        book = LabelBook()
        for _, known in events:
            late = known.known_at > moment
            flip = {"verdict": "fraud" if known.verdict == "genuine" else "genuine"}
            book.learn([known.model_copy(update=flip if late == flip_known_from else {})])
        rows = FraudDetector(book).observe([one for one, _ in events[: place + 1]])
        row: list[float] = rows[-1].tolist()
        return row

    book = LabelBook()
    book.learn([known for _, known in events])
    honest = FraudDetector(book).observe([one for one, _ in events[: place + 1]])[-1].tolist()
    assert honest[FEATURE_NAMES.index("terminal_labels_30d")] > 3, (
        "this terminal has labels, or the test shows nothing"
    )
    assert features(flip_known_from=True) == honest
    assert features(flip_known_from=False) != honest


def test_a_score_depends_on_nothing_but_its_own_row_and_time() -> None:
    scorer: Champions = champions()
    rows = np.random.default_rng(10).normal(0, 9, (200, len(FEATURE_NAMES)))
    moments = [one.occurred_at for one, _ in paid(0, 200, 10)]
    order = np.random.default_rng(11).permutation(200)
    shuffled = scorer.score([moments[place] for place in order], rows[order])
    straight = scorer.score(moments, rows)
    assert shuffled == [straight[place] for place in order]
