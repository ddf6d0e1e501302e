"""The table of topics is complete and agrees with the models, the exports and itself."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest
from pydantic import BaseModel

import schemas.topics
from schemas.decode import decode_record
from schemas.event import Event
from schemas.export import exported, write
from schemas.topics import MAX_RECORD_BYTES, TOPICS, Topic

ROOT = Path(schemas.topics.__file__).parent.parent
# The longest feature window (the handbook's 30 days) and the label delay, from which state is rebuilt.
WINDOW_DAYS, LABEL_DELAY_DAYS = 30, 7

every_topic = pytest.mark.parametrize("topic", TOPICS.values(), ids=TOPICS)


def models_within(model: type[BaseModel]) -> Iterator[type[BaseModel]]:
    yield model
    for field in model.model_fields.values():
        stack: list[object] = [field.annotation]
        while stack:
            part = stack.pop()
            stack += get_args(part)
            if isinstance(part, type) and issubclass(part, BaseModel):
                yield from models_within(part)


def test_constants_are_the_names_in_capitals() -> None:
    constants = {name: value for name, value in vars(schemas.topics).items() if isinstance(value, Topic)}
    assert {name: topic.name for name, topic in constants.items()} == {
        name.upper().replace("-", "_"): name for name in TOPICS
    }
    assert set(constants) <= set(schemas.topics.__all__)


@every_topic
def test_name_is_one_that_kafka_and_its_metrics_take(topic: Topic) -> None:
    assert TOPICS[topic.name] is topic
    # Dots and underscores collide in Kafka's own metric names.
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", topic.name)
    assert len(topic.name) <= 249


@every_topic
def test_records_are_found_by_key_or_by_partition(topic: Topic) -> None:
    assert hasattr(topic.model, "key") == (topic.dense_over is None)
    assert topic.key.startswith("none") == (topic.dense_over is not None)


@every_topic
def test_key_of_every_accepted_example_is_text(topic: Topic) -> None:
    for path in (ROOT / "schemas" / "examples" / topic.name / "accepted").iterdir():
        record = decode_record(topic.model, path.read_bytes())
        if topic.dense_over is None:
            assert isinstance(key := getattr(record, "key"), str)  # noqa: B009  # BaseModel has no key
            assert key


@every_topic
def test_dense_topic_has_its_input_s_partitions_and_retention(topic: Topic) -> None:
    if topic.dense_over is not None:
        source = TOPICS[topic.dense_over]
        assert topic.partitions == source.partitions
        assert (topic.retention_days or 0) >= (source.retention_days or 0)


@pytest.mark.parametrize("name", ["transactions", "scores", "labels"])
def test_state_can_be_rebuilt_from_the_log(name: str) -> None:
    days = TOPICS[name].retention_days
    assert days is None or days >= WINDOW_DAYS + LABEL_DELAY_DAYS


@every_topic
def test_settings_are_what_the_design_says(topic: Topic) -> None:
    config = topic.config()
    assert config["message.timestamp.type"] == "LogAppendTime"
    assert int(config["max.message.bytes"]) == 4 * MAX_RECORD_BYTES
    assert config["cleanup.policy"] == topic.cleanup
    days = topic.retention_days
    assert config["retention.ms"] == ("-1" if days is None else str(days * 24 * 60 * 60 * 1000))
    assert (topic.cleanup == "compact") == (days is None)
    assert topic.partitions >= 1


@every_topic
def test_every_field_is_described(topic: Topic) -> None:
    for model in models_within(topic.model):
        missing = [name for name, field in model.model_fields.items() if not field.description]
        assert not missing, model.__name__


@every_topic
def test_every_record_is_versioned_strict_and_frozen(topic: Topic) -> None:
    assert get_args(topic.model.model_fields["schema_version"].annotation) == (1,)
    for model in models_within(topic.model):
        for setting, value in {
            "strict": True, "frozen": True, "extra": "ignore", "allow_inf_nan": False
        }.items():  # fmt: skip
            assert model.model_config.get(setting) == value, model.__name__


@every_topic
def test_every_topic_has_a_writer_and_a_reader(topic: Topic) -> None:
    assert topic.written_by
    assert topic.read_by


def test_only_what_sources_send_has_the_envelope() -> None:
    assert {name for name, topic in TOPICS.items() if issubclass(topic.model, Event)} == {
        "transactions", "clicks", "stock-movements"
    }  # fmt: skip


@pytest.mark.parametrize(("path", "text"), exported().items(), ids=exported())
def test_exported_file_is_up_to_date(path: str, text: str) -> None:
    stale = not (ROOT / path).exists() or (ROOT / path).read_text(encoding="utf-8") != text
    assert not stale, f"{path} is stale: run make schemas"


def test_no_exported_schema_is_left_of_a_topic_that_is_gone() -> None:
    found = {path.relative_to(ROOT).as_posix() for path in (ROOT / "schemas" / "json").iterdir()}
    assert found | {"docs/topics.md", "docs/metrics.md"} == set(exported())


def test_export_writes_once_and_deletes_what_is_gone(tmp_path: Path) -> None:
    assert write(tmp_path) == sorted(exported())
    assert write(tmp_path) == []
    gone = tmp_path / "schemas" / "json" / "gone.schema.json"
    gone.write_text("{}")
    (tmp_path / "docs" / "topics.md").write_text("stale")
    assert write(tmp_path) == ["docs/topics.md", "schemas/json/gone.schema.json"]
    assert not gone.exists()
