"""Where Kafka is: the one setting that every program shares."""

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

__all__ = ["KafkaSettings"]


class KafkaSettings(BaseSettings):
    """Read from the environment once, in the entry point, then passed as an argument."""

    model_config = SettingsConfigDict(env_prefix="TILLWATCH_KAFKA_", frozen=True)

    bootstrap_servers: str = Field(
        default="127.0.0.1:19092",
        description="host:port of one or more brokers, separated by commas; the default is the local stack's",
    )
