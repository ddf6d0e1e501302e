"""The command line: `python -m benchmarks NAME`."""

import gc
import sys
from collections.abc import Mapping
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Annotated, Literal

import orjson
import typer

from benchmarks.errors import BenchmarkError

__all__ = ["app", "main"]

app = typer.Typer(
    name="benchmarks",
    help="What we claim, measured. Each prints a table, then one line of JSON.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)

Data = Annotated[Path | None, typer.Option(envvar="TILLWATCH_DATA", help="Folder with the data sets.")]
Json = Annotated[bool, typer.Option("--json", help="Print the line of JSON only.")]


@app.callback()
def benchmarks() -> None:
    """Keep NAME a command of its own, also while there is only one."""


@app.command()
def fraud(  # noqa: PLR0917  # options, which nobody gives by place
    data: Data = None,
    json: Json = False,
    test_from: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="First test day.")] = datetime(  # noqa: DTZ001  # a day in the data's own zone
        2018, 8, 8
    ),
    weeks: Annotated[int, typer.Option(min=1, help="Test weeks.")] = 1,
    model: Annotated[
        Literal["champion", "online", "feedback"],
        typer.Option(help="champion: trees and the online model; feedback: the same with an analyst."),
    ] = "champion",
    plot: Annotated[Path | None, typer.Option(help="Draw precision over recall as a PNG.")] = None,
) -> None:
    """Fraud found in the card-fraud data, by the published protocol."""
    from rich.console import Console
    from rich.progress import Progress

    from benchmarks.card_fraud import read_payments
    from benchmarks.curve_picture import draw_curve
    from benchmarks.fraud import measure_fraud, report_fraud
    from benchmarks.run import describe_run

    payments = read_payments(data_folder(data) / "card-fraud" / "transactions.parquet")
    # Young events die in order; looking for cycles among all that wait for labels takes 45 % of the run.
    gc.freeze()
    gc.set_threshold(200_000, 20, 100)
    with Progress(console=Console(stderr=True)) as bar:
        task = bar.add_task("payments", total=len(payments))
        tested = measure_fraud(
            payments, test_from.date(), weeks, model, lambda done: bar.update(task, completed=done)
        )
    if plot is not None:
        title = f"Card-fraud data, {weeks} weeks from {test_from:%F}, {model}: AP {tested.result.ap:.3f}"
        draw_curve(plot, tested.scores, tested.frauds, title, published=0.694 if weeks == 4 else 0.639)
    table, record = report_fraud(tested, test_from.date(), weeks, model)
    show(f"{describe_run('river', 'lightgbm', 'numpy')}\n{table}", record, only_json=json)


@app.command()
def learning(  # noqa: PLR0917  # options, which nobody gives by place
    data: Data = None,
    json: Json = False,
    first: Annotated[
        bool, typer.Option("--first", help="Begin with a champion that never learns, promoted by hand.")
    ] = False,
    costs: Annotated[bool, typer.Option(help="Compare with a trainer that has no challenger.")] = True,
    days: Annotated[
        int | None, typer.Option(min=1, help="Stop after so many; default: the whole file.")
    ] = None,
    dearer_from: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Raise all amounts from this day on.")
    ] = None,
    dearer_by: Annotated[float, typer.Option(min=0, help="By so much of themselves.")] = 0.5,
) -> None:
    """Promotions, drift and cost of the trainer's loop over the card-fraud data."""
    from rich.console import Console
    from rich.progress import Progress

    from benchmarks.card_fraud import read_payments
    from benchmarks.learning import dearer, measure_learning, report_learning
    from benchmarks.run import describe_run

    payments = read_payments(data_folder(data) / "card-fraud" / "transactions.parquet")
    if dearer_from is not None:
        payments = dearer(payments, dearer_from.date(), 1 + dearer_by)
    gc.freeze()
    gc.set_threshold(200_000, 20, 100)
    with Progress(console=Console(stderr=True)) as bar:
        task = bar.add_task("payments", total=len(payments))
        learnt = measure_learning(
            payments,
            lambda done: bar.update(task, completed=done),
            days=days,
            compares_costs=costs,
            starts_with_first=first,
        )
    table, record = report_learning(learnt)
    show(f"{describe_run('river', 'lightgbm', 'numpy')}\n{table}", record, only_json=json)


