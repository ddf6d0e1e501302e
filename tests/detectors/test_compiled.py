"""Compiled loops work where nothing can be kept on disk, too."""

from typing import Any

from detectors.compiled import compiled


def test_a_loop_without_a_place_for_its_file_is_compiled_all_the_same() -> None:
    names: dict[str, Any] = {}
    exec(  # noqa: S102  # a function without a file
        "def total(end):\n    found = 0\n    for n in range(end):\n        found += n\n    return found",
        names,
    )
    assert compiled(names["total"])(10) == 45
