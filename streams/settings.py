"""What an operator may set about the processes of agents."""

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from schemas.event import Currency

__all__ = ["HealthSettings", "StreamSettings"]


class HealthSettings(BaseSettings):
    """Where a process answers for its health; read from the environment once, in the entry point."""

    model_config = SettingsConfigDict(env_prefix="TILLWATCH_HEALTH_", frozen=True)

    port: int | None = Field(
        default=None, ge=1, le=65_535, description="of /healthz, /readyz and /metrics; unset = not served"
    )
    host: str = Field(default="127.0.0.1", description="address to listen on; whoever reaches it may read")
    stall_seconds: float = Field(
        default=60.0, gt=0, description="/healthz fails once a loop has not come round for so long"
    )


class StreamSettings(BaseSettings):
    """Read from the environment once, in the entry point, then passed as an argument."""

    model_config = SettingsConfigDict(env_prefix="TILLWATCH_", frozen=True)

    reporting_currency: Currency = Field(default="EUR", description="all figures are in this currency")
    exchange_rates: dict[Currency, float] = Field(
        default_factory=dict,
        description='units of the reporting currency per unit of another, JSON: {"USD": 0.92}',
    )
    alerts_per_day: float = Field(
        default=100.0, gt=0, description="payments a day that people can review; sets the threshold"
    )
    control_rate: float = Field(
        default=0.01,
        ge=0,
        le=1,
        description="share of the payments that rules decline which pass all the same, to see what they "
        "are; 0 = none. docs/rules.md",
    )
    control_most_minor: int = Field(
        default=5_000,
        ge=0,
        description="no payment of more passes so; minor units of the reporting currency",
    )
    snapshot_seconds: float = Field(
        default=120.0, gt=0, description="how often the state of each partition is written down"
    )
    max_refused_ratio: float = Field(
        default=0.5,
        ge=0,
        le=1,
        description="share of records of a topic in dead-letters, past which a worker stops; 1 = never",
    )
