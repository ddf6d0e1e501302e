"""Which generation of scores a process makes."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from producers.generations import live_generation, read_generations
from producers.log_positions import last_values
from schemas.errors import Stop
from schemas.generation import ORIGINAL, Generation, number_of, topic_id_of
from schemas.model import CHAMPION_LINE, Model
from schemas.promotion import Promotion
from schemas.score import Score
from schemas.topics import SCORES

__all__ = ["ScoringRun", "live_run", "reprocess_agent"]

ALWAYS = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class ScoringRun:
    """A generation as the worker that makes it sees it.

    Parameters
    ----------
    topic_id
        Kafka's id of `transactions`.
    number
        In `origin.generation`; 0 before any switch.
    name
        Of the generation, for people.
    model_version
        The one model that scores; None for the newest that was valid at the time of a payment.
    reprocess
        Whether it is made beside the live one.

    """

    topic_id: str = ""
    number: int = 0
    name: str = ORIGINAL
    model_version: str | None = None
    reprocess: bool = False

    @classmethod
    def of(cls, generation: Generation) -> "ScoringRun":
        """Make the run of a reprocess or a switch."""
        return cls(
            generation.topic_id,
            generation.number,
            generation.name,
            generation.model_version,
            generation.kind == "reprocess",
        )

    def agent(self, agent: str) -> str:
        """Name an agent; a reprocess has a consumer group of its own."""
        return reprocess_agent(self.name) if self.reprocess else agent

    def of_models(
        self, take: Callable[[Model], None], remember_trees: Callable[[Model], None]
    ) -> Callable[[Model], None]:
        """Hand on only the model that was chosen, valid at any time; all of them if none was.

        Of the others the trees are remembered, for the chosen one may use them.
        """
        if self.model_version is None:
            return take

        def take_chosen(model: Model) -> None:
            if model.version == self.model_version:
                take(model.model_copy(update={"valid_from": ALWAYS, "line": CHAMPION_LINE}))
            else:
                remember_trees(model)

        return take_chosen

    def of_promotions(self, take: Callable[[Promotion], None]) -> Callable[[Promotion], None]:
        """Hand on decisions about models; none where one model was chosen."""
        return take if self.model_version is None else lambda _: None

    def follow(self, generation: Generation) -> None:
        """Look at a generation that became known.

        Raises
        ------
        Stop
            It takes the place of this one: whoever would go on scoring is a worker that was replaced.

        """
        if generation.topic_id != self.topic_id:
            return
        if self.reprocess and generation.kind == "dropped" and generation.number == self.number:
            raise Stop(f"reprocess {self.name} was dropped")
        if not self.reprocess and generation.kind == "switch" and generation.number > self.number:
            raise Stop(
                f"scores were switched to generation {generation.number} ({generation.name}), this worker "
                f"makes generation {self.number} ({self.name}): start it again"
            )


def reprocess_agent(name: str) -> str:
    """Name the fraud agent of a reprocess: its consumer group and its snapshots are its own."""
    return f"reprocess-{name}"


def live_run(bootstrap_servers: str, topic_id: str) -> ScoringRun:
    """Find out which generation is live.

    Raises
    ------
    Stop
        `scores` holds a newer one: its readers would drop all that a worker of the older one writes.

    """
    live = live_generation(read_generations(bootstrap_servers), topic_id)
    run = ScoringRun(topic_id) if live is None else ScoringRun.of(live)
    for partition, value in sorted(last_values(bootstrap_servers, SCORES).items()):
        written = Score.model_validate_json(value).origin.generation
        if topic_id_of(written) == topic_id and number_of(written) > run.number:
            raise Stop(
                f"scores[{partition}] holds generation {number_of(written)}, generations says that "
                f"{run.number} is live: it was made anew or is of another cluster; bring it back"
            )
    return run
