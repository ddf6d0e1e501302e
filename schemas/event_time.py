"""When something happened: an aware datetime between the dates that broken clocks send."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

__all__ = ["EARLIEST", "LATEST", "EventTime"]

# A clock that was never set says 1970; one that was set by hand may say 2200. Both are refused before they
# reach a window or a partition.
EARLIEST = datetime(2015, 1, 1, tzinfo=UTC)
LATEST = datetime(2100, 1, 1, tzinfo=UTC)


class WrittenAsRfc3339:
    """Takes RFC 3339 with zone from JSON, an aware datetime from Python, both within the bounds.

    pydantic alone would take the text "1763827200" as seconds since 1970. The check of the first characters
    runs in its core and costs .1 µs.
    """

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.json_or_python_schema(
            json_schema=core_schema.chain_schema(
                [core_schema.str_schema(pattern="^[0-9]{4}-"), within_bounds(strict=False)]
            ),
            python_schema=within_bounds(strict=True),
        )

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {
            "type": "string",
            "format": "date-time",
            "formatMinimum": EARLIEST.isoformat(),
            "formatExclusiveMaximum": LATEST.isoformat(),
        }


def within_bounds(*, strict: bool) -> CoreSchema:
    """Build the check of an aware datetime."""
    return core_schema.datetime_schema(strict=strict, tz_constraint="aware", ge=EARLIEST, lt=LATEST)


EventTime = Annotated[datetime, WrittenAsRfc3339()]
