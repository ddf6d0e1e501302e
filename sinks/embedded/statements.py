"""Tell a statement from the data that follows it in the same body."""

import re
from typing import NamedTuple

__all__ = ["Split", "split_insert"]

# Skipped over as a whole: comments, quoted text, quoted names; else one word or one character.
TOKEN = re.compile(
    rb"""(?P<skip>\s+|--[^\n]*|\#!?[^\n]*|/\*.*?\*/)
       |(?P<quoted>'(?:[^'\\]|\\.|'')*'|`(?:[^`\\]|\\.)*`|"(?:[^"\\]|\\.)*")
       |(?P<word>[A-Za-z_][A-Za-z0-9_]*)
       |(?P<other>.)""",
    re.DOTALL | re.VERBOSE,
)
# A statement before its data is short; what is longer is data or not an insert.
HEAD_BYTES = 65_536


class Split(NamedTuple):
    """A statement, and where it is an insert with data: the format and the data, else None."""

    statement: str
    input_format: str | None
    data: bytes


def split_insert(query: bytes, body: bytes) -> Split:
    """Split what came in the `query` parameter and in the body as ClickHouse does.

    `INSERT … FORMAT X` and `INSERT … VALUES` are followed by data, in the same text or in the body, and so is
    `INSERT … SELECT … FROM input(…) FORMAT X`; any other statement is both texts together. A wrong cut can
    only make ClickHouse refuse the statement or the data: the statement alone is checked, and the data never
    runs.
    """
    text = query.rstrip() + b"\n" + body if query.strip() else body
    depth = 0
    words: list[bytes] = []
    for token in TOKEN.finditer(text, 0, HEAD_BYTES):
        if token.lastgroup == "skip":
            continue
        if token.lastgroup == "other":
            depth += {b"(": 1, b")": -1}.get(token.group(), 0)
        if token.lastgroup != "word" or depth:
            continue
        words.append(token.group().upper())
        if words[0] != b"INSERT":
            break
        if words[-1] == b"FORMAT" and b"SELECT" in words and b"INPUT" not in words:
            break
        if len(words) > 1 and words[-2] == b"FORMAT":
            return cut(text, token.end(), token.group().decode())
        if words[-1] == b"VALUES" and words != [b"INSERT", b"INTO", b"VALUES"]:
            return cut(text, token.end(), "Values")
    return Split(text.decode("utf-8"), None, b"")


def cut(text: bytes, end: int, input_format: str) -> Split:
    """Cut behind the format's name; one line break or blank belongs to neither side."""
    start = end + (text[end : end + 1] in (b"\n", b" ") or 2 * (text[end : end + 2] == b"\r\n"))
    return Split(text[:end].decode("utf-8"), input_format, text[start:])
