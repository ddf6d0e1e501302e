"""Who may send: one API key per source."""

import hashlib
import hmac
from collections.abc import Mapping

from schemas.errors import Stop
from schemas.synthetic_answer import SYNTHETIC_SOURCE

__all__ = ["ApiKeys"]

SHORTEST_KEY = 16
MOST_CHARACTERS = 128


class ApiKeys:
    """Looks up the source that a key belongs to, in a time that does not depend on the keys.

    Only hashes are kept.
    """

    def __init__(self, keys: Mapping[str, str]) -> None:
        self._hashes = {source: digest(key) for source, key in keys.items()}

    @classmethod
    def parse(cls, text: str, setting: str = "TILLWATCH_COLLECTOR_API_KEYS") -> "ApiKeys":
        """Read `source=key,source=key`; `setting` is where they stand.

        Raises
        ------
        Stop
            No key, one too short or used twice, a source that is reserved, or a text of another form. The
            message names no key.

        """
        keys: dict[str, str] = {}
        for number, pair in enumerate(filter(None, (part.strip() for part in text.split(","))), start=1):
            source, separator, key = pair.partition("=")
            if not separator or not 0 < len(source) <= MOST_CHARACTERS:
                raise Stop(f"{setting}: entry {number} is not source=key")
            if source == SYNTHETIC_SOURCE:
                raise Stop(f"{setting}: entry {number}: {source} is the source of synthetic payments only")
            if len(key) < SHORTEST_KEY:
                raise Stop(f"{setting}: entry {number} has a key under {SHORTEST_KEY} characters")
            if source in keys or key in keys.values():
                raise Stop(f"{setting}: entry {number} repeats a source or a key")
            keys[source] = key
        if not keys:
            raise Stop(f"{setting} is empty: give at least one source=key")
        return cls(keys)

    def source_of(self, authorization: str | None) -> str | None:
        """Return the source that an Authorization header stands for, or None.

        Every key is compared, always in full, so that time tells nothing.
        """
        scheme, _, key = (authorization or "").partition(" ")
        presented = digest(key.strip())
        found = None
        for source, expected in self._hashes.items():
            if hmac.compare_digest(presented, expected):
                found = source
        return found if scheme.lower() == "bearer" else None


def digest(key: str) -> bytes:
    """Hash a key, so that comparing takes the same time whatever its length."""
    return hashlib.sha256(key.encode("utf-8", "surrogateescape")).digest()
