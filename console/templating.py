"""Templates: jinja2 with everything escaped."""

from pathlib import Path

import jinja2
import orjson
from aiohttp import web

from console.language import _, browser_words, language, ngettext
from console.script_modules import modules_of

__all__ = ["STATIC", "TEMPLATES", "page", "templates"]

FOLDER = Path(__file__).parent
STATIC = FOLDER / "static"
TEMPLATES = web.AppKey("TEMPLATES", jinja2.Environment)


def templates() -> jinja2.Environment:
    """Open the templates. A name that a template uses and nobody gave is an error, not an empty text."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(FOLDER / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {
        "_": _,
        "ngettext": ngettext,
        "language": language,
        "browser_words": browser_words,
    }
    environment.globals["modules_of"] = modules_of
    environment.policies["json.dumps_function"] = as_json
    environment.policies["json.dumps_kwargs"] = {}
    return environment


def as_json(value: object) -> str:
    """Write what a page holds for its script, as the API writes it; `tojson` escapes it."""
    return orjson.dumps(value).decode()


def page(environment: jinja2.Environment, name: str, *, status: int = 200, **content: object) -> web.Response:
    """Render a template as a whole page."""
    text = environment.get_template(name).render(**content)
    response = web.Response(text=text, content_type="text/html", charset="utf-8", status=status)
    response.enable_compression()
    return response
