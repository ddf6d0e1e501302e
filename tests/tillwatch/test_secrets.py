"""Passwords and keys of an installation."""

import stat
from pathlib import Path

import pytest

from schemas.errors import Stop
from tillwatch.stack.secrets import Secrets, load_or_make


def test_secrets_are_made_once_and_only_for_their_owner(tmp_path: Path) -> None:
    path = tmp_path / "var" / "secrets.json"
    made = load_or_make(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert load_or_make(path) == made


def test_no_two_secrets_are_equal() -> None:
    values = [*Secrets().model_dump().values(), *Secrets().model_dump().values()]
    assert len(set(values)) == len(values)


def test_damaged_secrets_are_an_error_that_tells_none(tmp_path: Path) -> None:
    path = tmp_path / "secrets.json"
    path.write_text('{"console_password": "hunter2hunter2", "x": 1}')
    with pytest.raises(Stop, match=r"cannot be read .*; delete it for new secrets") as refused:
        load_or_make(path)
    assert "hunter2" not in str(refused.value)


def test_secrets_do_not_show_in_a_traceback() -> None:
    made = Secrets()
    assert made.console_password not in f"{made!r} {made}"
