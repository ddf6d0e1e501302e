"""A brake on guessing passwords."""

from collections import deque

__all__ = ["LoginLimit"]


class LoginLimit:
    """Counts failed logins of the last minute, per address and in all.

    Five tries a minute are plenty for a person and 7,200 a day for a guesser; the limit for all addresses
    together meets those who come from many. Both are chosen, not tuned.

    Cost: memory is bounded, since failures stop being taken at the limit for all addresses.
    """

    window_seconds = 60.0
    per_address = 5
    in_all = 50

    def __init__(self) -> None:
        self.failures: deque[tuple[float, str]] = deque()

    def failed(self, address: str, at: float) -> None:
        """Note a failure; `at` is in seconds of a clock that never goes back."""
        self.failures.append((at, address))

    def wait_seconds(self, address: str, at: float) -> float:
        """Seconds until this address may try again; 0 = now."""
        while self.failures and at - self.failures[0][0] >= self.window_seconds:
            self.failures.popleft()
        own = [moment for moment, who in self.failures if who == address]
        waits = [0.0]
        if len(own) >= self.per_address:
            waits.append(own[-self.per_address] + self.window_seconds - at)
        if len(self.failures) >= self.in_all:
            waits.append(self.failures[-self.in_all][0] + self.window_seconds - at)
        return max(waits)
