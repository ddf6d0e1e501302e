"""Who is logged in: a signed cookie, so that the server keeps nothing per visitor."""

import base64
import binascii
import hashlib
import hmac
import secrets

__all__ = ["COOKIE", "Sessions"]

COOKIE = "tillwatch_session"


class Sessions:
    """Issues and reads session tokens: user, expiry and a nonce under an HMAC-SHA256.

    Parameters
    ----------
    key
        Secret of at least 32 bytes; None makes a random one for the life of the process.
    lifetime_seconds
        How long a login lasts.

    """

    def __init__(self, key: bytes | None, *, lifetime_seconds: float) -> None:
        self.key = key if key is not None else secrets.token_bytes(32)
        self.lifetime_seconds = lifetime_seconds

    def issue(self, user: str, at: float) -> str:
        """Make the token of a user who just logged in; `at` is in seconds since 1970."""
        content = f"{int(at + self.lifetime_seconds)}:{secrets.token_hex(8)}:{user}".encode()
        return f"{encode(content)}.{encode(self.signature(content))}"

    def user_of(self, token: str | None, at: float) -> str | None:
        """Name the user of a token; None if it is missing, forged or expired."""
        content, _, signature = (token or "").partition(".")
        try:
            payload, signed = decode(content), decode(signature)
        except (binascii.Error, ValueError):
            return None
        if not hmac.compare_digest(self.signature(payload), signed):
            return None
        expires, _, user = payload.decode().split(":", 2)
        return user if at < int(expires) else None

    def signature(self, content: bytes) -> bytes:
        """Sign; the prefix keeps this key's signatures from being used for anything else."""
        return hmac.digest(self.key, b"tillwatch-session:" + content, hashlib.sha256)


def encode(content: bytes) -> str:
    """Write bytes in letters that a cookie may hold."""
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def decode(text: str) -> bytes:
    """Read what `encode` wrote."""
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
