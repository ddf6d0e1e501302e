"""What a detector refuses. Each hangs under a branch of `schemas.errors` that says what the caller does.

SetAside
├── ModelRefused     a model message cannot score here
├── FeaturesRefused  a row of features holds something that is not a number
├── RuleRefused      a rule of analysts cannot be used, so its set is not
├── SnapshotRefused  a state that was written down cannot be taken up here
└── ValuesRefused    values of a series hold something that is not a number
"""

from schemas.errors import SetAside

__all__ = ["FeaturesRefused", "ModelRefused", "RuleRefused", "SnapshotRefused", "ValuesRefused"]


class ModelRefused(SetAside):
    """A model cannot score here: another feature set, or its own samples come out differently.

    The models before it go on scoring. The operator looks at the trainer that published it.
    """

    def __init__(self, version: str, reason: str) -> None:
        super().__init__(f"model {version} is refused: {reason}")
        self.version = version
        self.reason = reason


class FeaturesRefused(SetAside):
    """A row of features has NaN, infinity or another width; one such row would spoil a model for good."""


class SnapshotRefused(SetAside):
    """A snapshot is torn, damaged, of another generation or of a version that is not known here.

    The one before it is tried, and in the end the log is read from its start; nothing is lost.
    """


class RuleRefused(SetAside):
    """An analyst's rule cannot be used: it names what is not there, is too large, or is not true or false.

    The whole set is refused and the one before stays. The owner mends the rule and publishes again.

    Parameters
    ----------
    reason
        What is wrong with it.
    rule
        Its name, where known.

    """

    def __init__(self, reason: str, rule: str = "") -> None:
        super().__init__(f"rule {rule}: {reason}" if rule else reason)
        self.reason = reason
        self.rule = rule


class ValuesRefused(SetAside):
    """Values of a series have NaN or infinity, no times, or no series to go to; none of them was learnt."""
