"""Where ClickHouse is, who we are there, and how the sink batches."""

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

__all__ = ["ClickHouseSettings", "SinkSettings", "StoreSettings"]


class ClickHouseSettings(BaseSettings):
    """How to reach ClickHouse; read once, in the entry point."""

    model_config = SettingsConfigDict(env_prefix="TILLWATCH_CLICKHOUSE_", frozen=True)

    host: str = "127.0.0.1"
    port: int = Field(default=18123, ge=1, le=65_535)
    user: str = "writer"
    password: SecretStr = SecretStr("")
    database: str = "tillwatch"
    secure: bool = Field(default=False, description="HTTPS")
    answer_seconds: int = Field(
        default=300, ge=1, description="a store that says nothing for so long is given up"
    )


class StoreSettings(BaseSettings):
    """The users of the embedded store."""

    model_config = SettingsConfigDict(env_prefix="TILLWATCH_STORE_", frozen=True)

    writer_password: SecretStr = Field(min_length=8, description="user writer: everything")
    reader_password: SecretStr = Field(min_length=8, description="user reader: SELECT")


class SinkSettings(BaseSettings):
    """How the sink batches; read once, in the entry point."""

    model_config = SettingsConfigDict(env_prefix="TILLWATCH_SINK_", frozen=True)

    group: str = "tillwatch-sink"
    batch_rows: int = Field(
        default=20_000, ge=1, le=1_000_000, description="most rows of one insert, which must be one block"
    )
    batch_seconds: float = Field(
        default=0.25, gt=0, description="scores and alerts wait so long, live; the rest 4 times"
    )
    session_timeout_seconds: float = Field(
        default=10.0, ge=1, description="a dead sink's partitions move after this; Kafka's default least is 6"
    )
