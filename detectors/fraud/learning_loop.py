"""Everything that learns: lines of models, who of them scores, how they do, whether the stream changes."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from math import inf
from typing import Final, NamedTuple, get_args

from detectors.errors import SnapshotRefused
from detectors.fraud.day_book import DayBook
from detectors.fraud.drift import DriftWatch
from detectors.fraud.feature_rows import feature_bytes
from detectors.fraud.features import FEATURE_SET
from detectors.fraud.history import History
from detectors.fraud.lines import LINES, ModelLine, excludes
from detectors.fraud.matured import MATURITY_DAYS, MaturedWindow
from detectors.fraud.promotion_rule import RULE, PromotionRule, Ruling
from detectors.fraud.shadow import Comparison
from detectors.fraud.standing import Standing, in_order, standing_at, timeline
from detectors.graph.reading import graph_of
from detectors.graph.writing import graph_parts
from detectors.snapshot import Parts
from detectors.watermark import DAY_SECONDS, Watermark
from schemas.drift import Drift
from schemas.errors import Stop
from schemas.label import Label
from schemas.metrics import OddLabel, OddScore
from schemas.model import CHAMPION_LINE, Model
from schemas.model_metrics import ModelMetrics
from schemas.promotion import Promotion
from schemas.score import Score

__all__ = ["LearningLoop", "News"]


class News(NamedTuple):
    """What readers have to be told: the models before the promotions that name them."""

    models: list[Model]
    promotions: list[Promotion]
    metrics: list[ModelMetrics]
    drifts: list[Drift]

    def extend(self, later: "News") -> None:
        """Add what was told later."""
        self.models.extend(later.models)
        self.promotions.extend(later.promotions)
        self.metrics.extend(later.metrics)
        self.drifts.extend(later.drifts)


class Settings(NamedTuple):
    """What an operator sets, and which lines there are: a state that was made with others is no use."""

    alerts_per_day: float
    rule: PromotionRule
    lines: dict[str, float | None]


class LearningLoop:
    """Learns from scores and labels in every line, publishes, compares, promotes.

    What it published, and what was decided, is told first; then come scores and labels, from the start of the
    log. What is out already is not published again. The same log and the same rewind give the same models,
    whatever was learnt before.

    Parameters
    ----------
    alerts_per_day
        The budget.
    rule
        When a challenger is promoted.
    lines
        Which learn, and the days between two fits of their trees; None = without trees.

    Cost: 9 µs a payment, its score and its label, with two lines, 6 with one; 15 ms a model, seconds a fit of
    trees, .1 s a day of event time for the figures, more once windows are full. All together a second line
    costs 1.26 times one (docs/models.md). Memory: 890 bytes a payment of the last week, with two lines.

    """

    VERSION: Final = 1
    """Of what all that is kept means: goes up when a field means something else under its name."""

    def __init__(
        self,
        alerts_per_day: float,
        rule: PromotionRule | None = None,
        lines: Mapping[str, float | None] = LINES,
    ) -> None:
        self._settings = Settings(alerts_per_day, rule or PromotionRule(), dict(lines))
        self._has_begun = False
        self._models: dict[str, Model] = {}
        self._promotions: dict[str, Promotion] = {}
        self._told_to = -inf
        self._told_drifts: set[str] = set()
        self._lines: list[ModelLine] = []
        self._window: MaturedWindow | None = None
        self._book = DayBook()
        self._drift = DriftWatch()
        self._rewind: Promotion | None = None
        self._drift_to = -1
        self._watermark = Watermark()
        self._resumed: list[Model] = []
        self._timeline: tuple[tuple[int, int], list[tuple[float, Standing]]] | None = None

    def take_model(self, model: Model) -> None:
        """Take in a model that is out; one that this loop made changes nothing."""
        if model.version not in self._models:
            self._note(model)
            if not self._has_begun:
                self._resumed.append(model)

    def take_promotion(self, promotion: Promotion) -> None:
        """Take in a decision.

        Raises
        ------
        Stop
            It is a rewind, and labels that it excludes may have been learnt: whoever starts the trainer again
            makes it learn from the log without them.

        """
        self._promotions[promotion.key] = promotion
        if self._has_begun:
            self._expect_no_rewind()

    def take_metrics(self, metrics: ModelMetrics) -> None:
        """Take in figures that are out."""
        self._told_to = max(self._told_to, metrics.day.timestamp() // DAY_SECONDS)

    def take_drift(self, drift: Drift) -> None:
        """Take in a finding that is out."""
        self._told_drifts.add(drift.key)

    @property
    def odd_labels(self) -> Mapping[OddLabel, int]:
        """How many labels were not as they should be, see `LabelJoin`."""
        # The lines are made with the first label; all of them are told the same.
        return self._lines[0].odd_labels if self._lines else dict.fromkeys(get_args(OddLabel), 0)

    @property
    def odd_scores(self) -> Mapping[OddScore, int]:
        """How many score records were nothing to learn from, see `OnlineTrainer`."""
        return self._lines[0].odd_scores if self._lines else dict.fromkeys(get_args(OddScore), 0)

    def scored(self, scores: Sequence[Score]) -> None:
        """Take in score records, each once."""
        self._begin()
        rows = [feature_bytes(score.features) for score in scores]  # once: all keep the same
        self._book.scored(scores, rows)
        for score in scores:
            if score.payment is not None:
                self._watermark.advance(score.payment.occurred_at.timestamp())
        for line in self._lines:
            line.scored(scores, rows)

    def learn(
        self,
        known: Sequence[Sequence[Label]],
        complete_to: float,
        at: datetime,
        history: History | None = None,
    ) -> News:
        """Learn labels, in groups in the order in which they became known, and give all that is to be told.

        Parameters
        ----------
        known
            After each group a model may be due; scores alone may complete what is known of labels before.
        complete_to
            Time, since 1970, up to which all payments and labels were given.
        at
            Wall clock.
        history
            Whoever keeps payments longer than the log, for fits of trees.

        """
        models = [model for labels in known for model in self.labelled(labels, history=history)]
        return self.news([*models, *self.labelled([], complete_to, history)], complete_to, at)

    def labelled(
        self, labels: Sequence[Label], complete_to: float = -inf, history: History | None = None
    ) -> list[Model]:
        """Take in labels in the order in which they became known, and give the models that are due.

        Parameters
        ----------
        labels
            May be empty: scores alone may complete what is known of labels.
        complete_to
            Time, since 1970, up to which all payments and labels were given.
        history
            As in `learn`.

        """
        self._begin()
        exclusions = () if self._rewind is None else self._rewind.exclusions
        taken = [label for label in labels if not excludes(exclusions, label)]
        self._book.labelled(taken)
        standing = self._champion(inf)
        is_rewound = self._rewind is not None and complete_to >= self._rewind.valid_from.timestamp()
        models = []
        for line in self._lines:
            line.labelled(taken)
            model = line.next_model(is_champion=line.name == standing, is_rewound=is_rewound, history=history)
            if model is not None:
                models.append(model)
        return models

    def news(self, models: Sequence[Model], complete_to: float, at: datetime) -> News:
        """Give everything that readers have to be told, with the models made since.

        Parameters
        ----------
        models
            As `labelled` gave them.
        complete_to
            As there.
        at
            Wall clock.

        """
        window = self._begin()
        news = News(list(models), [], [], [])
        for model in models:
            if not any(known.line == CHAMPION_LINE for known in self._models.values()):
                news.promotions.extend(self._first(model, at))
            self._note(model)
        # One payment with a broken clock does not make days old.
        clock = min(complete_to, self._watermark.seconds)
        self._look_for_drift(clock, news)
        comparison: Comparison | None = None
        for number in self._book.days(clock - MATURITY_DAYS * DAY_SECONDS):
            is_in = window.add(number, self._book)
            self._book.forget(number)
            if is_in and number > self._told_to:
                comparison = window.compare()
                news.metrics.extend(window.metrics(comparison))
                self._told_to = number
        if comparison is not None:  # of several days that are old enough together the newest decides
            news.promotions.extend(self._promoted(window.subjects, comparison, clock, at))
        self._promotions |= {one.key: one for one in news.promotions}
        return news

    def _begin(self) -> MaturedWindow:
        """Make the lines, or go on with them, once everything that is out was told."""
        if self._has_begun and self._window is not None:
            return self._window
        self._has_begun = True
        if self._window is None:
            self._window = self._made()
        else:
            self._expect_no_rewind()
        out = sorted(self._resumed, key=lambda one: (one.valid_from, one.version))
        for line in self._lines:
            line.resume([model for model in out if model.line == line.name])
        self._resumed.clear()
        return self._window

    def _made(self) -> MaturedWindow:
        """Make the lines, and what compares them."""
        alerts_per_day, rule, lines = self._settings
        self._rewind = self._standing_rewind()
        self._lines = [
            ModelLine(name, refit_days, alerts_per_day, self._rewind) for name, refit_days in lines.items()
        ]
        learnt_from = [one.learnt_from for one in self._models.values() if one.feature_set == FEATURE_SET]
        if learnt_from:  # the log may begin later than the stream
            self._drift.begin(min(learnt_from).timestamp())
        return MaturedWindow(
            {line.name: line.champions for line in self._lines},
            window_days=rule.window_days,
            cards_per_day=max(1, round(alerts_per_day)),
        )

    def _expect_no_rewind(self) -> None:
        rewind = self._standing_rewind()
        if rewind is not None and rewind != self._rewind:
            raise Stop(
                f"a rewind by {rewind.who} excludes labels that were learnt: start the trainer again, and "
                "it learns anew from the log without them"
            )

    def snapshot(self) -> Parts:
        """Copy everything. Cost: `WaitingDays` for each line, and 1.2 µs a reference."""
        return graph_parts(self)

    def restore(self, parts: Parts) -> None:
        """Become what was copied, in a loop that knows the decisions so far and has learnt nothing.

        Raises
        ------
        SnapshotRefused
            Arrays that do not fit together, other settings, or labels were learnt that a rewind excludes.

        """
        found = graph_of(parts)
        if not isinstance(found, LearningLoop):
            raise SnapshotRefused(f"it is of a {type(found).__name__}, no learning loop")
        if found._settings != self._settings:
            raise SnapshotRefused(f"it was made with {found._settings}, now {self._settings} holds")
        found._promotions |= self._promotions
        if found._standing_rewind() != found._rewind:
            raise SnapshotRefused("a rewind excludes labels that were learnt in it")
        found._has_begun = False  # what its successors published is told first
        vars(self).update(vars(found))

    def _note(self, model: Model) -> None:
        # Who scores when does not depend on what is heavy in a model.
        self._models[model.version] = model.model_copy(
            update={"trees": None, "two_causes": None, "amounts": None, "samples": ()}
        )

    def _standing_rewind(self) -> Promotion | None:
        # A copy: what is decided is told while another thread learns.
        rewinds = [one for one in list(self._promotions.values()) if one.action == "rewind"]
        return in_order(rewinds)[-1] if rewinds else None

    def _champion(self, seconds: float) -> str | None:
        """Name the line that scores; None while a version is pinned."""
        if not self._promotions:
            return CHAMPION_LINE
        # Neither ever gets fewer; each call would cost 2 µs a model.
        told = len(self._models), len(self._promotions)
        if self._timeline is None or self._timeline[0] != told:
            self._timeline = told, timeline(self._models, list(self._promotions.values()))
        standing = standing_at(self._timeline[1], seconds)
        return None if standing.is_pinned else standing.line

    def _first(self, model: Model, at: datetime) -> list[Promotion]:
        """Promote the very first model, so that the record of who scored begins with it."""
        if model.line != CHAMPION_LINE or self._promotions:
            return []
        return [
            Promotion(
                action="promote", version=model.version, line=model.line, valid_from=model.valid_from,
                by="rule", who=RULE, reason="the first model", at=at,
            )
        ]  # fmt: skip

    def _promoted(
        self, subjects: tuple[str, ...], comparison: Comparison, clock: float, at: datetime
    ) -> list[Promotion]:
        """Promote the challenger that is better than the champion by most, if any is surely better."""
        champion = self._champion(clock)
        if champion is None:
            return []
        place = subjects.index(champion) if champion in subjects else 0
        rulings: list[tuple[str, Ruling]] = [
            (subjects[number], self._settings.rule.judge(comparison, place, number, subjects))
            for number in range(1, len(subjects))
            if subjects[number] != champion
        ]
        better = [(line, ruling) for line, ruling in rulings if ruling.promotes]
        if not better:
            return []
        line, ruling = max(better, key=lambda one: one[1].figures["difference"])
        moment = datetime.fromtimestamp(clock, UTC)
        version = max(
            (one for one in self._models.values() if one.line == line and one.valid_from <= moment),
            key=lambda one: (one.valid_from, one.version),
        ).version
        return [
            Promotion(
                action="promote", version=version, line=line, valid_from=moment, by="rule", who=RULE,
                reason=ruling.reason, figures=ruling.figures, at=at,
            )
        ]  # fmt: skip

    def _look_for_drift(self, clock: float, news: News) -> None:
        for number in self._book.days(clock):
            if number > self._drift_to:
                self._drift_to = number
                found = self._drift.take(self._book.day(number))
                news.drifts.extend(one for one in found if one.key not in self._told_drifts)
