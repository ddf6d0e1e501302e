"""What the embedded server answers when it says no: ClickHouse's own error codes and HTTP statuses."""

import re

__all__ = ["ServerError", "engine_error", "names"]

# As ClickHouse's HTTPHandler maps them; everything else is 500.
STATUS_OF_CODE = {
    43: 400, 36: 400, 41: 400, 42: 400, 44: 400, 46: 404, 47: 404, 53: 400, 60: 404, 62: 400, 81: 404,
    115: 400, 158: 400, 159: 408, 164: 403, 193: 403, 194: 403, 344: 501, 497: 403, 516: 403,
}  # fmt: skip
CODE_IN_TEXT = re.compile(r"Code: (\d+)\.")


class ServerError(Exception):
    """A request that failed: ClickHouse's numeric code, its name and the sentence for the client."""

    def __init__(self, code: int, name: str, sentence: str, *, status: int | None = None) -> None:
        super().__init__(f"Code: {code}. DB::Exception: {sentence} ({name})")
        self.code = code
        self.status = status if status is not None else STATUS_OF_CODE.get(code, 500)


class EngineError(ServerError):
    """The engine's own error; its text already names code and name."""

    def __init__(self, text: str) -> None:
        found = CODE_IN_TEXT.search(text)
        super().__init__(int(found.group(1)) if found else 1000, "", "")
        self.args = (text,)


def engine_error(text: str) -> ServerError:
    """Build the answer from a message of the engine."""
    text = re.sub(r": In scope SELECT formatQuerySingleLine.*(?= \()", "", text, flags=re.DOTALL)
    return EngineError(text if CODE_IN_TEXT.search(text) else f"Code: 1000. DB::Exception: {text}")


def names(text: str) -> frozenset[str]:
    """Read a list of names from a text; the allow-lists are easier to read without quotes."""
    return frozenset(text.split())