@app.command()
def incidents(
    data: Data = None,  # noqa: ARG001  # every benchmark takes it; this one simulates
    json: Json = False,
    days: Annotated[int, typer.Option(min=1, help="Simulated days with incidents, after ten without.")] = 30,
    seed: Annotated[int, typer.Option(help="Of the simulated retailer and its incidents.")] = 1,
    script: Annotated[bool, typer.Option("--script", help="Only the demo's five hours.")] = False,
) -> None:
    """Incidents of a simulated chain: found by the right kind, how soon, and false alerts a day."""
    from rich.console import Console

    from benchmarks.incidents import measure_incidents, report_incidents
    from benchmarks.run import describe_run

    gc.freeze()
    gc.set_threshold(200_000, 20, 100)
    with Console(stderr=True).status("simulating") as line:
        result = measure_incidents(
            days, seed, lambda at: line.update(f"simulated until {at:%a %d %b}"), script=script
        )
    table, record = report_incidents(result)
    show(f"{describe_run('river', 'numpy')}\n{table}", record, only_json=json)


@app.command(name="store-drop")
def store_drop(
    data: Data = None,  # noqa: ARG001  # every benchmark takes it; this one simulates
    *,
    json: Json = False,
    days: Annotated[int, typer.Option(min=1, help="Days with a fall each, after ten without.")] = 20,
    seed: Annotated[int, typer.Option(help="Of the simulated retailer and of the falls.")] = 1,
    share: Annotated[float, typer.Option(min=0.05, max=1, help="What it sells less.")] = 0.3,
    of: Annotated[Literal["store", "region", "chain"], typer.Option(help="What falls.")] = "store",
) -> None:
    """Show how soon a store, region or chain that sells a share less is noticed, and how soon it could be."""
    from rich.console import Console

    from benchmarks.run import describe_run
    from benchmarks.store_drop import measure_store_drop, report_store_drop

    gc.freeze()
    gc.set_threshold(200_000, 20, 100)
    with Console(stderr=True).status("simulating") as line:
        result = measure_store_drop(
            days, seed, share, lambda at: line.update(f"simulated until {at:%a %d %b}"), of=of
        )
    table, record = report_store_drop(result)
    show(f"{describe_run('numpy')}\n{table}", record, only_json=json)


@app.command()
def causes(
    data: Data = None,  # noqa: ARG001  # every benchmark takes it; this one simulates
    json: Json = False,
    days: Annotated[int, typer.Option(min=1, help="Days with planted causes, after 28 without.")] = 20,
    seed: Annotated[int, typer.Option(help="Of the simulated retailer and of what is planted.")] = 1,
    per_day: Annotated[int, typer.Option(min=1, help="Planted causes a day.")] = 30,
) -> None:
    """Root cause of planted changes: how often the right part of the business is named first."""
    from rich.console import Console

    from benchmarks.causes import measure_causes, report_causes
    from benchmarks.run import describe_run

    gc.freeze()
    with Console(stderr=True).status("simulating") as line:
        result = measure_causes(days, seed, per_day, lambda at: line.update(f"simulated until {at:%a %d %b}"))
    table, record = report_causes(result)
    show(f"{describe_run('numpy')}\n{table}", record, only_json=json)


@app.command(name="payment-features")
def payment_features(
    data: Data = None,  # noqa: ARG001  # every benchmark takes it; this one simulates
    json: Json = False,
    days: Annotated[int, typer.Option(min=1, help="Simulated days that count.")] = 14,
    seed: Annotated[int, typer.Option(help="Of the simulated chain and its incidents.")] = 1,
) -> None:
    """Fraud on the simulated chain with and without bursts, devices, declines, checks and the like."""
    from rich.console import Console

    from benchmarks.payment_features import measure_features, report_features
    from benchmarks.run import describe_run

    with Console(stderr=True).status("") as line:
        result = measure_features(
            days, seed, lambda run, at: line.update(f"{run}: simulated until {at:%a %d %b}")
        )
    table, record = report_features(result)
    show(f"{describe_run('river', 'lightgbm', 'numpy')}\n{table}", record, only_json=json)


