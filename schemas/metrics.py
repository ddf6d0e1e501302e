"""Every metric that a process exposes: the one place where its name is spelled."""

from typing import Literal, NamedTuple

__all__ = ["METRICS_EXPOSED", "Metric", "MetricName", "OddGoods", "OddLabel", "OddPayment", "OddScore"]

MetricName = Literal[
    "tillwatch_events_total",
    "tillwatch_repeats_total",
    "tillwatch_refused_total",
    "tillwatch_lag_records",
    "tillwatch_oldest_unprocessed_seconds",
    "tillwatch_latency_p50_seconds",
    "tillwatch_latency_p99_seconds",
    "tillwatch_partitions_owned",
    "tillwatch_read_again_records",
    "tillwatch_phase",
    "tillwatch_last_pass_seconds",
    "tillwatch_odd_goods_total",
    "tillwatch_odd_labels_total",
    "tillwatch_odd_payments_total",
    "tillwatch_odd_scores_total",
    "tillwatch_synthetic_score_seconds",
    "tillwatch_synthetic_answer_seconds",
    "tillwatch_synthetic_silent_seconds",
]

OddGoods = Literal["too_many_categories"]
"""Why a line of a receipt is not counted among the goods; `detectors.series.goods` says more."""

OddLabel = Literal["late", "early", "unknown", "repeated", "contradictory"]
"""What may be wrong with a label; `detectors.fraud.joining` says what becomes of it."""

OddPayment = Literal[
    "nobody", "unknown_customer", "unknown_terminal", "late", "absurd_amount", "reserved_source"
]
"""What may be odd about a payment; `detectors.fraud.detector` says what becomes of it."""

OddScore = Literal["other_features", "not_finite", "absurd_amount"]
"""Why a score record is nothing to learn from; `detectors.fraud.online` says more."""


class Metric(NamedTuple):
    """What a metric is and when to worry.

    Parameters
    ----------
    name
        As in Prometheus; its ending says the unit.
    kind
        A counter starts at 0 with its process and never falls.
    unit
        Of its value.
    meaning, worry
        For people.
    labels
        Beside `agent`, which all have.

    """

    name: MetricName
    kind: Literal["counter", "gauge"]
    unit: str
    meaning: str
    worry: str
    labels: tuple[str, ...] = ()


