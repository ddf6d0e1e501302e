"""Records that go into their table as lines of JSON: ClickHouse takes them apart, not the sink.

What our own agents wrote needs no door and goes on as it came: the beginning of a record says where it comes
from, which is all that the sink must know of it. What comes from outside is checked, and written anew from
what was read: so ClickHouse never reads what somebody else spelled.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["Lines"]

KAFKA = "kafka_partition UInt16, kafka_offset UInt64, kafka_appended_ms Int64"


@dataclass(frozen=True)
class Lines:
    """How a record becomes a row.

    Parameters
    ----------
    structure
        Names and types of the fields that are read, as ClickHouse's `input` takes them; others are left
        out. A field that a record lacks, and null where a type knows none, become the type's default.
    columns
        Each column of the table and the expression that makes it of these fields.
    begin
        Of a dense topic: what every record begins with; its groups are generation, partition and offset of
        its origin. None = from outside.

    """

    structure: str
    columns: Mapping[str, str]
    begin: re.Pattern[bytes] | None = None

    def statement(self, table: str, append_time: str) -> str:
        """Write the INSERT that lines follow, each with the place in Kafka before its own fields."""
        columns = {
            **self.columns,
            "kafka_partition": "kafka_partition",
            "kafka_offset": "kafka_offset",
            append_time: "fromUnixTimestamp64Milli(kafka_appended_ms, 'UTC')",
        }
        structure = f"{KAFKA}, {self.structure}".replace("'", "\\'")
        return (
            f"INSERT INTO {table} ({', '.join(columns)}) SELECT {', '.join(columns.values())} "
            f"FROM input('{structure}') FORMAT JSONEachRow"
        )
