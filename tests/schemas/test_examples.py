"""Every topic has records that its contract accepts and records that it refuses for the stated reason."""

from pathlib import Path

import pytest

import schemas
from schemas.decode import decode_record
from schemas.errors import Refused
from schemas.topics import TOPICS

EXAMPLES = Path(schemas.__file__).parent / "examples"
ACCEPTED = sorted(EXAMPLES.glob("*/accepted/*.json"))
REJECTED = sorted(EXAMPLES.glob("*/rejected/*.json"))


def name_of(path: Path) -> str:
    return f"{path.parts[-3]}/{path.stem}"


@pytest.mark.parametrize("path", ACCEPTED, ids=name_of)
def test_accepted_example_is_decoded(path: Path) -> None:
    model = TOPICS[path.parts[-3]].model
    event = decode_record(model, path.read_bytes())
    assert decode_record(model, event.model_dump_json().encode()) == event


@pytest.mark.parametrize("path", REJECTED, ids=name_of)
def test_rejected_example_is_refused_for_its_reason(path: Path) -> None:
    """The file's name is KIND--WHAT THE REASON NAMES--in words."""
    kind, named, _ = path.stem.split("--")
    with pytest.raises(Refused) as caught:
        decode_record(TOPICS[path.parts[-3]].model, path.read_bytes())
    assert caught.value.kind == kind
    assert named in caught.value.reason.replace(" ", "_")


def test_every_topic_has_accepted_and_rejected_examples() -> None:
    topics = set(TOPICS)
    assert {path.parts[-3] for path in ACCEPTED} == topics
    assert {path.parts[-3] for path in REJECTED} == topics
    assert {path.name for path in EXAMPLES.iterdir()} == topics
