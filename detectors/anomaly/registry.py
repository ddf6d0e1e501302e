"""Every detector of anomalies in a series of values, by name. A new one is a file and a line here."""

from collections.abc import Callable, Mapping

from detectors.anomaly.counts import CountDetector
from detectors.anomaly.cusum import CusumDetector
from detectors.anomaly.detector import AnomalyDetector
from detectors.anomaly.half_space import HalfSpaceDetector
from detectors.anomaly.records import RecordDetector
from detectors.anomaly.seasonal import SeasonalDetector

__all__ = ["DETECTORS"]

DETECTORS: Mapping[str, Callable[[int], AnomalyDetector]] = {
    "records": RecordDetector,
    "seasonal": SeasonalDetector,
    "counts": CountDetector,
    "cusum": CusumDetector,
    "half_space": HalfSpaceDetector,
}
"""Each is made for a number of series; the first is the general one."""
