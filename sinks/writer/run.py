"""Start the sink once Kafka and ClickHouse are there; stop it by a signal."""

import asyncio
import gc
import logging
import signal
from collections.abc import Callable
from contextlib import closing
from functools import partial
from typing import NoReturn

from clickhouse_connect.driver.exceptions import ClickHouseError

from producers.administration import ask_kafka, require_topics
from sinks.connection import connect, wait_for_store, went_away
from sinks.errors import StoreAbsent
from sinks.generations.held import check_not_older
from sinks.migrate import migrate
from sinks.settings import ClickHouseSettings, SinkSettings
from sinks.tables.registry import TABLES
from sinks.writer.inserter import Inserter
from sinks.writer.sink import Sink
from streams.ending import Signalled
from streams.health import HealthServer
from streams.settings import HealthSettings

__all__ = ["run_sink"]

log = logging.getLogger(__name__)


def run_sink(
    bootstrap_servers: str,
    store: ClickHouseSettings,
    settings: SinkSettings,
    health: HealthSettings,
    *,
    announce: Callable[[str], None],
) -> NoReturn:
    """Migrate ClickHouse and write until SIGTERM or SIGINT.

    Raises
    ------
    Stop
        Topics or tables are not as the contract says, ClickHouse refuses the login, or it holds a newer
        generation than Kafka says is live.
    Signalled
        Somebody asked it to end.

    """
    for name in ("urllib3", "clickhouse_connect"):
        # the sink itself says what it waits for, once and not at every attempt
        logging.getLogger(name).setLevel(logging.ERROR)
    ask_kafka(bootstrap_servers, partial(require_topics, bootstrap_servers), announce=announce)
    applied = migrated(bootstrap_servers, store, announce)
    if applied:
        log.info("migrations applied", extra={"migrations": applied})
    inserter = Inserter(store)
    # what is loaded by now stays: not looking at it again makes decoding large batches up to twice as fast
    gc.collect()
    gc.freeze()
    # No asyncio.run: it would wait for a thread whose insert hangs. What that writes is announced.
    raise asyncio.new_event_loop().run_until_complete(write(bootstrap_servers, inserter, settings, health))


def migrated(bootstrap_servers: str, store: ClickHouseSettings, announce: Callable[[str], None]) -> list[str]:
    """Migrate once ClickHouse answers, and again where it went away meanwhile; return what was applied."""
    while True:
        wait_for_store(store, announce=announce)
        try:
            with closing(connect(store)) as client:
                applied = migrate(client)
                check_not_older(bootstrap_servers, client, announce=announce)
                return applied
        except (StoreAbsent, ClickHouseError) as error:
            if not went_away(error):
                raise
            log.warning("ClickHouse went away during a migration", extra={"cause": str(error)})


async def write(
    bootstrap_servers: str, inserter: Inserter, settings: SinkSettings, health: HealthSettings
) -> Signalled:
    """Run the sink until a signal comes; give it."""
    sink = Sink(bootstrap_servers, TABLES, inserter, settings)
    asked: list[int] = []

    def stop(number: int) -> None:
        asked.append(number)
        sink.stop()

    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop, number)
    server = HealthServer(health, [sink])
    await server.start()
    await sink.run()
    return Signalled(asked[0])
