"""The embedded store as a process: killed, started twice, stopped."""

import signal
from pathlib import Path

import pytest

from sinks.connection import connect
from sinks.settings import ClickHouseSettings
from tests.support.forked import run
from tests.support.store_process import READER_PASSWORD, WRITER_PASSWORD, StoreProcess

pytestmark = pytest.mark.services


def test_rows_survive_a_kill_and_the_restart_is_quick(tmp_path: Path) -> None:
    store = StoreProcess(tmp_path / "data").start()
    client = connect(store.settings())
    client.command("CREATE TABLE kept (a Int64) ENGINE = MergeTree ORDER BY a")
    acknowledged = 0
    for round_ in range(3):
        for number in range(20):
            client.insert("kept", [[round_ * 100 + number]], column_names=["a"])
            acknowledged += 1
        store.kill()
        store.start()
        assert client.command("SELECT count() FROM kept") == acknowledged
    client.close()
    assert store.stop() == 0


def test_folder_serves_one_process_only(clickhouse: ClickHouseSettings, tmp_path: Path) -> None:
    store = StoreProcess(tmp_path / "data").start()
    environment = {
        "TILLWATCH_STORE_WRITER_PASSWORD": WRITER_PASSWORD,
        "TILLWATCH_STORE_READER_PASSWORD": READER_PASSWORD,
    }
    command = ["tillwatch", "store", "--data-dir"]
    second = run([*command, str(store.folder), "--port", "1"], environment)
    assert (second.returncode, second.stderr.count("\n")) == (1, 1)
    assert "served by another process" in second.stderr
    taken = run([*command, str(tmp_path / "other"), "--port", str(clickhouse.port)], environment)
    assert (taken.returncode, f"port {clickhouse.port} is taken" in taken.stderr) == (1, True)
    assert store.process is not None
    store.process.send_signal(signal.SIGINT)
    assert store.process.wait(10) == 0


def test_short_password_is_a_usage_error(tmp_path: Path) -> None:
    command = ["tillwatch", "store", "--data-dir", str(tmp_path)]
    refused = run(command, {"TILLWATCH_STORE_WRITER_PASSWORD": "short"})
    assert refused.returncode == 2
    assert "TILLWATCH_STORE_WRITER_PASSWORD, TILLWATCH_STORE_READER_PASSWORD" in refused.stderr
