"""The card-fraud data through the trainer's whole loop: lines of models, shadow, promotions, drift."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from time import process_time
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from benchmarks.scored_stream import ALERTS_PER_DAY, Number, ScoredStream
from detectors.fraud import payments as columns
from detectors.fraud.champions import Scores
from detectors.fraud.features import FEATURE_SET
from detectors.fraud.learning_loop import LearningLoop, News
from detectors.fraud.lines import LINES
from schemas.label import Label
from schemas.model import CHAMPION_LINE, Model
from schemas.promotion import Promotion
from schemas.score import Score, ScoredPayment
from schemas.transaction import Channel

__all__ = ["FIRST_LINE", "LearningStream", "Step", "Timed"]

FIRST_LINE = "first"
"""Of a copy of the very first model, which never learns."""

CHANNEL: Channel = "pos"
"""The data have no channels: all of it is one."""


Step = Literal["scores", "labels", "model", "day", "fit"]


@dataclass
class Timed:
    """A loop, and the CPU of this process that each of its steps took, in seconds, threads included.

    A step is an hour's scores or an hour's labels; of the latter those with which a model was made, a day was
    judged, or trees were fitted are counted apart.
    """

    loop: LearningLoop
    seconds: dict[Step, list[float]] = field(default_factory=lambda: defaultdict(list))

    def scored(self, scores: Sequence[Score]) -> None:
        """Tell it what was scored."""
        began = process_time()
        self.loop.scored(scores)
        self.seconds["scores"].append(process_time() - began)

    def learn(self, labels: Sequence[Label], to: float) -> News:
        """Let it learn."""
        began = process_time()
        news = self.loop.learn([labels], to, datetime.fromtimestamp(to, UTC))
        self.seconds[step_of(news)].append(process_time() - began)
        return news


def step_of(news: News) -> Step:
    """Name the dearest thing that was done for this news."""
    if any(model.trees is not None for model in news.models):
        return "fit"
    if news.metrics:
        return "day"
    return "model" if news.models else "labels"


@dataclass
class LearningStream(ScoredStream):
    """Scores hour by hour with whatever the loop of all lines made champion.

    Parameters
    ----------
    compares_costs
        Whether a loop whose champion has no challenger is told the same; it is only timed.
    starts_with_first
        Whether a copy of the first model is promoted by hand, as a line that never learns.

    Attributes
    ----------
    ships
        The loop as it ships.
    alone
        The one without a challenger, if any.
    news
        All that the loop told.

    """

    compares_costs: bool = True
    starts_with_first: bool = False
    ships: Timed = field(init=False)
    alone: Timed | None = field(init=False)
    news: News = field(init=False)

    def __post_init__(self) -> None:
        """Begin with nothing known."""
        super().__post_init__()
        self.news = News([], [], [], [])
        self.ships = Timed(LearningLoop(ALERTS_PER_DAY))
        alone = {CHAMPION_LINE: LINES[CHAMPION_LINE]}
        self.alone = Timed(LearningLoop(ALERTS_PER_DAY, lines=alone)) if self.compares_costs else None

    def _learn(self, begins: float) -> None:
        labels = [label for _, label in self._now_known(begins)]
        news = News([], [], [], [])
        for timed in self._in_turn(int(begins // 3_600)):
            told = timed.learn(labels, begins)
            news = told if timed is self.ships else news
        self.news.extend(news)
        for model in news.models:
            self._take(model)
        for promotion in news.promotions:
            self._champions.promote(promotion)
        if self.starts_with_first and news.models and not self._champions_first:
            self._promote_first(news.models[0], datetime.fromtimestamp(begins, UTC))

    def _in_turn(self, hour: int) -> list[Timed]:
        """Give the loops; each is the first every other hour, for the second finds records in the cache."""
        if self.alone is None:
            return [self.ships]
        return [self.ships, self.alone] if hour % 2 else [self.alone, self.ships]

    @property
    def _champions_first(self) -> bool:
        return any(one.line == FIRST_LINE for one in self.news.models)

    def _promote_first(self, model: Model, at: datetime) -> None:
        """Put a copy in place by hand, as `tillwatch models promote` does."""
        first = model.model_copy(update={"version": f"{model.version}-{FIRST_LINE}", "line": FIRST_LINE})
        promotion = Promotion(
            action="promote", version=first.version, line=FIRST_LINE, valid_from=at,
            by="hand", who="the benchmark", reason="a champion that never learns", at=at,
        )  # fmt: skip
        loop = self.ships.loop
        loop.take_model(first)
        loop.take_promotion(promotion)
        self._take(first)
        self._champions.promote(promotion)
        self.news.models.append(first)
        self.news.promotions.append(promotion)

    def _tell(
        self,
        rows: range,
        batch: columns.Payments,
        features: NDArray[np.float64],
        scored: Scores,
    ) -> None:
        told = self._records(rows, features, scored)
        for timed in self._in_turn(int(batch.seconds[0] // 3_600)):
            timed.scored(told)

    def _records(self, rows: range, features: NDArray[np.float64], scored: Scores) -> list[Score]:
        """Make score records without validating them, as far as they are read."""
        return [
            Score.model_construct(
                disposition="scored",
                payment=ScoredPayment.model_construct(  # type: ignore[call-arg]  # what is read
                    event_id=Number(row),  # type: ignore[arg-type]  # all that is read of it is `int`
                    occurred_at=self.payments.times[row],
                    customer_id=self._customers[row],
                    card_id=None,
                    terminal_id=self._terminals[row],
                    channel=CHANNEL,
                ),
                score=score,
                threshold=scored.thresholds[model],
                feature_set=FEATURE_SET,
                features=tuple(values),
                model_version=scored.versions[model],
            )
            for row, values, score, model in zip(
                rows, features.tolist(), scored.scores.tolist(), scored.models.tolist(), strict=True
            )
        ]
