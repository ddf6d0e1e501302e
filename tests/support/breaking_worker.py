"""A worker with a bug: some records break its detectors, after they and their neighbours were counted."""

from collections.abc import Callable, Sequence
from typing import Any

from detectors.fraud.detector import FraudDetector
from detectors.series.minutes import MinuteSeries
from detectors.stock.levels import StockLevels
from streams import failpoints
from tillwatch.commands.worker import worker

__all__ = ["POISON", "TOGETHER"]

POISON = "poison"
TOGETHER = "together"


def breaking(method: Callable[..., Any], names: Callable[[Any], list[str]]) -> Callable[..., Any]:
    """Let a detector do its work and then fail, with a value of the record in the message."""

    def broken(detector: Any, events: Any) -> Any:
        result = method(detector, events)
        named = names(events)
        for name in named:
            if name.startswith(POISON):
                raise ZeroDivisionError(f"a bug met {name}")
        if named.count(TOGETHER) > 1:
            raise ZeroDivisionError("a bug met two that break it only together")
        return result

    return broken


def plant() -> None:
    """Put the bugs in."""
    for detector, method, names in (
        (FraudDetector, "observe_batch", lambda payments: payments.terminals),
        (StockLevels, "observe", lambda moved: [movement.sku for _, movement in moved]),
        (MinuteSeries, "count", sources_of_clicks),
    ):
        setattr(detector, method, breaking(getattr(detector, method), names))


def sources_of_clicks(counted: Sequence[tuple[int, object]]) -> list[str]:
    """Name who sent what the series detector counts; payments break the fraud detector."""
    return [event.source for _, event in counted if hasattr(event, "source")]


if __name__ == "__main__":
    failpoints.arm(failpoints.FailpointSettings().failpoint)
    plant()
    worker()
