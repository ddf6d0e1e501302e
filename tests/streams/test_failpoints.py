"""Failpoints fire once armed, at the pass that was asked for, and never otherwise."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from schemas.errors import Stop
from streams import failpoints
from tests.support import forked

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = """
import sys, time
from streams import failpoints
failpoints.arm(sys.argv[1])
for number in range(1, 6):
    failpoints.reach("outputs-acknowledged")
    print("passed", number, flush=True)
time.sleep(float(sys.argv[2]))
print("lived on")
"""


def run(spec: str, then_wait: float = 0) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-c", SCRIPT, spec, str(then_wait)], capture_output=True, text=True, check=False
    )


def passed(outcome: "subprocess.CompletedProcess[str]") -> list[str]:
    return re.findall(r"passed (\d)", outcome.stdout)


def test_an_armed_failpoint_kills_at_its_turn_and_says_so() -> None:
    outcome = run("outputs-acknowledged:3")
    assert outcome.returncode == -9
    assert passed(outcome) == ["1", "2"]
    assert outcome.stderr == "failpoint outputs-acknowledged fired at its 3. reach: kill\n"


def test_a_kill_may_come_a_moment_later() -> None:
    outcome = run("outputs-acknowledged:3:kill:0.05", then_wait=30)
    assert outcome.returncode == -9
    assert passed(outcome) == ["1", "2", "3", "4", "5"]
    assert "lived on" not in outcome.stdout


def test_an_error_ends_the_process_by_the_ordinary_path() -> None:
    outcome = run("outputs-acknowledged:2:error")
    assert outcome.returncode == 1
    assert passed(outcome) == ["1"]
    assert "Stop: failpoint outputs-acknowledged was armed with an error" in outcome.stderr


@pytest.mark.parametrize("action", ["freeze", "delay"])
def test_a_freeze_and_a_delay_pass(action: str) -> None:
    outcome = run(f"outputs-acknowledged:2:{action}:0.2,outputs-acknowledged:4:{action}:0.2")
    assert outcome.returncode == 0
    assert passed(outcome) == ["1", "2", "3", "4", "5"]
    assert re.findall(r"fired at its (\d)", outcome.stderr) == ["2", "4"]


def test_a_frozen_process_stands_still_until_it_is_continued() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", SCRIPT, "outputs-acknowledged:2:freeze:0.3", "0"], stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"passed 1\n"
        status = Path(f"/proc/{process.pid}/stat")
        while status.read_text().rpartition(")")[2].split()[0] != "T":  # stopped
            assert process.poll() is None
        assert process.stdout.readline() == b"passed 2\n"


@pytest.mark.parametrize("spec", ["", "rows-inserted:1", "rows-inserted:1:freeze:9,outputs-acknowledged:6"])
def test_others_are_passed(spec: str) -> None:
    assert run(spec).returncode == 0


@pytest.mark.parametrize(
    "spec",
    [
        "nowhere:1", "rows-inserted", "rows-inserted:0", "rows-inserted:x", "rows-inserted:1:burn",
        "rows-inserted:1:freeze", "rows-inserted:1:delay:soon", "rows-inserted:1:error:1",
        "rows-inserted:1:kill:-1", "rows-inserted:1:kill:1:1", "rows-inserted:1,nowhere:1",
    ],
)  # fmt: skip
def test_a_wrong_spec_is_refused_with_the_names(spec: str) -> None:
    with pytest.raises(Stop, match=r"NAME:N.*outputs-acknowledged, .*rows-inserted"):
        failpoints.arm(spec)


@pytest.mark.parametrize("command", ["worker", "judge", "trainer", "sink", "store", "collector"])
def test_every_command_arms_what_its_environment_says(command: str) -> None:
    outcome = forked.run(["tillwatch", command], {"TILLWATCH_FAILPOINT": "nowhere:1"})
    assert outcome.returncode == 2
    assert outcome.stderr.startswith("tillwatch: TILLWATCH_FAILPOINT must be NAME:N")


def test_every_point_is_passed_in_one_place() -> None:
    calls = [
        name
        for package in ("streams", "sinks")
        for file in (ROOT / package).rglob("*.py")
        if file.name != "failpoints.py"
        for name in re.findall(r'failpoints\.reach\("([a-z-]+)"\)', file.read_text())
    ]
    assert sorted(calls) == sorted(failpoints.FAILPOINTS)


def test_the_page_for_operators_lists_every_point() -> None:
    page = (ROOT / "docs" / "chaos.md").read_text()
    listed = re.findall(r"^\| `([a-z-]+)` \| ([^|]+) \| ([^|]+) \|$", page, re.MULTILINE)
    assert [(name, f"{who}: {what}") for name, who, what in listed] == list(failpoints.FAILPOINTS.items())
