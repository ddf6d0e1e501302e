"""Arrays come back from their pieces as they were, or not at all."""

from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.errors import SnapshotRefused
from detectors.snapshot import Parts, packed_texts, texts
from streams.snapshots.codec import PIECE_BYTES, compressed_pieces, described, joined

DTYPES = ("<f8", "<i8", "<u4", "|u1", "|b1", "<u2")


def made_parts(seed: int, sizes: list[int]) -> Parts:
    random = np.random.default_rng(seed)
    return {
        f"part-{place}": random.integers(0, 2, size).astype(DTYPES[place % len(DTYPES)])
        for place, size in enumerate(sizes)
    }


@given(st.integers(0, 99), st.lists(st.sampled_from([0, 1, 7, 1_000, PIECE_BYTES, 131_073]), max_size=6))
def test_arrays_come_back_as_they_were(seed: int, sizes: list[int]) -> None:
    parts = made_parts(seed, sizes)
    pieces = list(compressed_pieces(parts))
    back = joined(described(parts), pieces)
    assert list(back) == list(parts)
    for name, array in parts.items():
        assert back[name].dtype == array.dtype
        assert np.array_equal(back[name], array)


def test_a_piece_is_small_enough_for_kafka_however_random() -> None:
    noise = np.random.default_rng(1).integers(0, 256, 3 * PIECE_BYTES).astype(np.uint8)
    assert max(map(len, compressed_pieces({"noise": noise}))) < 600_000


@pytest.mark.parametrize("seed", range(20))
def test_damage_is_refused(seed: int) -> None:
    """One byte changed, a piece lost, two exchanged, or arrays described otherwise."""
    random = Random(seed)
    parts = {"a": np.arange(200_000), "b": np.random.default_rng(seed).random(50_000)}
    pieces = list(compressed_pieces(parts))
    place = random.randrange(len(pieces))
    at = random.randrange(len(pieces[place]))
    changed = bytearray(pieces[place])
    changed[at] ^= 1 << random.randrange(8)
    with pytest.raises(SnapshotRefused):
        joined(described(parts), [*pieces[:place], bytes(changed), *pieces[place + 1 :]])
    with pytest.raises(SnapshotRefused):
        joined(described(parts), pieces[:place] + pieces[place + 1 :])
    with pytest.raises(SnapshotRefused):
        joined(described({**parts, "c": np.zeros(1)}), pieces)


@given(st.lists(st.text(max_size=20), max_size=50))
def test_texts_come_back(values: list[str]) -> None:
    assert texts(packed_texts("name", values), "name") == values


def test_texts_that_are_none_are_refused() -> None:
    parts = packed_texts("name", ["é", "b"])
    with pytest.raises(SnapshotRefused, match="lengths say otherwise"):
        texts(parts | {"name": parts["name"][:-1]}, "name")
    cut = parts | {"name.lengths": np.array([1, 2], np.uint32)}
    with pytest.raises(SnapshotRefused, match="UTF-8"):
        texts(cut, "name")


def test_more_than_the_pieces_can_hold_is_refused_before_memory_is_taken() -> None:
    parts = {"a": np.arange(10)}
    endless = described(parts)[0].model_copy(update={"length": 10**15})
    with pytest.raises(SnapshotRefused, match="more than 1 pieces hold"):
        joined([endless], list(compressed_pieces(parts)))
