"""How soon a payment is on the page, and how soon a page has its first chart.

The questions: how long is it from when a payment is handed to Kafka to when its row is in the page Now of a
browser, and from the click on a page to its first chart? The rules: broker, worker, sink, store and console
as an operator starts them, over a store with a month of data; a real Chromium on the same machine. Payments
come at a fixed rate from tills that are known; those that are measured come from sources that the chain has
not heard of, as the first payment of a till that somebody has just connected, which stays on the page while
ten others a second would push it out; their times drift through the console's second. A page is opened
with an empty cache each time, the pages in turn.
"""

import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from random import Random
from threading import Event

import numpy as np
from clickhouse_connect.driver.client import Client
from confluent_kafka import Producer
from playwright.sync_api import Browser, Page, StorageState

from benchmarks.browser import browsing, first_chart_ms, logged_in, watch_rows
from benchmarks.errors import BenchmarkError
from benchmarks.kafka_log import fill
from benchmarks.open_loop import OpenLoop
from benchmarks.percentiles import percentile
from benchmarks.process_cpu import running
from benchmarks.query_store import fill_store
from benchmarks.readiness import wait_until_at_work
from benchmarks.whole_console import serving
from benchmarks.whole_store import storing
from benchmarks.workload import made_payment, make_workload, partition_of
from producers.administration import create_topics
from schemas.topics import MODELS, TRANSACTIONS
from schemas.transaction import Transaction
from sinks.connection import connect
from tillwatch.stack.broker import running_broker

__all__ = ["PAGES", "PagesMeasured", "measure_pages", "report_pages"]

SEED = 20_260_304
PAGES = {"Now": "/", "Stores": "/stores", "Stock": "/stock", "Models": "/models", "Pipeline": "/pipeline"}
"""Pages that begin with a chart; the first is where people arrive."""
GAP_SECONDS = 1.37
"""Between two payments that are measured: no whole part of the console's second."""
PATIENCE_SECONDS = 15.0
KNOWN_WITHIN_SECONDS = 60.0
TILLS = 200
KNOWN_FROM = 1_000
"""A till that has sent so many is known."""
HEARD_OF = (
    "SELECT uniqExact(source) FROM arrivals WHERE topic = 'transactions' AND highest_seq >= {least:UInt64} "
    "AND origin_generation != 'benchmark:0'"  # what the store was filled with
)
LATEST_ROWS = "[data-rows=latest] > tr"


@dataclass(frozen=True)
class PagesMeasured:
    """Milliseconds: from Kafka to the page, of each payment; to the first chart, of each page and time."""

    visible: list[float]
    charts: dict[str, list[float]]


def measure_pages(
    rows: int, rate: float, seconds: float, loads: int, announce: Callable[[str], None]
) -> PagesMeasured:
    """Start everything over a store with so many payments, and look.

    Raises
    ------
    BenchmarkError
        A process does not start, or a payment never appears on the page.

    """
    with (
        tempfile.TemporaryDirectory(prefix="tillwatch-benchmark-") as name,
        running_broker(Path(name), announce=announce) as broker,
        storing(Path(name)) as store,
        closing(connect(store.settings)) as client,
    ):
        server, folder = broker.bootstrap_servers, Path(name)
        create_topics(server)
        fill(server, MODELS, [make_workload(1, SEED, per_day=1_000).model])
        fill_store(client, rows, datetime.now(UTC), announce)
        kafka = {"TILLWATCH_KAFKA_BOOTSTRAP_SERVERS": server}
        with (
            running("tillwatch", ["worker"], folder / "worker.log", kafka) as worker,
            running("tillwatch", ["sink"], folder / "sink.log", kafka | store.environment()) as sink,
            serving(store.settings, folder / "console.log", kafka) as console,
            browsing() as browser,
        ):
            wait_until_at_work(server, {"fraud": 1}, lambda: worker.poll() is None and sink.poll() is None)
            state = logged_in(browser, console.address)
            announce(f"opening {len(PAGES)} pages {loads} times")
            charts = open_pages(browser, state, console.address, loads)
            announce(f"{rate:,.0f} payments a second for {seconds:,.0f} s")
            page = watch_rows(browser, state, console.address, LATEST_ROWS)
            with trading(server, rate):
                wait_until_known(client)
                visible = send_and_see(server, page, round(seconds / GAP_SECONDS))
    return PagesMeasured(visible, charts)


