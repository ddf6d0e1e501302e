"""Ports of the local stack: free ones for tests, and a clear word when one is taken."""

import socket

from schemas.errors import Stop

__all__ = ["free_port", "require_free_port"]


def free_port() -> int:
    """Return a port of 127.0.0.1 that nobody listens on right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def require_free_port(port: int, *, program: str, setting: str) -> None:
    """Raise if the port is taken.

    Raises
    ------
    Stop
        Naming the port, the program that wanted it and the setting that gives it another.

    """
    with socket.socket() as probe:
        # as the servers themselves do: a port whose last connections linger after a restart is free
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise Stop(
                f"Port {port}, wanted by {program}, is taken ({error.strerror}): "
                f"stop what listens there, or set {setting} to another port."
            ) from error
