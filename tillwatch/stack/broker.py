"""A real Apache Kafka on this machine: one node, KRaft mode, from Maven's jars."""

import subprocess
import time
import uuid
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from string import Template

from producers.administration import is_answering
from schemas.errors import Stop
from schemas.topics import BROKER_MAX_BYTES
from tillwatch.stack.jars import DEPLOY, JARS, fetch_jars, find_java
from tillwatch.stack.parent_death import dying_with_parent
from tillwatch.stack.ports import free_port, require_free_port

__all__ = ["Broker", "running_broker"]

START_SECONDS = 60.0
"""Measured: 3 s on an idle machine; a loaded CI machine may take ten times as long."""

LOADED_CLASSES = JARS / "loaded-classes.jsa"
"""What the first formatting has loaded, as Java keeps it: a start takes 2.8 s of CPU instead of 4, the next
formatting .9 instead of 1.3. Java passes over one that is missing or does not fit."""


@dataclass(frozen=True)
class Broker:
    """Where a broker keeps its data and which ports it listens on (127.0.0.1 only).

    Parameters
    ----------
    folder
        Its configuration and log segments; made if missing.
    port, controller_port
        For clients, and for the broker's own controller.
    heap_megabytes
        Measured at 512: 365 MB resident.
    pid
        Of the process, where `running_broker` started one; 0 otherwise.

    """

    folder: Path
    port: int
    controller_port: int
    heap_megabytes: int = 512
    pid: int = 0

    @property
    def bootstrap_servers(self) -> str:
        """What clients connect to."""
        return f"127.0.0.1:{self.port}"

    def prepare(self, *, announce: Callable[[str], None] = lambda _: None) -> list[str]:
        """Fetch the jars, write the configuration, format the storage once; return the start command.

        Raises
        ------
        Stop
            Java or Maven is missing, a port is taken, or the storage cannot be formatted.

        """
        java = find_java()
        fetch_jars(announce=announce)
        require_free_port(self.port, program="Kafka", setting="TILLWATCH_KAFKA_PORT")
        require_free_port(
            self.controller_port, program="Kafka's controller", setting="TILLWATCH_KAFKA_CONTROLLER_PORT"
        )
        configuration = self._write_configuration()
        self._format_storage(java, configuration)
        return [*self._java_command(java), "kafka.Kafka", str(configuration)]

    def _java_command(self, java: str, *options: str) -> list[str]:
        # Kafka's own flags for its collector; brief pauses matter to latency, not to throughput. Only the
        # quick compiler: a start takes 4 s of CPU instead of 7, and demos' and tests' start often. At
        # 2,000 payments a second the broker costs as much, and waits are as long, with either.
        return [
            java, f"-Xmx{self.heap_megabytes}m", "-Xms128m", "-XX:+UseG1GC", "-XX:MaxGCPauseMillis=20",
            "-XX:TieredStopAtLevel=1", "-XX:+ExitOnOutOfMemoryError", "-Djava.awt.headless=true",
            *(options or [f"-XX:SharedArchiveFile={LOADED_CLASSES}"]),
            f"-Dlog4j2.configurationFile={DEPLOY / 'log4j2.properties'}", "-cp", f"{JARS}/*",
        ]  # fmt: skip

    def _write_configuration(self) -> Path:
        self.folder.mkdir(parents=True, exist_ok=True)
        text = Template((DEPLOY / "server.properties").read_text()).substitute(
            port=self.port,
            controller_port=self.controller_port,
            log_dir=self.folder / "log",
            max_bytes=BROKER_MAX_BYTES,
        )
        configuration = self.folder / "server.properties"
        configuration.write_text(text)
        return configuration

    def _format_storage(self, java: str, configuration: Path) -> None:
        if (self.folder / "log" / "meta.properties").exists():
            return
        cluster_id = urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
        beside = LOADED_CLASSES.with_name(f"{LOADED_CLASSES.name}-{cluster_id}")
        options = [] if LOADED_CLASSES.exists() else [f"-XX:ArchiveClassesAtExit={beside}"]
        # in one argument: an id may begin with a dash
        tool = ["kafka.tools.StorageTool", "format", f"--cluster-id={cluster_id}", "-c", str(configuration)]
        outcome = subprocess.run(
            [*self._java_command(java, *options), *tool],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
        )  # fmt: skip
        if outcome.returncode != 0:
            raise Stop(f"Kafka's storage in {self.folder} could not be formatted: {outcome.stdout[-500:]}")
        if beside.exists():
            beside.rename(LOADED_CLASSES)  # whole or not at all: others may be starting


@contextmanager
def running_broker(folder: Path, *, announce: Callable[[str], None] = lambda _: None) -> Iterator[Broker]:
    """Run a broker on free ports while the block lasts; for tests and benchmarks.

    Raises
    ------
    Stop
        It ended or did not answer in time; the message shows the end of its log.

    """
    broker = Broker(folder, free_port(), free_port())
    command = broker.prepare(announce=announce)
    log = folder / "kafka.log"
    with log.open("wb") as output:
        process = subprocess.Popen(dying_with_parent(command), stdout=output, stderr=output)
        try:
            _await_answer(broker, process, log)
            yield replace(broker, pid=process.pid)
        finally:
            process.terminate()
            try:
                process.wait(timeout=5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _await_answer(broker: Broker, process: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not is_answering(broker.bootstrap_servers):
        if process.poll() is not None or time.monotonic() > deadline:
            raise Stop(f"Kafka did not start; the end of its log {log}:\n{log.read_text()[-2000:]}")
        time.sleep(0.1)
