"""Card numbers must never enter: find them in any record, and mask them where a text must be kept."""

import re
from collections.abc import Iterator, Sequence

__all__ = ["find_card_number", "looks_suspicious", "mask_card_numbers", "masked_start"]

# Prefixes of four digits and lengths that issuers really use: Visa, Mastercard, Amex, Diners, Discover,
# JCB, UnionPay, Maestro, Mir (ISO/IEC 7812 as the networks publish it). Without them one random number in
# ten would be refused.
ISSUERS: tuple[tuple[int, int, tuple[int, ...]], ...] = (
    (4000, 4999, (13, 16, 19)),
    (5100, 5599, (16,)),
    (2221, 2720, (16,)),
    (3400, 3499, (15,)),
    (3700, 3799, (15,)),
    (3000, 3059, (14, 16, 17, 18, 19)),
    (3600, 3699, (14, 15, 16, 17, 18, 19)),
    (3800, 3999, (14, 16, 17, 18, 19)),
    (6011, 6011, (16, 17, 18, 19)),
    (6440, 6599, (16, 17, 18, 19)),
    (3528, 3589, (16, 17, 18, 19)),
    (6200, 6299, (16, 17, 18, 19)),
    (5000, 5099, tuple(range(13, 20))),
    (5600, 5899, tuple(range(13, 20))),
    (6300, 6399, tuple(range(13, 20))),
    (6700, 6799, tuple(range(13, 20))),
    (2200, 2204, (16, 17, 18, 19)),
)
LENGTHS: dict[bytes, tuple[int, ...]] = {
    b"%d" % prefix: lengths for low, high, lengths in ISSUERS for prefix in range(low, high + 1)
}
SHORTEST_NUMBER = 13
# The longest GTIN. In a `sku` a number up to here is an article: one EAN-13 in ten passes Luhn.
LONGEST_GTIN = 14

# People write numbers in groups: up to three of space, hyphen and their typographic kin between digits.
SEPARATORS = " -\u00a0\u2007\u2010\u2011\u2012\u2013\u202f"
RUN = re.compile(f"[0-9](?:[{re.escape(SEPARATORS)}]{{0,3}}[0-9]){{{SHORTEST_NUMBER - 1},}}+")
# UUIDs, and digests in hex (MD5, SHA-1, SHA-256), hold runs of decimal digits by chance: one in ten
# thousand would be refused.
OPAQUE = re.compile(
    r"(?<![0-9A-Za-z])(?:[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
    r"|[0-9a-fA-F]{64}|[0-9a-fA-F]{40}|[0-9a-fA-F]{32})(?![0-9A-Za-z])"
)
SHORTEST_OPAQUE = 32
# A JSON string and the colon that makes it a name. Possessive and closed by the end of the text too, so
# that no input, however broken, is read twice.
STRING = re.compile(r'"([^"\\]*+(?:\\.[^"\\]*+)*+)(?:"(\s*+:)?|\\?\Z)', re.DOTALL)
ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})")
CUT_ESCAPE = re.compile(r"\\(?:u[0-9a-fA-F]{0,3})?\Z")

# Digits become 0, the bytes of separators vanish, all else becomes x: then one search in C finds any run,
# 20 times as fast as a regular expression.
TO_ZEROS = bytes(ord("0") if byte in b"0123456789" else ord("x") for byte in range(256))
SEPARATOR_BYTES = bytes(sorted(set(SEPARATORS.encode())))
# A digit's part in Luhn's sum, where it counts once and where it is doubled.
VALUE = bytes.maketrans(b"0123456789", bytes(range(10)))
DOUBLED = bytes.maketrans(b"0123456789", bytes([0, 2, 4, 6, 8, 1, 3, 5, 7, 9]))
SHORTEST_ZEROS = b"0" * SHORTEST_NUMBER


def looks_suspicious(record: bytes) -> bool:
    r"""Whether a record holds a run of digits that could be a card number at all.

    Cheap and never wrong in the other direction, except for JSON escapes (`\u0034`), which are therefore
    suspicious themselves. Cost: about 1 µs for 600 bytes; most records end here.
    """
    # A search for one byte is far cheaper than for two: the second is rarely needed.
    return SHORTEST_ZEROS in record.translate(TO_ZEROS, SEPARATOR_BYTES) or (
        b"\\" in record and b"\\u" in record
    )


def find_card_number(record: bytes) -> str | None:
    """Name the field of a JSON record that holds a card number, or None.

    Every string is looked at: names, unknown fields and fields that are given twice too. In a `sku` only
    numbers longer than a GTIN count; UUIDs and hex digests never do. Broken JSON is searched as far as it
    can be; nothing is raised.

    Cost: 1 µs for each long run of digits, 20 µs for the record if one of them could be a card number;
    linear in the record's length whatever it holds.

    Examples
    --------
    >>> find_card_number(b'{"note": "4111 1111 1111 1111 exp 12/29"}')
    'note'
    >>> find_card_number(b'{"sku": "4006381333931"}') is None
    True

    """
    if not could_hold_card_number(record):
        return None
    field = "record"
    value_of, value_at = "", -1
    text = record.decode("utf-8", "replace")
    for match in STRING.finditer(text):
        string, colon = match.groups()
        if len(string) >= SHORTEST_NUMBER:
            sku = value_of == "sku" and not text[value_at : match.start()].strip()
            shortest = LONGEST_GTIN + 1 if sku else SHORTEST_NUMBER
            if any(digits >= shortest for _, _, digits in located_card_numbers(unescaped(string))):
                return f"a name in {field}" if colon else field
        if colon:
            field = value_of = string
            value_at = match.end()
    return None


