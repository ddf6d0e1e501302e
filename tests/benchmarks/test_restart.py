"""The report of a restart says what the log line of the snapshot says."""

from benchmarks.restart import Restart, report_restart


def test_the_report_gives_both_starts_and_the_snapshot() -> None:
    written = {"state_bytes": 46_800_000, "seconds": 3.312, "stood_still_ms": 9.5}
    table, record = report_restart(Restart(40_000, 142_172, 11.587, 8.224, written))
    assert record == {
        "seconds": 8.22,
        "log_seconds": 11.59,
        "records": 142_172,
        "state_bytes": 46_800_000,
        "written_seconds": 3.312,
        "stood_still_ms": 9.5,
    }
    assert "46.8 MB" in table