def open_pages(browser: Browser, state: StorageState, address: str, loads: int) -> dict[str, list[float]]:
    """Open each page so many times, in turn, after once that does not count."""
    shown: dict[str, list[float]] = {name: [] for name in PAGES}
    for load in range(1 + loads):
        for name, path in PAGES.items():
            shown_ms = first_chart_ms(browser, state, address + path)
            if load:
                shown[name].append(shown_ms)
    return shown


@contextmanager
def trading(bootstrap_servers: str, rate: float) -> Iterator[None]:
    """Let known tills sell at a rate while the block lasts; what stops them ends the measurement."""
    ended = Event()
    with ThreadPoolExecutor(1) as threads:
        selling = threads.submit(sell, bootstrap_servers, rate, ended)
        try:
            yield
        finally:
            ended.set()
        selling.result()


def sell(bootstrap_servers: str, rate: float, ended: Event) -> None:
    """Send payments on schedule until told to end."""
    producer = Producer({"bootstrap.servers": bootstrap_servers})
    random = Random(SEED)  # noqa: S311  # a workload that can be made again, no secret
    schedule = OpenLoop(time.time(), rate)
    for seq in count(KNOWN_FROM):
        schedule.wait(seq - KNOWN_FROM)
        if ended.is_set():
            break
        amount = random.randrange(200, 20_000)
        send(producer, made_payment(random, seq, datetime.now(UTC), seq % TILLS, amount))
    producer.flush()


def wait_until_known(client: Client) -> None:
    """Wait until the store has heard of all tills.

    Raises
    ------
    BenchmarkError
        It has not, after so long that each has sold often.

    """
    deadline = time.monotonic() + KNOWN_WITHIN_SECONDS
    while client.query(HEARD_OF, parameters={"least": KNOWN_FROM}).result_rows[0][0] < TILLS:
        if time.monotonic() > deadline:
            raise BenchmarkError(f"the store has not heard of {TILLS} tills")
        time.sleep(0.2)


def send(producer: Producer, payment: Transaction) -> None:
    """Send a payment to its partition."""
    partition = partition_of(TRANSACTIONS, payment.key)
    record = payment.model_dump_json(exclude_none=True)
    producer.produce(TRANSACTIONS.name, record, payment.key, partition=partition)
    producer.poll(0)


def send_and_see(bootstrap_servers: str, page: Page, payments: int) -> list[float]:
    """Send payments of new sources one by one; give the milliseconds until the page had each.

    Raises
    ------
    BenchmarkError
        One was not there after 15 s.

    """
    producer = Producer({"bootstrap.servers": bootstrap_servers})
    random = Random(SEED)  # noqa: S311  # a workload that can be made again, no secret
    schedule = OpenLoop(time.time() + GAP_SECONDS, 1 / GAP_SECONDS)
    sent: dict[str, float] = {}
    for index in range(payments):
        schedule.wait(index)
        payment = made_payment(random, 1, datetime.now(UTC), index, 4_200)
        payment = payment.model_copy(update={"source": f"newcomer-{index}", "payment_id": f"first-{index}"})
        sent[str(payment.event_id)] = time.time() * 1e3
        send(producer, payment)
    producer.flush()
    deadline = time.monotonic() + PATIENCE_SECONDS
    while missing := sent.keys() - (seen := page.evaluate("window.rowsSeen")).keys():
        if time.monotonic() > deadline:
            raise BenchmarkError(f"{len(missing)} of {payments} payments are not on the page after all")
        time.sleep(0.2)
    return [seen[event] - at for event, at in sent.items()]


def report_pages(result: PagesMeasured) -> tuple[str, dict[str, float | None]]:
    """Write the table and the flat record."""
    rows = {"from Kafka to the page Now": result.visible}
    rows |= {f"first chart of {name}": shown for name, shown in result.charts.items()}
    lines = [f"{'milliseconds':32}{'p50':>8}{'p95':>8}{'longest':>9}{'times':>7}"]
    lines += [f"{name:32}{row(times)}" for name, times in rows.items()]
    slowest = max(percentile(np.array(shown), 50) for shown in result.charts.values())
    return "\n".join(lines), {
        "visible_p50_ms": round(percentile(np.array(result.visible), 50)),
        "visible_p95_ms": round(percentile(np.array(result.visible), 95)),
        "first_chart_ms": round(slowest),
        "first_chart_longest_ms": round(max(max(shown) for shown in result.charts.values())),
    }


def row(times: Sequence[float]) -> str:
    """Write the figures of one line."""
    measured = np.array(times)
    p50, p95 = percentile(measured, 50), percentile(measured, 95)
    return f"{p50:8,.0f}{p95:8,.0f}{measured.max():9,.0f}{len(times):7}"
