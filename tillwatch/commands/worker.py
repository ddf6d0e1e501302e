"""`tillwatch worker`: the agents that score, count and keep levels."""

__all__ = ["worker"]


def worker() -> None:
    """Run the agents fraud, series and stock; start more workers to share the partitions."""
    from streams.fraud import add_fraud_agent
    from streams.series import add_series_agent
    from streams.stock import add_stock_agent
    from tillwatch.commands.agents import run_agents

    run_agents("worker", [add_fraud_agent, add_series_agent, add_stock_agent])
