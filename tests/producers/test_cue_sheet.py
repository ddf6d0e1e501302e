"""The cue sheet: written in one step, read in order, refused where it is not one."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import get_args

import pytest

from producers.cue_sheet import INCIDENT_KINDS, Incident, IncidentKind, read_cue_sheet, write_cue_sheet
from producers.errors import CueSheetUnreadable

NOON = datetime(2026, 10, 21, 12, tzinfo=UTC)


def incident(kind: IncidentKind, begins_at: datetime) -> Incident:
    return Incident(
        kind=kind,
        title="Network of Kiel is gone",
        store_id="store-18",
        entity_type="store",
        entity="store-18",
        others=("till-18-1",),
        begins_at=begins_at,
        ends_at=begins_at + timedelta(hours=1),
    )


def test_what_is_written_is_read_in_order_of_time(tmp_path: Path) -> None:
    later, sooner = incident("shrinkage", NOON), incident("silent_store", NOON - timedelta(minutes=1))
    write_cue_sheet(tmp_path / "new" / "sheet.json", [later, sooner])
    assert read_cue_sheet(tmp_path / "new" / "sheet.json") == [sooner, later]
    write_cue_sheet(tmp_path / "new" / "sheet.json", [])
    assert read_cue_sheet(tmp_path / "new" / "sheet.json") == []
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["sheet.json"]


def test_nothing_goes_wrong_where_there_is_no_sheet(tmp_path: Path) -> None:
    assert read_cue_sheet(tmp_path / "none.json") == []
    assert read_cue_sheet(None) == []


@pytest.mark.parametrize("content", ["", "{}", '[{"kind": "earthquake"}]'])
def test_another_file_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "sheet.json").write_text(content)
    with pytest.raises(CueSheetUnreadable, match="not a cue sheet"):
        read_cue_sheet(tmp_path / "sheet.json")


def test_kinds_are_listed_once_each() -> None:
    assert set(INCIDENT_KINDS) == set(get_args(IncidentKind))
    assert len(INCIDENT_KINDS) == 10
