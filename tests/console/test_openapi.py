"""The API's document names what there is, and nothing else."""

import re

from console.openapi import openapi_document, operations
from console.server import create_app
from schemas.settings import KafkaSettings
from sinks.settings import ClickHouseSettings
from tests.support_console.serving import settings

DOCUMENT = openapi_document()


def test_every_address_of_the_api_is_in_the_document_and_no_other() -> None:
    app = create_app(settings(), ClickHouseSettings(), KafkaSettings(bootstrap_servers="127.0.0.1:1"))
    served = {
        (route.method.lower(), route.resource.canonical)
        for route in app.router.routes()
        if route.resource is not None
        and route.method != "HEAD"
        and route.resource.canonical.startswith("/api")
    }
    documented = {(method, path) for path, methods in DOCUMENT["paths"].items() for method in methods}
    assert documented == served


def test_every_schema_that_is_pointed_to_is_there() -> None:
    pointed = set(re.findall(r"'#/components/schemas/([^']+)'", str(DOCUMENT)))
    assert pointed
    assert pointed <= set(DOCUMENT["components"]["schemas"])


def test_operations_have_names_of_their_own_and_name_what_their_path_needs() -> None:
    names = [one["operationId"] for methods in DOCUMENT["paths"].values() for one in methods.values()]
    assert len(set(names)) == len(names)
    for one in operations():
        given = {name for name, place, _, _ in one.parameters if place == "path"}
        assert given == set(re.findall(r"{(\w+)}", one.path)), one.path
