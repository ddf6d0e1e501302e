"""`tillwatch demo` where it cannot start; that it runs is shown end to end."""

import os
import socket
import subprocess
from pathlib import Path

import pytest

from schemas.errors import Stop
from tests.support.forked import run
from tillwatch.stack.broker import Broker
from tillwatch.stack.layout import Layout
from tillwatch.stack.ports import free_port


def demo(folder: Path, *arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    ports = {
        f"TILLWATCH_{name}_PORT": str(free_port())
        for name in ("KAFKA", "KAFKA_CONTROLLER", "CLICKHOUSE", "CONSOLE", "COLLECTOR")
    }
    variables = {**os.environ, "TILLWATCH_VAR": str(folder), **ports, **environment}
    return run(["tillwatch", "demo", *arguments], variables)


def test_taken_port_is_one_line_before_anything_starts(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        refused = demo(tmp_path, TILLWATCH_CONSOLE_PORT=port)
    assert refused.returncode == 1
    assert f"Port {port}, wanted by the console, is taken" in refused.stderr
    assert "set TILLWATCH_CONSOLE_PORT to another port" in refused.stderr
    assert len(refused.stderr.splitlines()) == 1
    assert not list((tmp_path / "log").glob("store.log"))


def test_second_demo_on_the_same_folder_is_refused(tmp_path: Path) -> None:
    with Layout(tmp_path).locked():
        refused = demo(tmp_path)
    assert refused.returncode == 1
    assert f"Another local stack runs on {tmp_path}" in refused.stderr


def test_fresh_start_never_empties_a_cluster_of_the_user(tmp_path: Path) -> None:
    kept = tmp_path / "ledgers"
    kept.mkdir()
    refused = demo(tmp_path, "--fresh", TILLWATCH_KAFKA_BOOTSTRAP_SERVERS="127.0.0.1:1")
    assert refused.returncode == 2
    assert "run `tillwatch topics delete` first" in refused.stderr
    assert kept.exists()


def test_setting_that_is_no_port_is_named(tmp_path: Path) -> None:
    refused = demo(tmp_path, TILLWATCH_KAFKA_PORT="many")
    assert refused.returncode == 2
    assert refused.stderr.startswith("setting TILLWATCH_KAFKA_PORT: ")


@pytest.mark.services
def test_taken_port_of_kafka_names_its_setting(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        broker = Broker(tmp_path, taken.getsockname()[1], free_port())
        with pytest.raises(Stop, match=r"wanted by Kafka, is taken .* set TILLWATCH_KAFKA_PORT"):
            broker.prepare()
