"""What each benchmark has to reach: the bar, and what we aim at."""

from collections.abc import Mapping
from typing import NamedTuple

__all__ = ["BARS", "Bar"]

Record = Mapping[str, float | None]


class Bar(NamedTuple):
    """A figure of a benchmark and the bar for it.

    Parameters
    ----------
    benchmark
        Its name on the command line.
    what
        For people, with the unit.
    key
        Of the benchmark's record.
    limit, aim
        The worst value that passes, and the one we aim at; None where there is none.
    over
        Another key of the record: the figure is `key` as a share of it.
    higher_is_better
        Whether the limit is a lower one.

    """

    benchmark: str
    what: str
    key: str
    limit: float | None
    aim: float | None = None
    over: str | None = None
    higher_is_better: bool = False

    def measured(self, record: Record) -> float | None:
        """Take the figure from a record; None where the benchmark does not give it."""
        value = record.get(self.key)
        if self.over is None or value is None:
            return value
        whole = record.get(self.over)
        return value / whole if whole else None

    def passes(self, value: float) -> bool | None:
        """Say whether a value reaches the bar; None without one."""
        if self.limit is None:
            return None
        return value >= self.limit if self.higher_is_better else value <= self.limit


BARS = (
    Bar("fraud", "average precision", "ap", 0.755, 0.77, higher_is_better=True),
    Bar("nab", "NAB standard, threshold as shipped", "standard", 74.0, 80.0, higher_is_better=True),
    Bar("nab", "NAB standard, best threshold", "standard_best", None, higher_is_better=True),
    Bar("nab", "CPU µs a value", "us_per_event", 1.0, 0.5),
    Bar("series", "the best detector, CPU µs a point", "records_us", 7.0, 3.0),
    Bar("series", "the cheapest detector, CPU µs a point", "seasonal_us", 1.0, 0.5),
    Bar("series", "share of a core for 20,000 live series", "judge_core", 1.0),
    Bar("forecast", "error as a share of that of a week ago", "error_to_naive", None),
    Bar("forecast", "truths in the band of 80 %, off by", "off_80", 0.03),
    Bar("forecast", "truths in the band of 95 %, off by", "off_95", 0.02),
    Bar("causes", "planted cause in first place", "root_cause_first", 0.85, 0.95, higher_is_better=True),
    Bar("causes", "cause named where there is none", "accused_innocent", None),
    Bar("store-drop", "median delay of a fall by 30 %, min", "median_delay_minutes", 10.0, 5.0),
    Bar("store-drop", "share of these falls found", "found", None, higher_is_better=True),
    Bar("incidents", "share found", "found", 0.9, 0.97, higher_is_better=True),
    Bar("incidents", "false alerts a day, 40 stores", "false_alerts_per_day", 1.0, 0.3),
    Bar("incidents", "median delay, min", "median_delay_minutes", None),
    Bar("incidents", "root cause in first place", "root_cause_first", 0.85, 0.95, higher_is_better=True),
    Bar("incidents", "silence taken for fallen sales", "silent_as_fallen", 0.0),
    Bar("throughput", "full fraud path, CPU µs a payment", "us_per_event", 25.0, 15.0),
    Bar("throughput", "share of stock Faust's CPU", "us_per_event", 0.1, over="stock_faust_us"),
    Bar("throughput", "share of quixstreams' CPU", "us_per_event", 2 / 3, over="quixstreams_us"),
    Bar("throughput", "source and emit over bare aiokafka", "source_and_emit_ratio", 2.5, 1.5),
    Bar("latency", "produce to score p50, ms", "score_p50_ms", 15.0),
    Bar("latency", "produce to score p99, ms", "score_p99_ms", 40.0),
    Bar("latency", "produce to score p99.9, ms", "score_p999_ms", 100.0),
    Bar("latency", "p99 over Kafka's round trip", "score_p99_ms", None, 2.0, over="kafka_round_trip_p99_ms"),
    Bar("latency", "produce to alert p99, ms", "alert_p99_ms", 80.0, 50.0),
    Bar("scale", "second worker, CPU a payment", "cpu_per_event_ratio", 1.15, 1.05),
    Bar("scale", "second worker, speed-up", "speedup", None, higher_is_better=True),
    Bar("restore", "1 million customers + 5 min of log, s", "seconds", 15.0, 8.0),
    Bar("chaos", "lost", "lost", 0.0),
    Bar("chaos", "doubled", "doubled", 0.0),
    Bar("chaos", "wrong sums and others", "wrong", 0.0),
    Bar("chaos", "raw duplicates, else nothing is shown", "raw_duplicates", 1.0, higher_is_better=True),
    Bar("sink", "rows per CPU second", "rows_per_cpu_second", 80_000.0, 200_000.0, higher_is_better=True),
    Bar("sink", "CPU of the store beside it, s", "store_cpu_seconds", None),
    Bar("queries", "slowest, ms", "slowest_ms", 50.0),
    Bar("queries", "that read > 15 min of single events", "raw_scans", 0.0),
    Bar("viewers", "picture to 200 viewers p95, ms", "arrival_p95_ms", 200.0),
    Bar("pages", "Kafka to the page p95, ms", "visible_p95_ms", 2_000.0),
    Bar("pages", "first chart, slowest page's median, ms", "first_chart_ms", 500.0),
    Bar("viewers", "questions over those of one", "queries_per_second", 1.1, over="queries_per_second_alone"),
)
"""In the order of the table. Of a benchmark that is not named here every figure is shown, without a bar."""
