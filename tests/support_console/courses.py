"""Series by the minute with their usual band and signs of life: a store that fell, one that went silent."""

from datetime import UTC, datetime, timedelta
from random import Random

from clickhouse_connect.driver.client import Client

from schemas.heartbeat import Heartbeat
from schemas.metric_partial import MetricPartial
from tests.support_console.alerts import ORIGIN, usual_course, write
from tests.support_console.shop import ZONE

__all__ = ["write_courses"]

MINUTE = timedelta(minutes=1)


def write_courses(client: Client, now: datetime) -> None:
    """Write what the charts of `every_kind` show, from three hours ago to now."""
    midnight = now.astimezone(ZONE).replace(hour=0, minute=0)
    # series, store, usual total a minute, minutes since it changed, what it changed to; None = nothing comes
    courses: tuple[tuple[str, str, int, int, float | None], ...] = (
        ("revenue", "app", 2_900, 30, 0.08),
        ("revenue", "store-02", 1_800, 41, None),
        ("revenue", "store-03", 2_160, 25, 0.19),
        ("refunds", "store-05", 160, 55, 12.0),
        ("units_sold", "store-01", 9, 20, 3.0),
    )
    partials, beats, random = [], [], Random(7)
    for series, store_id, level, ago, factor in courses:
        for number in range(180, 0, -1):
            minute = now - number * MINUTE
            changed = number <= ago
            if changed and factor is None:
                continue
            if number % 2 == 0:
                beats.append(
                    Heartbeat(source=f"till-{store_id}", run="r", store_id=store_id, at=minute, next_seq={})
                )
            scale = (factor or 1.0) if changed else 1.0
            total = int(level * scale * random.uniform(0.5, 1.5))
            partials.append(
                MetricPartial(
                    series=series,
                    store_id=store_id,
                    channel="",
                    minute=minute,
                    count=1,
                    total=total,
                    origin=ORIGIN,
                )
            )
        # A module's tests may begin long after it was read: until then the store was heard of.
        beats += [
            Heartbeat(source=f"till-{store_id}", run="r", store_id=store_id, at=at, next_seq={})
            for number in range((datetime.now(UTC) - now) // MINUTE)
            if (at := now + number * MINUTE) and factor is not None
        ]
        place = "" if series == "units_sold" else store_id
        days = [midnight - timedelta(days=1), midnight]  # a chart may begin before midnight
        write(client, "expectations", [usual_course(series, place, day, level * 5) for day in days])
    goods = (("toys", 1_200), ("books", 700))
    partials += [
        MetricPartial(
            series="goods", store_id="", channel="pos", category=category, minute=now - number * MINUTE,
            count=1, total=total, origin=ORIGIN,
        )
        for number in range(180, 0, -1)
        for category, total in goods
    ]  # fmt: skip
    write(client, "metrics", partials)
    write(client, "heartbeats", beats)
