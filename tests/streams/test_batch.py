"""A batch is answered once, and puts out nothing while state is rebuilt."""

from collections.abc import Sequence

import pytest

from schemas.errors import Refused, Stop
from schemas.topics import METRICS, SCORES, TRANSACTIONS
from schemas.transaction import Transaction
from streams.batch import Batch, Input, KeyedRecord
from tests.support.events import payment

RECORD = KeyedRecord(b"key", b"value")


async def batch_of(records: Sequence[bytes] = (b"{}",), *, emit: bool = True) -> Batch[None]:
    return Batch(
        Input(TRANSACTIONS, 4, "g:0"),
        offsets=list(range(7, 7 + len(records))),
        records=records,
        append_ms=[0] * len(records),
        emit=emit,
        state=None,
    )


async def test_the_end_of_the_work_is_the_answer() -> None:
    batch = await batch_of()
    with batch:
        pass
    await batch.answered(0.1)


async def test_an_error_reaches_who_waits_and_goes_on() -> None:
    batch = await batch_of()
    with pytest.raises(ZeroDivisionError), batch:
        raise ZeroDivisionError
    with pytest.raises(ZeroDivisionError):
        await batch.answered(0.1)


async def test_no_answer_is_an_error_that_names_the_batch() -> None:
    batch = await batch_of([b"{}", b"{}"])
    with pytest.raises(Stop, match=r"no answer for transactions\[4\] 7-8 within 0.05 s"):
        await batch.answered(0.05)


async def test_a_bad_record_refuses_only_itself() -> None:
    good = payment().model_dump_json().encode()
    batch = await batch_of([good, b"{", good])
    outcomes = batch.decode(Transaction)
    assert [isinstance(outcome, Refused) for outcome in outcomes] == [False, True, False]
    assert batch.refused == 1


async def test_what_is_put_out_in_a_restore_is_dropped() -> None:
    batch = await batch_of(emit=False)
    batch.put_dense(SCORES, [b"score"])
    batch.put_keyed(METRICS, [RECORD])
    assert batch.dense is None
    assert batch.keyed == []
    batch.put_keyed(METRICS, [RECORD], always=True)
    assert batch.keyed == [(METRICS, [RECORD])]


async def test_parts_put_out_what_the_whole_batch_would() -> None:
    good = payment().model_dump_json().encode()
    batch = await batch_of([good] * 450 + [b"{"])
    offsets: list[int] = []
    for part in batch.parts():
        offsets += part.offsets
        part.decode(Transaction)
        part.repeats = 1
        part.put_dense(SCORES, [b"%d" % offset for offset in part.offsets])
        part.put_keyed(METRICS, [RECORD])
    assert offsets == list(batch.offsets)
    assert batch.dense == (SCORES, [b"%d" % offset for offset in batch.offsets])
    assert batch.keyed == [(METRICS, [RECORD])] * 3
    assert (batch.repeats, batch.refused) == (3, 1)


async def test_a_part_that_puts_out_nothing_leaves_a_gap_that_is_noticed() -> None:
    batch = await batch_of([b"{}"] * 450)

    def work() -> None:
        for part in batch.parts():
            if len(part) == 200:
                part.put_dense(SCORES, [b"score"] * 200)

    with pytest.raises(Stop, match="400 records of scores for 450"):
        work()
