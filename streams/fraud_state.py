"""What the fraud agent keeps per partition."""

from typing import NamedTuple

from detectors.fraud.detector import FraudDetector, OddPayments
from detectors.fraud.devices import Devices
from detectors.fraud.label_book import LabelBook
from detectors.snapshot import Parts, prefixed
from streams.resend_filter import ResendFilter

__all__ = ["FraudState", "without_devices"]


class FraudState(NamedTuple):
    """The past of a partition's customers, and the numbers seen of each source."""

    detector: FraudDetector
    seen: ResendFilter

    @classmethod
    def of(cls, known: LabelBook, partition: int = 0, odd: OddPayments | None = None) -> "FraudState":
        """Make the state of a partition that nothing was read of, beside what its process knows."""
        return cls(FraudDetector(known, partition, odd), ResendFilter())


def without_devices(parts: Parts) -> Parts:
    """Migrate the state of version 2, which knew nothing of devices: their first day says a little less."""
    return {**parts, **prefixed("detector.customers.devices", Devices().snapshot())}
