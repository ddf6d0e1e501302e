"""Where the dead letters of a reason stand."""

from urllib.parse import urlencode

__all__ = ["PATH", "letters_address"]

PATH = "/pipeline/dead-letters"


def letters_address(topic: str, kind: str, reason: str, **more: str) -> str:
    """Give the address of the letters of a reason; `ask` asks whether to send one or, empty, all of them."""
    return f"{PATH}?{urlencode({'topic': topic, 'kind': kind, 'reason': reason, **more})}"
