"""`tillwatch context`: what somebody says happened, on a real broker."""

import pytest
from typer.testing import CliRunner, Result

from schemas.context import Context
from tillwatch.__main__ import app

pytestmark = pytest.mark.services


def test_what_is_said_is_listed_and_what_is_half_said_is_refused(kafka_topics: str) -> None:
    def context(*arguments: str) -> Result:
        servers = {"TILLWATCH_KAFKA_BOOTSTRAP_SERVERS": kafka_topics, "COLUMNS": "160", "USER": "dana"}
        return CliRunner().invoke(app, ["context", *arguments], env=servers)

    release = (
        "add",
        "release",
        "Release 5.3.0 of the app",
        "--channel",
        "app",
        "--begins",
        "2026-05-04T12:02:00",
    )
    assert context(*release, "--version", "5.3.0").exit_code == 0
    assert context("add", "weather", "Storm", "--begins", "2026-05-03T08:00:00").exit_code == 0
    for wrong, says in (
        (release, "a release needs its version"),
        (("add", "weather", "Storm", "--channel", "phone"), "'pos', 'web' or 'app'"),
        (("add", "weather", "4111 1111 1111 1111"), "card number"),
    ):
        refused = context(*wrong)
        assert (refused.exit_code, says in refused.stderr) == (1, True), refused.stderr
    told = [Context.model_validate_json(one) for one in context("list", "--json").stdout.splitlines()]
    assert [(one.kind, one.version, one.source) for one in told] == [
        ("weather", None, "dana"),
        ("release", "5.3.0", "dana"),
    ]
    assert "Storm" not in context("list", "--since", "2026-05-04").stdout
