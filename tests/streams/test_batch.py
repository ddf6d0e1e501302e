"""A batch is answered once, and puts out nothing while state is rebuilt."""

import asyncio
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
    assert await batch.answered(0.1) is None


async def test_an_error_is_the_answer_and_the_agent_goes_on() -> None:
    batch = await batch_of()
    with batch:
        raise ZeroDivisionError
    assert isinstance(await batch.answered(0.1), ZeroDivisionError)


async def test_an_agent_that_is_cancelled_answers_too_and_is_cancelled() -> None:
    batch = await batch_of()
    with pytest.raises(asyncio.CancelledError), batch:
        raise asyncio.CancelledError
    assert isinstance(await batch.answered(0.1), Stop)


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


async def test_a_record_that_was_set_aside_is_refused_unread() -> None:
    good = payment().model_dump_json().encode()
    batch = await batch_of([good, good, b"{", good])
    batch.aside = {8: Refused("agent_error", "why")}
    kinds = [outcome.kind if isinstance(outcome, Refused) else "" for outcome in batch.decode(Transaction)]
    assert kinds == ["", "agent_error", "not_json", ""]
    assert batch.refused == 2


async def test_a_batch_is_cut_so_that_suspects_come_alone() -> None:
    batch = await batch_of([b"{}"] * 8)
    batch.aside = {10: Refused("agent_error", "why")}
    parts = batch.cut([2, 3, 4])
    assert [list(part.offsets) for part in parts] == [[7, 8], [9], [10], [11], [12, 13, 14]]
    assert [list(part.aside) for part in parts] == [[], [], [10], [], []]


async def test_what_is_put_out_in_a_restore_is_dropped() -> None:
    batch = await batch_of(emit=False)
    batch.put_dense(SCORES, [b"score"])
    batch.put_keyed(METRICS, [RECORD])
    assert batch.dense is None
    assert batch.keyed == []
    batch.put_keyed(METRICS, [RECORD], always=True)
    assert batch.keyed == [(METRICS, [RECORD])]
