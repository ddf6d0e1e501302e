"""What a reprocess needs before it runs: a number, a topic, and a group that stands at its first payment."""

from datetime import UTC, datetime, timedelta

from detectors.fraud.customer_loops import RING_DAYS
from producers.administration import topic_ids
from producers.generations import next_number, publish_generation, read_generations, reprocess_named
from producers.group_offsets import commit_for, committed_by, log_bounds
from producers.log_positions import offsets_from
from producers.output_topics import make_output_topic, output_topic_exists
from producers.whole_topic import read_whole
from schemas.errors import Stop
from schemas.generation import Generation
from schemas.model import Model
from schemas.topics import MODELS, TRANSACTIONS, scores_of
from streams.reprocessing import reprocess_group

__all__ = ["prepare", "valid_from"]

WARM_UP_DAYS = RING_DAYS
"""The longest window of a feature: a score without so many days before it would rest on half of it."""

NEWEST = 5


def prepare(
    bootstrap_servers: str, name: str, *, since: datetime | None, model_version: str | None
) -> tuple[Generation, bool]:
    """Make a reprocess or find it again; say whether it is new. Repeating it changes nothing.

    Raises
    ------
    Stop
        The name is taken by another reprocess or a topic, the topic has another number of partitions, there
        is no such model, or Kafka no longer has what scores from that date on rest on.

    """
    chosen = "" if since is None else since.isoformat()
    topic_id = topic_ids(bootstrap_servers)[TRANSACTIONS.name]
    generations = read_generations(bootstrap_servers)
    found = reprocess_named(generations, name, topic_id)
    if found is None:
        if output_topic_exists(bootstrap_servers, scores_of(name)):
            raise Stop(
                f"topic {scores_of(name).name} exists, and no reprocess is named {name}: delete it, or "
                "choose another name"
            )
        if model_version is not None:
            valid_from(bootstrap_servers, model_version)
        generation = Generation(
            number=next_number(generations),
            kind="reprocess",
            name=name,
            topic_id=topic_id,
            offsets=first_offsets(bootstrap_servers, since),
            model_version=model_version,
            chosen=chosen,
            at=datetime.now(UTC),
        )
        publish_generation(bootstrap_servers, generation)
    else:
        generation = same(found, chosen, model_version)
    make_output_topic(bootstrap_servers, scores_of(name))
    stand_at_first(bootstrap_servers, generation)
    return generation, found is None


def same(found: Generation, chosen: str, model_version: str | None) -> Generation:
    """Take up a reprocess that was begun, unless it is another one."""
    if (found.chosen, found.model_version) != (chosen, model_version):
        raise Stop(
            f"{found.name} exists: {described(found.chosen, found.model_version)}; asked for was "
            f"{described(chosen, model_version)}. Choose another name, or drop it first"
        )
    return found


def described(chosen: str, model_version: str | None) -> str:
    """Say from when on and with what."""
    model = f"model {model_version}" if model_version else "the model that was valid at the time"
    return f"from {chosen or 'the start of the log'} with {model}"


def valid_from(bootstrap_servers: str, version: str) -> datetime:
    """Say from when on a model had learnt nothing later.

    Raises
    ------
    Stop
        It was never published: nothing would score.

    """
    models = map(Model.model_validate_json, read_whole(bootstrap_servers, MODELS))
    found = {model.version: model.valid_from for model in models}
    if version not in found:
        newest = sorted(found, key=lambda known: found[known])[-NEWEST:]
        raise Stop(f"there is no model {version}; the newest are {', '.join(newest) or 'none'}")
    return found[version]


def first_offsets(bootstrap_servers: str, since: datetime | None) -> tuple[int, ...]:
    """Find the first payment of each partition whose score comes out."""
    if since is None:
        begins, _ = log_bounds(bootstrap_servers, TRANSACTIONS)
        return tuple(begins)
    offsets, known_since = offsets_from(bootstrap_servers, since)
    warm = None if known_since is None else known_since + timedelta(days=WARM_UP_DAYS)
    if warm is not None and since < warm:
        raise Stop(
            f"scores from {since:%Y-%m-%d} on rest on payments of the {WARM_UP_DAYS} days before, and Kafka "
            f"has them from {known_since:%Y-%m-%d %H:%M} UTC on: choose {warm + timedelta(days=1):%Y-%m-%d} "
            "or later"
        )
    return tuple(offsets)


def stand_at_first(bootstrap_servers: str, generation: Generation) -> None:
    """Let the group begin at the first payment: what is before only builds state, as after a restart."""
    group = reprocess_group(generation.name)
    committed = committed_by(bootstrap_servers, group, TRANSACTIONS)
    missing = {number: offset for number, offset in enumerate(generation.offsets) if number not in committed}
    if missing:
        commit_for(bootstrap_servers, group, TRANSACTIONS, missing)
