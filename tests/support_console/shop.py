"""A shop chain written straight into a store: what the page needs, without the pipeline before it."""

import math
from datetime import UTC, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from clickhouse_connect.driver.client import Client

from schemas.identifiers import uuid7

__all__ = ["Shop"]

ZONE = ZoneInfo("Europe/Berlin")
CITIES = (
    "Berlin Mitte", "Leipzig", "Köln Süd", "Hamburg Altona", "München Ost", "Dresden", "Bremen", "Essen",
    "Stuttgart", "Nürnberg", "Mannheim", "Freiburg", "Kiel", "Rostock", "Erfurt", "Kassel", "Mainz", "Ulm",
)  # fmt: skip
CATEGORIES = ("shirts", "shoes", "shirts", "toys", "jackets", "shirts", "books")
FEATURES = ("amount", "night", "customer_payments_1d", "customer_mean_amount_7d", "terminal_risk_7d")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Shop:
    """Stores, payments, visits and signs of life; the same seed writes the same."""

    def __init__(self, client: Client, *, stores: int = 38, seed: int = 1) -> None:
        self.client = client
        self.random = Random(seed)
        self.offset = 0
        self.stores = [
            (f"store-{number + 1:02d}", f"{CITIES[number % len(CITIES)]} {number // len(CITIES) + 1}", "pos")
            for number in range(stores)
        ]
        self.stores += [("web", "Web shop", "web"), ("app", "App", "app")]

    def open_stores(self) -> None:
        """Write the master data."""
        rows = []
        for number, (store_id, name, channel) in enumerate(self.stores):
            days = list(range(7)) if channel != "pos" else list(range(6))
            opens = ["00:00" if channel != "pos" else "08:00" if number % 3 else "07:00"] * len(days)
            closes = ["24:00" if channel != "pos" else "20:00"] * len(days)
            region = ("north", "south", "east", "west")[number % 4] if channel == "pos" else "online"
            row = [store_id, name, channel, region, "Europe/Berlin", days, opens, closes, 1, 0, number]
            rows.append([*row, datetime.now(UTC)])
        names = (
            "store_id name channel region time_zone hours_weekday hours_opens hours_closes schema_version "
            "kafka_partition kafka_offset received_at"
        )
        self.client.insert("stores", rows, column_names=names.split())

    def pace(self, moment: datetime) -> float:
        """Payments a minute: two humps in opening hours, a trickle from the web otherwise."""
        hour = moment.astimezone(ZONE).hour + moment.minute / 60
        humps = math.exp(-(((hour - 12) / 2.2) ** 2)) + 1.3 * math.exp(-(((hour - 17.5) / 1.9) ** 2))
        return 0.8 + (14 * humps if 7 <= hour < 20 and moment.astimezone(ZONE).weekday() < 6 else 0)

    def payments(self, start: datetime, end: datetime, *, scale: float = 1.0) -> int:
        """Write the payments and visits of a stretch of time; return the number of payments."""
        rows, clicks, minute = [], [], start
        while minute < end:
            for _ in range(self.poisson(self.pace(minute) * scale)):
                moment = minute + timedelta(seconds=self.random.uniform(0, 60))
                if moment < end:
                    rows.append(self.score_row(moment, status=self.followed()))
            for _ in range(self.poisson(self.pace(minute) * scale / 2)):
                clicks += self.session(minute)
            minute += timedelta(minutes=1)
        self.insert_scores(rows)
        self.insert_clicks(clicks)
        return len(rows)

    def followed(self) -> str:
        """Draw the status a payment ends with: 3.5 % are declined, 2.5 % refunded."""
        drawn = self.random.random()
        return "declined" if drawn < 0.035 else "refunded" if drawn < 0.06 else "authorised"

    def score_row(
        self,
        moment: datetime,
        *,
        payment_id: str | None = None,
        amount_minor: int | None = None,
        received_at: datetime | None = None,
        score: float | None = None,
        status: str = "authorised",
    ) -> dict[str, object]:
        """Make one payment, which is scored unless it is a refund."""
        draw = self.random
        self.offset += 1
        opening = 7 <= moment.astimezone(ZONE).hour < 20 and moment.astimezone(ZONE).weekday() < 6
        weights = [1 / (number + 3) for number in range(len(self.stores) - 2)] if opening else []
        weights = [0.0] * (len(self.stores) - 2 - len(weights)) + weights + [0.35, 0.25]
        store_id, _, channel = draw.choices(self.stores, weights)[0]
        amount = amount_minor or int(draw.lognormvariate(8.1, 0.8))
        value = draw.betavariate(0.4, 30) if score is None else score
        if score is None and draw.random() < 0.012:
            value = draw.uniform(0.3, 0.97)
        seen = received_at or moment
        chosen = draw.sample(FEATURES, 3)
        values = dict(
            zip(
                FEATURES,
                (amount / 100, 0.0, float(draw.randint(1, 6)), draw.uniform(12, 80), draw.random() * 0.2),
                strict=True,
            )
        )
        judged = status != "refunded"
        return {
            "origin_generation": "seed:0", "origin_topic": "transactions",
            "origin_partition": self.offset % 8, "origin_offset": self.offset,
            "disposition": "scored" if judged else "followed",
            "scored_at": seen + timedelta(milliseconds=draw.uniform(4, 20)), "received_at": seen,
            "event_id": uuid7(moment, draw), "source": f"till-{store_id}",
            "payment_id": payment_id or f"p-{self.offset}", "occurred_at": moment, "status": status,
            "amount_minor": amount, "currency": "EUR", "reporting_minor": amount, "channel": channel,
            "payment_method": "card", "customer_id": f"c-{draw.randint(1, 5000)}", "card_id": None,
            "goods_category": [CATEGORIES[self.offset % len(CATEGORIES)]],
            "goods_pieces": [1], "goods_minor": [amount],
            "terminal_id": f"{store_id}-1", "store_id": store_id, "score": value if judged else None,
            "threshold": 0.3, "decision": ("review" if value >= 0.3 else "approve") if judged else None,
            "reasons_feature": chosen if judged else [],
            "reasons_value": [values[name] for name in chosen] if judged else [],
            "reasons_contribution": [0.1] * 3 if judged else [], "feature_set": "handbook-15",
            "features": [], "model_version": "online-20261122T0600Z", "schema_version": 1,
            "kafka_partition": self.offset % 8, "kafka_offset": self.offset, "appended_at": seen,
        }  # fmt: skip

    def session(self, minute: datetime) -> list[list[object]]:
        """Make the clicks of a visit, which pays now and then."""
        draw, session = self.random, f"s-{self.random.getrandbits(48)}"
        steps = ["view", "product", "add_to_cart", "checkout", "pay"]
        depth = min(len(steps), 1 + int(draw.expovariate(0.6)))
        return [
            [uuid7(minute, draw), "web", "run", 0, minute + timedelta(seconds=3 * number), session, session,
             draw.choice(["web", "app"]), "/", step, minute]
            for number, step in enumerate(steps[:depth])
        ]  # fmt: skip

    def insert_scores(self, rows: list[dict[str, object]]) -> None:
        """Write scores as the sink does."""
        if rows:
            self.client.insert("scores", [list(row.values()) for row in rows], column_names=list(rows[0]))

    def insert_clicks(self, rows: list[list[object]]) -> None:
        """Write clicks; what the page does not read keeps its default."""
        names = "event_id source run seq occurred_at visitor_id session_id store_id page action received_at"
        if rows:
            self.client.insert("clicks", rows, column_names=names.split())

    def signs_of_life(self, at: datetime, *, lag: int = 0, state: str = "running") -> None:
        """Write what workers and sources say about themselves, and that something arrived."""
        names = (
            "worker agent at state partitions events repeats refused lag oldest_unprocessed_seconds "
            "latency_p50_ms latency_p99_ms received_at"
        )
        rows = [
            ["host-1:4711", agent, at, state, list(range(8)), 1000, 0, 0, lag, lag / 100, 6.0, 17.0, at]
            for agent in ("fraud", "series", "stock", "judge")
        ]
        self.client.insert("worker_status", rows, column_names=names.split())
        arrivals = [[at.replace(microsecond=0), "transactions", 12 + self.random.randint(0, 6), at]]
        self.client.insert(
            "arrivals_second", arrivals, column_names=["second", "topic", "events", "last_occurred_at"]
        )

    def heartbeat(self, at: datetime, *, sent: int, arrived: int) -> None:
        """Write a source that says how much it sent, and that so much of it is here."""
        beat = ["till-1", "run-1", at, {"transactions": sent}, 0, at]
        self.client.insert(
            "heartbeats", [beat], column_names=["source", "run", "at", "next_seq", "spooled", "received_at"]
        )
        row = ["till-1", "run-1", "transactions", arrived, arrived - 1, at, "scores", 0, at]
        names = ["source", "run", "topic", "arrived", "highest_seq", "last_occurred_at"]
        names += ["origin_topic", "origin_partition", "received_at"]
        self.client.insert("arrivals", [row], column_names=names)

    def poisson(self, mean: float) -> int:
        """Draw a count (Knuth's method; the means here are small)."""
        limit, count, product = math.exp(-mean), 0, self.random.random()
        while product > limit:
            count += 1
            product *= self.random.random()
        return count
