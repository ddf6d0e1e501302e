"""Learns each payment when its label becomes known, fits trees anew each week, and publishes both as data."""

from collections import deque
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from math import inf, isfinite
from typing import get_args

import numpy as np
from numpy.typing import NDArray

from detectors.fraud.amounts import AmountCounts
from detectors.fraud.boosting import fit_trees
from detectors.fraud.calibration import fit_calibration, log_odds_of
from detectors.fraud.champions import COLD_START
from detectors.fraud.claims import claim_of
from detectors.fraud.feature_rows import feature_bytes, feature_table
from detectors.fraud.features import ABSURD_AMOUNT, FEATURE_NAMES, FEATURE_SET
from detectors.fraud.history import Earlier
from detectors.fraud.joining import Example, LabelJoin
from detectors.fraud.label_weights import label_weight
from detectors.fraud.recent import RecentPayments
from detectors.fraud.scorers import BlendScorer, mixed
from detectors.fraud.training_sample import HONEST_SHARE, TrainingSample
from detectors.fraud.trees import TreeScorer
from detectors.fraud.two_causes import TwoCauseModel
from detectors.ranking import Ranking
from detectors.watermark import DAY_SECONDS
from schemas.label import Label
from schemas.metrics import OddLabel, OddScore
from schemas.model import CHAMPION_LINE, Model, ModelSample, Trees
from schemas.score import Score

__all__ = ["OnlineTrainer"]

MIN_LABELS = 200
MIN_FRAUDS = 5
"""Before the first model. Chosen, not tuned: with fewer, the cold start's base rate is as good."""

WORTH_PUBLISHING = 1.005
"""So many times the labels of the model before make a new one worth while, or else so many hours: each is
scored on all recent payments, to set its threshold."""
PUBLISHED_AT_LEAST_EVERY = 6 * 3_600.0

TREES_SHARE = 0.4
"""Of the trees in the blend: over the six weeks before the test week of the card-fraud data shares from .2 to
.7 gave an average precision of .772, the online model alone .771, trees alone .769."""

JUDGED_KEPT = 50_000
"""Latest labelled payments, on which scores are calibrated and metrics measured: five days of the card-fraud
data."""

AMOUNT, RATIO = FEATURE_NAMES.index("amount"), FEATURE_NAMES.index("amount_to_usual")


