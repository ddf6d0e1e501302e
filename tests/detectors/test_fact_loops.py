"""What many labels say of a terminal: the same as the formula says that they are counted by."""

from math import exp

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from detectors.fraud import fact_loops as loops

DAY = loops.DAY


def by_the_formula(weights: list[float], moments: list[int], moment: int) -> float:
    """Forget towards the prior between payments, weigh the odds at each; the newest come first."""
    compromised, last = loops.PRIOR, moments[-1] if moments else moment
    for weight, at in zip(reversed(weights), reversed(moments), strict=True):
        kept = exp(-(at - last) / (loops.MEMORY_DAYS * DAY))
        compromised = compromised * kept + loops.PRIOR * (1 - kept)
        odds = compromised / (1 - compromised) * weight
        compromised, last = min(odds / (1 + odds), loops.SURE), at
    kept = exp(-(moment - last) / (loops.MEMORY_DAYS * DAY))
    return compromised * kept + loops.PRIOR * (1 - kept)


@given(
    st.lists(
        st.tuples(st.sampled_from([0.02, 0.02, 0.98, 1.2, 10.0, 196.0]), st.integers(0, 2 * DAY)),
        max_size=loops.LOOKED_AT,
    ),
    st.integers(0, 60 * DAY),
)
def test_however_many_labels_the_probability_is_that_of_the_formula(
    labels: list[tuple[float, int]], age: int
) -> None:
    """Runs of hundreds that all say the same would grow beyond what a number holds."""
    weights = [weight for weight, _ in labels]
    moments = np.cumsum([0, *(gap for _, gap in labels)])[1:][::-1].astype(np.int64)
    moment = (int(moments[0]) if len(moments) else 0) + age
    found = loops.compromised(np.array(weights, np.float64), moments, len(weights), moment)
    assert abs(found - by_the_formula(weights, moments.tolist(), moment)) < 1e-9


def test_a_long_honest_or_fraudulent_past_is_neither_nought_nor_certain() -> None:
    moments = np.arange(loops.LOOKED_AT, 0, -1, dtype=np.int64)
    for weight, low, high in ((0.02, 0.0, 1e-6), (196.0, 1 - 1e-6, 1.0)):
        found = loops.compromised(np.full(loops.LOOKED_AT, weight), moments, loops.LOOKED_AT, 300)
        assert low < found < high
