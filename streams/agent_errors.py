"""What may be said about an error in an agent: where it happened, never with what values."""

from pathlib import Path
from traceback import FrameSummary, extract_tb

from schemas.card_numbers import masked_start
from schemas.errors import Refused

__all__ = ["refusal_of"]

ROOT = Path(__file__).parent.parent
LONGEST_REASON = 2_000
"""Characters, as `DeadLetter` takes them."""


def refusal_of(error: Exception, agent: str) -> Refused:
    """Make the reason of a dead letter: the error's type and the traceback, the innermost call last.

    The message of the error is left out: it may repeat a value of the record. What does not fit is cut at
    the outer end.
    """
    head = (
        f"the agent {agent} failed with {type(error).__qualname__}; from the outermost call to the innermost:"
    )
    calls = "".join(f"\n{line}" for line in map(described, extract_tb(error.__traceback__)))
    room = LONGEST_REASON - len(head)
    calls = calls if len(calls) <= room else "\n…" + calls[2 - room :]
    return Refused("agent_error", masked_start((head + calls).encode(), 4 * LONGEST_REASON))


def described(call: FrameSummary) -> str:
    """Write one call: file, line, function and the code that stands there."""
    file = Path(call.filename)
    name = file.relative_to(ROOT) if file.is_relative_to(ROOT) else Path(*file.parts[-2:])
    return f"{name}:{call.lineno} in {call.name}: {call.line}"