class OnlineTrainer:
    """Learns from scores joined with labels; publishes models as data.

    Parameters
    ----------
    alerts_per_day
        The budget: the threshold is where the recent payments, rescored, would have given so many.
    publish_every_hours
        Event time between two models, at least.
    keep_days
        A payment waits so long for its label, in event time.
    refit_days
        Event time between two fits of trees; None for the online model alone.
    line
        Which the models are of.
    rewind
        Key of the rewind that the labels given here obey.

    Cost: about 4 µs a label that is learnt, 50 ms a model, 3 s a fit. Memory: see `LabelJoin`,
    `RecentPayments` and `TrainingSample`.

    """

    def __init__(
        self,
        alerts_per_day: float,
        *,
        publish_every_hours: float = 1.0,
        keep_days: float = 60.0,
        refit_days: float | None = 7.0,
        line: str = CHAMPION_LINE,
        rewind: str | None = None,
    ) -> None:
        self._line, self._rewind = line, rewind
        self._fitted_on: dict[str, float] = {}
        self._alerts_per_day = alerts_per_day
        self.publish_every_hours = publish_every_hours
        self._refit_every = inf if refit_days is None else refit_days * DAY_SECONDS
        self._two_causes = TwoCauseModel()
        self._amounts = AmountCounts()
        self._sample = TrainingSample(len(FEATURE_NAMES))
        self._trees: TreeScorer | None = None
        self._trees_of: str | None = None
        self._fitted_at = -inf
        self._join = LabelJoin(keep_days)
        self._recent = RecentPayments(len(FEATURE_NAMES))
        self._waiting: list[Example] = []
        # What the models of the time said about payments whose label came later: score first, learn after.
        self._judged: deque[tuple[float, bool, float]] = deque(maxlen=JUDGED_KEPT)
        # The same of this trainer's model just before it learnt each, in log odds before calibration.
        self._raw: deque[float] = deque(maxlen=JUDGED_KEPT)
        self._raw_frauds: deque[bool] = deque(maxlen=JUDGED_KEPT)
        self._raw_weights: deque[float] = deque(maxlen=JUDGED_KEPT)
        self._sums = np.zeros(len(FEATURE_NAMES))
        self._published: Model | None = None
        self._published_at = -inf
        self._published_labels = 0
        self._labels = 0
        self._frauds = 0
        self._known_to = -inf
        self._learnt_from = inf
        self._learnt_to = -inf
        self.odd_scores: dict[OddScore, int] = dict.fromkeys(get_args(OddScore), 0)
        """Scores from which nothing is learnt: of other features, not finite, or of an absurd amount."""

    def __len__(self) -> int:
        """Count the payments and labels remembered."""
        return len(self._join)

    @property
    def odd_labels(self) -> Mapping[OddLabel, int]:
        """How many labels were not as they should be, by what was wrong; see `LabelJoin`."""
        return self._join.odd

    def scored(self, scores: Sequence[Score], rows: Sequence[bytes] | None = None) -> None:
        """Take in score records; those that judge no payment are passed over.

        Parameters
        ----------
        scores
            Each once.
        rows
            The features of each as `feature_bytes` packs them, where somebody else keeps the same.

        """
        rows = [feature_bytes(score.features) for score in scores] if rows is None else rows
        for score, row in zip(scores, rows, strict=True):
            payment = score.payment
            if score.disposition != "scored" or payment is None:
                continue
            if score.feature_set != FEATURE_SET or len(score.features) != len(FEATURE_NAMES):
                self.odd_scores["other_features"] += 1
                continue
            if not all(map(isfinite, score.features)):
                self.odd_scores["not_finite"] += 1
                continue
            if score.features[AMOUNT] > ABSURD_AMOUNT:
                self.odd_scores["absurd_amount"] += 1
                continue
            judged = None if score.model_version == COLD_START else score.score
            self.paid(
                payment.event_id.int, payment.occurred_at.timestamp(), row, judged,
                payment.terminal_id, weight=label_weight(score.decided_by, score.control_rate),
            )  # fmt: skip
        self._waiting += self._join.released()

    def paid(
        self,
        event: int,
        seconds: float,
        features: bytes,
        score: float | None,
        terminal: str,
        *,
        weight: float = 1.0,
    ) -> None:
        """Take in one scored payment: id, time since 1970, features, score, terminal, label weight.

        The features are finite, and as `feature_bytes` packs them.
        """
        self._recent.add(seconds, np.frombuffer(features, np.float64))
        self._sample.begin(seconds)
        example = self._join.scored(event, seconds, features, score, terminal, weight=weight)
        if example is not None:
            self._waiting.append(example)

    def labelled(self, labels: Sequence[Label]) -> None:
        """Take in labels; each is learnt as soon as its payment's score is here too.

        A payment is learnt once, by the first verdict that meets its score. A label that is withdrawn before
        that is never learnt; one that is withdrawn, or contradicted, after it cannot be unlearnt.
        """
        for label in labels:
            example = self._join.labelled(label.event_id.int, label.occurred_at.timestamp(), claim_of(label))
            if example is not None:
                self._waiting.append(example)

    def next_model(self, *, at_once: bool = False, earlier: Earlier | None = None) -> Model | None:
        """Give a new version, if enough was learnt since the last one and enough event time went by.

        Parameters
        ----------
        at_once
            What was learnt replaces what the last version learnt: give one after it, however little is new.
        earlier
            Gives labelled payments for a fit of trees that are missing here.

        Returns
        -------
        Model or None
            `valid_from` is the latest `known_at` that was learnt, so the model never scores a payment that
            was made before something it has seen was known.

        """
        self._learn_waiting()
        since = self._known_to - self._published_at
        if self._labels < MIN_LABELS or self._frauds < MIN_FRAUDS:
            return None
        if at_once:
            self._known_to = max(self._known_to, self._published_at + 1e-6)
        elif (
            self._labels == self._published_labels
            or since < self.publish_every_hours * 3_600
            or (self._labels < WORTH_PUBLISHING * self._published_labels and since < PUBLISHED_AT_LEAST_EVERY)
        ):
            return None
        model = self._made(self._fitted_trees(earlier))
        self._published = model
        self._published_at = self._known_to
        self._published_labels = self._labels
        return model

    def resume(self, version: Model) -> None:
        """Publish nothing that is not later than a model that is out already, and use its trees.

        Trees that learnt labels which a rewind has excluded since are not used.

        The rest of the state is rebuilt by reading scores and labels again.
        """
        seconds = version.valid_from.timestamp()
        if seconds <= self._published_at or version.feature_set != FEATURE_SET:
            return
        self._published = version
        self._published_at, self._published_labels = seconds, version.labels
        if version.trees is not None and version.rewind == self._rewind:
            self._trees = TreeScorer(version.version, version.trees, len(FEATURE_NAMES))
            self._trees_of, self._fitted_at = version.version, seconds

    def _fitted_trees(self, ask: Earlier | None) -> Trees | None:
        """Fit trees if they are due and there is enough to fit them on."""
        if self._known_to < self._fitted_at + self._refit_every or self._refit_every == inf:
            return None
        missing = self._sample.missing(self._known_to)
        earlier = None if missing is None or ask is None else ask(*missing, self._known_to)
        rows = self._sample.rows(self._known_to, earlier)
        if rows is None:
            return None
        self._fitted_on = {
            "trees_rows": float(len(rows[1])),
            "trees_rows_from_store": 0.0 if earlier is None else float(len(earlier[1])),
            "trees_honest_share": HONEST_SHARE,
        }
        return fit_trees(*rows, honest_share=HONEST_SHARE)

    def _made(self, trees: Trees | None) -> Model:
        # The version names whole microseconds, as datetime has them.
        valid_from = datetime.fromtimestamp(self._known_to, UTC)
        version = f"{valid_from:%Y%m%dT%H%M%S.%fZ}-{'trees' if trees else 'online'}"
        if self._line != CHAMPION_LINE:  # of the same moment, yet another
            version += f"-{self._line}"
        if trees is not None:
            self._trees = TreeScorer(version, trees, len(FEATURE_NAMES))
            self._trees_of, self._fitted_at = version, self._known_to
        rows, per_day = self._recent.rows(until=self._known_to)
        unset = Model(
            version=version,
            kind="blend",
            feature_set=FEATURE_SET,
            features=FEATURE_NAMES,
            means=tuple((self._sums / self._labels).tolist()),
            two_causes=self._two_causes.part(),
            trees=trees,
            trees_of=None if trees else self._trees_of,
            trees_share=TREES_SHARE if self._trees else 0.0,
            calibration=fit_calibration(
                np.array(self._raw), np.array(self._raw_frauds, np.bool_), np.array(self._raw_weights)
            ),
            amounts=self._amounts.table(),
            threshold=1.0,
            alerts_per_day=self._alerts_per_day,
            valid_from=valid_from,
            learnt_from=datetime.fromtimestamp(self._learnt_from, UTC),
            learnt_to=datetime.fromtimestamp(self._learnt_to, UTC),
            labels=self._labels,
            frauds=self._frauds,
            metrics=self._metrics() | self._fitted_on,
            parent=None if self._published is None else self._published.version,
            line=self._line,
            rewind=self._rewind,
            samples=(),
        )
        scores = BlendScorer(unset, self._trees).scores(rows)
        threshold = self._recent.threshold(scores, per_day, self._alerts_per_day)
        return unset.model_copy(update={"threshold": threshold, "samples": samples(rows, scores)})

    def _learn_waiting(self) -> None:
        """Learn the examples that came since, in their order."""
        # The online model learns each once: a step of AdaGrad for a hundred would still all weights it meets.
        waiting, self._waiting = [one for one in self._waiting if one.weight], []
        if not waiting:
            return
        features = feature_table([example.features for example in waiting])
        frauds = np.array([example.fraud for example in waiting], np.bool_)
        online = log_odds_of(self._two_causes.learn(features, frauds))
        batch = None if self._trees is None else self._trees.log_odds(features)
        self._raw.extend(mixed(online, batch, TREES_SHARE).tolist())
        self._raw_frauds.extend(frauds.tolist())
        self._raw_weights.extend(example.weight for example in waiting)
        for row, example in zip(features, waiting, strict=True):
            self._sums += row  # one by one, so that sums do not depend on how examples came together
            self._note(example, row)

    def _note(self, example: Example, row: NDArray[np.float64]) -> None:
        fraud = example.fraud
        if example.score is not None:
            self._judged.append((example.score, fraud, example.weight))
        self._amounts.learn(example.terminal, float(row[AMOUNT]), float(row[RATIO]), fraud=fraud)
        self._sample.add(example.event, example.occurred, row, fraud=fraud, weight=example.weight)
        self._labels += 1
        self._frauds += fraud
        self._known_to = max(self._known_to, example.known)
        self._learnt_from = min(self._learnt_from, example.occurred)
        self._learnt_to = max(self._learnt_to, example.occurred)

    def _metrics(self) -> dict[str, float]:
        """Measure how the models so far ranked payments that they had not learnt yet."""
        if not any(fraud for _, fraud, _ in self._judged):
            return {}
        scores, frauds, counted = zip(*self._judged, strict=True)
        weights = np.array(counted)
        ranking = Ranking(np.array(scores), np.array(frauds))
        return {
            "prequential_average_precision": ranking.average_precision(weights),
            "prequential_area_under_roc": ranking.area_under_roc(weights),
            "prequential_payments": len(frauds),
        }


def samples(rows: NDArray[np.float64], scores: NDArray[np.float64]) -> tuple[ModelSample, ...]:
    """Pick the rows with the lowest, the middle and the highest score for the reader's self-check."""
    order = np.argsort(scores)
    chosen = [order[0], order[len(order) // 2], order[-1]] if len(order) else []
    return tuple(ModelSample(features=tuple(rows[row].tolist()), score=float(scores[row])) for row in chosen)
