"""One attempt to post a record, and what its outcome means."""

from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from types import TracebackType
from typing import Literal, Self

import aiohttp

from sinks.channels.address import HookAddress, PublicAddresses
from sinks.channels.backoff import retry_after
from sinks.channels.signature import signed_headers

__all__ = ["Hook", "Outcome"]

# Refusals that pass: too slow, too early, too often.
PASSING = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS})


@dataclass(frozen=True)
class Outcome:
    """What became of an attempt.

    Parameters
    ----------
    kind
        `delivered`; `later`: try again; `refused`: the receiver will never take it.
    reason
        For people and logs, without anything secret.
    wait_seconds
        How long the receiver asked us to wait, for all deliveries.

    """

    kind: Literal["delivered", "later", "refused"]
    reason: str = ""
    wait_seconds: float = 0.0


class Hook:
    """Posts to one address; use it as an asynchronous context.

    Parameters
    ----------
    address
        Where to.
    secret
        Signs every delivery.
    timeout_seconds
        For one attempt as a whole: resolving, connecting, sending and the head of the answer.
    allow_private
        Let the address's name resolve to a private network.

    """

    def __init__(
        self, address: HookAddress, *, secret: bytes, timeout_seconds: float, allow_private: bool
    ) -> None:
        self._address = address
        self._secret = secret
        self._timeout_seconds = timeout_seconds
        self._guarded = not (allow_private or address.loopback)

    async def __aenter__(self) -> Self:
        """Open a session that keeps no connection, no cookie and no setting of the environment."""
        self._session = aiohttp.ClientSession(
            # a connection that was kept may be closed by the other side at the moment it is used
            connector=aiohttp.TCPConnector(
                resolver=PublicAddresses() if self._guarded else aiohttp.ThreadedResolver(),
                use_dns_cache=False,
                force_close=True,
            ),
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=self._timeout_seconds),
            headers={"User-Agent": "tillwatch", "Content-Type": "application/json"},
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the session."""
        await self._session.close()

    async def post(self, body: bytes, topic: str) -> Outcome:
        """Post one record of a topic as JSON; the body of the answer is never read."""
        now = datetime.now(UTC)
        headers = {**signed_headers(body, secret=self._secret, at=now), "Tillwatch-Topic": topic}
        try:
            async with self._session.post(
                self._address.url, data=body, headers=headers, allow_redirects=False
            ) as answer:
                return outcome_of(answer.status, answer.headers.get("Retry-After"), now)
        except TimeoutError:
            return Outcome("later", f"no answer within {self._timeout_seconds:g} s")
        except (aiohttp.ClientError, OSError) as error:
            return Outcome("later", failure(error))


def outcome_of(status: int, retry_header: str | None, now: datetime) -> Outcome:
    """Say what a status means for us."""
    if 200 <= status < 300:
        return Outcome("delivered")
    if 300 <= status < 400:
        return Outcome("later", f"answered {status}, a redirect; none is followed, give the final address")
    if 400 <= status < 500 and status not in PASSING:
        return Outcome("refused", f"answered {status}")
    return Outcome("later", f"answered {status}", retry_after(retry_header, now=now))


def failure(error: Exception) -> str:
    """Say why there was no answer; never by the error's own text, which may hold the whole address."""
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return f"its name cannot be resolved: {cause(error.os_error)}"
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        return f"its certificate is not trusted: {type(error.certificate_error).__name__}"
    if isinstance(error, aiohttp.ClientConnectorError):
        return f"no connection: {cause(error.os_error)}"
    return f"no answer: {type(error).__name__}"


def cause(error: OSError) -> str:
    """Take the system's words, or those of `PublicAddresses`; both name no address's path."""
    return error.strerror or str(error)