METRICS_EXPOSED: dict[str, Metric] = {
    metric.name: metric
    for metric in (
        Metric(
            "tillwatch_events_total", "counter", "records",
            "Records processed and acknowledged; restored ones do not count. The sink's are rows written, "
            "the explainer's alerts explained.",
            "It stands still while `tillwatch_lag_records` grows.",
        ),
        Metric(
            "tillwatch_repeats_total", "counter", "records",
            "Records dropped because their source, or a predecessor of the writer, had sent them before.",
            "It grows for long: a source sends everything twice.",
        ),
        Metric(
            "tillwatch_refused_total", "counter", "records",
            "Records that were set aside, see the topic `dead-letters`. Of the agent `broadcasts`: labels, "
            "models and decisions that this process cannot use; of the explainer: alerts that it cannot "
            "read.",
            "It grows at all; past TILLWATCH_MAX_REFUSED_RATIO the process stops.",
        ),
        Metric(
            "tillwatch_lag_records", "gauge", "records",
            "Records that wait in the partitions that this process owns, as the last fetch told. Of the "
            "explainer also alerts that it has read and not explained.",
            "It grows for minutes: start another worker, or look why this one is slow.",
        ),
        Metric(
            "tillwatch_oldest_unprocessed_seconds", "gauge", "seconds",
            "Age of the oldest record that waits, bounded from above; 0 if none waits. Not of "
            "sink and explainer.",
            "Above 5 s while live: alerts come that much later.",
        ),
        Metric(
            "tillwatch_latency_p50_seconds", "gauge", "seconds",
            "From Kafka's append of a record to its acknowledged output, median of the last second in which "
            "there were any. Not of sink and explainer.",
            "Above .1 s while there is no lag.",
        ),
        Metric(
            "tillwatch_latency_p99_seconds", "gauge", "seconds",
            "The same, one in a hundred.",
            "Above .5 s while there is no lag: the machine is starved, or Kafka is slow.",
        ),
        Metric(
            "tillwatch_partitions_owned", "gauge", "partitions",
            "Partitions that this process owns now.",
            "The sum over all processes of an agent is less than its topics have.",
        ),
        Metric(
            "tillwatch_read_again_records", "gauge", "records",
            "Records since the newest snapshots of the state: whoever takes over reads them again. Of agents "
            "with snapshots: fraud, series, stock and judge.",
            "It grows for longer than a few times TILLWATCH_SNAPSHOT_SECONDS: no snapshot is written, and "
            "the log says why.",
        ),
        Metric(
            "tillwatch_phase", "gauge", "1 or 0",
            "1 for the phase the agent is in: waiting for partitions, restoring their state, or running.",
            "Waiting or restoring for more than a minute.",
            ("phase",),
        ),
        Metric(
            "tillwatch_last_pass_seconds", "gauge", "seconds",
            "Since the loop that reads, processes, writes and commits last came round.",
            "Above 10 s: Kafka, or for sink and explainer ClickHouse, does not answer. `/healthz` reports it "
            "later.",
        ),
        Metric(
            "tillwatch_odd_goods_total", "counter", "lines or partials",
            "Of the series agent lines of receipts, of the judge figures of minutes; after a restart those "
            "that are read again too. Not counted by category: too_many_categories, 200 others were sold in "
            "two days, or for the judge in eight.",
            "It grows at all: a till makes up categories, or sends articles in their place.",
            ("why",),
        ),
        Metric(
            "tillwatch_odd_labels_total", "counter", "labels",
            "Of the trainer; a restart goes on from its snapshot. Nothing is learnt from: late, "
            "its payment is older than 60 days; early, known before its payment was made; unknown, no such "
            "payment within 60 days; repeated, says again what is known. contradictory, another verdict than "
            "before: the last one known counts, unless the first was learnt by then.",
            "early or unknown grow: a clock or the ids of whoever sends labels are wrong. late grows: labels "
            "come after more than 60 days. The others are usual where people answer before complaints come.",
            ("why",),
        ),
        Metric(
            "tillwatch_odd_payments_total", "counter", "payments",
            "Of the worker, after a restart those that are read again too. All are scored, by what is usual "
            "for everybody: nobody, neither customer nor card is named; unknown_customer, the first payment "
            "of one; unknown_terminal, no label of the last 30 days is known of it; late, more than two days "
            "behind the others and not remembered; absurd_amount, above a million units of its currency "
            "and not remembered; reserved_source, it carries the id of synthetic payments and is none.",
            "reserved_source grows at all: somebody sends under that id. "
            "Any of them grows faster than usual: ids are wrong or have changed, a clock is behind, or "
            "amounts have another unit.",
            ("why",),
        ),
        Metric(
            "tillwatch_odd_scores_total", "counter", "scores",
            "Of the trainer; a restart goes on from its snapshot. Nothing is learnt from: "
            "other_features, it was made with another feature set than this program's; not_finite, a feature "
            "is no finite number; absurd_amount, above a million units of its currency.",
            "other_features grows for longer than an upgrade takes: workers of another version are running. "
            "not_finite grows at all: whoever writes `scores` is broken.",
            ("why",),
        ),
        Metric(
            "tillwatch_synthetic_score_seconds", "gauge", "seconds",
            "Of the last synthetic payment that came through, from sending it to its score, by the clocks of "
            "two machines. Only of `tillwatch synthetic`, as the next two.",
            "Above 1 s while there is no lag.",
        ),
        Metric(
            "tillwatch_synthetic_answer_seconds", "gauge", "seconds",
            "The same, from sending it to reading the judge's answer, by one clock.",
            "Above 2 s while there is no lag: alerts come that much later.",
        ),
        Metric(
            "tillwatch_synthetic_silent_seconds", "gauge", "seconds",
            "Since a synthetic payment last came through; before the first, since the process started.",
            "Above 180: payments do not become alerts, whatever else is green. So too if it is gone.",
        ),
    )
}  # fmt: skip
"""By name; each name of `MetricName` once."""
