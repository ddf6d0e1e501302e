"""`tillwatch trainer`: learns from labels and publishes models."""

from typing import Annotated

import typer

__all__ = ["trainer"]


def trainer(
    *,
    from_store: Annotated[
        bool,
        typer.Option(
            "--from-store",
            envvar="TILLWATCH_TRAINER_FROM_STORE",
            help="Fit trees on what ClickHouse holds from before the log too (TILLWATCH_CLICKHOUSE_…).",
        ),
    ] = False,
) -> None:
    """Run the trainer; one per cluster, for it must see every payment and every label."""
    from functools import partial

    from streams.trainer import add_trainer_agent
    from tillwatch.commands.agents import run_agents
    from tillwatch.stored_history import StoredHistory

    history = StoredHistory() if from_store else None
    run_agents("trainer", [partial(add_trainer_agent, history=history)])
