"""Readings in Prometheus' text format."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import get_args

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from schemas.metrics import METRICS_EXPOSED, Metric, MetricName
from streams.watched import Phase, Reading, Watched

__all__ = ["exposition"]

Family = CounterMetricFamily | GaugeMetricFamily
Values = Mapping[MetricName, float | None]


def exposition(watched: Iterable[Watched]) -> bytes:
    """Write every declared metric of all agents; a value that is not known is left out."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Readings([one.reading() for one in watched]))
    return generate_latest(registry)


class _Readings(Collector):
    """Readings as the library wants them: families of samples."""

    def __init__(self, readings: Sequence[Reading]) -> None:
        self._readings = readings

    def collect(self) -> Iterator[Family]:
        values = [(reading, values_of(reading)) for reading in self._readings]
        for name, metric in METRICS_EXPOSED.items():
            family = family_of(metric)
            for reading, known in values:
                if name == "tillwatch_phase":
                    for phase in get_args(Phase):
                        family.add_metric([reading.agent, phase], float(reading.phase == phase))
                elif metric.labels:
                    for why, count in reading.odd.get(metric.name, {}).items():
                        family.add_metric([reading.agent, why], count)
                elif (value := known[metric.name]) is not None:
                    family.add_metric([reading.agent], value)
            yield family


def family_of(metric: Metric) -> Family:
    """Make the empty family of a metric."""
    kind = CounterMetricFamily if metric.kind == "counter" else GaugeMetricFamily
    return kind(metric.name, metric.meaning, labels=["agent", *metric.labels])


def values_of(reading: Reading) -> Values:
    """Name the values of a reading."""
    return {
        "tillwatch_events_total": reading.events,
        "tillwatch_repeats_total": reading.repeats,
        "tillwatch_refused_total": reading.refused,
        "tillwatch_lag_records": reading.lag,
        "tillwatch_oldest_unprocessed_seconds": reading.oldest_unprocessed_seconds,
        "tillwatch_latency_p50_seconds": reading.latency_p50_seconds,
        "tillwatch_latency_p99_seconds": reading.latency_p99_seconds,
        "tillwatch_partitions_owned": reading.partitions,
        "tillwatch_read_again_records": reading.read_again,
        "tillwatch_last_pass_seconds": reading.last_pass_seconds,
        "tillwatch_synthetic_score_seconds": reading.synthetic_score_seconds,
        "tillwatch_synthetic_answer_seconds": reading.synthetic_answer_seconds,
        "tillwatch_synthetic_silent_seconds": reading.synthetic_silent_seconds,
    }
