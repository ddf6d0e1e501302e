"""Which addresses a webhook may have: HTTPS, and nothing private that was not named."""

import socket
from ipaddress import IPv6Address, ip_address
from typing import NamedTuple
from urllib.parse import urlsplit

from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver

from schemas.errors import Stop

__all__ = ["HookAddress", "PublicAddresses", "hook_address"]


class HookAddress(NamedTuple):
    """Where to post.

    `url` may hold a secret in its path or query and is never logged; `shown` is what a log may say.
    """

    url: str
    shown: str
    loopback: bool


def hook_address(url: str, *, allow_http: bool) -> HookAddress:
    """Check a webhook's address.

    Parameters
    ----------
    url
        As the operator gave it.
    allow_http
        Take plain HTTP beyond this machine too, where everybody on the way can read the alerts.

    Raises
    ------
    Stop
        Another scheme, no host, a login in the address, or plain HTTP. The message repeats nothing of it.

    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise Stop("the webhook's address is no URL") from None
    if parts.scheme not in ("http", "https") or not host or any(ord(sign) <= ord(" ") for sign in url):
        raise Stop("the webhook's address must be https://HOST/...; give --url or TILLWATCH_WEBHOOK_URL")
    if "@" in parts.netloc:
        raise Stop("the webhook's address holds a login; deliveries are signed instead")
    loopback = names_this_machine(host)
    if parts.scheme == "http" and not (loopback or allow_http):
        raise Stop(
            "the webhook's address is plain HTTP, which anybody on the way reads; --allow-http permits it"
        )
    shown = f"{parts.scheme}://{f'[{host}]' if ':' in host else host}"
    return HookAddress(url, shown if port is None else f"{shown}:{port}", loopback)


def names_this_machine(host: str) -> bool:
    """Whether a host, as written, is loopback."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def is_public(address: str) -> bool:
    """Whether an IP address is one that everybody can have; IPv4 within IPv6 is looked at as IPv4."""
    found = ip_address(address.partition("%")[0])
    if isinstance(found, IPv6Address) and found.ipv4_mapped is not None:
        found = found.ipv4_mapped
    return found.is_global and not found.is_multicast


class PublicAddresses(AbstractResolver):
    """Resolves names to public addresses only, at every connection anew.

    The owner of a name chooses what it resolves to, and could point it into our own network. An address that
    is written as a number is never resolved, and so is as allowed as it was meant.
    """

    def __init__(self) -> None:
        self._resolver = ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Resolve a name.

        Raises
        ------
        OSError
            It has no address, or private ones only.

        """
        found = await self._resolver.resolve(host, port, family)
        public = [one for one in found if is_public(one["host"])]
        if not public:
            raise OSError("the name resolves to a private address; --allow-private permits that")
        return public

    async def close(self) -> None:
        """Release what resolving took."""
        await self._resolver.close()
