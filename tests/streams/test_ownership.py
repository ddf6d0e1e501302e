"""What was fetched becomes few batches of about the same size, none restored in part only."""

from types import SimpleNamespace
from typing import Any

from aiokafka import ConsumerRecord
from hypothesis import given
from hypothesis import strategies as st

from schemas.topics import TRANSACTIONS
from streams.batch import Batch, Input
from streams.ownership import OwnedPartition


def record(offset: int) -> ConsumerRecord[Any, Any]:
    return SimpleNamespace(offset=offset, value=b"{}", timestamp=0)


async def batches_of(count: int, committed: int, most: int) -> list[Batch[None]]:
    owned = OwnedPartition(Input(TRANSACTIONS, 4, "g:0"), None, 0, committed)
    return owned.batches([record(offset) for offset in range(count)], most)


@given(st.integers(0, 900), st.integers(0, 900), st.integers(1, 400))
async def test_batches_hold_everything_once_in_its_order(count: int, committed: int, most: int) -> None:
    batches = await batches_of(count, committed, most)
    assert [offset for batch in batches for offset in batch.offsets] == list(range(count))
    for emit, whole in ((False, min(count, committed)), (True, max(0, count - committed))):
        sizes = [len(batch) for batch in batches if batch.emit is emit]
        assert len(sizes) == -(-whole // most)
        assert max(sizes, default=0) <= most
        assert max(sizes, default=0) - min(sizes, default=0) <= 1
    assert all(batch.emit == (batch.offsets[0] >= committed) for batch in batches)
