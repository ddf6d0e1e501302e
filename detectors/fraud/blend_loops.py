"""The blend's loop: what two parts say of a payment, mixed and calibrated, as one probability."""

from math import exp, log, log1p
from typing import Any

from detectors.compiled import compiled

__all__ = ["LIMIT", "blend_rows"]

LIMIT = 35.0
"""Log odds beyond which a probability is 0 or 1 in 64 bits."""


@compiled
def blend_rows(online: Any, trees: Any, trees_share: Any, calibration: Any, out: Any) -> None:
    """Write the probability of each row.

    Parameters
    ----------
    online
        Probabilities by the two-cause model; empty without one.
    trees
        Log odds by the trees; empty without them.
    trees_share
        Of the mix, in [0, 1]; it is 1 or 0 where a part is missing.
    calibration
        a, b and c of beta calibration; empty without one.

    Cost: .05 µs a row and .3 a call: .4 for four rows, where numpy's functions one after the other take 12.

    """
    for row in range(len(out)):
        log_odds = 0.0
        if len(trees):
            log_odds += trees_share * trees[row]
        if len(online):
            kept = min(max(online[row], 1e-15), 1 - 1e-15)
            log_odds += (1 - trees_share) * (log(kept) - log1p(-kept))
        if len(calibration):
            kept = min(max(log_odds, -LIMIT), LIMIT)
            log_odds = (
                -calibration[0] * log1p(exp(-kept)) + calibration[1] * log1p(exp(kept)) + calibration[2]
            )
        out[row] = 1 / (1 + exp(-min(max(log_odds, -700.0), 700.0)))
