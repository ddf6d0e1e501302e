"""The page `docs/metrics.md`: every metric, for people."""

from collections.abc import Iterable

from schemas.metrics import Metric

__all__ = ["metrics_page"]

HEAD = """# Metrics

This page is written by `make schemas` from `schemas/metrics.py`; do not edit it.

A worker, trainer, judge, sink, explainer or `tillwatch synthetic` serves these at `/metrics` in Prometheus'
text format once `TILLWATCH_HEALTH_PORT` is set, on 127.0.0.1 unless `TILLWATCH_HEALTH_HOST` says otherwise.
Every metric has the label `agent`: fraud, series, stock, broadcasts, trainer, judge, sink, explainer or
synthetic. Counters start at 0 with the process.
`/healthz` and `/readyz` are described in [reliability.md](reliability.md).
"""


def metrics_page(metrics: Iterable[Metric]) -> str:
    """Write the page."""
    rows = ["| metric | kind | unit | more labels | meaning | when to worry |", "|" + "---|" * 6]
    rows += [
        f"| `{metric.name}` | {metric.kind} | {metric.unit} | {', '.join(metric.labels)} | {metric.meaning} "
        f"| {metric.worry} |"
        for metric in metrics
    ]
    return "\n".join([HEAD, *rows]) + "\n"
