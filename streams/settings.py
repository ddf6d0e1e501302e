"""What an operator may set about the worker and the trainer."""

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from schemas.event import Currency

__all__ = ["StreamSettings"]


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
