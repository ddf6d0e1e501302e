"""A taken port."""

import socket

import pytest

from schemas.errors import Stop
from tillwatch.stack.ports import free_port, require_free_port


def test_taken_port_is_named_with_its_setting() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(Stop, match=rf"Port {port}, wanted by the console, is taken .* set TILLWATCH_X"):
            require_free_port(port, program="the console", setting="TILLWATCH_X")


def test_free_port_is_accepted() -> None:
    require_free_port(free_port(), program="the console", setting="TILLWATCH_X")
