"""Which errors of the store waiting heals."""

import pytest
from clickhouse_connect.driver.exceptions import DatabaseError, OperationalError

from sinks.connection import went_away
from sinks.errors import StoreAbsent

STATUS = "HTTP driver received HTTP status"


@pytest.mark.parametrize(
    ("error", "heals"),
    [
        (StoreAbsent("nobody listens"), True),
        (OperationalError("connection reset"), True),
        (DatabaseError(f"{STATUS} 500, server response: 500 Internal Server Error"), True),
        (DatabaseError(f"{STATUS} 404, server response: Not Found"), False),
        (DatabaseError("no such table", code=60), False),
    ],
)
def test_a_store_that_falls_in_the_middle_of_an_answer_is_waited_for(error: Exception, heals: bool) -> None:
    assert went_away(error) == heals
