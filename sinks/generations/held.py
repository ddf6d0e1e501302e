"""What the store knows of generations: Kafka must not know less."""

from collections.abc import Callable
from functools import partial

from clickhouse_connect.driver.client import Client

from producers.administration import ask_kafka, topic_ids
from producers.generations import live_generation, read_generations
from schemas.errors import Stop
from schemas.generation import Generation
from schemas.topics import TRANSACTIONS

__all__ = ["check_not_older"]


def live_of(bootstrap_servers: str) -> tuple[str, Generation | None]:
    """Give the id of the topic of payments, and the generation of it that is live."""
    topic_id = topic_ids(bootstrap_servers)[TRANSACTIONS.name]
    return topic_id, live_generation(read_generations(bootstrap_servers), topic_id)


def check_not_older(bootstrap_servers: str, client: Client, *, announce: Callable[[str], None]) -> None:
    """Refuse a Kafka whose live generation is older than what the store holds.

    Raises
    ------
    Stop
        The topic `generations` was made anew or is an old copy: what the worker writes now is of a
        generation that was replaced.

    """
    topic_id, live = ask_kafka(bootstrap_servers, partial(live_of, bootstrap_servers), announce=announce)
    number = 0 if live is None else live.number
    held = int(
        client.query(
            "SELECT max(number) FROM generations FINAL "
            "WHERE kind = 'switch' AND topic_id = {topic_id:String}",
            parameters={"topic_id": topic_id},
        ).result_rows[0][0]
    )
    if number < held:
        raise Stop(
            f"generation {number} is live in Kafka, and the store holds generation {held} already: the topic "
            "generations was made anew or is an old copy; bring it back"
        )
