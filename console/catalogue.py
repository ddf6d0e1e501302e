"""Collect what people read on the console's pages: `python -m console.catalogue`.

Writes `console/locale/console.pot`, and brings the catalogue of each language up to date: what is new stands
there without a translation, what is gone is dropped.
"""

import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from console.language import LOCALE

__all__ = ["TEMPLATE", "collected", "main", "untranslated", "written"]

CONSOLE = Path(__file__).parent
TEMPLATE = LOCALE / "console.pot"
METHODS = [
    ("static/vendor/**", "ignore"),
    ("**.py", "python"),
    ("templates/**.html", "jinja2.ext:babel_extract"),
    ("static/**.js", "javascript"),
]
KEYWORDS = {"_": None, "N_": None, "ngettext": (1, 2)}
OPTIONS = {"templates/**.html": {"trim_blocks": "true", "lstrip_blocks": "true", "silent": "false"}}
HEAD = "# What people read on the console's pages. Written by `make words`."
PLACEHOLDER = re.compile(r"\{(\w+)\}")


def collected() -> Catalog:
    """Read every marked message out of the code, each with the files that it stands in."""
    catalogue = Catalog(
        project="Tillwatch", version="console", charset="utf-8", header_comment=HEAD, fuzzy=False
    )
    found = extract_from_dir(CONSOLE, METHODS, OPTIONS, keywords=KEYWORDS, comment_tags=())
    for file, _line, message, _comments, _context in sorted(found, key=lambda one: (one[0], one[1])):
        place = f"console/{file}"
        known = catalogue.get(message if isinstance(message, str) else message[0])
        if known is None or (place, 0) not in known.locations:
            catalogue.add(message, locations=[(place, 0)])
    for one in catalogue:
        one.flags -= {"python-format", "python-brace-format"}  # per cent signs here are per cent signs
    return catalogue


def written(catalogue: Catalog) -> bytes:
    """Write a catalogue as its file; nothing in it depends on the day or the machine."""
    out = BytesIO()
    write_po(out, catalogue, width=100, omit_header=False, sort_by_file=False, include_lineno=False)
    text = out.getvalue().decode()
    kept = [line for line in text.splitlines() if not re.match(r'"(POT-|PO-|Generated|Last-|Report-)', line)]
    return ("\n".join(kept).rstrip() + "\n").encode()


def languages() -> Iterator[Path]:
    """Find the catalogues that people edit."""
    yield from sorted(LOCALE.glob("*/console.po"))


def brought_up_to_date(path: Path, template: Catalog) -> Catalog:
    """Give a language every message of the template, with the translation that it has."""
    with path.open("rb") as file:
        catalogue = read_po(file, locale=path.parent.name)
    catalogue.update(template, no_fuzzy_matching=True, update_header_comment=False)
    catalogue.obsolete.clear()
    return catalogue


def untranslated(catalogue: Catalog) -> list[str]:
    """List messages without a translation, or with one that has other placeholders."""
    found = []
    for message in catalogue:
        if not message.id:
            continue
        ids = [message.id] if isinstance(message.id, str) else list(message.id)
        texts = [message.string] if isinstance(message.string, str) else list(message.string or ("",))
        wanted = {name for text in ids for name in PLACEHOLDER.findall(text)}
        if (
            not all(texts)
            or any(set(PLACEHOLDER.findall(text)) - wanted for text in texts)
            or wanted - {"number"} - {name for text in texts for name in PLACEHOLDER.findall(text)}
        ):
            found.append(ids[0])
    return found


def main() -> None:
    """Write the template and every language."""
    template = collected()
    TEMPLATE.parent.mkdir(exist_ok=True)
    TEMPLATE.write_bytes(written(template))
    for path in languages():
        path.write_bytes(written(brought_up_to_date(path, template)))


if __name__ == "__main__":
    main()
