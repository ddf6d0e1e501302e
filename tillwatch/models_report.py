"""The list of models, for people and for programs."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import orjson
from rich.console import Console
from rich.table import Table

from detectors.fraud.matured import CHAMPION
from detectors.fraud.standing import Standing, in_order, standing_at, timeline
from schemas.model import Model
from schemas.model_metrics import ModelMetrics
from schemas.promotion import Promotion

__all__ = ["ModelsReport"]

HEAVY = {"trees", "two_causes", "amounts", "samples", "means", "scales", "weights", "features"}


class ModelsReport(NamedTuple):
    """Everything that is known of models.

    Parameters
    ----------
    models
        By version, in the order of their time.
    promotions
        All decisions.
    metrics
        The newest figures of each subject.
    damaged
        Messages in `models` that cannot be read.

    """

    models: Mapping[str, Model]
    promotions: Sequence[Promotion]
    metrics: Mapping[str, ModelMetrics]
    damaged: int

    def standing(self) -> Standing:
        """Say what scores now: after all that was decided and published."""
        return standing_at(timeline(self.models, self.promotions), float("inf"))

    def role(self, model: Model) -> str:
        """Say what a model is now: champion, pinned, challenger or past."""
        standing = self.standing()
        if model.version == standing.version:
            return "pinned" if standing.is_pinned else "champion"
        newest = [one.version for one in self.models.values() if one.line == model.line][-1]
        return "challenger" if model.version == newest and model.line != standing.line else "past"

    def of_model(self, model: Model) -> dict[str, Any]:
        """Give what is worth knowing of a model, without its arrays."""
        metrics = self.metrics.get(model.line)
        return {
            **model.model_dump(mode="json", exclude=HEAVY),
            "role": self.role(model),
            "matured": None if metrics is None else metrics.model_dump(mode="json"),
            "decisions": [
                one.model_dump(mode="json")
                for one in in_order(self.promotions)
                if one.version == model.version
            ],
        }

    def as_json(self, most: int) -> str:
        """Write one line of JSON: who scores, the newest models, all decisions and the newest figures."""
        standing = self.standing()
        return orjson.dumps(
            {
                "champion": {
                    "version": standing.version, "line": standing.line, "pinned": standing.is_pinned,
                },
                "models": [self.of_model(one) for one in self.newest(most)],
                "decisions": [one.model_dump(mode="json") for one in in_order(self.promotions)],
                "metrics": {name: one.model_dump(mode="json") for name, one in self.metrics.items()},
                "damaged": self.damaged,
            }
        ).decode()  # fmt: skip

    def newest(self, most: int) -> list[Model]:
        """Give the newest models, the newest first, and with them whoever scores and each line's newest."""
        ordered = list(self.models.values())[::-1]
        last = {one.line: one.version for one in self.models.values()}
        needed = {self.standing().version, *last.values()}
        return [one for place, one in enumerate(ordered) if place < most or one.version in needed]

    def show(self, most: int) -> None:
        """Print tables."""
        console = Console()
        if not console.is_terminal:
            console.width = 150
        console.print(self._models_table(most))
        if self.metrics:
            console.print(self._metrics_table())
        if self.promotions:
            console.print(self._decisions_table(most))
        if self.damaged:
            console.print(f"{self.damaged} messages in models are damaged and score nothing")

    def _models_table(self, most: int) -> Table:
        table = Table("version", "line", "is", "valid from (UTC)", "labels", "frauds", "parent", box=None)
        for one in self.newest(most):
            table.add_row(
                one.version, one.line, self.role(one), f"{one.valid_from:%Y-%m-%d %H:%M}", f"{one.labels:,}",
                f"{one.frauds:,}", one.parent or "",
            )  # fmt: skip
        return table

    def _metrics_table(self) -> Table:
        table = Table(
            "subject", "until", "payments", "frauds", "without label", "average precision", "card precision",
            box=None,
        )  # fmt: skip
        for name, one in sorted(self.metrics.items(), key=lambda item: (item[0] != CHAMPION, item[0])):
            low, high = one.average_precision_low, one.average_precision_high
            table.add_row(
                name, f"{one.day:%Y-%m-%d}", f"{one.payments:,}", f"{one.frauds:,}",
                f"{one.unlabelled_share:.1%}", f"{one.average_precision:.3f} ({low:.3f} to {high:.3f})",
                f"{one.card_precision:.3f}",
            )  # fmt: skip
        return table

    def _decisions_table(self, most: int) -> Table:
        table = Table("from (UTC)", "decision", "model", "by", "why", box=None)
        for one in in_order(self.promotions)[-most:]:
            table.add_row(
                f"{one.valid_from:%Y-%m-%d %H:%M}", one.action, one.version or "", f"{one.by}: {one.who}",
                one.reason,
            )  # fmt: skip
        return table
