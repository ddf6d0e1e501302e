"""How the collector says what became of the events of one request."""

from collections.abc import Mapping, Sequence
from typing import Final
from uuid import UUID

import orjson
from aiohttp import web

from producers.problem import Problem

__all__ = ["RETRY_HEADERS", "answer_list", "answer_one"]

RETRY_HEADERS: Final[Mapping[str, str]] = {"Retry-After": "5"}
"""Seconds; a broker that restarts needs about as long. Chosen, not tuned."""


def answer_one(outcome: UUID | Problem) -> web.Response:
    """Answer a request of one event: 202 with its id, or its problem."""
    if isinstance(outcome, Problem):
        return outcome.response()
    return json_response(202, {"event_id": str(outcome)})


def answer_list(outcomes: Sequence[UUID | Problem]) -> web.Response:
    """Answer a request of a list: one item per event, in the order in which they were sent.

    202 = all are in Kafka. 207 = some broke their contract, all others are in Kafka. 422 = all of them broke
    it. 503 = of some it is not known whether Kafka has them; the items say of which.
    """
    problems = [outcome for outcome in outcomes if isinstance(outcome, Problem)]
    tally: dict[str, object] = {
        "accepted": len(outcomes) - len(problems),
        "refused": len(problems),
        "items": [
            outcome.body if isinstance(outcome, Problem) else {"status": 202, "event_id": str(outcome)}
            for outcome in outcomes
        ],
    }
    lost = sum(problem.status >= 500 for problem in problems)
    if lost:
        detail = f"{lost:,} of {len(outcomes):,} events: send those items again whose status is 503."
        return Problem(503, detail, headers=RETRY_HEADERS, members=tally).response()
    if len(problems) == len(outcomes):
        return Problem(422, "No event of the list can be taken; see each item.", members=tally).response()
    return json_response(207 if problems else 202, tally)


def json_response(status: int, body: Mapping[str, object]) -> web.Response:
    """Build an answer that is no problem."""
    return web.Response(status=status, body=orjson.dumps(body), content_type="application/json")
