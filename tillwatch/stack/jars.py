"""Kafka's jars, resolved and copied by Maven as deploy/kafka/pom.xml says."""

import fcntl
import hashlib
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

from schemas.errors import Stop

__all__ = ["DEPLOY", "JARS", "fetch_jars", "find_java"]

DEPLOY = Path(__file__).resolve().parents[2] / "deploy" / "kafka"
JARS = DEPLOY / "jars"

MIN_JAVA = 17
"""Kafka 4 runs on nothing older."""

REMEDY = (
    f"Install Java {MIN_JAVA} or newer and Maven "
    "(Debian, Ubuntu: apt-get install openjdk-17-jre-headless maven), "
    "or use docker-compose.yml, or set TILLWATCH_KAFKA_BOOTSTRAP_SERVERS to a Kafka cluster that you have."
)


def find_java() -> str:
    """Return the path of a Java that Kafka runs on.

    Raises
    ------
    Stop
        There is none, or it is too old; the message says what to install.

    """
    java = shutil.which("java")
    if java is None:
        raise Stop(f"The local Kafka needs Java, and no java was found on PATH. {REMEDY}")
    answer = subprocess.run([java, "-version"], capture_output=True, text=True, check=False)
    version = re.search(r'version "(\d+)', answer.stderr)
    if version is None or int(version[1]) < MIN_JAVA:
        found = version[0] if version else "no version"
        raise Stop(f"The local Kafka needs Java {MIN_JAVA} or newer; {java} says {found}. {REMEDY}")
    return java


def fetch_jars(jars: Path = JARS, *, announce: Callable[[str], None] = lambda _: None) -> Path:
    """Let Maven copy the jars if they are not there yet, and return their folder.

    Whole or not at all: Maven copies beside the folder, which is renamed at the end, and one process does so
    while others wait: a second copy would take the place of jars that a broker is starting from. A change of
    the pom fetches again.

    Raises
    ------
    Stop
        Maven is missing or failed; the message says what to do.

    """
    jars.parent.mkdir(parents=True, exist_ok=True)
    with (jars.parent / f"{jars.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return _fetched(jars, announce)


def _fetched(jars: Path, announce: Callable[[str], None]) -> Path:
    pom = DEPLOY / "pom.xml"
    stamp = jars / "pom.sha256"
    wanted = hashlib.sha256(pom.read_bytes()).hexdigest()
    if stamp.is_file() and stamp.read_text() == wanted:
        return jars
    maven = shutil.which("mvn")
    if maven is None:
        raise Stop(f"The local Kafka's jars come through Maven, and no mvn was found on PATH. {REMEDY}")
    announce("fetching Kafka's jars with Maven (43 MB, once)")
    with tempfile.TemporaryDirectory(dir=jars.parent, prefix="jars-") as folder:
        fresh = Path(folder) / "jars"
        goal = [maven, "-B", "-q", "-f", str(pom), "dependency:copy-dependencies"]
        outcome = subprocess.run(
            [*goal, f"-DoutputDirectory={fresh}", "-DincludeScope=runtime"],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
        )  # fmt: skip
        if outcome.returncode != 0:
            errors = [line for line in outcome.stdout.splitlines() if "ERROR" in line]
            raise Stop(f"Maven could not fetch Kafka's jars: {(errors or ['no message'])[0][:500]}. {REMEDY}")
        (fresh / stamp.name).write_text(wanted)
        shutil.rmtree(jars, ignore_errors=True)
        fresh.rename(jars)
    return jars
