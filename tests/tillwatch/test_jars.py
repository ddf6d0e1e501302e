"""Java and Maven that are missing, old or failing."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from schemas.errors import Stop
from tillwatch.stack.jars import fetch_jars, find_java


def fake(folder: Path, name: str, script: str) -> None:
    program = folder / name
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A PATH of one empty folder."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    return folder


@pytest.mark.usefixtures("path")
def test_missing_java_says_what_to_install() -> None:
    with pytest.raises(Stop, match=r"no java was found .* apt-get install openjdk-17.* docker-compose\.yml"):
        find_java()


def test_old_java_is_refused(path: Path) -> None:
    fake(path, "java", """echo 'openjdk version "11.0.2" 2019-01-15' >&2""")
    with pytest.raises(Stop, match=r'needs Java 17 or newer; .*java says version "11'):
        find_java()


def test_new_java_is_accepted(path: Path) -> None:
    fake(path, "java", """echo 'openjdk version "21" 2023-09-19' >&2""")
    assert find_java() == str(path / "java")


@pytest.mark.usefixtures("path")
def test_missing_maven_says_what_to_install(tmp_path: Path) -> None:
    with pytest.raises(Stop, match=r"no mvn was found on PATH\. Install Java 17 or newer and Maven"):
        fetch_jars(tmp_path / "jars")


def test_failing_maven_leaves_no_half_folder(path: Path, tmp_path: Path) -> None:
    fake(path, "mvn", "echo '[INFO] trying'; echo '[ERROR] no such host'; exit 1")
    with pytest.raises(Stop, match=r"could not fetch Kafka's jars: \[ERROR\] no such host"):
        fetch_jars(tmp_path / "jars")
    assert not (tmp_path / "jars").exists()


def test_jars_are_fetched_once(path: Path, tmp_path: Path) -> None:
    fake(
        path, "mvn", 'for a in "$@"; do case $a in -DoutputDirectory=*) /bin/mkdir -p "${a#*=}";; esac; done'
    )
    said: list[str] = []
    fetch_jars(tmp_path / "jars", announce=said.append)
    (path / "mvn").unlink()
    fetch_jars(tmp_path / "jars", announce=said.append)
    assert len(said) == 1


def test_of_several_at_once_one_fetches_and_the_others_wait(path: Path, tmp_path: Path) -> None:
    """A broker that has begun to start must not lose its jars to a second copy."""
    make = 'for a in "$@"; do case $a in -DoutputDirectory=*) /bin/mkdir -p "${a#*=}";; esac; done'
    fake(path, "mvn", f"{make}; /bin/sleep .3")
    said: list[str] = []
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: fetch_jars(tmp_path / "jars", announce=said.append), range(4)))
    assert found == [tmp_path / "jars"] * 4
    assert len(said) == 1
