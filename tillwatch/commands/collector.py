"""`tillwatch collector`: take events over HTTP."""

import asyncio
import signal
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from aiohttp import web

__all__ = ["collector"]


def collector() -> None:
    """Take events over HTTP and put them into Kafka.

    Settings: TILLWATCH_COLLECTOR_PORT, TILLWATCH_COLLECTOR_HOST, TILLWATCH_COLLECTOR_API_KEYS
    (source=key, separated by commas), TILLWATCH_CLOCK_FILE, TILLWATCH_LEDGER_DIR.
    """
    from producers.administration import create_topics, wait_for_kafka
    from producers.api_keys import ApiKeys
    from producers.client import EventProducer
    from producers.clock import read_clock
    from producers.collector import Collector, build_app
    from producers.collector_intakes import INTAKE_TOPICS
    from producers.ledger import Ledger
    from producers.settings import CollectorSettings, ProducerSettings
    from schemas.errors import Stop
    from schemas.settings import KafkaSettings

    settings, shared = CollectorSettings(), ProducerSettings()
    servers = KafkaSettings().bootstrap_servers
    try:
        keys = ApiKeys.parse(settings.api_keys)
    except Stop as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from None
    wait_for_kafka(servers, announce=typer.echo)
    create_topics(servers)
    ledger = Ledger(shared.ledger_dir / "collector.ledger", lines_held=1) if shared.ledger_dir else None
    producer = EventProducer(
        servers,
        source="collector",
        ledger=ledger,
        linger_ms=0,
        deliver_within_seconds=settings.acknowledge_within_seconds,
    )
    for topic in INTAKE_TOPICS:
        producer.prepare(topic)
    app = build_app(Collector(producer, keys=keys, read_clock=lambda: read_clock(shared.clock_file)))
    try:
        asyncio.run(serve(app, settings.host, settings.port))
    except OSError as error:
        typer.echo(f"cannot listen on {settings.host}:{settings.port}: {error.strerror}", err=True)
        raise typer.Exit(1) from None
    finally:
        producer.close(timeout_seconds=2.0)
        if ledger is not None:
            ledger.close()


async def serve(app: "web.Application", host: str, port: int) -> None:
    """Answer requests until SIGTERM or SIGINT; those that are being answered are finished."""
    from aiohttp import web

    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    # no access log: it would hold whatever a caller puts into an address
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=6.0)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
        address, bound = runner.addresses[0][:2]
        typer.echo(f"collector listens on http://{address}:{bound}/v1/transactions")
        await stop.wait()
    finally:
        await runner.cleanup()
