"""The store wall: which square a store is, and what it says."""

from dataclasses import replace

from console.panels.store_wall import Square, StoreGroup, store_wall
from console.panels.stores import RankingRow, StoreRow
from tests.console.test_rail import ALERT, DAY, OVER

ALWAYS = ([*range(7)], ["00:00"] * 7, ["24:00"] * 7)
NEVER: tuple[list[int], list[str], list[str]] = ([], [], [])
STORES = [
    StoreRow("ulm", "Ulm", "pos", "south", "UTC", *ALWAYS),
    StoreRow("kiel", "Kiel", "pos", "north", "UTC", *ALWAYS),
    StoreRow("bonn", "Bonn", "pos", "north", "UTC", *ALWAYS),
    StoreRow("essen", "Essen", "pos", "north", "UTC", *NEVER),
]
ROWS = [RankingRow("kiel", 9_600, 3, 9_600, 0, 0, 0, 10_000, 3)]
SILENT = replace(
    ALERT,
    kind="source_silent",
    store_id="kiel",
    sentence="Kiel silent since 13:20. 3 tills, usually 4 a minute.",
)
SOON = replace(ALERT, alert_id="soon", severity="soon", store_id="kiel", money_at_risk_minor=10**9)
CLOSED = replace(ALERT, alert_id="closed", store_id="essen")


def drawn(
    *alerts: object, rows: list[RankingRow] | None = ROWS
) -> tuple[tuple[StoreGroup, ...], dict[str, Square]]:
    groups = store_wall(rows, STORES, alerts, day=DAY, currency="EUR")  # type: ignore[arg-type]  # they are alerts
    return groups, {one.store_id: one for group in groups for one in group.squares}


def test_each_store_stands_in_its_region_by_name_whatever_is_wrong() -> None:
    for alerts in ((), (SILENT, CLOSED)):
        groups, _ = drawn(*alerts)
        assert [(group.label, [one.store_id for one in group.squares]) for group in groups] == [
            ("North", ["bonn", "essen", "kiel"]), ("South", ["ulm"]),
        ]  # fmt: skip


def test_worst_open_alert_is_the_shape_and_the_sentence() -> None:
    groups, squares = drawn(SILENT, SOON, OVER)
    kiel = squares["kiel"]
    assert (kiel.level, kiel.icon, kiel.address) == ("silent", "▨", "/stores/kiel")
    assert kiel.says == "Kiel, silent: Kiel silent since 13:20; €96 up to 14:30, ↓ 4 % on last Tuesday"
    assert groups[0].says == "1 silent, 1 in range, 1 closed"
    assert drawn(SOON)[1]["kiel"].level == "soon"
    assert drawn(OVER)[1]["kiel"].says == "Kiel is in range: €96 up to 14:30, ↓ 4 % on last Tuesday"


def test_closed_store_is_never_an_alarm_and_still_says_what_is_open() -> None:
    groups, squares = drawn(CLOSED)
    essen = squares["essen"]
    assert (essen.level, essen.icon) == ("closed", "")
    assert "closed by its opening hours; open about it: App checkout failing" in essen.says
    assert groups[0].says == "2 in range, 1 closed"


def test_what_sold_nothing_sold_0_and_before_the_store_was_asked_it_is_not_known() -> None:
    assert drawn()[1]["ulm"].says == "Ulm is in range: €0 up to 14:30, no figure for last Tuesday"
    assert drawn(rows=None)[1]["ulm"].says == "Ulm is in range: – up to 14:30"
