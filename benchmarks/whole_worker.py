"""A whole process of agents as an operator starts it, asked through its health page and the kernel."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from benchmarks.errors import BenchmarkError
from tillwatch.stack.ports import free_port

__all__ = ["Worker", "working"]

SAMPLE_SECONDS = 0.1
STALLED_SECONDS = 120.0


class Worker:
    """A process of agents, asked through its own health page and the kernel."""

    def __init__(self, process: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
        self._process = process
        self._address = f"http://127.0.0.1:{port}"
        self._log = log
        self.began = time.monotonic()
        """When the process was started."""

    @property
    def said(self) -> str:
        """All it has logged so far."""
        return self._log.read_text(errors="replace")

    def peak_bytes(self) -> int:
        """Resident memory, the most since the process started."""
        status = Path(f"/proc/{self._process.pid}/status").read_text()
        (line,) = [line for line in status.splitlines() if line.startswith("VmHWM:")]
        return int(line.split()[1]) * 1_024

    def ready(self) -> bool:
        """Whether all agents own their partitions."""
        try:
            with urlopen(f"{self._address}/readyz", timeout=5) as answer:  # noqa: S310  # our own address
                return bool(answer.status == 200)
        except (URLError, OSError):
            return False

    def lag(self) -> int:
        """Count the records that wait, of all agents."""
        with urlopen(f"{self._address}/metrics", timeout=30) as answer:  # noqa: S310  # our own address
            lines = answer.read().decode().splitlines()
        lags = [line.split()[-1] for line in lines if line.startswith("tillwatch_lag_records{")]
        return round(sum(map(float, lags)))

    def wait_until(self, look: Callable[[], object], wanted: object, announce: Callable[[str], None]) -> None:
        """Wait until something looks as wanted, as long as it moves."""
        seen: object = None
        changed = time.monotonic()
        while (now := look()) != wanted:
            if now != seen:
                seen, changed = now, time.monotonic()
                announce(f"{now}, {self.peak_bytes() / 1e6:.0f} MB at most")
            if self._process.poll() is not None or time.monotonic() - changed > STALLED_SECONDS:
                end = self._log.read_text(errors="replace")[-1500:]
                raise BenchmarkError(f"the process ended or stands still at {now}: {end}")
            time.sleep(SAMPLE_SECONDS)


@contextmanager
def working(server: str, log: Path, command: str = "worker", **more: str) -> Iterator[Worker]:
    """Run a whole worker, or another command, while the block lasts, from when it owns its partitions."""
    port = free_port()
    environment = {
        **os.environ,
        "TILLWATCH_KAFKA_BOOTSTRAP_SERVERS": server,
        "TILLWATCH_HEALTH_PORT": str(port),
        **more,
    }
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "tillwatch", command], stdout=output, stderr=output, env=environment
        )
    worker = Worker(process, port, log)
    try:
        worker.wait_until(worker.ready, True, lambda _: None)
        yield worker
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
