"""A collector that listens, and a client that checks the form of every answer."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple

from aiohttp import ClientSession, web

from producers.clock import Clock
from producers.collector import Collector, build_app
from schemas.topics import TRANSACTIONS
from schemas.transaction import Transaction
from tests.support.topic_log import read_topic

__all__ = ["CARD", "KEY", "OTHER_KEY", "PAYMENT", "SIMULATED", "Served", "a_clock", "serving"]

KEY = "0123456789abcdef-pos"
OTHER_KEY = "another-long-api-key"
SIMULATED = datetime(2026, 10, 21, 9, 30, tzinfo=UTC)
CARD = "4111 1111 1111 1111"
PAYMENT: dict[str, Any] = {
    "payment_id": "p-1",
    "status": "authorised",
    "amount_minor": 1_990,
    "currency": "EUR",
    "channel": "pos",
    "customer_id": "c-1",
    "terminal_id": "t-1",
    "store_id": "store-01",
}


class Served(NamedTuple):
    """A collector that listens, and where its events go."""

    client: ClientSession
    address: str
    kafka: str
    folder: Path

    async def post(
        self, event: object, to: str = TRANSACTIONS.name, **headers: str
    ) -> tuple[int, dict[str, Any]]:
        """Send bytes, or anything as JSON; give status and answer."""
        body = event if isinstance(event, bytes) else json.dumps(event).encode()
        chosen = {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json", **headers}
        async with self.client.post(
            f"{self.address}/v1/{to}", data=BytesIO(body), headers=chosen
        ) as response:
            well = response.status in (202, 207)
            kind = "application/json" if well else "application/problem+json"
            assert response.content_type == kind
            answer = await response.json(content_type=kind)
            if not well:
                assert answer["status"] == response.status
                assert answer["detail"].endswith(".")
            return response.status, answer

    def stored(self) -> list[Transaction]:
        return read_topic(self.kafka, TRANSACTIONS, Transaction)


def a_clock() -> Clock:
    return Clock(
        phase="live", progress=1.0, anchor_wall=datetime.now(UTC), anchor_simulated=SIMULATED, speed=60.0
    )


@asynccontextmanager
async def serving(collector: Collector) -> AsyncIterator[tuple[ClientSession, str]]:
    """Serve on a free port; give a client and the address."""
    runner = web.AppRunner(build_app(collector), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        async with ClientSession() as client:
            yield client, f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()
