"""What a command logs: one JSON object a line, and no flood."""

import logging

import orjson

from tillwatch.log_lines import Calm, JsonLines


def record(name: str, message: str, *arguments: object, created: float = 1_000.0) -> logging.LogRecord:
    made = logging.LogRecord(name, logging.WARNING, __file__, 1, message, arguments, None)
    made.created = created
    return made


def test_a_line_is_json_with_the_fields_given() -> None:
    made = record("streams.fraud", "partitions of %s", "fraud")
    made.partitions = [1, 2]
    line = orjson.loads(JsonLines().format(made))
    assert line["message"] == "partitions of fraud"
    assert (line["level"], line["logger"], line["partitions"]) == ("warning", "streams.fraud", [1, 2])


def test_a_library_says_a_thing_once_in_five_seconds() -> None:
    calm = Calm()
    assert calm.filter(record("aiokafka", "Unable connect to node %s", 1))
    assert not calm.filter(record("aiokafka", "Unable connect to node %s", 2, created=1_004.0))
    assert calm.filter(record("aiokafka", "Unable connect to node %s", 1, created=1_006.0))
    assert calm.filter(record("aiokafka.client", "Unable connect to node %s", 1))


def test_our_own_lines_are_all_written() -> None:
    calm = Calm()
    assert all(calm.filter(record("streams.batch_source", "commit refused")) for _ in range(3))
