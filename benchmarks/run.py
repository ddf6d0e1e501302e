"""What a result needs to be believed: the code, the machine, the versions."""

import os
import platform
import subprocess
from importlib.metadata import version
from pathlib import Path

__all__ = ["describe_run"]


def describe_run(*packages: str) -> str:
    """Name commit, hardware and versions in one line."""
    commit = subprocess.run(
        ["git", "describe", "--always", "--dirty"],
        cwd=Path(__file__).parent,
        capture_output=True,
        text=True,
        check=False,
    ).stdout.strip()
    versions = ", ".join(f"{package} {version(package)}" for package in packages)
    return (
        f"commit {commit or 'unknown'} · {os.cpu_count()} cores, {processor()} · "
        f"Python {platform.python_version()}, {versions}"
    )


def processor() -> str:
    """Name the processor."""
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        for line in cpuinfo.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
