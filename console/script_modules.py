"""Which modules a page's script needs, so that the browser asks for all of them at once.

A browser that finds an import only when it has read the script asks for it one trip later, and for the
imports of that one yet later; named in the page's head, all come together.
"""

import re
from functools import cache
from pathlib import Path

__all__ = ["modules_of"]

STATIC = Path(__file__).parent / "static"
IMPORT = re.compile(r'^import\b[^"]*"\./([^"]+)";$', re.MULTILINE)


@cache
def modules_of(script: str) -> tuple[str, ...]:
    """List a script and all that it imports, and those import, each once; paths below `static/`.

    What a script imports later, with `import()`, is not among them.

    Raises
    ------
    FileNotFoundError
        There is no such script, or it imports one that is not there.

    """
    found = [script]
    for name in found:  # grows as it is gone through
        folder = Path(name).parent
        imports = IMPORT.findall((STATIC / name).read_text(encoding="utf-8"))
        found += [path for one in imports if (path := (folder / one).as_posix()) not in found]
    return tuple(found)