def mask_card_numbers(text: str) -> str:
    r"""Replace every card number in a text by asterisks, keeping the last four digits.

    Escapes (`\u0034`) that stand for a digit or a separator are resolved first.

    Examples
    --------
    >>> mask_card_numbers("paid with 4111-1111-1111-1111, thanks")
    'paid with ************1111, thanks'

    """
    text = unescaped(text)
    pieces: list[str] = []
    done = 0
    for start, end in merged(located_card_numbers(text)):
        pieces += text[done:start], "************", last_four(text[start:end])
        done = end
    return "".join([*pieces, text[done:]])


def masked_start(record: bytes, limit_bytes: int) -> str:
    """Show at most `limit_bytes` of a record's start, as text, without card numbers.

    A number that is cut by the limit is not recognised any more, so a cut text loses its last digits.
    """
    text = record[:limit_bytes].decode("utf-8", "replace")
    if len(record) > limit_bytes:
        text = unescaped(text[:-6] + CUT_ESCAPE.sub("", text[-6:]))
        text = text.rstrip("0123456789\ufffd" + SEPARATORS)
    return mask_card_numbers(text).encode()[:limit_bytes].decode("utf-8", "ignore")


def could_hold_card_number(record: bytes) -> bool:
    """Whether some window of the record's digits passes, wherever the groups begin and end."""
    if b"\\" in record and b"\\u" in record:
        return True
    zeros = record.translate(TO_ZEROS, SEPARATOR_BYTES)
    digits = record.translate(None, SEPARATOR_BYTES)
    start = zeros.find(SHORTEST_ZEROS)
    while start >= 0:
        end = zeros.find(b"x", start)
        end = len(zeros) if end < 0 else end
        # A longer run has so many windows that the exact search is cheaper.
        if end - start > 64 or any(passing_windows(digits[start:end], range(end - start + 1))):
            return True
        start = zeros.find(SHORTEST_ZEROS, end)
    return False


def located_card_numbers(text: str) -> Iterator[tuple[int, int, int]]:
    """Yield where each card number begins and ends in a text and how many digits it has, in order."""
    if len(text) >= SHORTEST_OPAQUE:
        text = OPAQUE.sub(lambda match: "x" * len(match.group()), text)
    for run in RUN.finditer(text):
        places = [run.start() + at for at, character in enumerate(run.group()) if character.isdigit()]
        digits = "".join(text[at] for at in places).encode()
        # A number is whole groups; a window that cuts a group would find one in any long order number.
        gaps = (at for at in range(1, len(places)) if places[at] != places[at - 1] + 1)
        for first, last in passing_windows(digits, [0, *gaps, len(places)]):
            yield places[first], places[last - 1] + 1, last - first


def passing_windows(digits: bytes, edges: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Yield the windows that have an issuer's prefix and length and pass Luhn, in order.

    Parameters
    ----------
    digits
        Decimal digits in ASCII.
    edges
        Where groups of digits begin and end, rising; a window begins and ends at one.

    """
    latest = len(digits) - SHORTEST_NUMBER
    begins = [edge for edge in edges if edge <= latest and digits[edge : edge + 4] in LENGTHS]
    if not begins:
        return
    # Luhn's sum by slices of bytes: every window costs the same few additions in C.
    plain = digits.translate(VALUE)
    doubled = digits.translate(DOUBLED)
    ends = set(edges)
    for first in begins:
        for length in LENGTHS[digits[first : first + 4]]:
            last = first + length
            if last in ends:
                odd = length % 2
                total = sum(plain[first + 1 - odd : last : 2]) + sum(doubled[first + odd : last : 2])
                if total % 10 == 0:
                    yield first, last


def unescaped(text: str) -> str:
    """Resolve the JSON escapes that stand for digits and separators."""

    def resolve(match: re.Match[str]) -> str:
        character = chr(int(match.group(1), 16))
        return character if character in "0123456789" + SEPARATORS else match.group()

    return ESCAPE.sub(resolve, text) if "\\u" in text else text


def merged(spans: Iterator[tuple[int, int, int]]) -> Iterator[tuple[int, int]]:
    """Join spans that overlap, so that masking one does not keep a part of the other."""
    begin, finish = 0, 0
    for start, end, _ in spans:
        if start >= finish:
            if finish:
                yield begin, finish
            begin = start
        finish = max(finish, end)
    if finish:
        yield begin, finish


def last_four(text: str) -> str:
    """Return the last four digits of a number as written."""
    return "".join(character for character in text if character.isdigit())[-4:]