@app.command()
def nab(
    data: Data = None,
    json: Json = False,
    halves: Annotated[
        int,
        typer.Option(min=0, help="Cross-validate the threshold over so many random halves of the series."),
    ] = 0,
) -> None:
    """Anomalies found in labelled series, by the published rules of the Numenta Anomaly Benchmark."""
    from benchmarks.nab import measure_nab, nab_folder, report_nab
    from benchmarks.nab_halves import report_halves, validate
    from benchmarks.nab_series import read_all
    from benchmarks.run import describe_run

    series = read_all(nab_folder(data_folder(data)))
    table, record = report_nab(measure_nab(series))
    if halves:
        more, of_halves = report_halves(validate(series, halves))
        table, record = f"{table}\n\n{more}", record | of_halves
    show(f"{describe_run('numpy', 'numba')}\n{table}", record, only_json=json)


@app.command()
def throughput(
    data: Data = None,  # noqa: ARG001  # every benchmark takes it; this one makes its own payments
    json: Json = False,
    events: Annotated[int, typer.Option(min=200_000, help="Payments.")] = 200_000,
    runs: Annotated[int, typer.Option(min=1, help="Runs of each contestant.")] = 3,
    faust_events: Annotated[int, typer.Option(min=1_000, help="Stop stock Faust after so many.")] = 40_000,
) -> None:
    """CPU per payment on its whole way through real Kafka, beside stock Faust, quixstreams and aiokafka."""
    from benchmarks.run import describe_run
    from benchmarks.throughput import measure_throughput, report_throughput

    result = measure_throughput(events, runs, faust_events, lambda line: print(line, file=sys.stderr))
    table, record = report_throughput(result)
    versions = describe_run("faust-streaming", "quixstreams", "aiokafka", "pydantic", "numpy")
    show(f"{versions}\n{table}", record, only_json=json)


@app.command()
def sink(
    data: Data = None,  # noqa: ARG001  # every benchmark takes it; this one makes its own records
    json: Json = False,
    rows: Annotated[
        int, typer.Option(min=3_000, help="Payments, scores and clicks, a third each.")
    ] = 300_000,
) -> None:
    """Rows from Kafka into ClickHouse per CPU second of the sink, the store's CPU beside it."""
    from benchmarks.run import describe_run
    from benchmarks.sink import measure_sink, report_sink

    result = measure_sink(rows, lambda line: print(line, file=sys.stderr))
    table, record = report_sink(result)
    versions = describe_run("aiokafka", "pydantic", "clickhouse-connect", "chdb")
    show(f"{versions}\n{table}", record, only_json=json)


@app.command()
def queries(
    data: Data = None,  # noqa: ARG001  # every benchmark takes it; this one makes its own rows
    json: Json = False,
    rows: Annotated[int, typer.Option(min=10_000, help="Payments; three times as many clicks.")] = 10_000_000,
    runs: Annotated[int, typer.Option(min=1, help="Runs of each query.")] = 20,
) -> None:
    """Milliseconds of every query of the console over millions of payments, and the rows that it reads."""
    from benchmarks.queries import measure_queries, report_queries
    from benchmarks.run import describe_run

    result = measure_queries(rows, runs, lambda line: print(line, file=sys.stderr))
    table, record = report_queries(result)
    show(f"{describe_run('chdb', 'clickhouse-connect')}\n{table}", record, only_json=json)


