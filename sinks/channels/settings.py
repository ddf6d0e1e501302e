"""Settings of the alert channels."""

from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

__all__ = ["WebhookSettings"]


class WebhookSettings(BaseSettings):
    """How alerts are posted to somebody else's address; read once, in the entry point."""

    model_config = SettingsConfigDict(env_prefix="TILLWATCH_WEBHOOK_", frozen=True, hide_input_in_errors=True)

    url: SecretStr = Field(
        default=SecretStr(""), description="where to post; an address may itself be a secret"
    )
    secret: SecretStr = Field(min_length=16, description="signs every delivery; the receiver knows it too")
    group: str = Field(
        default="tillwatch-webhook", min_length=1, description="consumer group; each webhook has its own"
    )
    set_aside_file: Path = Field(
        default=Path("webhook-set-aside.jsonl"), description="alerts that were not delivered, and why"
    )
    timeout_seconds: float = Field(default=10.0, gt=0, le=60, description="longest wait for an answer")
    first_backoff_seconds: float = Field(
        default=1.0, gt=0, description="wait after the first failure; twice as long after each more"
    )
    longest_backoff_seconds: float = Field(default=300.0, gt=0, description="but never longer than this")
    give_up_after_seconds: float = Field(
        default=86_400.0, gt=0, description="then an alert is set aside: nobody acts on it any more"
    )
    session_timeout_seconds: float = Field(
        default=10.0, ge=1, description="a dead process's partitions move after this"
    )
