"""The command line: `python -m benchmarks NAME`."""

import gc
import sys
from collections.abc import Mapping
from datetime import datetime
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
def fraud(
    data: Data = None,
    json: Json = False,
    test_from: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="First test day.")] = datetime(  # noqa: DTZ001  # a day in the data's own zone
        2018, 8, 8
    ),
    weeks: Annotated[int, typer.Option(min=1, help="Test weeks.")] = 1,
    model: Annotated[
        Literal["champion", "online", "feedback"], typer.Option(help="champion is the online model for now.")
    ] = "champion",
) -> None:
    """Fraud found in the card-fraud data, by the published protocol."""
    from rich.console import Console
    from rich.progress import Progress

    from benchmarks.card_fraud import read_payments
    from benchmarks.fraud import measure_fraud, report_fraud
    from benchmarks.run import describe_run

    if model == "feedback":
        raise BenchmarkError("--model feedback is not built yet; take champion or online")
    payments = read_payments(data_folder(data) / "card-fraud" / "transactions.parquet")
    # Young events die in order; looking for cycles among all that wait for labels takes 45 % of the run.
    gc.freeze()
    gc.set_threshold(200_000, 20, 100)
    with Progress(console=Console(stderr=True)) as bar:
        task = bar.add_task("payments", total=len(payments))
        result = measure_fraud(
            payments, test_from.date(), weeks, lambda done: bar.update(task, completed=done)
        )
    table, record = report_fraud(result, test_from.date(), weeks)
    show(f"{describe_run('river', 'numpy')}\n{table}", record, only_json=json)


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


@app.command()
def throughput(
    data: Data = None,  # noqa: ARG001  # every benchmark takes it; this one makes its own payments
    json: Json = False,
    events: Annotated[int, typer.Option(min=200_000, help="Payments.")] = 200_000,
    runs: Annotated[int, typer.Option(min=1, help="Runs of each contestant.")] = 3,
    faust_events: Annotated[int, typer.Option(min=1_000, help="Stop stock Faust after so many.")] = 40_000,
) -> None:
    """CPU per payment on its whole way through real Kafka, beside stock Faust and bare aiokafka."""
    from benchmarks.run import describe_run
    from benchmarks.throughput import measure_throughput, report_throughput

    result = measure_throughput(events, runs, faust_events, lambda line: print(line, file=sys.stderr))
    table, record = report_throughput(result)
    versions = describe_run("faust-streaming", "aiokafka", "pydantic", "numpy")
    show(f"{versions}\n{table}", record, only_json=json)


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
