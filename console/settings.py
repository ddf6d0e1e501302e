"""Where the page listens, who may log in, and in which time zone and currency it speaks."""

from pathlib import Path
from typing import Annotated, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from console.alerts.links import checked_template
from console.language import known_languages

__all__ = ["ConsoleSettings"]


def known_zone(name: str) -> str:
    """Refuse a time zone that this machine does not know."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise ValueError(f"{name!r} is not an IANA time zone, for example Europe/Berlin") from None
    return name


def known_language(code: str) -> str:
    """Refuse a language that has no catalogue."""
    if code not in known_languages():
        raise ValueError(f"{code!r} is no language of the console; there are {', '.join(known_languages())}")
    return code


LinkTemplate = Annotated[str, AfterValidator(checked_template)]


class ConsoleSettings(BaseSettings):
    """Read from the environment once, in the entry point, then passed as an argument."""

    model_config = SettingsConfigDict(env_prefix="TILLWATCH_CONSOLE_", frozen=True, populate_by_name=True)

    host: str = Field(default="127.0.0.1", description="loopback; put a TLS proxy in front for others")
    port: int = Field(default=18080, ge=0, le=65535)
    user: str = Field(default="tillwatch", min_length=1)
    password: SecretStr = Field(min_length=8, description="for the login; there is no default")
    viewer: str = Field(default="viewer", min_length=1, description="user who only looks")
    viewer_password: SecretStr | None = Field(
        default=None, min_length=8, description="of who only looks, and sees no single people; unset = none"
    )
    viewer_may_unmask: bool = Field(
        default=False, description="who only looks may be shown one person at a time, with a reason on record"
    )
    read_tokens: SecretStr | None = Field(
        default=None, description="name=token pairs, separated by commas: programs that may read /api/v1"
    )
    wall_links: SecretStr | None = Field(
        default=None, description="name=link pairs, separated by commas: each opens /wall/LINK, and no more"
    )
    session_key: SecretStr | None = Field(
        default=None,
        min_length=32,
        description="signs sessions; unset = random, so that a restart logs everybody out",
    )
    session_hours: float = Field(default=12, gt=0, le=24 * 31)
    secure_cookie: bool = Field(default=False, description="set it where the page is reached over TLS")
    time_zone: Annotated[str, AfterValidator(known_zone)] = Field(
        default="Europe/Berlin", description="whose midnight starts the day"
    )
    language: Annotated[str, AfterValidator(known_language)] = Field(
        default="en", description="that the pages speak; those that there are stand in console/locale"
    )
    reporting_currency: str = Field(
        default="EUR", pattern=r"^[A-Z]{3}$", validation_alias="TILLWATCH_REPORTING_CURRENCY"
    )
    clock_file: Path | None = Field(
        default=None,
        validation_alias="TILLWATCH_CLOCK_FILE",
        description="the simulator's clock; unset = the wall clock",
    )
    cue_sheet: Path | None = Field(
        default=None,
        validation_alias="TILLWATCH_CUE_SHEET",
        description="the demo's script, shown on the page; unset = no demo",
    )
    settle_seconds: float = Field(
        default=2,
        ge=0,
        le=600,
        description="how long after its end a minute counts as finished: the pipeline's usual delay "
        "from till to store, in seconds of wall time (chosen, not tuned)",
    )
    links: dict[Annotated[str, Field(min_length=1, max_length=40)], LinkTemplate] = Field(
        default_factory=dict,
        description='your own pages beside an alert\'s timeline, as JSON: {"Receipt": "https://…/{payment_id}"}',
    )
    max_viewers: int = Field(default=500, ge=1, description="open live streams; the next gets 503")

    @model_validator(mode="after")
    def viewer_is_somebody_else(self) -> Self:
        """Refuse two users of one name."""
        if self.viewer_password is not None and self.viewer == self.user:
            raise ValueError("user and viewer must have different names")
        return self

    @property
    def zone(self) -> ZoneInfo:
        """The time zone itself."""
        return ZoneInfo(self.time_zone)
