"""A resend makes no second row, wherever the sink is cut off and whoever goes on."""

from collections import defaultdict
from collections.abc import Collection
from contextlib import suppress
from datetime import timedelta
from typing import NamedTuple

from aiokafka import ConsumerRecord
from hypothesis import given
from hypothesis import strategies as st

from schemas.click import Click
from schemas.topics import CLICKS
from sinks.errors import StoreAbsent
from sinks.tables.registry import TABLES
from sinks.writer.batch import Batch, make_columns, make_rows
from sinks.writer.numbers_written import NumbersFound, NumbersWritten, Ranges
from sinks.writer.owned_topic import OwnedTopic
from sinks.writer.position import Position
from tests.support.events import MONDAY, click

PARTITIONS = 2
Row = tuple[str, int, int]
"""Source, number, and the offset; partition and hour follow from the number."""


def sent(source: str, seq: int) -> Click:
    """Make the click of a number: of any of four hours, in no order."""
    return click(seq, source=source).model_copy(
        update={"occurred_at": MONDAY + timedelta(hours=seq * 7 % 4, seconds=seq)}
    )


class Table:
    """A table and its view, as ClickHouse fills them: each takes the rows of a token once."""

    def __init__(self) -> None:
        self.rows: list[tuple[int, Click, int]] = []
        self.viewed: list[Row] = []
        self.tokens: set[str] = set()
        self.absent_after = -1

    def insert(self, batch: Batch, *, view: bool) -> None:
        assert batch.rows is not None
        columns = make_columns(batch).columns  # of lines too: the same batch gives the same rows
        assert len(columns["seq"]) == batch.rows.count
        some = list(zip(columns["source"], columns["seq"], columns["kafka_offset"], strict=True))
        if batch.token not in self.tokens:
            self.rows += ((partition_of(seq), sent(source, seq), offset) for source, seq, offset in some)
        if view and f"{batch.token} view" not in self.tokens:
            self.viewed += some
            self.tokens.add(f"{batch.token} view")
        self.tokens.add(batch.token)

    def numbers(self, hours: Collection[int], left_out: Ranges) -> list[NumbersFound]:
        if self.absent_after == 0:
            self.absent_after = -1
            raise StoreAbsent("for once")
        self.absent_after -= 1
        found: defaultdict[tuple[int, str, str, int], list[int]] = defaultdict(list)
        for partition, clicked, offset in self.rows:
            hour = int(clicked.occurred_at.timestamp() // 3_600 * 3_600)
            first, last = left_out.get(partition, (0, -1))
            if hour in hours and not first <= offset <= last:
                found[hour, clicked.source, clicked.run, clicked.seq >> 10].append(clicked.seq & 1023)
        return [NumbersFound(*chunk, places) for chunk, places in found.items()]


def partition_of(seq: int) -> int:
    """Where a click goes: a resend goes where its first went."""
    return seq % PARTITIONS


class Step(NamedTuple):
    """One round: how many records come and are written, and where the sink is cut off."""

    fetched: int
    rows: int
    absent_after: int
    dies: str


steps = st.builds(
    Step,
    st.integers(0, 12),
    st.integers(1, 9),
    st.integers(-1, 2),
    st.sampled_from(("no", "no", "announced", "table", "inserted")),
)
events = st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from([*range(12), 2_000, 2_001])), max_size=60)


@given(events, st.lists(steps, min_size=1, max_size=25), st.integers(1, 4))
def test_each_number_has_one_row_wherever_the_sink_dies(
    said: list[tuple[str, int]], rounds: list[Step], most_chunks: int
) -> None:
    """Table and view hold the first record of each number, also where the store died between the two."""
    log: list[list[Click]] = [[] for _ in range(PARTITIONS)]
    for source, seq in said:
        log[partition_of(seq)].append(sent(source, seq))
    table = Table()
    position = Position.at("generation", (0,) * PARTITIONS)
    own = owned(table, position, most_chunks)
    for fetched, rows, absent_after, dies in [*rounds, *[Step(60, 60, -1, "no")] * 3]:
        for number, clicks in enumerate(log):
            begin = own.next_offsets[number]
            own.take(number, records(clicks, begin, begin + fetched), 0.0)
        position = own.position
        due = own.is_due(1.0, rows=rows, seconds=0.0, read_to=own.next_offsets)
        if not due:
            continue
        batch = own.cut(rows)
        position = batch.announced
        if dies == "announced":
            own = owned(table, position, most_chunks)
            continue
        table.absent_after = absent_after
        with suppress(StoreAbsent):
            batch.rows = make_rows(batch)
        batch.rows = batch.rows or make_rows(batch)
        table.insert(batch, view=dies != "table")
        if dies in ("table", "inserted"):
            own = owned(table, position, most_chunks)
            continue
        own.written(batch, 1.0)
    firsts = [
        (clicked.source, clicked.seq, offset)
        for clicks in log
        for offset, clicked in enumerate(clicks)
        if clicked not in clicks[:offset]
    ]
    assert sorted((clicked.source, clicked.seq, offset) for _, clicked, offset in table.rows) == sorted(
        firsts
    )
    assert sorted(table.viewed) == sorted(firsts)


def owned(table: Table, position: Position, most_chunks: int) -> OwnedTopic:
    """Go on as whoever owns the topic next."""
    return OwnedTopic(TABLES[CLICKS.name], position, NumbersWritten(table.numbers, most_chunks))


def records(clicks: list[Click], begin: int, end: int) -> list[ConsumerRecord[bytes, bytes]]:
    return [
        ConsumerRecord(
            topic=CLICKS.name, partition=partition_of(clicked.seq), offset=offset, timestamp=0,
            timestamp_type=1, key=None, value=clicked.model_dump_json().encode(), checksum=None,
            serialized_key_size=0, serialized_value_size=0, headers=(),
        )
        for offset, clicked in list(enumerate(clicks))[begin:end]
    ]  # fmt: skip


def test_memory_is_bounded_by_chunks_but_for_hours_in_use() -> None:
    asked: list[Collection[int]] = []

    def nothing(hours: Collection[int], _: Ranges) -> list[NumbersFound]:
        asked.append(hours)
        return []

    numbers = NumbersWritten(nothing, most_chunks=3)
    for day in range(2):
        for hour in range(10):
            numbers.begin({})
            moment = MONDAY + timedelta(hours=hour)
            assert numbers.are_new([click(10 * day + hour).model_copy(update={"occurred_at": moment})]) == [
                True
            ]
            numbers.written()
    assert len(asked) == 20  # of ten hours three are kept, so each is asked for again
