"""What the folders may import: each only those before it, so that there is no cycle and no surprise."""

import ast
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
ORDER = (
    "schemas", "detectors", "producers", "streams", "sinks", "console", "tillwatch", "benchmarks", "tests",
)  # fmt: skip


@cache  # each test asks for most files
def imports_of(file: Path) -> set[str]:
    """Top-level names that a file imports, inside functions too."""
    found = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module is not None and node.level == 0:
            found.add(node.module.split(".")[0])
    return found


@pytest.mark.parametrize("package", ORDER)
def test_package_imports_only_those_before_it(package: str) -> None:
    later = set(ORDER[ORDER.index(package) + 1 :])
    files = sorted((ROOT / package).rglob("*.py"))
    assert files, f"{package} is gone, or this test looks in the wrong place"
    wrong = {str(file.relative_to(ROOT)): names for file in files if (names := imports_of(file) & later)}
    assert wrong == {}


def test_every_package_is_in_the_order() -> None:
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    assert packages - set(ORDER) == set()


@pytest.mark.parametrize(
    ("library", "homes"),
    [
        ("kafka", {"producers", "sinks"}),  # the sink asks for offset metadata, which aiokafka hides
        ("faust", {"streams"}),
        ("mode", {"streams"}),
        ("aiokafka", {"streams", "sinks"}),
        ("clickhouse_connect", {"sinks", "console"}),
        ("chdb", {"sinks"}),
        ("river", {"detectors"}),
        ("prometheus_client", {"streams"}),
        ("numba", {"detectors"}),
        ("polars", {"detectors", "producers"}),
        ("yaml", {"producers"}),
    ],
)  # fmt: skip
def test_library_stays_in_its_homes(library: str, homes: set[str]) -> None:
    """Tests and benchmarks aside, which also drive libraries bare to compare with them."""
    users = {
        package
        for package in ORDER
        if package not in ("tests", "benchmarks")
        for file in (ROOT / package).rglob("*.py")
        if library in imports_of(file)
    }
    assert users <= homes
