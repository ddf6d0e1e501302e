"""The demo: the whole chain on this machine, fed by a simulated retailer."""

import asyncio
import signal
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from rich.console import Console

from producers.administration import check_topics, create_topics
from producers.clock import Clock, read_clock
from producers.cue_sheet import read_cue_sheet
from producers.errors import ClockUnreadable
from producers.ledger import read_ledgers
from producers.simulator.calendar import TIME_ZONE
from schemas.errors import Stop
from sinks.connection import connect
from sinks.migrate import migrate
from sinks.settings import ClickHouseSettings
from tillwatch.incidents.matching import IncidentFound, match
from tillwatch.incidents.raised import from_store
from tillwatch.incidents.table import incident_table
from tillwatch.stack.broker import Broker
from tillwatch.stack.drain import WITH_EXPLAINER, drain
from tillwatch.stack.ports import require_free_port
from tillwatch.stack.programs import Programs
from tillwatch.stack.readiness import answers_kafka
from tillwatch.stack.status_line import StatusLine, describe_clock, describe_programs
from tillwatch.stack.summary import SummaryLine, exit_code, summarise, summary_table
from tillwatch.stack.supervisor import Supervisor
from tillwatch.stack.welcome import show_collector, show_console

__all__ = ["Demo"]

GOING_LIVE_SECONDS = 900.0
"""The history takes a minute or two; past this a run that is to end by itself gives up."""
DRAIN_SECONDS = 180.0
FLUSH_SECONDS = 15.0
"""For producers to send what they hold and close their ledgers; on Ctrl-C they have less."""
READY_POLL_SECONDS = 0.5
SUMMARY_COLUMNS = 110
PRODUCERS = ("simulate", "collector", "synthetic")


