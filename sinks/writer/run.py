"""Start the sink once Kafka and ClickHouse are there; stop it by a signal."""

import asyncio
import gc
import logging
import os
import signal
from collections.abc import Callable

from producers.administration import check_topics, wait_for_kafka
from schemas.errors import Stop
from sinks.connection import connect, wait_for_store
from sinks.generations.held import check_not_older
from sinks.migrate import migrate
from sinks.settings import ClickHouseSettings, SinkSettings
from sinks.tables.registry import TABLES
from sinks.writer.inserter import Inserter
from sinks.writer.sink import Sink

__all__ = ["run_sink"]

log = logging.getLogger(__name__)


def run_sink(
    bootstrap_servers: str,
    store: ClickHouseSettings,
    settings: SinkSettings,
    *,
    announce: Callable[[str], None],
) -> None:
    """Migrate ClickHouse and write until SIGTERM or SIGINT; ends the process.

    Raises
    ------
    Stop
        Topics or tables are not as the contract says, ClickHouse refuses the login, or it holds a newer
        generation than Kafka says is live.

    """
    for name in ("urllib3", "clickhouse_connect"):
        # the sink itself says what it waits for, once and not at every attempt
        logging.getLogger(name).setLevel(logging.ERROR)
    wait_for_kafka(bootstrap_servers, announce=announce)
    problems = check_topics(bootstrap_servers)
    if problems:
        raise Stop("the topics are not as the contract says: " + " ".join(problems))
    wait_for_store(store, announce=announce)
    client = connect(store)
    applied = migrate(client)
    check_not_older(bootstrap_servers, client)
    client.close()
    if applied:
        log.info("migrations applied", extra={"migrations": applied})
    inserter = Inserter(store)
    # what is loaded by now stays: not looking at it again makes decoding large batches up to twice as fast
    gc.collect()
    gc.freeze()
    asyncio.run(write(bootstrap_servers, inserter, settings))
    logging.shutdown()
    # an insert into a store that hangs would hold the interpreter; what it writes is announced
    os._exit(0)


async def write(bootstrap_servers: str, inserter: Inserter, settings: SinkSettings) -> None:
    """Run the sink until a signal comes."""
    sink = Sink(bootstrap_servers, TABLES, inserter, settings)
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, sink.stop)
    await sink.run()
