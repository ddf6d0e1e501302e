"""What a run of faults proved, as a table and one flat record."""

from benchmarks.chaos.faults import points_of
from benchmarks.chaos.run import Chaos

__all__ = ["report_chaos"]

ROLES = ("worker", "judge", "trainer", "sink", "store", "broker", "load")
ACTIONS = ("kill", "freeze", "error", "delay")


def report_chaos(result: Chaos, seed: int, rate: float) -> tuple[str, dict[str, float | None]]:
    """Write the table and the flat record."""
    verdict = result.verdict
    lines = [
        f"{verdict.sent:,} payments at {rate:g}/s for {result.seconds:,.0f} s, seed {seed}; "
        f"everything was read {result.drained_seconds:.0f} s after the last fault",
        f"{'process':9}{'failpoint':30}" + "".join(f"{action:>8}" for action in ACTIONS),
    ]
    for role in ROLES:
        points = [*points_of(role), ""]
        for point in points:
            numbers = [result.faults.get((role, point, action), 0) for action in ACTIONS]
            if point or any(numbers):
                name = point or "from outside, anywhere"
                lines.append(f"{role:9}{name:30}" + "".join(f"{number:8}" for number in numbers))
    for words, number in result.own_ends.items():
        lines.append(f"ended by itself {number} times: {words}")
    lines.append(
        f"{verdict.sent_again:,} events sent twice, {verdict.raw_duplicates:,} scores written twice; "
        f"shops told of {verdict.told:,} payments"
    )
    lines += [f"{one.kind}: {one.sentence}" for one in verdict.differences]
    if not verdict.differences:
        lines.append("nothing lost, nothing doubled, every sum right")
    if not verdict.raw_duplicates:
        lines.append("no score was written twice: this run proves nothing; take more kills")
    if not verdict.told:
        lines.append("nobody answered an alert: this run says nothing of verdicts")
    freezes = sum(number for (_, _, action), number in result.faults.items() if action == "freeze")
    return "\n".join(lines), {
        "sent": verdict.sent,
        "lost": verdict.count("lost"),
        "doubled": verdict.count("doubled"),
        "kills": result.kills,
        "raw_duplicates": verdict.raw_duplicates,
        "wrong": verdict.count("wrong"),
        "doubled_alerts": verdict.count("doubled alerts"),
        "freezes": freezes,
        "sent_again": verdict.sent_again,
        "told": verdict.told,
    }
