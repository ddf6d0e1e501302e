"""The list of generations, for people and for programs."""

from collections.abc import Sequence

import orjson
from rich.console import Console
from rich.table import Table

from schemas.generation import ORIGINAL, Generation
from streams.reprocessing import Reached, reached

__all__ = ["generations_json", "generations_table"]


def generations_json(servers: str, generations: Sequence[Generation], live: Generation | None) -> str:
    """Write one line of JSON: what is live, and every generation with how far it has come."""
    found = []
    for one in generations:
        come = progress(servers, one)
        found.append(
            {
                **one.model_dump(mode="json", exclude={"schema_version", "offsets"}),
                "done": None if come is None else come.done,
                "wanted": None if come is None else come.wanted,
            }
        )
    number, name = (0, ORIGINAL) if live is None else (live.number, live.name)
    return orjson.dumps({"live": {"number": number, "name": name}, "generations": found}).decode()


def generations_table(servers: str, generations: Sequence[Generation], live: Generation | None) -> None:
    """Print a table."""
    table = Table("", "name", "what", "model", "from", "scored", "begun (UTC)", box=None)
    table.add_row("0", ORIGINAL, mark("", live is None), "as valid", "", "", "")
    for one in generations:
        come = progress(servers, one)
        what = f"takes back {one.undoes}" if one.undoes else one.kind
        table.add_row(
            str(one.number),
            one.name,
            mark(what, one == live),
            one.model_version or "as valid",
            one.chosen[:16],
            "" if come is None else f"{come.done:,} of {come.wanted:,}",
            f"{one.at:%Y-%m-%d %H:%M}",
        )
    console = Console()
    if not console.is_terminal:
        console.width = 120
    console.print(table)


def mark(what: str, is_live: bool) -> str:
    """Say which one is live."""
    return f"{what}, live".removeprefix(", ") if is_live else what


def progress(servers: str, generation: Generation) -> Reached | None:
    """Say how far a reprocess has come; nothing of a switch."""
    return reached(servers, generation) if generation.kind == "reprocess" else None
