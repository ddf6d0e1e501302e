"""`tillwatch judge`: turns what the agents found into alerts, and answers into labels."""

__all__ = ["judge"]


def judge() -> None:
    """Run the judge; one per cluster, for an alert rests on all partitions together."""
    from streams.judge import add_judge_agent
    from tillwatch.commands.agents import run_agents

    # Much of what the judge reads stays for a day: more looks at fewer objects keep its alerts in time.
    run_agents("judge", [add_judge_agent], young_objects=20_000)
