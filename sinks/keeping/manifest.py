"""What a copy of a store says of itself: its pieces with their checksums, and where the sink stood."""

import hashlib
from pathlib import Path

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from schemas.errors import Stop

__all__ = ["Manifest", "Piece", "SinkPosition", "read_manifest", "sha256", "write_manifest"]

NAME = "manifest.json"


class Strict(BaseModel):
    """As written, or not at all."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Piece(Strict):
    """A file of rows of one table, in ClickHouse's Native format compressed by Zstandard."""

    table: str
    file: str
    rows: int
    sha256: str


class SinkPosition(Strict):
    """What the sink had committed for a partition when the copy was made."""

    topic: str
    partition: int
    offset: int
    metadata: str


class Manifest(Strict):
    """A copy; `migrations` are the checksums of the files that had been applied, in order."""

    version: int = 1
    made_at: AwareDatetime
    migrations: list[str]
    pieces: list[Piece]
    sink_positions: list[SinkPosition]


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write it, last of all: a folder without one is no copy."""
    (folder / NAME).write_text(manifest.model_dump_json(indent=1), encoding="utf-8")


def read_manifest(folder: Path) -> Manifest:
    """Read it, and compare every piece with its checksum.

    Raises
    ------
    Stop
        The folder holds no whole copy.

    """
    try:
        manifest = Manifest.model_validate_json((folder / NAME).read_bytes())
    except (OSError, ValidationError) as error:
        raise Stop(f"{folder} holds no whole copy: {error}") from None
    for piece in manifest.pieces:
        path = folder / piece.file
        if not path.is_file() or sha256(path) != piece.sha256:
            raise Stop(f"{path} is missing or damaged: nothing was restored")
    return manifest


def sha256(path: Path) -> str:
    """Give the checksum of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
