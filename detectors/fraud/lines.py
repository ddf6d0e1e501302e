"""A line of models: one way of learning, and what its models would have said of every payment."""

from collections.abc import Mapping, Sequence

from detectors.errors import ModelRefused
from detectors.fraud.champions import Champions
from detectors.fraud.features import FEATURE_SET
from detectors.fraud.history import Asked, Earlier, History, Rows
from detectors.fraud.online import OnlineTrainer
from detectors.fraud.training_sample import HONEST_SHARE
from schemas.label import Label
from schemas.metrics import OddLabel, OddScore
from schemas.model import CHAMPION_LINE, Model
from schemas.promotion import LabelExclusion, Promotion
from schemas.score import Score

__all__ = ["LINES", "ModelLine", "excludes"]

LINES: dict[str, float | None] = {CHAMPION_LINE: 7.0, "online": None}
"""Each line, and the days between two fits of its trees; None = without trees."""

CHAMPION_EVERY_HOURS, CHALLENGER_EVERY_HOURS = 1.0, 6.0
"""Event time between two models of a line. For those of one that does not score nobody waits."""


class ModelLine:
    """Learns, publishes, and scores in shadow.

    Parameters
    ----------
    name
        For people, and in versions.
    refit_days
        Between two fits of its trees; None = without trees.
    alerts_per_day
        The budget that thresholds are set for.
    rewind
        The rewind whose labels are left out.

    """

    def __init__(
        self, name: str, refit_days: float | None, alerts_per_day: float, rewind: Promotion | None
    ) -> None:
        self.name = name
        self.champions = Champions(name)
        self._exclusions = () if rewind is None else rewind.exclusions
        self._rewind = None if rewind is None else rewind.key
        self._is_relearnt = rewind is None
        self._trainer = OnlineTrainer(alerts_per_day, refit_days=refit_days, line=name, rewind=self._rewind)

    @property
    def odd_scores(self) -> Mapping[OddScore, int]:
        """How many score records were nothing to learn from; see `OnlineTrainer`."""
        return self._trainer.odd_scores

    @property
    def odd_labels(self) -> Mapping[OddLabel, int]:
        """How many labels were not as they should be; see `LabelJoin`."""
        return self._trainer.odd_labels

    def resume(self, models: Sequence[Model]) -> None:
        """Go on from the models of this line that are out, in the order of their time."""
        for model in models:
            self._trainer.resume(model)
            self._take(model)

    def scored(self, scores: Sequence[Score], rows: Sequence[bytes]) -> None:
        """Take in score records, and the features of each as `feature_bytes` packs them."""
        self._trainer.scored(scores, rows)

    def labelled(self, labels: Sequence[Label]) -> None:
        """Take in labels, none of which is excluded."""
        self._trainer.labelled(labels)

    def next_model(
        self, *, is_champion: bool, is_rewound: bool, history: History | None = None
    ) -> Model | None:
        """Give a new model, if one is due.

        Parameters
        ----------
        is_champion
            Whether this line scores. The amounts' table that came with the champion's models is the one that
            the feature `amount_risk` is read from, so that it does not depend on challengers.
        is_rewound
            Whether all labels from before the rewind were given: then what was learnt replaces, at once, what
            the models before it had learnt.
        history
            Whoever keeps payments longer than the log, for fits of trees.

        """
        self._trainer.publish_every_hours = CHAMPION_EVERY_HOURS if is_champion else CHALLENGER_EVERY_HOURS
        model = self._trainer.next_model(
            at_once=is_rewound and not self._is_relearnt,
            earlier=None if history is None else self._earlier(history),
        )
        if model is None:
            return None
        if not is_champion:
            model = model.model_copy(update={"amounts": None})
        self._take(model)
        return model

    def _earlier(self, history: History) -> Earlier:
        def ask(since: float, until: float, known_to: float) -> Rows:
            return history(Asked(FEATURE_SET, since, until, known_to, HONEST_SHARE, self._exclusions))

        return ask

    def _take(self, model: Model) -> None:
        self._is_relearnt = self._is_relearnt or model.rewind == self._rewind
        if model.feature_set != FEATURE_SET:
            return  # from before an update; the shadow does without
        try:
            self.champions.add(model)
        except ModelRefused:
            # As in every worker: those before it go on scoring, and the judge raises an alert.
            return


def excludes(exclusions: Sequence[LabelExclusion], label: Label) -> bool:
    """Say whether a rewind leaves a label out."""
    return any(
        (one.said_by is None or label.said_by == one.said_by)
        and (one.known_from is None or label.known_at >= one.known_from)
        and (one.known_to is None or label.known_at < one.known_to)
        for one in exclusions
    )
