"""Detectors know neither Kafka, nor a store, nor a clock, nor a file."""

import ast
from pathlib import Path

import pytest

import detectors

ROOT = Path(detectors.__file__).parent
KEPT_ON_DISK = ROOT / "compiled.py"
"""Machine code is, and of processes that start together one makes it."""
FILES = sorted(set(ROOT.rglob("*.py")) - {KEPT_ON_DISK})
ALLOWED = {
    "abc",
    "array",
    "bisect",
    "collections",
    "dataclasses",
    "datetime",
    "difflib",
    "functools",
    "hashlib",
    "heapq",
    "itertools",
    "math",
    "operator",
    "re",
    "statistics",
    "struct",
    "typing",
    "uuid",
    "weakref",
    "zlib",
    "zoneinfo",
}
# What the graph of a detector's objects needs to know of their classes.
ALLOWED |= {"ast", "copy", "enum", "gc", "inspect", "msgspec", "pydantic", "textwrap", "types"}
ALLOWED |= {"numba", "numpy", "polars", "river", "lightgbm", "detectors", "schemas"}
OF_SYS = {"intern", "modules"}
"""The one keeps a text once, the other are the classes that are here."""
CLOCKS = {"now", "utcnow", "today", "time", "monotonic", "perf_counter"}


def offences(tree: ast.AST) -> list[str]:
    """What a file imports or calls that a detector must not."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names if alias.name.split(".")[0] not in ALLOWED]
        elif isinstance(node, ast.ImportFrom) and node.module == "sys":
            found += [alias.name for alias in node.names if alias.name not in OF_SYS]
        elif isinstance(node, ast.ImportFrom):
            found += [node.module or "."] if (node.module or "").split(".")[0] not in ALLOWED else []
        elif isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            found += [name] if name in CLOCKS | {"open", "exec", "eval"} else []
    return found


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.relative_to(ROOT).as_posix())
def test_a_detector_imports_no_io_and_reads_no_clock(file: Path) -> None:
    assert offences(ast.parse(file.read_text())) == []


@pytest.mark.parametrize(
    "source",
    [
        *("import aiokafka", "from clickhouse_connect import x", "import time", "datetime.now(UTC)"),
        *("open('x')", "import sys", "from sys import stdin"),
    ],
)
def test_the_rule_refuses(source: str) -> None:
    assert offences(ast.parse(source)) != []
