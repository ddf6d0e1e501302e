"""A page's head names every module that its script needs, so that they come at once."""

import re

import pytest

from console.script_modules import modules_of
from console.templating import STATIC, templates

SCRIPTS = sorted(path.name for path in STATIC.glob("*.js"))


def test_what_is_imported_by_what_is_imported_is_among_them() -> None:
    found = modules_of("now.js")
    assert found[0] == "now.js"
    assert {"day_chart.js", "day_flags.js", "vendor/uplot-1.6.32.esm.js"} <= set(found)
    assert len(set(found)) == len(found)


@pytest.mark.parametrize("script", SCRIPTS)
def test_every_import_of_every_script_is_found(script: str) -> None:
    written = re.findall(r'^import\b.*"\./(.*)"', (STATIC / script).read_text(), re.MULTILINE)
    assert set(written) <= set(modules_of(script))
    assert all((STATIC / module).exists() for module in modules_of(script))


def test_a_script_that_is_not_there_is_an_error() -> None:
    with pytest.raises(FileNotFoundError):
        modules_of("nothing.js")


def test_a_page_names_them_once_each() -> None:
    module = templates().get_template("scripts.html").module
    head = str(module.script("now.js"))  # type: ignore[attr-defined]  # a macro
    assert head.count("<script ") == 1
    assert re.findall(r'modulepreload" href="/static/(.*?)"', head) == list(modules_of("now.js"))
