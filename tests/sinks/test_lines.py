"""Records that ClickHouse takes apart become the rows that the sink would have made of them."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson
import pytest
from aiokafka import ConsumerRecord
from clickhouse_connect.driver.client import Client

import schemas
from schemas.score import Reason
from schemas.topics import CLICKS, SCORES, TRANSACTIONS, Topic
from schemas.transaction import Checks, Line
from sinks.connection import connect
from sinks.settings import ClickHouseSettings
from sinks.tables.registry import TABLES
from sinks.writer.batch import Batch, make_columns, make_lines, make_rows, make_written
from sinks.writer.inserter import Inserter
from sinks.writer.position import Position
from streams.dense_reader import DenseMark
from tests.support.events import click, payment
from tests.support.scores import score

EXAMPLES = Path(schemas.__file__).parent / "examples"
HOUR_AGO = datetime.now(UTC) - timedelta(hours=1)


def batch(values: Sequence[bytes | None], *, mark: DenseMark | None = None, topic: Topic = SCORES) -> Batch:
    records = [
        ConsumerRecord(
            topic=topic.name, partition=1, offset=place, timestamp=1_800_000_000_123 + place,
            timestamp_type=1, key=None, value=value, checksum=None, serialized_key_size=0,
            serialized_value_size=0, headers=(),
        )
        for place, value in enumerate(values)
    ]  # fmt: skip
    before = Position("generation:0", (0, 0), (mark, mark))
    return Batch(TABLES[topic.name], before, (-1, len(values) - 1), [[], records])


def written(value: object) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_NAIVE_UTC)


def strange() -> Iterator[bytes]:
    """What is odd and allowed: texts, times, numbers, and fields that older records lack."""
    for place, example in enumerate(sorted((EXAMPLES / "scores" / "accepted").iterdir())):
        record = orjson.loads(example.read_bytes())
        origin = record["origin"] | {"offset": place}
        record = {"origin": {n: origin[n] for n in ("generation", "topic", "partition", "offset")}} | record
        yield written(record | {"origin": {**record["origin"], "offset": place}})
    moment = HOUR_AGO.replace(microsecond=999_999)
    lines = (
        Line(sku="a", quantity=3, unit_price_minor=333, category='it\'s "this" \\ kind'),
        Line(sku="b", quantity=-1, unit_price_minor=50),
        Line(sku="c", quantity=2, unit_price_minor=10**11, category="dear"),
    )
    odd = payment(
        7, occurred_at=moment, customer_id='"\\\n😀\x07{},', card_id=None, store_id="s'\\'`\t", lines=lines
    )
    one = score(0, 100, paid=odd).model_copy(
        update={
            "score": 5e-324, "threshold": 1.0, "features": (1e300, -0.0, 1 / 3), "rules_hit": ("a", "b"),
            "reasons": (Reason(feature="f", value=1e-7, contribution=-2.5),), "control_rate": 0.1,
            "decided_by": "control", "rule_set": 3, "lists_hit": ("block:card",), "decision": "decline",
        }
    )  # fmt: skip
    yield one.model_dump_json().encode()
    fields = orjson.loads(score(0, 101).model_dump_json())
    for name in ("decided_by", "rules_hit", "control_rate", "schema_version"):
        fields.pop(name)
    yield written(fields | {"unknown_to_this_version": {"deep": [1]}})
    yield written(fields | {"payment": None, "disposition": "repeat", "received_at": None}).replace(
        b'"offset":101', b'"offset":102'
    )


def rows(client: Client) -> list[dict[str, object]]:
    found = client.query("SELECT * FROM scores ORDER BY origin_partition, origin_offset, origin_generation")
    return list(found.named_results())


@pytest.mark.services
def test_both_ways_make_the_same_rows(clickhouse: ClickHouseSettings) -> None:
    values = list(strange())
    with closing(connect(clickhouse)) as client:
        found = []
        for make in (make_lines, make_columns):
            some = batch(values)
            made = make(some)
            assert made is not None
            assert made.count == len(values)
            Inserter(clickhouse).insert(some, made)
            found.append((rows(client), made.after, made.gaps, made.repeats))
            client.command("TRUNCATE TABLE scores")
            client.command("TRUNCATE TABLE payments_minute")
        assert found[0] == found[1]
        assert len(found[0][0]) == len(values)


def from_outside(topic: Topic) -> Iterator[bytes]:
    """What is odd and allowed at the door, and how others spell it."""
    for example in sorted((EXAMPLES / topic.name / "accepted").iterdir()):
        yield example.read_bytes()
    text = '"\\\n😀\x07{},\x00'
    if topic is CLICKS:
        clicked = click(7, page=text, error=text, duration_ms=86_400_000)
        odd = clicked.model_copy(update={"seq": 2**63 - 1}).model_dump_json().encode()
    else:
        lines = [Line(sku=text, quantity=-10_000, unit_price_minor=10**12)]
        lines += [Line(sku="b", quantity=1, unit_price_minor=0)]
        odd = (
            payment(7, amount_minor=10**12, store_id=text, no_sale=True, lines=tuple(lines))
            .model_copy(update={"checks": Checks(address="match")})
            .model_dump_json()
            .encode()
        )
    yield odd
    fields = orjson.loads(odd)
    fields |= {"occurred_at": "2026-11-27T08:30:00.123999+05:30", "more": {"a": [1]}}
    fields["event_id"] = fields["event_id"].replace("-", "")
    spelled = orjson.dumps(fields).replace(b'":', b'" :\n\t')
    yield spelled
    yield spelled.replace(b'"source"', b'"source":"first","source"', 1)


@pytest.mark.services
@pytest.mark.parametrize("topic", [TRANSACTIONS, CLICKS], ids=lambda topic: topic.name)
def test_both_ways_make_the_same_rows_of_what_comes_from_outside(
    clickhouse: ClickHouseSettings, topic: Topic
) -> None:
    values = [*from_outside(topic), b"{}", None, b'{"a":']
    with closing(connect(clickhouse)) as client:
        found = []
        for make in (make_written, make_columns):
            some = batch(values, topic=topic)
            made = make(some)
            assert (made.count, made.refused, made.gaps) == (len(values) - 3, 2, 0)
            assert bool(made.lines) == (make is make_written)
            Inserter(clickhouse).insert(some, made)
            rows = client.query(f"SELECT * FROM {topic.name} ORDER BY kafka_offset")
            found.append((list(rows.named_results()), made.after, made.reason))
            for table in (topic.name, "arrivals_second", "clicks_minute", "click_parts"):
                client.command(f"TRUNCATE TABLE {table}")
        assert found[0] == found[1]
        assert len(found[0][0]) == len(values) - 3


@pytest.mark.services
def test_a_large_batch_by_lines_counts_once_however_often_it_is_sent(clickhouse: ClickHouseSettings) -> None:
    """As one block: of several, ClickHouse would drop all but the first, for they carry the same token."""
    value = score(0, 10).model_dump_json().encode()
    values = [value.replace(b'"offset":10}', b'"offset":%d}' % (1_000 + place)) for place in range(70_000)]
    with closing(connect(clickhouse)) as client:
        for _ in range(2):
            some = batch(values)
            Inserter(clickhouse).insert(some, make_rows(some))
        once = (70_000, 70_000)
        assert client.query("SELECT count(), uniqExact(origin_offset) FROM scores").result_rows == [once]
        assert client.query("SELECT sum(events), sum(orders) FROM payments_minute").result_rows == [once]
        client.command("TRUNCATE TABLE scores")


@pytest.mark.services
def test_what_clickhouse_cannot_read_is_decoded_here(clickhouse: ClickHouseSettings) -> None:
    good = [score(0, offset).model_dump_json().encode() for offset in range(10_000, 10_003)]
    bad = good[1].replace(b'"amount_minor":', b'"amount_minor":"much",')
    with closing(connect(clickhouse)) as client:
        some = batch([good[0], bad, good[2]])
        Inserter(clickhouse).insert(some, make_rows(some))
        assert [row["origin_offset"] for row in rows(client)] == [10_000, 10_002]


def test_records_that_look_otherwise_are_not_handed_on() -> None:
    good = [score(0, offset).model_dump_json().encode() for offset in range(3)]
    assert make_lines(batch(good)) is not None
    spaced = good[1].replace(b":", b": ", 1)
    for wrong in (b"{}", b"[]", spaced, good[1] + b" ", good[1].replace(b"scored", b"thrown", 1)):
        assert make_lines(batch([good[0], wrong])) is None
    refused = make_rows(batch([good[0], b"{}"]))
    assert (refused.count, refused.refused, refused.lines) == (1, 1, b"")


def test_repeats_are_dropped_and_gaps_counted_by_lines_too() -> None:
    values = [score(0, offset).model_dump_json().encode() for offset in (4, 5, 5, 6, 9)]
    made = make_lines(batch([*values[:2], None, *values[2:]], mark=DenseMark("topic-1:0", 4)))
    assert made is not None
    assert (made.count, made.repeats, made.gaps) == (3, 2, 2)
    assert made.lines.count(b"\n") == 3
    assert made.after.marks[0] == DenseMark("topic-1:0", 9)
    assert made.after.offsets == (0, 6)
