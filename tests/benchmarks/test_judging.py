"""What the judge's benchmark works through is what the stream would bring, and nothing is left out."""

import pytest

from benchmarks.errors import BenchmarkError
from benchmarks.judge_rounds import JudgeInput, judge_input
from benchmarks.judging import measure_judging, report_judging
from schemas.arrival_partial import ArrivalPartial
from schemas.metric_partial import MetricPartial
from schemas.score import Score
from schemas.topics import ARRIVALS, METRICS, SCORES, Topic


@pytest.fixture(scope="module")
def given() -> JudgeInput:
    return judge_input(960)


def records(given: JudgeInput, topic: Topic) -> list[bytes]:
    return [value for some in given.rounds for one in some if one.topic is topic for value in one.values]


def test_every_payment_is_scored_and_counted(given: JudgeInput) -> None:
    scores = [Score.model_validate_json(value) for value in records(given, SCORES)]
    assert len({one.payment.event_id for one in scores if one.payment is not None}) == 960
    assert {one.model_version for one in scores} == {given.model.version}
    arrived: dict[str, int] = {}
    for value in records(given, ARRIVALS):
        partial = ArrivalPartial.model_validate_json(value)
        arrived[partial.key] = max(partial.arrived, arrived.get(partial.key, 0))
    assert sum(arrived.values()) == 960
    counts: dict[str, int] = {}
    for value in records(given, METRICS):
        figure = MetricPartial.model_validate_json(value)
        if figure.series in ("orders", "declined"):
            counts[figure.key] = max(figure.count, counts.get(figure.key, 0))
    assert sum(counts.values()) == 960


def test_every_tester_is_found_and_every_step_has_its_cost() -> None:
    result = measure_judging(960, 1, lambda _: None)
    assert result.alerts >= 9
    table, record = report_judging(result)
    parts = ("scores_us", "metrics_us", "arrivals_us", "due_us")
    assert record["all_us"] == pytest.approx(sum(record[part] or 0.0 for part in parts), abs=0.05)
    assert 0 < (record["validation_us"] or 0.0) < (record["all_us"] or 0.0)
    assert "960 payments" in table


def test_a_judge_that_finds_nothing_is_no_measurement(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("benchmarks.judging.ALERT_EVERY", 1)
    with pytest.raises(BenchmarkError, match="alerts for 960 who test cards"):
        measure_judging(960, 1, lambda _: None)
