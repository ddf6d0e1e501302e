"""The metric centre lists every query there is, and says what it is and what it reads."""

from console.query import FOLDER
from console.sheets.metric_centre import METRIC_CENTRE
from console.sheets.page_figures import page_figures
from console.sheets.registry import SHEETS
from detectors.series.table import SERIES
from schemas.metrics import METRICS_EXPOSED


def test_every_file_is_asked_and_every_query_has_its_file() -> None:
    files = {str(path.relative_to(FOLDER).with_suffix("")) for path in FOLDER.rglob("*.sql")}
    assert {figure.name for figure in page_figures()} == files | {"rules/ledger"}
    assert all(figure.meaning and figure.tables for figure in page_figures())


def test_a_figure_on_two_pages_is_one_query() -> None:
    by_name = {figure.name: figure for figure in page_figures()}
    assert by_name["open_alerts"].pages == ("Now", "Stores", "Store", "Goods", "Stock")
    assert by_name["stores/ranking"].pages == ("Now", "Stores")
    assert by_name["pipeline/sources"].tables == ("completeness",)
    assert by_name["rules/ledger"].tables == ("rule_hit_payments", "said_of_payments")


def test_sheets_have_names_and_addresses_of_their_own() -> None:
    assert len({sheet.name for sheet in SHEETS}) == len({sheet.path for sheet in SHEETS}) == len(SHEETS)
    assert METRIC_CENTRE in SHEETS
    assert SERIES
    assert METRICS_EXPOSED
