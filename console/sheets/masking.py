"""What those see of people who may not see who they are."""

from console.masking import cut
from console.sheets.sheet import Scene

__all__ = ["masked"]


def masked(identifier: str, scene: Scene) -> str:
    """Give an identifier, or its end for those who may not see it."""
    return cut(identifier) if scene.asked.masked else identifier
