"""What a benchmark cannot do without, said in one line."""

from schemas.errors import Stop

__all__ = ["BenchmarkError"]


class BenchmarkError(Stop):
    """The data, a service or an option is missing or wrong; the message says what was expected."""
