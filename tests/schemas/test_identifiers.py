"""Identifiers sort by time, and a seed makes the same ones again."""

from datetime import UTC, datetime, timedelta, timezone
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.identifiers import uuid7

moments = st.datetimes(datetime(1970, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001  # hypothesis adds the zone


@given(moments, st.integers(1, 10**10), st.randoms(use_true_random=False))
def test_later_identifier_sorts_later(moment: datetime, milliseconds: int, random: Random) -> None:
    later = moment + timedelta(milliseconds=milliseconds)
    assert uuid7(moment, random) < uuid7(later, random)
    assert str(uuid7(moment, random)) < str(uuid7(later, random))


@given(moments)
def test_version_variant_and_time_are_where_rfc_9562_says(moment: datetime) -> None:
    identifier = uuid7(moment)
    assert identifier.version == 7
    assert identifier.variant == "specified in RFC 4122"
    milliseconds = identifier.int >> 80
    assert datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=milliseconds) == moment.replace(
        microsecond=moment.microsecond // 1000 * 1000
    )


@given(moments, st.integers())
def test_same_seed_makes_the_same_identifiers(moment: datetime, seed: int) -> None:
    first, again = Random(seed), Random(seed)
    made = [uuid7(moment, first) for _ in range(5)]
    assert made == [uuid7(moment, again) for _ in range(5)]
    assert len(set(made)) == 5


def test_identifiers_without_seed_differ() -> None:
    moment = datetime(2026, 11, 22, tzinfo=UTC)
    assert len({uuid7(moment) for _ in range(1000)}) == 1000


def test_zone_does_not_matter_but_must_be_there() -> None:
    moment = datetime(2026, 11, 22, 12, tzinfo=UTC)
    elsewhere = moment.astimezone(timezone(timedelta(hours=9)))
    assert uuid7(moment, Random(1)) == uuid7(elsewhere, Random(1))
    with pytest.raises(TypeError):
        uuid7(moment.replace(tzinfo=None))
