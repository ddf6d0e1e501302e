"""The switch: from one point on the worker scores in another generation, and the store shows it before too.

First the rows of the reprocess go into a table of their own, which disturbs nobody. Then, with the worker and
the sink stopped, the switch is written into `generations`, which is the moment from which it holds: a worker
that starts goes on at the point where the one before stopped. Last the store's rows of the payments before
the point are exchanged. What is cut off is finished by the same command again.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from clickhouse_connect.driver.client import Client

from producers.generations import live_generation, next_number, publish_generation, standing_switches
from schemas.errors import Stop
from schemas.generation import ORIGINAL, Generation
from schemas.topics import Topic, scores_of
from sinks.generations.exchange import Exchange, exchange, forget, kept_rows, tables_there
from sinks.generations.load import load, table_of
from sinks.generations.stopped import check_nobody_in, check_reprocessed_to, point_of_worker, sink_is_done
from sinks.settings import ClickHouseSettings, SinkSettings

__all__ = ["Switching"]


class Switching:
    """Switches one Kafka and one store.

    Parameters
    ----------
    store, client
        Where ClickHouse is, and a connection as the user who writes.
    topic_id
        Kafka's id of transactions.
    say
        Tells the operator what is being done.

    """

    def __init__(
        self,
        bootstrap_servers: str,
        store: ClickHouseSettings,
        client: Client,
        topic_id: str,
        say: Callable[[str], None],
    ) -> None:
        self._servers = bootstrap_servers
        self._store = store
        self._client = client
        self._topic_id = topic_id
        self._say = say
        self._sink_group = SinkSettings().group

    def to(self, reprocess: Generation, generations: Sequence[Generation]) -> Generation:
        """Make a reprocess live. Where it is live already, only the store is brought to it.

        Raises
        ------
        Stop
            A worker or the sink runs, is not done, or the reprocess is behind. Nothing was changed then, but
            that rows may have been loaded into the table of the reprocess.

        """
        topic = scores_of(reprocess.name)
        self._say(f"loading {topic.name} into table {table_of(topic).name}")
        load(self._servers, self._store, self._client, topic)
        live = live_generation(generations, self._topic_id)
        if live is None or live.name != reprocess.name:
            point = self._stopped_at()
            check_reprocessed_to(self._servers, reprocess.name, point)
            load(self._servers, self._store, self._client, topic)
            self._check_loaded(topic, reprocess, point)
            live = self._publish(generations, reprocess.name, reprocess.model_version, point)
        elif live.undoes is not None:
            raise Stop(f"{live.name} is live already, by going back")
        self._exchange(live, table_of(topic).name, kept_rows(live.number))
        return live

    def back(self, generations: Sequence[Generation]) -> Generation:
        """Take the last switch back, or finish to do so.

        Raises
        ------
        Stop
            Nothing was switched, a worker or the sink runs or is not done, or the rows were dropped.

        """
        live = live_generation(generations, self._topic_id)
        if live is not None and live.undoes is not None and self._keeps(live.undoes):
            undone = live.undoes
        else:
            standing = standing_switches(generations, self._topic_id)
            if not standing:
                raise Stop(f"nothing to go back from: {ORIGINAL} is live")
            undone = standing[-1].number
            if not self._keeps(undone):
                raise Stop(f"the rows that switch {undone} replaced are gone from the store: no way back")
            before = standing[-2] if len(standing) > 1 else None
            name, model = (before.name, before.model_version) if before else (ORIGINAL, None)
            live = self._publish(generations, name, model, self._stopped_at(), undoes=undone)
        self._exchange(live, kept_rows(undone), None)
        forget(self._client, kept_rows(undone))
        return live

    def _keeps(self, number: int) -> bool:
        return kept_rows(number) in tables_there(self._client)

    def _stopped_at(self) -> tuple[int, ...]:
        point = point_of_worker(self._servers, self._topic_id)
        sink_is_done(self._servers, self._sink_group)
        return point

    def _check_loaded(self, topic: Topic, reprocess: Generation, point: Sequence[int]) -> None:
        """Refuse a table that lacks a payment between the first of the reprocess and the point."""
        table = table_of(topic).name
        for partition, (first, end) in enumerate(zip(reprocess.offsets, point, strict=True)):
            owed = max(0, end - first)
            rows, payments = self._client.query(
                f"SELECT count(), uniqExact(origin_offset) FROM {table} WHERE origin_partition = {partition} "
                f"AND origin_offset >= {first} AND origin_offset < {end}"
            ).result_rows[0]
            if (rows, payments) != (owed, owed):
                raise Stop(
                    f"table {table} has {rows} rows of {payments} payments of transactions[{partition}] "
                    f"before the point, {owed} expected: drop the reprocess and start it anew"
                )

    def _publish(
        self,
        generations: Sequence[Generation],
        name: str,
        model_version: str | None,
        point: tuple[int, ...],
        *,
        undoes: int | None = None,
    ) -> Generation:
        live = Generation(
            number=next_number(generations),
            kind="switch",
            name=name,
            topic_id=self._topic_id,
            offsets=point,
            model_version=model_version,
            undoes=undoes,
            at=datetime.now(UTC),
        )
        publish_generation(self._servers, live)
        self._say(f"{name} is live as generation {live.number}; the worker may start, the sink not yet")
        return live

    def _exchange(self, live: Generation, incoming: str, kept: str | None) -> None:
        check_nobody_in(self._servers, self._sink_group, "sink")
        rows = exchange(self._client, Exchange(incoming, kept, self._topic_id, live.offsets))
        self._say(f"{rows:,} payments before the point show {live.name} now; the sink may start")
