"""Settings of the programs that put events into Kafka."""

from pathlib import Path

from pydantic import Field, HttpUrl
from pydantic_settings import BaseSettings, SettingsConfigDict

__all__ = ["CollectorSettings", "ProducerSettings", "SyntheticSettings"]


class ProducerSettings(BaseSettings):
    """Read from the environment once, in the entry point, then passed as an argument."""

    model_config = SettingsConfigDict(env_prefix="TILLWATCH_", frozen=True)

    ledger_dir: Path | None = Field(default=None, description="folder of the ledgers; none = no ledger")
    clock_file: Path | None = Field(default=None, description="the simulated clock; none = the wall clock")
    cue_sheet: Path | None = Field(
        default=None, description="the simulation's incidents, for whoever shows them; none = not told"
    )


class CollectorSettings(BaseSettings):
    """Read from the environment once, in the entry point, then passed as an argument."""

    model_config = SettingsConfigDict(env_prefix="TILLWATCH_COLLECTOR_", frozen=True)

    host: str = Field(default="127.0.0.1", description="address to listen on; loopback unless told otherwise")
    port: int = Field(default=18_081, ge=0, le=65_535, description="0 = any free port")
    api_keys: str = Field(default="", description="source=key pairs, separated by commas", repr=False)
    acknowledge_within_seconds: float = Field(
        default=5.0, gt=0, le=60, description="longest wait for Kafka before the answer is 503"
    )


class SyntheticSettings(BaseSettings):
    """Read from the environment once, in the entry point, then passed as an argument."""

    model_config = SettingsConfigDict(env_prefix="TILLWATCH_SYNTHETIC_", env_ignore_empty=True, frozen=True)

    every_seconds: float = Field(default=60.0, gt=0, description="between two synthetic payments")
    heartbeat_url: HttpUrl | None = Field(
        default=None,
        description="asked (GET) each time one came through; none = nobody is told. May hold a secret",
        repr=False,
    )
