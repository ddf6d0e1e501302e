"""One rate beside what is usual for it: has it changed, since when, and what has it come to."""

import numpy as np

from detectors.anomaly.rate_loops import GOES_ON, RUN, begin_run, step_run

__all__ = ["RateRun"]


class RateRun:
    """Page's CUSUM of one rate, and the change that it found; see `rate_loops`.

    Parameters
    ----------
    ratio
        The rate that is looked for, against the usual one: below 1 a fall, above 1 a rise.

    Cost: about 1.5 µs a step.

    """

    __slots__ = ("_run", "ratio")

    def __init__(self, ratio: float) -> None:
        self.ratio = ratio
        self._run = np.zeros(1, RUN)[0]
        begin_run(self._run, 0.0)

    def look_for(self, ratio: float) -> None:
        """Look for another ratio, unless evidence for the one before has begun to gather."""
        if ratio != self.ratio and not self.open and self.value == 0.0:
            self.ratio = ratio

    @property
    def open(self) -> bool:
        """Whether a change was found; also when it has just ended."""
        return bool(self._run["open"])

    @property
    def until(self) -> float | None:
        """When it ended; None while it lasts."""
        until = float(self._run["until"])
        return None if until == GOES_ON else until

    @property
    def value(self) -> float:
        """The evidence."""
        return float(self._run["value"])

    @property
    def since(self) -> float:
        """When the evidence last was zero."""
        return float(self._run["since"])

    @property
    def last_at(self) -> float:
        """The end of the last interval that belongs to it."""
        return float(self._run["last_at"])

    @property
    def count(self) -> float:
        """What came in it."""
        return float(self._run["count"])

    @property
    def usual(self) -> float:
        """What is usual in the same time."""
        return float(self._run["usual"])

    @property
    def money(self) -> float:
        """The money that came in it."""
        return float(self._run["money"])

    @property
    def usual_money(self) -> float:
        """The money that is usual in the same time."""
        return float(self._run["usual_money"])

    def step(
        self, begin: float, end: float, count: float, usual: float, *, sure: float, threshold: float,
        spread: float = 1.0, money: float = 0.0, usual_money: float = 0.0,
    ) -> None:  # fmt: skip
        """Take in one finished interval.

        Parameters
        ----------
        begin, end
            Seconds since 1970.
        count, usual
            What was counted, and what is usual.
        sure
            What is usual, moved towards the change by what is not known of it, so that doubt finds nothing.
        threshold
            Evidence that makes a finding.
        spread
            Variance ÷ mean of such counts; 1 = Poisson.
        money, usual_money
            For the words of the finding.

        """
        step_run(
            self._run, self.ratio, float(begin), float(end), float(count), float(usual), float(sure),
            float(threshold), float(spread), float(money), float(usual_money),
        )  # fmt: skip

    def stop(self, at: float) -> None:
        """End it: the store closed, or something larger says the same."""
        if not self.open:
            begin_run(self._run, float(at))
        elif self.until is None:
            self._run["until"] = at
