"""Whether everything that writes scores, or keeps them, has stopped at one point."""

from producers.group_offsets import committed_by, log_bounds, members_of
from producers.log_positions import last_values
from schemas.errors import Stop
from schemas.generation import topic_id_of
from schemas.score import Score
from schemas.topics import SCORES, TRANSACTIONS
from streams.reprocessing import LIVE_GROUP, reprocess_group

__all__ = ["check_nobody_in", "check_reprocessed_to", "point_of_worker", "sink_is_done"]


def check_nobody_in(bootstrap_servers: str, group: str, who: str) -> None:
    """Refuse while a group has members."""
    members = members_of(bootstrap_servers, group)
    if members:
        raise Stop(f"{members} {who} still in group {group}, 0 expected: stop the {who} and run this again")


def point_of_worker(bootstrap_servers: str, topic_id: str) -> tuple[int, ...]:
    """Give the first payment of each partition that the stopped worker has not scored.

    Raises
    ------
    Stop
        A worker runs, or died between writing scores and committing them.

    """
    check_nobody_in(bootstrap_servers, LIVE_GROUP, "worker")
    committed = committed_by(bootstrap_servers, LIVE_GROUP, TRANSACTIONS)
    begins, _ = log_bounds(bootstrap_servers, TRANSACTIONS)
    point = tuple(committed.get(number, begin) for number, begin in enumerate(begins))
    for partition, value in last_values(bootstrap_servers, SCORES).items():
        origin = Score.model_validate_json(value).origin
        if topic_id_of(origin.generation) == topic_id and origin.offset + 1 != point[partition]:
            raise Stop(
                f"scores[{partition}] ends with payment {origin.offset}, the worker committed up to "
                f"{point[partition] - 1}: it was not stopped well; start it and stop it by SIGTERM"
            )
    return point


def sink_is_done(bootstrap_servers: str, group: str) -> None:
    """Refuse unless the sink has stopped with all of `scores` written."""
    check_nobody_in(bootstrap_servers, group, "sink")
    committed = committed_by(bootstrap_servers, group, SCORES)
    begins, ends = log_bounds(bootstrap_servers, SCORES)
    for partition, (begin, end) in enumerate(zip(begins, ends, strict=True)):
        written = committed.get(partition, begin)
        if written < end:
            raise Stop(
                f"the sink has written scores[{partition}] up to {written}, it ends at {end}: start the "
                "sink, let it come to the end, and stop it"
            )


def check_reprocessed_to(bootstrap_servers: str, name: str, point: tuple[int, ...]) -> None:
    """Refuse unless a reprocess has come to a point."""
    committed = committed_by(bootstrap_servers, reprocess_group(name), TRANSACTIONS)
    for partition, wanted in enumerate(point):
        come = committed.get(partition, 0)
        if come < wanted:
            raise Stop(
                f"{name} has come to payment {come} of transactions[{partition}], the worker to {wanted}: "
                f"run `tillwatch reprocess start {name} --follow` beside it and this again"
            )
