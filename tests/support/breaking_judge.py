"""A judge with a bug: payments of some cards break it, after they were counted."""

from detectors.watch.payments import PaymentWatch
from streams import failpoints
from tests.support.breaking_worker import breaking
from tillwatch.commands.judge import judge

if __name__ == "__main__":
    failpoints.arm(failpoints.FailpointSettings().failpoint)
    cards = breaking(PaymentWatch.paid, lambda payments: [one.card or "" for one in payments])
    setattr(PaymentWatch, "paid", cards)  # noqa: B010  # a bug that no type checker would let through
    judge()
