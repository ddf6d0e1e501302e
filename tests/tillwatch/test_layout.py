"""The folder of a local stack."""

from pathlib import Path

import pytest

from schemas.errors import Stop
from tillwatch.stack.layout import Layout


def test_second_stack_on_a_folder_is_refused(tmp_path: Path) -> None:
    layout = Layout(tmp_path / "var")
    with (
        layout.locked(),
        pytest.raises(Stop, match=r"Another local stack runs on .*var: stop it, or set TILLWATCH_VAR"),
        layout.locked(),
    ):
        pass
    with layout.locked():
        pass


def test_wiping_keeps_secrets_and_what_is_not_ours(tmp_path: Path) -> None:
    layout = Layout(tmp_path)
    for folder in (layout.kafka, layout.store, layout.ledgers, layout.simulator, layout.logs):
        (folder / "deep").mkdir(parents=True)
    for file in (layout.clock, layout.secrets, tmp_path / "notes.txt"):
        file.touch()
    layout.wipe()
    assert {path.name for path in tmp_path.iterdir()} == {"secrets.json", "notes.txt"}
