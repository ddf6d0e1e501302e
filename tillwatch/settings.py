"""Where the local stack keeps its things and which ports it takes."""

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from console.settings import ConsoleSettings
from producers.settings import CollectorSettings
from sinks.settings import ClickHouseSettings

__all__ = ["StackSettings"]


def _default_port(settings: type[BaseSettings]) -> int:
    port: int = settings.model_fields["port"].default
    return port


class StackSettings(BaseSettings):
    """Read from the environment once, in the entry point, then passed as an argument.

    The ports of the programs are those programs' own settings; the stack reads them too, to look for one
    that is taken before it starts anything.
    """

    model_config = SettingsConfigDict(env_prefix="TILLWATCH_", frozen=True)

    var: Path = Field(
        default=Path("var"), description="folder of all data, logs and secrets of the local stack"
    )
    kafka_port: int = Field(default=19092, ge=1, le=65_535, description="of the local Kafka")
    kafka_controller_port: int = Field(default=19093, ge=1, le=65_535, description="of its controller")
    clickhouse_port: int = Field(default=_default_port(ClickHouseSettings), ge=1, le=65_535)
    console_port: int = Field(default=_default_port(ConsoleSettings), ge=1, le=65_535)
    collector_port: int = Field(default=_default_port(CollectorSettings), ge=1, le=65_535)
    demo_speed: float = Field(
        default=60.0, gt=0, description="simulated seconds per second once the demo is live"
    )
    demo_history_days: int = Field(
        default=10, ge=1, le=40, description="days of history before the demo is live; watchers need ten"
    )
