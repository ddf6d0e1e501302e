"""A worker with a bug: some records break its detectors, after they and their neighbours were counted."""

from collections.abc import Callable, Sequence
from typing import Any

from detectors.fraud.detector import FraudDetector
from detectors.series.minutes import MinuteSeries
from detectors.stock.levels import StockLevels
from schemas.click import Click
from schemas.stock_movement import StockMovement
from tillwatch.commands.worker import worker

__all__ = ["POISON", "TOGETHER"]

POISON = "poison"
TOGETHER = "together"


def breaking(method: Callable[..., Any], is_poison: Callable[[Any], bool]) -> Callable[..., Any]:
    """Let a detector do its work and then fail, with a value of the record in the message."""

    def broken(detector: Any, events: Sequence[Any]) -> Any:
        result = method(detector, events)
        for event in events:
            if is_poison(event):
                raise ZeroDivisionError(f"a bug met {event!r}")
        if sum(getattr(event, "order_id", None) == TOGETHER for event in events) > 1:
            raise ZeroDivisionError("a bug met two that break it only together")
        return result

    return broken


def plant() -> None:
    """Put the bugs in."""
    for detector, name, is_poison in (
        (FraudDetector, "observe", lambda payment: payment.payment_id.startswith(POISON)),
        (StockLevels, "observe", lambda moved: moved[1].sku == POISON),
        (MinuteSeries, "count", is_poisoned_click),
    ):
        setattr(detector, name, breaking(getattr(detector, name), is_poison))


def is_poisoned_click(counted: tuple[int, object]) -> bool:
    """Whether the series detector breaks on it."""
    event = counted[1]
    return isinstance(event, Click | StockMovement) and event.source == POISON


if __name__ == "__main__":
    plant()
    worker()
