"""The analysts' rules, all of them at one moment, as one versioned record."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from schemas.alert import Severity
from schemas.event import Contract, EventTime, Name

__all__ = ["MAX_EXPRESSION", "MAX_RULES", "Rule", "RuleAction", "RuleName", "RuleSet"]

RuleAction = Literal["approve", "review", "decline", "tag"]
RuleName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=64)]

MAX_RULES = 200
"""In one set. A record of so many longest rules still fits into what Kafka takes."""

MAX_EXPRESSION = 2_000
"""Characters of one expression."""


class Rule(Contract):
    """What an analyst wants to happen to payments that an expression is true of."""

    name: RuleName = Field(description="unique in its set; scores and the ledger name it")
    when: str = Field(
        min_length=1,
        max_length=MAX_EXPRESSION,
        description="SQL expression over the columns of docs/rules.md; a payment it is true of is hit",
    )
    action: RuleAction = Field(description="what is decided; tag decides nothing and is only noted")
    severity: Severity = Field(default="soon", description="now = wake somebody, soon = within the shift")
    owner: Name = Field(description="who answers for it")
    why: str = Field(default="", max_length=400, description="what it is against, for people")
    expires_at: EventTime | None = Field(
        default=None, description="payments from this event time on are not hit; none = it stays"
    )


class RuleSet(Contract):
    """All rules that count from `valid_from` in event time until the next set does; none = rules are off."""

    version: int = Field(ge=1, lt=2**31, description="counts published sets from 1")
    rules: tuple[Rule, ...] = Field(max_length=MAX_RULES, description="in the order of the file")
    valid_from: EventTime = Field(description="event time of the first payment that it is asked about")
    published_by: Name = Field(description="who published it")
    published_at: EventTime = Field(description="wall clock of the command")
    schema_version: Literal[1] = Field(default=1, description="version of this contract")

    @model_validator(mode="after")
    def names_are_unique(self) -> Self:
        """Refuse two rules that the ledger could not tell apart."""
        names = [rule.name for rule in self.rules]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"two rules are named {twice[0]}")
        return self

    @property
    def key(self) -> str:
        """Kafka's key: the version."""
        return str(self.version)
