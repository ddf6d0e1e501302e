"""`tillwatch trainer`: learns from labels and publishes models."""

__all__ = ["trainer"]


def trainer() -> None:
    """Run the trainer; one per cluster, for it must see every payment and every label."""
    from streams.trainer import add_trainer_agent
    from tillwatch.commands.agents import run_agents

    run_agents("trainer", [add_trainer_agent])
