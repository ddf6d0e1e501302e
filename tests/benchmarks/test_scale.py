"""What a second worker brings is measured on scores that were all checked."""

import pytest

from benchmarks.process_cpu import Cost
from benchmarks.readiness import at_work
from benchmarks.scale import Scale, measure_scale, report_scale
from schemas.worker_status import WorkerStatus
from tests.support.events import MONDAY


def test_report_compares_medians() -> None:
    one = [Cost(40.0, 20_000, 100), Cost(44.0, 19_000, 100), Cost(90.0, 9_000, 100)]
    two = [Cost(46.2, 28_500, 100), Cost(46.2, 28_500, 100), Cost(20.0, 60_000, 100)]
    table, record = report_scale(Scale(200_000, {1: one, 2: two}))
    assert record == {"cpu_per_event_ratio": 1.05, "speedup": 1.5}
    assert "cores for the workers and the broker together" in table


def status(worker: str, state: str, *partitions: int, agent: str = "fraud") -> WorkerStatus:
    return WorkerStatus.model_validate(
        {
            "worker": worker, "agent": agent, "at": MONDAY, "state": state, "partitions": partitions,
            "events": 0, "repeats": 0, "refused": 0, "lag": 0, "oldest_unprocessed_seconds": 0,
        }
    )  # fmt: skip


def test_workers_are_at_work_once_each_has_a_share() -> None:
    alone = [status("a", "waiting"), status("a", "running", 0, 1)]
    assert at_work(alone, {"fraud": 1})
    assert not at_work(alone, {"fraud": 2})
    assert not at_work(alone, {"fraud": 1, "judge": 1})
    assert not at_work([*alone, status("b", "running", 1)], {"fraud": 2})  # both think they own 1
    assert not at_work([*alone, status("b", "restoring", 1)], {"fraud": 2})
    assert not at_work([*alone, status("b", "running")], {"fraud": 2})
    shared = [*alone, status("a", "running", 0), status("b", "running", 1)]
    assert at_work(shared, {"fraud": 2})


@pytest.mark.services
def test_small_run_checks_every_score() -> None:
    result = measure_scale(4_000, 1, lambda _: None, per_day=200)
    assert {workers: len(costs) for workers, costs in result.costs.items()} == {1: 1, 2: 1}
    assert set(report_scale(result)[1]) == {"cpu_per_event_ratio", "speedup"}
