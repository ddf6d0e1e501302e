"""Sessions are signed, and expire."""

from console.sessions import Sessions

SESSIONS = Sessions(b"k" * 32, lifetime_seconds=60)


def test_token_names_its_user_until_it_expires() -> None:
    token = SESSIONS.issue("anna", 1_000)
    assert SESSIONS.user_of(token, 1_059) == "anna"
    assert SESSIONS.user_of(token, 1_060) is None


def test_a_name_may_hold_colons() -> None:
    assert SESSIONS.user_of(SESSIONS.issue("a:b:c", 0), 1) == "a:b:c"


def test_forged_tokens_are_refused() -> None:
    token = SESSIONS.issue("anna", 0)
    content, signature = token.split(".")
    other = Sessions(b"o" * 32, lifetime_seconds=60).issue("anna", 0)
    longer = SESSIONS.issue("anna", 999)
    for forged in (
        other,
        content,
        f"{content}.",
        f".{signature}",
        f"{longer.split('.')[0]}.{signature}",
        "",
        "é.ü",
    ):
        assert SESSIONS.user_of(forged, 1) is None
    assert SESSIONS.user_of(None, 1) is None


def test_without_a_key_each_process_signs_its_own() -> None:
    assert Sessions(None, lifetime_seconds=60).user_of(SESSIONS.issue("anna", 0), 1) is None
