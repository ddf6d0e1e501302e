"""What every file must and must not say: a cheap look at everything that git tracks."""

import ast
import re
import subprocess
from functools import cache
from pathlib import Path

import pytest

__all__: list[str] = []

ROOT = Path(__file__).parent.parent
PACKAGES = ("schemas", "detectors", "producers", "streams", "sinks", "console", "tillwatch", "benchmarks")
VENDORED = re.compile(r"(^|/)(vendor|vendored)/")
# Put together from parts, so that this file may hold them. Hosts of package registries do not belong into
# a lock file: whoever installs chooses the registry. Paths of one machine mean nothing on another.
FORBIDDEN = {
    "a registry's host": re.compile(
        "|".join(
            re.escape(".".join(parts))
            for parts in [
                ("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "org"), ("npmjs", "com"),
                ("yarnpkg", "com"), ("repo1", "maven"), ("repo", "maven"), ("maven", "org"),
                ("crates", "io"), ("rubygems", "org"), ("proxy", "golang"),
            ]
        ),
        re.IGNORECASE,
    ),
    "a path of one machine": re.compile(
        "(?<![A-Za-z0-9_.-])/(?:"
        + "|".join(["wo" + "rk/", "ho" + "me/", "ro" + "ot/", "Us" + "ers/", "tm" + "p/venv"])
        + ")"
    ),
}  # fmt: skip


@cache
def tracked() -> tuple[Path, ...]:
    """Name every file that git tracks and that is there, without what others wrote."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True)
    names = [name for name in listed.stdout.split("\0") if name and not VENDORED.search(name)]
    return tuple(path for name in names if (path := ROOT / name).is_file())


@cache
def python_files() -> tuple[Path, ...]:
    return tuple(path for path in tracked() if path.suffix == ".py")


def within(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_git_tracks_this_project() -> None:
    """Without this an export that is no clone would pass every test below unseen."""
    assert {"pyproject.toml", "schemas/topics.py"} <= {within(path) for path in tracked()}


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_file_names(what: str) -> None:
    found = []
    for path in tracked():
        content = path.read_bytes()
        if b"\0" in content[:8192]:
            continue  # a picture
        for number, line in enumerate(content.decode("utf-8").splitlines(), start=1):
            if FORBIDDEN[what].search(line):
                found.append(f"{within(path)}:{number}")
    assert not found, f"{what} in {', '.join(found)}"


@pytest.mark.parametrize(
    ("what", "text"),
    [
        ("a registry's host", "index-url = https://py" + "pi.org/simple"),
        ("a registry's host", '"resolved": "https://' + "registry" + ".np" + 'mjs.org/uplot"'),
        ("a path of one machine", "see /wo" + "rk/notes.md"),
        ("a path of one machine", "#!/tm" + "p/venv/bin/python"),
    ],
)
def test_forbidden_text_would_be_found(what: str, text: str) -> None:
    assert FORBIDDEN[what].search(text)


def test_every_module_has_a_docstring() -> None:
    without = [within(path) for path in python_files() if not ast.get_docstring(ast.parse(path.read_bytes()))]
    assert not without


def test_every_module_of_a_package_names_what_is_public() -> None:
    """The list stands after the imports and names only what the module has."""
    wrong = []
    for path in python_files():
        if path.name == "__init__.py" or within(path).split("/")[0] not in PACKAGES:
            continue
        body = ast.parse(path.read_bytes()).body
        public = [
            node for node in body
            if isinstance(node, ast.Assign | ast.AnnAssign) and "__all__" in ast.unparse(node).split("=")[0]
        ]  # fmt: skip
        if len(public) != 1:
            wrong.append(within(path))
    assert not wrong


def test_init_files_hold_a_docstring_only() -> None:
    wrong = [
        within(path)
        for path in python_files()
        if path.name == "__init__.py" and len(ast.parse(path.read_bytes()).body) != 1
    ]
    assert not wrong


def test_no_module_is_called_for_what_it_is_not() -> None:
    unnamed = {"utils", "util", "helpers", "helper", "common", "manager", "misc"}
    assert not [within(path) for path in python_files() if unnamed & set(path.stem.split("_"))]


def test_packages_import_only_those_before_them() -> None:
    wrong = []
    for path in python_files():
        package = within(path).split("/")[0]
        if package not in PACKAGES:
            continue
        later = PACKAGES[PACKAGES.index(package) + 1 :]
        for node in ast.walk(ast.parse(path.read_bytes())):
            names = (
                [alias.name for alias in node.names] if isinstance(node, ast.Import)
                else [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            )  # fmt: skip
            wrong += [f"{within(path)} imports {name}" for name in names if name.split(".")[0] in later]
    assert not wrong
