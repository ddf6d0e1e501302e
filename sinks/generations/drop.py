"""Deleting all that a reprocess has, but for what it scored while it was live."""

from clickhouse_connect.driver.client import Client

from producers.generations import live_generation, publish_generation, read_generations
from producers.group_offsets import delete_group
from producers.output_topics import delete_output_topic
from producers.snapshot_removal import delete_snapshots
from schemas.errors import Stop
from schemas.generation import ORIGINAL, Generation
from schemas.topics import scores_of
from sinks.generations.exchange import forget
from sinks.generations.load import load_group, table_of
from sinks.generations.stopped import check_nobody_in
from streams.reprocessing import reprocess_group
from streams.scoring_run import reprocess_agent

__all__ = ["drop_reprocess"]


def drop_reprocess(bootstrap_servers: str, client: Client, reprocess: Generation) -> None:
    """Delete topic, groups and table; that it is dropped is written last, so it may be repeated.

    Raises
    ------
    Stop
        It is live, or somebody is still scoring it.

    """
    live = live_generation(read_generations(bootstrap_servers), reprocess.topic_id)
    if live is not None and live.name == reprocess.name:
        raise Stop(
            f"{reprocess.name} is live as generation {live.number}, only what is not may be dropped: "
            f"`tillwatch reprocess switch --back` first, to {ORIGINAL} or what was live before"
        )
    topic = scores_of(reprocess.name)
    for group in (reprocess_group(reprocess.name), load_group(topic)):
        check_nobody_in(bootstrap_servers, group, "reprocess")
        delete_group(bootstrap_servers, group)
    delete_output_topic(bootstrap_servers, topic)
    delete_snapshots(bootstrap_servers, reprocess_agent(reprocess.name))
    forget(client, table_of(topic).name)
    publish_generation(bootstrap_servers, reprocess.model_copy(update={"kind": "dropped"}))
