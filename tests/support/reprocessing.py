"""Running `tillwatch reprocess` in tests, on a log that was scored live."""

import json
import os
import subprocess
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from schemas.label import Label
from schemas.model import Model
from schemas.score import Score
from schemas.topics import LABELS, MODELS, SCORES, TRANSACTIONS, Topic, scores_of
from schemas.transaction import Transaction
from streams.dense_reader import DenseReader
from tests.detectors.models import WIDTH, model
from tests.support.command import running
from tests.support.events import MONDAY, label, payment
from tests.support.forked import run
from tests.support.topic_log import read_raw, send, wait_until_committed

__all__ = [
    "MODEL_VERSIONS",
    "WORKER",
    "command",
    "compared",
    "history",
    "raw_values",
    "reprocess",
    "score_live",
    "scores_once",
    "start",
]

WORKER = ("tillwatch", "worker")
SPACING = timedelta(minutes=5)
MODELS_MADE: tuple[Model, ...] = (
    model(0, weights=tuple(0.05 * (-1.0) ** place for place in range(WIDTH)), bias=-1.0),
    model(1, weights=tuple(0.2 * (-1.0) ** place for place in range(WIDTH)), bias=0.5),
)
MODEL_VERSIONS = tuple(made.version for made in MODELS_MADE)


def history(count: int, first: int = 0) -> list[Transaction]:
    """Make payments every five minutes."""
    return [payment(seq, occurred_at=MONDAY + SPACING * seq) for seq in range(first, first + count)]


def labels_of(paid: Sequence[Transaction]) -> list[Label]:
    """Label each payment a week later; a large amount is fraud."""
    return [
        label(
            one,
            one.occurred_at + timedelta(days=7),
            verdict="fraud" if one.amount_minor > 18_000 else "genuine",
        )
        for one in paid
    ]


def score_live(kafka: str, folder: Path, paid: Sequence[Transaction]) -> None:
    """Let labels and two models be there first, then let the worker score the payments."""
    send(kafka, LABELS, labels_of(paid))
    send(kafka, MODELS, MODELS_MADE)
    send(kafka, TRANSACTIONS, paid)
    with running(WORKER, kafka, folder) as worker:
        wait_until_committed(kafka, "tillwatch-fraud", TRANSACTIONS)
        assert worker.stop() == 0


def command(kafka: str, *arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Run a command to its end."""
    variables = {**os.environ, "TILLWATCH_KAFKA_BOOTSTRAP_SERVERS": kafka, **environment}
    return run(["tillwatch", "reprocess", *arguments], variables)


def start(kafka: str, name: str, *options: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Reprocess up to the live position."""
    return command(kafka, "start", name, *options, **environment)


def reprocess(kafka: str, name: str, *options: str) -> None:
    """Reprocess up to the live position, which must work."""
    ended = start(kafka, name, *options)
    assert ended.returncode == 0, ended.stderr


def compared(kafka: str, name: str) -> dict[str, Any]:
    """Compare, as a program reads it."""
    ended = command(kafka, "compare", name, "--json")
    assert ended.returncode == 0, ended.stderr
    found: dict[str, Any] = json.loads(ended.stdout)
    return found


def scores_once(kafka: str, topic: Topic) -> tuple[dict[tuple[int, int], Score], DenseReader]:
    """Read scores as any reader must, by partition and offset of the payment."""
    reader = DenseReader()
    found = {}
    for raw in read_raw(kafka, topic):
        score = Score.model_validate_json(raw.value)
        assert score.origin.partition == raw.partition
        if reader.accept(score.origin):
            found[raw.partition, score.origin.offset] = score
    return found, reader


def raw_values(kafka: str, name: str | None = None) -> list[tuple[int, int, bytes]]:
    """Read `scores`, or those of a reprocess, byte by byte."""
    return sorted(read_raw(kafka, SCORES if name is None else scores_of(name)))
