"""Forecasts of single series with a rhythm: the next four hours, foretold every two, from the eighth day on.

Each rests on the values before it alone (`detectors/anomaly/rhythm.py`); no constant was chosen on these
series. The rival is the value of a week before; moments without one are left out for both.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.nab_series import LabelledSeries
from detectors.anomaly.rhythm import expected, observed, rhythm_rows

__all__ = ["RHYTHMIC", "SeriesForecast", "foretell", "report_foretold"]

RHYTHMIC = (
    "realKnownCause/nyc_taxi.csv",
    "realKnownCause/ambient_temperature_system_failure.csv",
    "realTraffic/occupancy_t4013.csv",
    "realTweets/Twitter_volume_AAPL.csv",
    "realTweets/Twitter_volume_CRM.csv",
)
BANDS = {"80": 1.2816, "95": 1.9600}
WEEK, LEARNT, EVERY, AHEAD = 7 * 86_400.0, 8 * 86_400.0, 7_200.0, 14_400.0


@dataclass(frozen=True)
class SeriesForecast:
    """What one series' forecasts came to: shares within the bands, and error as a share of the rival's."""

    name: str
    values: int
    within: dict[str, float]
    error_to_naive: float


def foretell(series: LabelledSeries) -> SeriesForecast:
    """Go through a series, foretelling as it goes."""
    rows = rhythm_rows(1).array
    seconds, values = series.seconds, series.values
    weeks_ago = dict(zip((seconds + WEEK).tolist(), values.tolist(), strict=True))
    learnt, off, rival, width = 0, [], [], []
    for now in np.arange(seconds[0] + LEARNT, seconds[-1] - AHEAD, EVERY):
        begin, end = np.searchsorted(seconds, [now, now + AHEAD])
        observed(rows, seconds[learnt:begin], values[learnt:begin], np.zeros(begin - learnt, np.int64))
        learnt = int(begin)
        mean, spread = expected(rows, seconds[begin:end], np.zeros(end - begin, np.int64))
        for at, foretold, deviation in zip(range(begin, end), mean, spread, strict=True):
            before = weeks_ago.get(float(seconds[at]))
            if before is not None:
                off.append(abs(foretold - values[at]))
                rival.append(abs(before - values[at]))
                width.append(deviation)
    errors, widths = np.array(off), np.array(width)
    within = {band: float((errors <= size * widths).mean()) for band, size in BANDS.items()}
    return SeriesForecast(series.name, len(errors), within, float(errors.mean() / np.mean(rival)))


def report_foretold(foretold: Sequence[SeriesForecast]) -> tuple[str, dict[str, float | None]]:
    """Write the table and what it adds to the record of the last line."""
    lines = [f"{'':52}{'values':>8}{'in 80 %':>9}{'in 95 %':>9}{'of a week ago':>15}"]
    lines += [
        f"{one.name:52}{one.values:>8,}{one.within['80']:>9.1%}{one.within['95']:>9.1%}{one.error_to_naive:>15.1%}"
        for one in foretold
    ]
    return "\n".join(lines), {
        "series_within_80": round(float(np.mean([one.within["80"] for one in foretold])), 4),
        "series_within_95": round(float(np.mean([one.within["95"] for one in foretold])), 4),
        "series_error_to_naive": round(float(np.mean([one.error_to_naive for one in foretold])), 4),
    }
