"""How much analysts look at in a day, and what for."""

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

__all__ = ["ReviewSettings"]


class ReviewSettings(BaseSettings):
    """Read from the environment once, in the entry point, then passed as an argument."""

    model_config = SettingsConfigDict(env_prefix="TILLWATCH_REVIEW_", frozen=True)

    cards_per_day: int = Field(
        default=100, ge=1, le=1_000, description="cards that people look at in 24 hours of event time"
    )
    teaching_share: float = Field(
        default=0.4,
        ge=0,
        le=1,
        description="of these, chosen by what their answer would teach; docs/fraud.md says what .4 gained",
    )
