"""docker-compose.yml stays in step with the code, since no container engine runs it here."""

import re
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml
from pydantic_settings import BaseSettings

from console.settings import ConsoleSettings
from producers.settings import CollectorSettings, ProducerSettings, SyntheticSettings
from schemas.settings import KafkaSettings
from schemas.topics import BROKER_MAX_BYTES
from sinks.settings import ClickHouseSettings, SinkSettings, StoreSettings
from streams.settings import StreamSettings
from tillwatch.__main__ import app
from tillwatch.settings import StackSettings

ROOT = Path(__file__).resolve().parents[1]
TEXT = (ROOT / "docker-compose.yml").read_text()
SETTINGS: tuple[type[BaseSettings], ...] = (
    ClickHouseSettings, CollectorSettings, ConsoleSettings, KafkaSettings, ProducerSettings, SinkSettings,
    StackSettings, StoreSettings, StreamSettings, SyntheticSettings,
)  # fmt: skip


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    parsed: dict[str, Any] = yaml.safe_load(TEXT)
    found: dict[str, Any] = parsed["services"]
    return found


def names_of(settings: type[BaseSettings]) -> set[str]:
    prefix = settings.model_config.get("env_prefix", "")
    return {
        str(field.validation_alias or f"{prefix}{name}".upper())
        for name, field in settings.model_fields.items()
    }


def test_every_variable_is_a_setting() -> None:
    known = set().union(*(names_of(settings) for settings in SETTINGS))
    used = set(re.findall(r"TILLWATCH_[A-Z_]+", TEXT))
    assert "TILLWATCH_KAFKA_BOOTSTRAP_SERVERS" in used
    assert used - known == set()


def test_every_command_exists(services: dict[str, Any]) -> None:
    commands = typer.main.get_command(app).commands  # type: ignore[attr-defined]  # it is a group
    for name, service in services.items():
        if "command" in service:
            command = commands[service["command"][0]]
            for argument in service["command"][1:]:
                assert argument in command.commands, f"{name} runs {service['command']}"


def test_every_program_of_the_chain_is_there(services: dict[str, Any]) -> None:
    ours = {"worker", "trainer", "judge", "sink", "explainer", "console", "collector", "synthetic"}
    assert services.keys() == ours | {"kafka", "topics", "clickhouse", "grafana"}
    for name in ours:
        assert services[name]["command"] == [name]


def test_kafka_is_the_version_and_size_of_the_local_one(services: dict[str, Any]) -> None:
    version = re.search(r"<artifactId>kafka_2\.13</artifactId>\s*<version>(.+?)<", pom())
    assert version is not None
    assert services["kafka"]["image"] == f"apache/kafka:{version[1]}"
    environment = services["kafka"]["environment"]
    assert environment["KAFKA_MESSAGE_MAX_BYTES"] == str(BROKER_MAX_BYTES)
    assert environment["KAFKA_AUTO_CREATE_TOPICS_ENABLE"] == "false"


def test_nothing_is_published_beyond_loopback(services: dict[str, Any]) -> None:
    published = [port for service in services.values() for port in service.get("ports", [])]
    assert len(published) == 3
    assert all(port.startswith("127.0.0.1:") for port in published)


def test_files_that_it_mounts_and_copies_exist(services: dict[str, Any]) -> None:
    mounted = [v for s in services.values() for v in s.get("volumes", []) if v.startswith("./")]
    copied = re.findall(r"^COPY (.+) \S+$", (ROOT / "deploy" / "Dockerfile").read_text(), re.MULTILINE)
    paths = [mount.split(":")[0] for mount in mounted] + [path for line in copied for path in line.split()]
    assert len(paths) > 10
    assert [path for path in paths if not (ROOT / path).exists()] == []


def pom() -> str:
    return (ROOT / "deploy" / "kafka" / "pom.xml").read_text()