@app.command()
def viewers(
    data: Data = None,  # noqa: ARG001  # every benchmark takes it; this one makes its own rows
    json: Json = False,
    count: Annotated[int, typer.Option("--viewers", min=1, help="Streams at the same time.")] = 200,
    seconds: Annotated[float, typer.Option(min=1, help="Measured, with one viewer and with all.")] = 20.0,
    rows: Annotated[int, typer.Option(min=10_000, help="Payments in the store.")] = 100_000,
) -> None:
    """Questions a second that many viewers of one console ask, and milliseconds until all have a picture."""
    from benchmarks.run import describe_run
    from benchmarks.viewers import measure_viewers, report_viewers

    result = measure_viewers(count, seconds, rows, lambda line: print(line, file=sys.stderr))
    table, record = report_viewers(result)
    show(f"{describe_run('aiohttp', 'chdb')}\n{table}", record, only_json=json)


@app.command()
def pages(  # noqa: PLR0917  # options, which nobody gives by place
    data: Data = None,  # noqa: ARG001  # every benchmark takes it; this one makes its own rows
    json: Json = False,
    seconds: Annotated[
        float, typer.Option(min=2, help="In which payments are looked for on the page.")
    ] = 60.0,
    rate: Annotated[float, typer.Option(min=1, help="Payments a second besides.")] = 100.0,
    loads: Annotated[int, typer.Option(min=1, help="Times that each page is opened.")] = 10,
    rows: Annotated[int, typer.Option(min=10_000, help="Payments in the store before.")] = 1_000_000,
) -> None:
    """Milliseconds from a payment in Kafka to its row on the page, and from a click to the first chart."""
    from benchmarks.pages import measure_pages, report_pages
    from benchmarks.run import describe_run

    result = measure_pages(rows, rate, seconds, loads, lambda line: print(line, file=sys.stderr))
    table, record = report_pages(result)
    show(f"{describe_run('aiohttp', 'chdb', 'playwright')}\n{table}", record, only_json=json)


@app.command()
def restore(
    data: Data = None,  # noqa: ARG001  # every benchmark takes it; this one makes its own state
    json: Json = False,
    keys: Annotated[int, typer.Option(min=1_000, help="Customers in the snapshot.")] = 1_000_000,
) -> None:
    """Seconds until a worker that was stopped is back at work."""
    from benchmarks.restore import measure_restore, report_restore
    from benchmarks.run import describe_run

    result = measure_restore(keys, lambda line: print(line, file=sys.stderr))
    table, record = report_restore(result)
    show(f"{describe_run('faust-streaming', 'aiokafka', 'numpy')}\n{table}", record, only_json=json)


@app.command("judge-restart")
def judge_restart(
    data: Data = None,  # noqa: ARG001  # every benchmark takes it; this one makes its own payments
    json: Json = False,
    events: Annotated[int, typer.Option(min=20_000, help="Payments judged before the snapshot.")] = 400_000,
) -> None:
    """Seconds until a judge that was stopped is back at work, from the log alone and from a snapshot."""
    from benchmarks.judge_restart import measure_judge_restart
    from benchmarks.restart import report_restart
    from benchmarks.run import describe_run

    result = measure_judge_restart(events, lambda line: print(line, file=sys.stderr))
    table, record = report_restart(result)
    show(f"{describe_run('faust-streaming', 'aiokafka', 'numpy')}\n{table}", record, only_json=json)


@app.command("trainer-restart")
def trainer_restart(
    data: Data = None,  # noqa: ARG001  # every benchmark takes it; this one makes its own payments
    json: Json = False,
    events: Annotated[int, typer.Option(min=50_000, help="Payments read before the snapshot.")] = 400_000,
) -> None:
    """Seconds until a trainer that was stopped is back at work, from the log alone and from a snapshot."""
    from benchmarks.restart import report_restart
    from benchmarks.run import describe_run
    from benchmarks.trainer_restart import measure_trainer_restart

    result = measure_trainer_restart(events, lambda line: print(line, file=sys.stderr))
    table, record = report_restart(result)
    show(f"{describe_run('faust-streaming', 'aiokafka', 'numpy')}\n{table}", record, only_json=json)


