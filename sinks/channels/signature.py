"""What proves to a receiver that a delivery is ours: a keyed hash over its time and body."""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime

__all__ = ["signed_headers"]

DELIVERY_DIGITS = 32


def signed_headers(body: bytes, *, secret: bytes, at: datetime) -> Mapping[str, str]:
    """Make the headers of one attempt.

    The delivery's id is a hash of the body: every attempt at the same state of an alert has the same one, so
    a receiver that keeps ids does nothing twice. The signature covers the time, so an old delivery that
    somebody recorded cannot be sent again later.

    Examples
    --------
    >>> from datetime import UTC
    >>> at = datetime(2026, 11, 22, tzinfo=UTC)
    >>> signed_headers(b"{}", secret=b"0123456789abcdef", at=at)["Tillwatch-Signature"]
    'v1=1fae0a08e4f8f7a03f5914dec5b962281a570ee0284f791cc88a701dc633e4e8'

    """
    timestamp = str(int(at.timestamp()))
    digest = hmac.new(secret, timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    return {
        "Tillwatch-Delivery": hashlib.sha256(body).hexdigest()[:DELIVERY_DIGITS],
        "Tillwatch-Timestamp": timestamp,
        "Tillwatch-Signature": f"v1={digest}",
    }
