"""How long Kafka may hold a fetch back until there are records, or until there are more of them."""

from aiokafka import AIOKafkaConsumer

__all__ = ["FETCH_BYTES", "FETCH_WAIT_MS", "FetchWait"]

FETCH_WAIT_MS = 25
"""Instead of Kafka's 500. A fetch that is under way names its partitions once. While a round takes longer
than .1 s, aiokafka asks for all partitions but those whose records nobody has taken yet, and what comes on
one of these then waits until that fetch is answered: where nothing else flows, as long as Kafka holds it.
The next round then is late for its broadcasts, takes .1 s again, and so on.

Cost: 2 to 3 % of a core in a process with two consumers where nothing flows; none under load."""

FETCH_BYTES = 262_144
"""Of one partition at a time; a larger Kafka batch comes whole and alone. Where records gather, so many are
handed out without waiting: a backlog of one partition is read as fast as it can be."""


HURRY_BYTES = 16_384
"""Some twenty payments: with so many there a round is worth beginning."""

CAUGHT_UP_RECORDS = 500
"""A fetch that brings more is of a backlog, where the next is better asked for ahead."""


class FetchWait:
    """Decides when Kafka is asked for records, and how many may gather before it answers.

    aiokafka asks for more the moment it has handed out the last records, and Kafka answers with the first one
    that comes. So a round would get what came at the very start of the round before; all that came during
    that one would wait for another: two rounds instead of one. In a hurry nothing is therefore asked for
    ahead, unless there is a backlog, and the answer holds all that has come until a round begins. While
    nothing flows the first record is handed out at once.

    Parameters
    ----------
    gather_ms
        While records flow, Kafka lets them gather for so long; None = it hands them out as they come.
    hurry
        Whether the agent is in a hurry; otherwise what Kafka holds back comes while the agent works.

    """

    def __init__(self, gather_ms: int | None, *, hurry: bool = False) -> None:
        self._gather_ms = gather_ms
        self._gather_bytes = HURRY_BYTES if hurry else FETCH_BYTES
        self._hurry = hurry

    def settings(self) -> dict[str, int]:
        """Give the consumer's settings to begin with, where nothing flows yet."""
        return {
            "max_partition_fetch_bytes": FETCH_BYTES,
            "fetch_min_bytes": 1,
            "fetch_max_wait_ms": max(FETCH_WAIT_MS, self._gather_ms or 0),
        }

    def ask(self, consumer: AIOKafkaConsumer) -> None:
        """Ask for records; to be called before they are waited for."""
        if self._hurry:
            consumer.resume(*consumer.paused())

    def answered(self, consumer: AIOKafkaConsumer, records: int) -> None:
        """Take notice of how many records came; to be called at once: the next request follows it.

        aiokafka has no setting for the waiting that can be changed later, but reads it for each request.
        """
        if self._gather_ms is not None:
            fetcher = consumer._fetcher
            fetcher._fetch_min_bytes = self._gather_bytes if records else 1
            fetcher._fetch_max_wait_ms = self._gather_ms if records else max(FETCH_WAIT_MS, self._gather_ms)
        if self._hurry and 0 < records < CAUGHT_UP_RECORDS:
            consumer.pause(*consumer.assignment())
