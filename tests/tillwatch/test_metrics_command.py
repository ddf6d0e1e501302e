"""`tillwatch metrics`, as somebody asks it."""

from pathlib import Path

from typer.testing import CliRunner

from detectors.series.table import SERIES
from tillwatch.commands.metrics import metrics

RUN = CliRunner()


def test_list_names_every_series() -> None:
    said = RUN.invoke(metrics, ["list"])
    assert said.exit_code == 0
    assert [line.split()[0] for line in said.stdout.splitlines() if line.split()[0] in SERIES] == [*SERIES]


def test_show_says_what_is_declared_of_one() -> None:
    said = RUN.invoke(metrics, ["show", "refunds"])
    assert said.exit_code == 0
    assert "refunds and their money" in said.stdout
    assert "high" in said.stdout


def test_a_series_that_there_is_not_is_refused_by_name() -> None:
    said = RUN.invoke(metrics, ["show", "sails"])
    assert said.exit_code == 2
    assert "no series is called sails" in said.output


def test_page_writes_the_page(tmp_path: Path) -> None:
    assert RUN.invoke(metrics, ["page", str(tmp_path / "series.md")]).exit_code == 0
    assert "| `refunds` |" in (tmp_path / "series.md").read_text()