@app.command()
def overload(
    data: Data = None,  # noqa: ARG001  # every benchmark takes it; this one makes its own payments
    json: Json = False,
    events: Annotated[int, typer.Option(min=100_000, help="Payments that wait.")] = 2_000_000,
) -> None:
    """Memory of a worker that comes back to millions of waiting payments."""
    from benchmarks.overload import measure_overload, report_overload
    from benchmarks.run import describe_run

    result = measure_overload(events, lambda line: print(line, file=sys.stderr))
    table, record = report_overload(result)
    show(f"{describe_run('faust-streaming', 'aiokafka', 'pydantic')}\n{table}", record, only_json=json)


@app.command()
def latency(
    data: Data = None,  # noqa: ARG001  # every benchmark takes it; this one makes its own payments
    json: Json = False,
    rate: Annotated[float, typer.Option(min=1, help="Payments a second.")] = 1_000,
    seconds: Annotated[float, typer.Option(min=1, help="That are measured.")] = 60,
    warm_up: Annotated[float, typer.Option(min=0, help="Seconds before, at the same rate.")] = 10,
) -> None:
    """Milliseconds from a payment to its score and to its alert, through real Kafka."""
    from benchmarks.latency import measure_latency, report_latency
    from benchmarks.run import describe_run

    result = measure_latency(rate, seconds, warm_up, lambda line: print(line, file=sys.stderr))
    table, record = report_latency(result)
    versions = describe_run("faust-streaming", "aiokafka", "confluent-kafka", "numpy")
    show(f"{versions}\n{table}", record, only_json=json)


@app.command()
def scale(
    data: Data = None,  # noqa: ARG001  # every benchmark takes it; this one makes its own payments
    json: Json = False,
    events: Annotated[int, typer.Option(min=1_000, help="Payments.")] = 200_000,
    runs: Annotated[int, typer.Option(min=1, help="Runs with one worker and with two.")] = 3,
) -> None:
    """One worker and two on the same topic: CPU per payment, and payments a second."""
    from benchmarks.run import describe_run
    from benchmarks.scale import measure_scale, report_scale

    result = measure_scale(events, runs, lambda line: print(line, file=sys.stderr))
    table, record = report_scale(result)
    show(f"{describe_run('faust-streaming', 'aiokafka')}\n{table}", record, only_json=json)


@app.command()
def chaos(
    data: Data = None,  # noqa: ARG001  # every benchmark takes it; this one makes its own payments
    json: Json = False,
    kills: Annotated[int, typer.Option(min=1, help="Kills and freezes of processes, at least.")] = 20,
    seed: Annotated[int, typer.Option(help="Of the payments and of the faults.")] = 1,
    rate: Annotated[float, typer.Option(min=1, help="Payments a second.")] = 100.0,
) -> None:
    """Lost and doubled events while every process is killed and frozen at the worst moments."""
    from benchmarks.chaos.report import report_chaos
    from benchmarks.chaos.run import measure_chaos
    from benchmarks.run import describe_run

    result = measure_chaos(kills, seed, rate, lambda line: print(line, file=sys.stderr, flush=True))
    table, record = report_chaos(result, seed, rate)
    versions = describe_run("faust-streaming", "aiokafka", "chdb", "kafka-python")
    show(f"{versions}\n{table}", record, only_json=json)
    if not result.proven:
        sys.exit(1)


@app.command()
def stages(
    data: Data = None,  # noqa: ARG001  # every benchmark takes it; this one makes its own payments
    json: Json = False,
    events: Annotated[int, typer.Option(min=1_000, help="Payments.")] = 40_000,
    runs: Annotated[int, typer.Option(min=1, help="Runs; the lowest cost of each step counts.")] = 5,
) -> None:
    """CPU of each step of the fraud agent, per payment, without Kafka."""
    from benchmarks.run import describe_run
    from benchmarks.stages import measure_stages, report_stages

    gc.freeze()
    gc.set_threshold(200_000, 20, 100)
    result = measure_stages(events, runs, lambda line: print(line, file=sys.stderr))
    table, record = report_stages(result)
    show(f"{describe_run('pydantic', 'numpy', 'numba', 'orjson')}\n{table}", record, only_json=json)


