"""What is left of the id of a person for those who may not see whose it is."""

__all__ = ["cut"]

SHOWN = 4


def cut(identifier: str) -> str:
    """Give the end of an identifier: enough to tell two apart on a page.

    Examples
    --------
    >>> cut("customer-0815"), cut("c-1"), cut("")
    ('…0815', '…', '')

    """
    if not identifier:
        return identifier
    return f"…{identifier[-SHOWN:]}" if len(identifier) > 2 * SHOWN else "…"
