"""Passwords and keys of one installation: made at the first start, kept in a file only its owner can read."""

import os
import secrets
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from schemas.errors import Stop

__all__ = ["Secrets", "load_or_make"]


def _fresh() -> str:
    return secrets.token_urlsafe(18)


class Secrets(BaseModel):
    """Made at random; nothing in them repeats from one installation to another."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    console_password: str = Field(default_factory=_fresh, min_length=8)
    console_session_key: str = Field(default_factory=lambda: secrets.token_urlsafe(36), min_length=32)
    store_writer_password: str = Field(default_factory=_fresh, min_length=8)
    store_reader_password: str = Field(default_factory=_fresh, min_length=8)
    collector_api_key: str = Field(default_factory=_fresh, min_length=8)

    def __repr__(self) -> str:
        """Show nothing: a traceback must not tell passwords."""
        return "Secrets(…)"

    __str__ = __repr__


def load_or_make(path: Path) -> Secrets:
    """Read the file, or make it with mode 600.

    Raises
    ------
    Stop
        The file is there and cannot be read.

    """
    try:
        return Secrets.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        pass
    except (OSError, ValidationError) as error:
        raise Stop(f"{path} cannot be read ({type(error).__name__}); delete it for new secrets") from None
    made = Secrets()
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.draft")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(made.model_dump_json(indent=2) + "\n")
    draft.replace(path)
    return made
