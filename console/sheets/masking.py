"""What those see of people who may not see who they are."""

from console.sheets.sheet import Scene

__all__ = ["masked"]

SHOWN = 4


def masked(identifier: str, scene: Scene) -> str:
    """Give an identifier, or its end for those who may not see it: enough to tell two apart on a page."""
    if not scene.asked.masked or not identifier:
        return identifier
    return f"…{identifier[-SHOWN:]}" if len(identifier) > 2 * SHOWN else "…"