class Demo:
    """Starts everything in order, and stops it in reverse however it ends.

    Parameters
    ----------
    programs
        What to run, with its ports, folders and secrets.
    local_broker
        The broker to start; none = `programs.bootstrap_servers` is a cluster that is there already.
    out
        Where a person reads.

    """

    def __init__(self, programs: Programs, *, local_broker: Broker | None, out: Console) -> None:
        self._programs = programs
        self._local_broker = local_broker
        self._out = out
        self._began = datetime.now(UTC)
        self._note = ""
        self._stack = Supervisor(programs.layout.logs, announce=self._say)

    async def run(self, seconds: float | None) -> int:
        """Run until a signal comes, or for so many seconds after going live; return the exit code.

        Without `seconds` the code is 0. With them it is that of the summary.

        Raises
        ------
        Stop
            Something cannot be started, or does not come to its end.

        """
        told_to_stop = self._listen_for_signals()
        work = asyncio.create_task(self._work(seconds))
        stopping = asyncio.create_task(told_to_stop.wait())
        await asyncio.wait([work, stopping], return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        if work.done():
            return work.result()
        work.cancel()
        await asyncio.wait([work])
        if not work.cancelled() and (error := work.exception()) is not None:
            raise error
        self._out.print("stopped; the next start goes on from here")
        return 0

    def _listen_for_signals(self) -> asyncio.Event:
        told_to_stop = asyncio.Event()

        def stop() -> None:
            if told_to_stop.is_set():  # a second Ctrl-C: at once
                self._stack.kill_all()
            else:
                self._note = "stopping"
                told_to_stop.set()

        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            asyncio.get_running_loop().add_signal_handler(number, stop)
        return told_to_stop

    async def _work(self, seconds: float | None) -> int:
        async with StatusLine(self._out, self._describe), self._stack:
            await self._start()
            await self._until_live(GOING_LIVE_SECONDS if seconds is not None else None)
            if seconds is None:
                await asyncio.Event().wait()
                return 0
            await asyncio.sleep(seconds)
            ended = self._simulated_now()
            lines, incidents = await self._settle(ended)
        # as wide as they need to be, also on a narrow terminal and where there is none
        wide = Console(file=self._out.file, width=max(SUMMARY_COLUMNS, self._out.width))
        wide.print(summary_table(lines))
        wide.print(incident_table(incidents, ended, ZoneInfo(TIME_ZONE)))
        return exit_code(lines)

    async def _start(self) -> None:
        programs = self._programs
        self._require_ports()
        servers = [programs.store()]
        if self._local_broker is not None:
            command = await asyncio.to_thread(self._local_broker.prepare, announce=self._say)
            servers.append(programs.kafka(command))
        else:
            await self._await_cluster()
        await self._stack.start(*servers)
        await asyncio.to_thread(self._lay_out)
        await self._stack.start(programs.console())
        show_console(self._out, programs)
        agents = programs.worker(), programs.trainer(), programs.judge()
        await self._stack.start(*agents, programs.sink(), programs.explainer())
        await self._stack.start(programs.collector(), programs.simulator(), programs.synthetic())
        show_collector(self._out, programs)
        self._out.print("Ctrl-C stops everything.")

    def _require_ports(self) -> None:
        settings = self._programs.settings
        for port, program, setting in (
            (settings.clickhouse_port, "the store", "TILLWATCH_CLICKHOUSE_PORT"),
            (settings.console_port, "the console", "TILLWATCH_CONSOLE_PORT"),
            (settings.collector_port, "the collector", "TILLWATCH_COLLECTOR_PORT"),
        ):
            require_free_port(port, program=program, setting=setting)

    async def _await_cluster(self) -> None:
        servers = self._programs.bootstrap_servers
        is_ready = answers_kafka(servers)
        self._note = f"waiting for your Kafka at {servers} (TILLWATCH_KAFKA_BOOTSTRAP_SERVERS)"
        while not await is_ready():  # noqa: ASYNC110  # the answer comes from another machine
            await asyncio.sleep(READY_POLL_SECONDS)
        self._note = ""

    def _lay_out(self) -> None:
        """Make the topics and the tables."""
        servers = self._programs.bootstrap_servers
        create_topics(servers)
        differences = check_topics(servers)
        if differences:
            raise Stop(" ".join(differences))
        client = connect(self._clickhouse())
        try:
            migrate(client)
        finally:
            client.close()

    async def _until_live(self, deadline_seconds: float | None) -> None:
        begun = time.monotonic()
        while (clock := self._clock()) is None or clock.phase != "live" or clock.speed == 0:
            if deadline_seconds is not None and time.monotonic() - begun > deadline_seconds:
                raise Stop(
                    f"The demo was not live within {deadline_seconds:g} s; see {self._programs.layout.logs}."
                )
            await asyncio.sleep(0.2)
        self._say(f"live at {clock.speed:g} times real time")

    async def _settle(self, ended: datetime) -> tuple[list[SummaryLine], Sequence[IncidentFound]]:
        """Stop what sends, wait until all has gone through, and compare."""
        self._note = "stopping the producers"
        await self._stack.stop(*PRODUCERS, seconds=FLUSH_SECONDS)

        def show(behind: str) -> None:
            self._note = f"draining: {behind}"

        await drain(
            self._programs.bootstrap_servers,
            deadline_seconds=DRAIN_SECONDS,
            announce=show,
            groups=WITH_EXPLAINER,
        )
        self._note = "comparing"
        return await asyncio.to_thread(self._compare, ended)

    def _compare(self, ended: datetime) -> tuple[list[SummaryLine], Sequence[IncidentFound]]:
        """Compare figures with what was acknowledged, and alerts with what was made to happen."""
        client = connect(self._clickhouse())

        def ask(query: str) -> tuple[int, int, int]:
            count, distinct, amount = client.query(query).result_rows[0]
            return int(count), int(distinct), int(amount)

        layout = self._programs.layout
        try:
            lines = summarise(read_ledgers(layout.ledgers), ask)
            alerts = from_store(lambda query: client.query(query).named_results())
        finally:
            client.close()
        begun = [one for one in read_cue_sheet(layout.cue_sheet) if one.begins_at < ended]
        return lines, match(begun, alerts, ()).incidents

    def _simulated_now(self) -> datetime:
        """Return the simulated time; the wall clock's where nothing is simulated."""
        clock, wall = self._clock(), datetime.now(UTC)
        return wall if clock is None else clock.now(wall)

    def _clickhouse(self) -> ClickHouseSettings:
        secrets = self._programs.secrets
        return ClickHouseSettings(
            host="127.0.0.1",
            port=self._programs.settings.clickhouse_port,
            user="writer",
            password=secrets.store_writer_password,
        )

    def _clock(self) -> Clock | None:
        """Return what the simulator of this start says; none if it said nothing yet."""
        try:
            clock = read_clock(self._programs.layout.clock)
        except ClockUnreadable:
            return None
        return clock if clock.simulated and clock.anchor_wall >= self._began else None

    def _describe(self) -> list[str]:
        state = self._note or describe_clock(self._clock(), datetime.now(UTC))
        programs = describe_programs(self._stack.statuses)
        return [state, programs] if programs else [state]

    def _say(self, text: str) -> None:
        self._out.print(text, soft_wrap=True, highlight=False, markup=False)
