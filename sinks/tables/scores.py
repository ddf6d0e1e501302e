"""The table of scores: one row per payment event, whatever happened to it."""

import re
from collections.abc import Sequence
from operator import attrgetter
from types import SimpleNamespace
from uuid import UUID

from detectors.series.goods import Goods, goods_of
from schemas.score import Score
from schemas.topics import SCORES
from sinks.tables.lines import Lines
from sinks.tables.table import EPOCH, Columns, Table, milliseconds, optional_milliseconds, plain

__all__ = ["SCORES_TABLE"]

TEXTS = ("source", "payment_id", "status", "currency", "channel", "payment_method", "terminal_id", "store_id")
PLAIN_OF_PAYMENT = (
    "event_id", *TEXTS, "amount_minor", "reporting_minor", "customer_id", "card_id", "device", "bin_country",
    "decline_reason",
)  # fmt: skip
PLAIN = (
    "disposition", "score", "threshold", "decision", "feature_set", "features", "model_version", "decided_by",
    "rule_set", "rules_hit", "rules_failed", "lists_hit", "control_rate", "schema_version",
)  # fmt: skip
ORIGIN = ("generation", "topic", "partition", "offset")
REASON = ("feature", "value", "contribution")
FIELDS = frozenset(
    {"origin", "scored_at", "received_at", "reasons", "payment.occurred_at", *PLAIN}
    | {f"payment.{name}" for name in (*PLAIN_OF_PAYMENT, "lines")}
)
# Stands for the payment that a repeat or a refused record does not have; 1970 says that it is none.
NO_PAYMENT = SimpleNamespace(
    **{
        **dict.fromkeys(PLAIN_OF_PAYMENT),
        **dict.fromkeys(TEXTS, ""),
        "event_id": UUID(int=0),
        "occurred_at": EPOCH,
        "amount_minor": 0,
        "lines": (),
    }
)


def columns(events: Sequence[Score]) -> Columns:
    """Turn a batch into the columns of the table."""
    payments = [event.payment or NO_PAYMENT for event in events]
    origins = plain([event.origin for event in events], ORIGIN)
    reasons = [event.reasons for event in events]
    return {
        **{f"origin_{name}": column for name, column in origins.items()},
        "scored_at": [milliseconds(event.scored_at) for event in events],
        "received_at": [optional_milliseconds(event.received_at) for event in events],
        "occurred_at": [milliseconds(payment.occurred_at) for payment in payments],
        **plain(payments, PLAIN_OF_PAYMENT),
        **columns_of_goods([goods_of(payment) for payment in payments]),
        **{f"reasons_{name}": [list(map(attrgetter(name), some)) for some in reasons] for name in REASON},
        **plain(events, PLAIN),
    }


def columns_of_goods(goods: Sequence[Sequence[Goods]]) -> Columns:
    """Turn the goods of payments into columns."""
    return {
        f"goods_{name}": [[line[place] for line in lines] for lines in goods]
        for place, name in enumerate(("category", "pieces", "minor"))
    }


def origin_of(score: Score) -> tuple[str, int, int]:
    """Say which payment it is of."""
    origin = score.origin
    return origin.generation, origin.partition, origin.offset


NUMBERS = {"score": "Float64", "threshold": "Float64", "control_rate": "Float64", "rule_set": "UInt32"}
SETS = ("rules_hit", "rules_failed", "lists_hit")
OPTIONAL_OF_PAYMENT = ("customer_id", "card_id", "device", "bin_country", "decline_reason")
PAYMENT = ", ".join(
    [
        "event_id UUID, occurred_at DateTime64(3, 'UTC')",
        "amount_minor Int64, reporting_minor Nullable(Int64)",
        *(f"{name} String" for name in TEXTS),
        *(f"{name} Nullable(String)" for name in OPTIONAL_OF_PAYMENT),
        "lines Array(Tuple(category String, quantity Int32, unit_price_minor Int64))",
    ]
)
GOODS = "arrayMap(line -> {}, arrayFilter(line -> line.category != '', payment.lines))"
RATE = "ifNull(payment.reporting_minor / nullIf(payment.amount_minor, 0), 0)"
SCORE_LINES = Lines(
    begin=re.compile(
        rb'\{"origin":\{"generation":"([^"\\]{1,200})","topic":"[^"\\]{1,200}","partition":(\d{1,5}),'
        rb'"offset":(\d{1,18})\},"disposition":"(?:scored|followed|repeat|refused|synthetic)","scored_at":"'
    ),
    structure=", ".join(
        [
            "origin Tuple(generation String, topic String, partition UInt16, offset UInt64)",
            "disposition String, scored_at DateTime64(3, 'UTC'), received_at Nullable(DateTime64(3, 'UTC'))",
            f"payment Tuple({PAYMENT})",
            "reasons Array(Tuple(feature String, value Float64, contribution Float64))",
            "features Array(Float64), decided_by String, schema_version UInt8",
            "decision Nullable(String), feature_set Nullable(String), model_version Nullable(String)",
            *(f"{name} Nullable({kind})" for name, kind in NUMBERS.items()),
            *(f"{name} Array(String)" for name in SETS),
        ]
    ),
    columns={
        **{f"origin_{name}": f"origin.{name}" for name in ORIGIN},
        **{name: name for name in ("scored_at", "received_at")},
        "occurred_at": "payment.occurred_at",
        **{name: f"payment.{name}" for name in PLAIN_OF_PAYMENT},
        **{f"reasons_{name}": f"reasons.{name}" for name in REASON},
        "goods_category": GOODS.format("line.category"),
        "goods_pieces": GOODS.format("line.quantity"),
        "goods_minor": GOODS.format(f"toInt64(round(line.quantity * line.unit_price_minor * {RATE}))"),
        **{name: name for name in PLAIN},
        # older records lack them
        "decided_by": "if(decided_by = '', 'model', decided_by)",
        "schema_version": "if(schema_version = 0, 1, schema_version)",
    },
)

SCORES_TABLE = Table(
    SCORES,
    columns,
    urgent=True,
    fields=FIELDS,
    origin_of=origin_of,
    append_time="appended_at",
    lines=SCORE_LINES,
)
