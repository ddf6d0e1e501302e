"""The programs of the local stack, with the settings each is started with."""

import sys
from dataclasses import dataclass

from tillwatch.settings import StackSettings
from tillwatch.stack.layout import Layout
from tillwatch.stack.program import Program
from tillwatch.stack.readiness import answers_http, answers_kafka, at_once
from tillwatch.stack.secrets import Secrets

__all__ = ["COLLECTOR_SOURCE", "CONSOLE_USER", "Programs"]

CONSOLE_USER = "tillwatch"
ALERTS_PER_DAY = "25"
"""Suspicious payments among the 6,000 of a simulated day; an alert each quarter of an hour of trading."""

COLLECTOR_SOURCE = "demo"
"""Whose API key the demo makes: the source of what is sent by curl."""


@dataclass(frozen=True)
class Programs:
    """Makes each program from what the installation is.

    Parameters
    ----------
    settings, layout, secrets
        Ports, folders, passwords.
    bootstrap_servers
        Of the local broker, or of the cluster that the user named.

    The times in which each must stop add up, over what is stopped one after the other (producers; worker,
    trainer, judge, sink and explainer; console; store and Kafka), to less than the 10 s in which the whole
    stack must be gone.

    """

    settings: StackSettings
    layout: Layout
    secrets: Secrets
    bootstrap_servers: str

    def kafka(self, command: list[str]) -> Program:
        """Make the local broker; `command` is from `Broker.prepare`."""
        return Program(
            "kafka", tuple(command), is_ready=answers_kafka(self.bootstrap_servers), stop_seconds=2.5
        )

    def store(self) -> Program:
        """Make ClickHouse's HTTP interface over chDB."""
        port = self.settings.clickhouse_port
        return self._tillwatch(
            "store", "--data-dir", str(self.layout.store.absolute()),
            environment={
                "TILLWATCH_STORE_WRITER_PASSWORD": self.secrets.store_writer_password,
                "TILLWATCH_STORE_READER_PASSWORD": self.secrets.store_reader_password,
                "TILLWATCH_CLICKHOUSE_PORT": str(port),
            },
            url=f"http://127.0.0.1:{port}/ping",
            stop_seconds=2.5,
        )  # fmt: skip

    def console(self) -> Program:
        """Make the page; it reads the store as the user who can only read."""
        port = self.settings.console_port
        return self._tillwatch(
            "console",
            environment={
                **self._clickhouse("reader", self.secrets.store_reader_password),
                "TILLWATCH_CONSOLE_PORT": str(port),
                "TILLWATCH_CONSOLE_USER": CONSOLE_USER,
                "TILLWATCH_CONSOLE_PASSWORD": self.secrets.console_password,
                "TILLWATCH_CONSOLE_SESSION_KEY": self.secrets.console_session_key,
                "TILLWATCH_CUE_SHEET": str(self.layout.cue_sheet.absolute()),
            },
            url=f"http://127.0.0.1:{port}/healthz",
            stop_seconds=1.5,
        )

    def worker(self) -> Program:
        """Make the agents fraud, series and stock."""
        return self._tillwatch("worker")

    def trainer(self) -> Program:
        """Make the trainer, with a budget for one small team."""
        return self._tillwatch("trainer", environment={"TILLWATCH_ALERTS_PER_DAY": ALERTS_PER_DAY})

    def judge(self) -> Program:
        """Make what raises alerts."""
        return self._tillwatch("judge")

    def explainer(self) -> Program:
        """Make what says where alerts about totals come from."""
        return self._tillwatch(
            "explainer", environment=self._clickhouse("reader", self.secrets.store_reader_password)
        )

    def synthetic(self) -> Program:
        """Make what sends a payment of nothing every minute, to see that the way to an alert is open."""
        return self._tillwatch("synthetic", stop_seconds=2.5)

    def sink(self) -> Program:
        """Make what brings every topic into ClickHouse."""
        return self._tillwatch(
            "sink", environment=self._clickhouse("writer", self.secrets.store_writer_password)
        )

    def collector(self) -> Program:
        """Make the HTTP door for payments."""
        port = self.settings.collector_port
        return self._tillwatch(
            "collector",
            environment={
                "TILLWATCH_COLLECTOR_PORT": str(port),
                "TILLWATCH_COLLECTOR_API_KEYS": f"{COLLECTOR_SOURCE}={self.secrets.collector_api_key}",
            },
            url=f"http://127.0.0.1:{port}/health",
            stop_seconds=2.5,
        )

    def simulator(self) -> Program:
        """Make the simulated retailer."""
        return self._tillwatch(
            "simulate",
            "--state-dir", str(self.layout.simulator.absolute()), "--speed", f"{self.settings.demo_speed:g}",
            "--history-days", str(self.settings.demo_history_days),
            environment={"TILLWATCH_CUE_SHEET": str(self.layout.cue_sheet.absolute())},
            stop_seconds=2.5,
        )  # fmt: skip

    def _clickhouse(self, user: str, password: str) -> dict[str, str]:
        return {
            "TILLWATCH_CLICKHOUSE_HOST": "127.0.0.1",
            "TILLWATCH_CLICKHOUSE_PORT": str(self.settings.clickhouse_port),
            "TILLWATCH_CLICKHOUSE_USER": user,
            "TILLWATCH_CLICKHOUSE_PASSWORD": password,
        }

    def _tillwatch(
        self,
        command: str,
        *arguments: str,
        environment: dict[str, str] | None = None,
        url: str | None = None,
        stop_seconds: float = 3.0,
    ) -> Program:
        shared = {
            "TILLWATCH_KAFKA_BOOTSTRAP_SERVERS": self.bootstrap_servers,
            "TILLWATCH_LEDGER_DIR": str(self.layout.ledgers.absolute()),
            "TILLWATCH_CLOCK_FILE": str(self.layout.clock.absolute()),
            # lines reach the log when they are written, not when a buffer is full
            "PYTHONUNBUFFERED": "1",
        }
        return Program(
            command,
            (sys.executable, "-m", "tillwatch", command, *arguments),
            environment=shared | (environment or {}),
            stop_seconds=stop_seconds,
            is_ready=at_once if url is None else answers_http(url),
        )