@app.command()
def judging(
    data: Data = None,  # noqa: ARG001  # every benchmark takes it; this one makes its own payments
    json: Json = False,
    events: Annotated[int, typer.Option(min=1_000, help="Payments.")] = 40_000,
    runs: Annotated[int, typer.Option(min=1, help="Runs; the lowest cost of each step counts.")] = 5,
) -> None:
    """CPU of the judge by what it reads, per payment, without Kafka."""
    from benchmarks.judging import measure_judging, report_judging
    from benchmarks.run import describe_run

    gc.set_threshold(20_000, 20, 100)  # as in `tillwatch judge`
    result = measure_judging(events, runs, lambda line: print(line, file=sys.stderr))
    table, record = report_judging(result)
    show(f"{describe_run('pydantic', 'numpy', 'numba')}\n{table}", record, only_json=json)


@app.command()
def series(
    data: Data = None,  # noqa: ARG001  # every benchmark takes it; this one makes its own figures
    json: Json = False,
    number: Annotated[int, typer.Option(min=100, help="Series that live at once.")] = 20_000,
    minutes: Annotated[int, typer.Option(min=2, help="Minutes of figures for each detector.")] = 300,
    hours: Annotated[int, typer.Option(min=1, max=12, help="Hours of figures for the judge.")] = 2,
) -> None:
    """CPU a point of very many series: of each detector of single ones, and of the judge of a chain."""
    from benchmarks.run import describe_run
    from benchmarks.series import measure_judge, measure_series, report_series

    gc.freeze()
    gc.set_threshold(20_000, 20, 100)  # as in `tillwatch judge`
    announce = partial(print, file=sys.stderr)
    result = measure_series(number, minutes, announce)
    table, record = report_series(result, measure_judge(number, hours, announce))
    show(f"{describe_run('numpy', 'numba', 'pydantic')}\n{table}", record, only_json=json)


@app.command()
def forecast(
    data: Data = None,  # noqa: ARG001  # every benchmark takes it; this one simulates
    json: Json = False,
    days: Annotated[int, typer.Option(min=1, help="Simulated days that count, after ten without.")] = 10,
    seed: Annotated[int, typer.Option(help="Of the simulated retailer.")] = 11,
) -> None:
    """Forecasts of the next hours: truth within the bands, and error beside that of a week ago."""
    from rich.console import Console

    from benchmarks.forecast import measure_forecast, report_forecast
    from benchmarks.run import describe_run

    with Console(stderr=True).status("simulating") as line:
        result = measure_forecast(days, seed, lambda at: line.update(f"simulated until {at:%a %d %b}"))
    table, record = report_forecast(result)
    show(f"{describe_run('numpy')}\n{table}", record, only_json=json)


@app.command()
def every(
    data: Data = None,
    json: Json = False,
    without: Annotated[list[str] | None, typer.Option(help="Leave this one out; may be repeated.")] = None,
) -> None:
    """Run all benchmarks with their own settings: one table with each figure beside its bar."""
    from benchmarks.overview import overview, run_benchmark

    names = [name for name in registered() if name not in {"every", *(without or ())}]
    arguments = [] if data is None else ["--data", str(data)]
    outcomes = [run_benchmark(name, arguments, lambda line: print(line, file=sys.stderr)) for name in names]
    table, record = overview(outcomes)
    show(table, record, only_json=json)


def registered() -> list[str]:
    """Name all commands, in the order in which they are written here."""
    return [
        command.name or command.callback.__name__
        for command in app.registered_commands
        if command.callback is not None
    ]


def data_folder(data: Path | None) -> Path:
    """Give the folder of the data, or say how to name one."""
    if data is None:
        raise BenchmarkError("name the folder of the data with --data DIR or TILLWATCH_DATA")
    return data


def show(table: str, record: Mapping[str, float | None], *, only_json: bool) -> None:
    """Print a result: the table, then the record on the last line."""
    if not only_json:
        print(table)
    print(orjson.dumps(record).decode())


def main() -> None:
    """Run the command line; what is missing is said in one line, exit code 2."""
    try:
        app()
    except BenchmarkError as error:
        print(f"benchmarks: {error}", file=sys.stderr)
        sys.exit(2)


if __name__ == "__main__":
    main()
