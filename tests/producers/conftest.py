"""A collector that tests of its addresses share."""

from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest

from producers.api_keys import ApiKeys
from producers.client import EventProducer
from producers.collector import Collector
from producers.ledger import Ledger
from tests.support.collecting import KEY, OTHER_KEY, Served, a_clock, serving

__all__ = ["served"]


@pytest.fixture
async def served(kafka_topics: str, tmp_path: Path) -> AsyncIterator[Served]:
    ledger = Ledger(tmp_path / "collector.ledger", lines_held=1)
    keys = ApiKeys({"pos-1": KEY, "pos-2": OTHER_KEY})
    with closing(EventProducer(kafka_topics, source="test", ledger=ledger, linger_ms=0)) as producer:
        async with serving(Collector(producer, keys=keys, read_clock=a_clock)) as (client, address):
            yield Served(client, address, kafka_topics, tmp_path)
    ledger.close()
