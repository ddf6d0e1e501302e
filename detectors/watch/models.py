"""What is wrong with models: a message that cannot score, and figures that changed their level."""

from collections.abc import Sequence

from detectors.watch.finding import Finding
from schemas.alert import AlertReason
from schemas.drift import Drift

__all__ = ["ModelWatch"]

FIGURES_NAMED = 3
TEXT_LENGTH = 240
DETECTOR = "models/1"
STALE_SECONDS = 7 * 86_400.0
"""As for every alert: nobody acts on it any more."""


class ModelWatch:
    """Makes one finding of each model that is refused, and of all figures of a channel that drift on one day.

    Memory: the figures that drifted, by channel and day.
    """

    def __init__(self) -> None:
        self._drifted: dict[tuple[str, str], dict[str, Drift]] = {}
        self._changed: dict[str, Finding] = {}

    def refused(self, version: str, seconds: float, why: str) -> None:
        """Take notice of a model message that is damaged, has other features or fails its self-check."""
        finding = Finding(
            kind="model_drift",
            entity_type="model",
            entity=version,
            window=f"{seconds:.3f}",
            store_id=None,
            sentence=f"Model {version} is refused; the one before it goes on scoring. {why[:TEXT_LENGTH]}",
            since=seconds,
            last_at=seconds,
            detector=DETECTOR,
        )
        self._changed[finding.alert_id] = finding

    def drifted(self, drifts: Sequence[Drift]) -> None:
        """Take in figures that changed; a repeat changes nothing."""
        for drift in drifts:
            place = (drift.segment, f"{drift.found_at:%Y-%m-%d}")
            figures = self._drifted.setdefault(place, {})
            if figures.get(drift.figure) != drift:
                figures[drift.figure] = drift
                finding = finding_of(*place, list(figures.values()))
                self._changed[finding.alert_id] = finding

    def findings(self, now: float) -> list[Finding]:
        """Give the findings that are new or have changed since the last call, and not old by now.

        All models are read again at each start, refused ones too.
        """
        changed, self._changed = self._changed, {}
        return [one for one in changed.values() if one.last_at > now - STALE_SECONDS]


def finding_of(segment: str, day: str, drifts: list[Drift]) -> Finding:
    """Say of a channel what is not as it was."""
    drifts = sorted(drifts, key=lambda one: (-abs(one.shift), one.figure))
    first, named = drifts[0], drifts[:FIGURES_NAMED]
    others = f" and {len(drifts) - 1} more figures" if len(drifts) > 1 else ""
    weight = sum(abs(one.shift) for one in named)
    return Finding(
        kind="model_drift",
        entity_type="channel",
        entity=segment,
        window=day,
        store_id=None,
        sentence=(
            f"What models rest on has changed in channel {segment}: {worded(first)}{others}. "
            "They go on learning; look whether the data is right."
        ),
        reasons=tuple(
            AlertReason(
                text=worded(one),
                value=one.now,
                usual=one.usual,
                unit="as the feature",
                weight=abs(one.shift) / weight,
            )
            for one in named
        ),
        count=len(drifts),
        since=min(one.found_at.timestamp() for one in drifts),
        last_at=max(one.found_at.timestamp() for one in drifts),
        detector=first.detector,
    )


def worded(drift: Drift) -> str:
    """Name a figure with its levels."""
    name = drift.figure.replace("_", " ")
    return f"{name} {drift.now:.3g}, usually {drift.usual:.3g}"
