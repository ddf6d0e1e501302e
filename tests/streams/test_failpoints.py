"""Failpoints fire once armed, at the pass that was asked for, and never otherwise."""

import subprocess
import sys

import pytest

from schemas.errors import Stop
from streams import failpoints

SCRIPT = """
from streams import failpoints
failpoints.arm({spec!r})
for number in range(1, 6):
    failpoints.reach("outputs-acknowledged")
    print("passed", number, flush=True)
"""


def run(spec: str | None) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-c", SCRIPT.format(spec=spec)], capture_output=True, text=True, check=False
    )


def test_an_armed_failpoint_kills_at_its_turn_and_says_so() -> None:
    outcome = run("outputs-acknowledged:3")
    assert outcome.returncode == -9
    assert outcome.stdout.split() == ["passed", "1", "passed", "2"]
    assert "failpoint outputs-acknowledged fired at its 3. reach" in outcome.stderr


@pytest.mark.parametrize("spec", [None, "", "rows-inserted:1"])
def test_others_are_passed(spec: str | None) -> None:
    assert run(spec).returncode == 0


@pytest.mark.parametrize("spec", ["nowhere:1", "rows-inserted", "rows-inserted:0", "rows-inserted:x"])
def test_a_wrong_spec_is_refused(spec: str) -> None:
    with pytest.raises(Stop, match="NAME:N"):
        failpoints.arm(spec)
