r"""Strict canonical JSON: the bytes that are signed and hashed are the only bytes there are.

A profile of RFC 8785 (JSON Canonicalization Scheme): objects with printable-ASCII member names, no
floating point, integers within ±(2^53−1), no control characters U+0000–U+001F, no lone surrogates.
Within it RFC 8785 is what ``json.dumps`` writes with sorted keys and no white space, since ASCII names sort
alike by UTF-16 code unit (RFC 8785, 3.2.3) and by code point. A parser that accepts only bytes that are
their own canonical form also refuses duplicate members, −0, 1e3, ``\u0041`` and a byte-order mark.
"""

import json
from typing import Any, Final, NoReturn

MAX_INTEGER = 2**53 - 1
MAX_DEPTH = 8


class Malformed(ValueError):
    """Bytes that are not of the form they claim; the message names what, where and what would be right."""


def canonical_bytes(value: object) -> bytes:
    """Return the RFC 8785 form of ``value`` (dict, list, str, int, bool, None), UTF-8 encoded.

    Raises:
        Malformed: a value outside the profile.
    """
    plain = type(value) in {dict, list} and _is_plain(value, 1, plain_names=False)
    if not plain:
        _check(value, "$", 1)
    data = _dump(value)
    if plain and b"\\" in data:  # an escape: a control character, or one that is allowed
        _check(value, "$", 1)
    return data


def parse_canonical(data: bytes, *, max_bytes: int, what: str) -> dict[str, Any]:
    """Return the JSON object whose canonical form is exactly ``data``.

    Args:
        data: the bytes as received.
        max_bytes: refused when longer, before anything is parsed.
        what: what the bytes claim to be, for the message ("statement", "envelope").

    Raises:
        Malformed: too long, not UTF-8, not JSON, outside the profile, or not canonical.
    """
    if len(data) > max_bytes:
        raise Malformed(f"{what}: {len(data)} bytes, at most {max_bytes} are allowed")
    value = load_object(data, what=what)
    try:
        # JSON has no control character in a text without an escape, except U+007F.
        printable = data.isascii() and b"\x7f" not in data
        if b"\\" in data or not _is_plain(value, 1, plain_names=printable):
            _check(value, "$", 1)
        same = _dump(value)
    except Malformed as error:
        raise Malformed(f"{what}: {error}") from None
    if same != data:
        place = _first_difference(same, data)
        raise Malformed(f"{what}: not canonical JSON (RFC 8785): differs at byte {place}")
    return value


def load_object(data: bytes, *, what: str) -> dict[str, Any]:
    """Return the JSON object in ``data``: UTF-8, whole numbers only; its form need not be canonical.

    Raises:
        Malformed: not JSON, not an object, or a number that is not whole.
    """
    try:
        value = _DECODER.decode(data.decode())
    except Malformed as error:
        raise Malformed(f"{what}: {error}") from None
    except RecursionError:
        raise Malformed(f"{what}: nested deeper than {MAX_DEPTH} levels") from None
    except ValueError as error:
        raise Malformed(f"{what}: not JSON in UTF-8: {error}") from None
    if not isinstance(value, dict):
        raise Malformed(f"{what}: a JSON object is wanted, not {type(value).__name__}")
    return value


def _dump(value: object) -> bytes:
    try:
        return _ENCODER.encode(value).encode()
    except UnicodeEncodeError as error:
        raise Malformed(f"a lone surrogate at character {error.start}") from None


def _is_plain(value: Any, depth: int, plain_names: bool) -> bool:
    """Say whether ``_check`` has nothing against a dict or list of which no text needs an escape.

    Most members are texts, and of exact types. ``plain_names``: names need no look.
    """
    if depth > MAX_DEPTH:
        return False
    members = value
    if type(value) is dict:
        members = value.values()
        try:
            if not plain_names and not ((names := "".join(value)).isascii() and names.isprintable()):
                return False
        except TypeError:  # a name that is no text
            return False
    for member in members:
        kind = type(member)
        if kind is str:
            continue
        if kind is dict or kind is list:
            if not _is_plain(member, depth + 1, plain_names):
                return False
        elif kind is int:
            if not -MAX_INTEGER <= member <= MAX_INTEGER:
                return False
        elif member is not None and kind is not bool:
            return False
    return True


def _check(value: object, path: str, depth: int) -> None:
    """Refuse what the profile leaves out; ``path`` is written as in JSONPath."""
    if isinstance(value, str):
        # No control character is printable, and they sort first.
        if not value.isprintable() and min(value) < " ":
            raise Malformed(f"{path}: a control character (U+0000 to U+001F)")
    elif isinstance(value, dict):
        if depth > MAX_DEPTH:
            raise Malformed(f"{path}: nested deeper than {MAX_DEPTH} levels")
        for name, member in value.items():
            if not isinstance(name, str) or not (name.isascii() and name.isprintable()):
                raise Malformed(f"{path}: member name {name!r} is not printable ASCII")
            _check(member, f"{path}.{name}", depth + 1)
    elif isinstance(value, list):
        if depth > MAX_DEPTH:
            raise Malformed(f"{path}: nested deeper than {MAX_DEPTH} levels")
        for number, member in enumerate(value):
            _check(member, f"{path}[{number}]", depth + 1)
    elif value is None or isinstance(value, bool):
        pass
    elif isinstance(value, int):
        if abs(value) > MAX_INTEGER:
            raise Malformed(f"{path}: an integer beyond ±(2^53−1)")
    else:
        raise Malformed(f"{path}: {type(value).__name__} is not allowed; only whole numbers, texts and null")


def _no_float(text: str) -> NoReturn:
    raise Malformed(f"the number {text[:40]} is not a whole number in plain digits")


# Made once: json.loads and json.dumps make one for each call that departs from the defaults.
_DECODER: Final = json.JSONDecoder(parse_float=_no_float, parse_constant=_no_float)
_ENCODER: Final = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def _first_difference(one: bytes, two: bytes) -> int:
    return next(
        (i for i, (a, b) in enumerate(zip(one, two, strict=False)) if a != b), min(len(one), len(two))
    )
