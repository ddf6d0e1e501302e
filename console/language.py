"""The console's language: every message that people read, looked up in one catalogue.

English is the text in the code and the key of the catalogue. `_` translates where a text is used, `N_` only
marks a constant that is translated where it is shown. Placeholders are named and in braces.
"""

import gettext as gnu
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

__all__ = ["LOCALE", "N_", "_", "browser_words", "known_languages", "language", "ngettext", "speak"]

LOCALE = Path(__file__).parent / "locale"
ENGLISH = "en"


class Spoken:
    """What the console speaks: one language a process, chosen when it starts."""

    language: str = ENGLISH
    translations: gnu.NullTranslations = gnu.NullTranslations()
    browser: Mapping[str, str] = {}


def known_languages() -> tuple[str, ...]:
    """List the languages that there are: English and each that has a catalogue."""
    return ENGLISH, *sorted(path.parent.name for path in LOCALE.glob("*/console.po"))


def language() -> str:
    """Give the code of the language that is spoken, for `lang` of pages."""
    return Spoken.language


def speak(code: str, catalogue: Catalog | None = None) -> None:
    """Speak a language from now on.

    Parameters
    ----------
    code
        One of `known_languages`.
    catalogue
        Its messages; left out = those of its file.

    """
    if catalogue is None and code != ENGLISH:
        with (LOCALE / code / "console.po").open("rb") as file:
            catalogue = read_po(file, locale=code)
    Spoken.language = code
    Spoken.translations = gnu.NullTranslations() if catalogue is None else translations_of(catalogue)
    Spoken.browser = {} if catalogue is None else words_of(catalogue)


def translations_of(catalogue: Catalog) -> gnu.GNUTranslations:
    """Compile a catalogue in memory, so that the file people edit is the only one."""
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return gnu.GNUTranslations(compiled)


def words_of(catalogue: Catalog) -> dict[str, str]:
    """Choose the messages that scripts show: their own, and words of the data."""
    return {
        message.id: message.string
        for message in catalogue
        if isinstance(message.id, str)
        and isinstance(message.string, str)
        and message.string
        and any(place.endswith((".js", "data_words.py")) for place, _line in message.locations)
    }


def browser_words() -> Mapping[str, str]:
    """Give what scripts say, by the English text; empty in English."""
    return Spoken.browser


def _(message: str, /, **placeholders: object) -> str:
    """Translate a message and fill in its placeholders; a text that is no message stays as it is."""
    text = Spoken.translations.gettext(message) if message else ""  # the empty one is the file's head
    return text.format(**placeholders) if placeholders else text


def ngettext(one: str, many: str, number: int, /, **placeholders: object) -> str:
    """Translate a message in the form that a number needs; `{number}` is written with its thousands."""
    text = Spoken.translations.ngettext(one, many, number)
    return text.format(number=f"{number:,}", **placeholders)


def N_(message: str, /) -> str:  # noqa: N802  gettext's own name
    """Mark a constant as a message, to be translated where it is shown."""
    return message
