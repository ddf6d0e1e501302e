"""Waiting until everything has gone through."""

import pytest

from schemas.errors import Stop
from tillwatch.stack.drain import CHAIN, WITH_EXPLAINER, drain

IDLE = {(group, "scores"): 0 for group in CHAIN}


class Broker:
    """Answers with one set of lags after the other; the last one stays."""

    def __init__(self, *answers: dict[tuple[str, str], int]) -> None:
        self.asked = 0
        self._answers = answers

    def lags(self, _servers: str) -> dict[tuple[str, str], int]:
        answer = self._answers[min(self.asked, len(self._answers) - 1)]
        self.asked += 1
        return answer


async def test_drained_means_nothing_behind_several_times_in_a_row() -> None:
    late = IDLE | {("tillwatch-sink", "scores"): 7}
    broker = Broker(late, IDLE, late, IDLE)
    said: list[str] = []
    await drain("x", deadline_seconds=5, announce=said.append, lags_of=broker.lags, poll_seconds=0)
    assert broker.asked == 6
    assert "tillwatch-sink is 7 records behind on scores" in said


async def test_status_of_the_workers_never_ends_and_is_left_out() -> None:
    broker = Broker(IDLE | {("tillwatch-sink", "worker-status"): 3})
    await drain("x", deadline_seconds=5, announce=print, lags_of=broker.lags, poll_seconds=0)


async def test_who_runs_an_explainer_too_waits_for_it() -> None:
    with pytest.raises(Stop, match="tillwatch-explainer has committed nothing yet"):
        await drain(
            "x",
            deadline_seconds=0,
            announce=print,
            groups=WITH_EXPLAINER,
            lags_of=Broker(IDLE).lags,
            poll_seconds=0,
        )


@pytest.mark.parametrize(
    ("lags", "reason"),
    [
        (IDLE | {("tillwatch-fraud", "transactions"): 1_200}, "fraud is 1,200 records behind on"),
        ({key: 0 for key in IDLE if key[0] != "tillwatch-sink"}, "tillwatch-sink has committed nothing yet"),
    ],
)  # fmt: skip
async def test_deadline_names_who_is_behind(lags: dict[tuple[str, str], int], reason: str) -> None:
    with pytest.raises(Stop, match=f"Not drained within 0 s: .*{reason}"):
        await drain("x", deadline_seconds=0, announce=print, lags_of=Broker(lags).lags, poll_seconds=0)
