"""Where a published ledger keeps its parts, and how entries are bundled (C2SP tlog-tiles).

    checkpoint                       the signed checkpoint
    tile/<level>/<number>[.p/<W>]    hashes, 32 bytes each
    tile/entries/<number>[.p/<W>]    entries, a 2-byte big-endian length before each
    envelopes/<number>[.p/<W>]       envelopes, a 4-byte big-endian length before each

A number is written in groups of three digits, each but the last beginning with ``x``: 1234067 is
``x001/x234/067``. ``.p/<W>`` marks a partial tile or bundle of width 1 to 255; a full one is 256 wide.
Entry bundle n holds entries 256n to 256n + 255; envelope bundle n the envelopes that these entries are the
first to refer to, so its width is theirs, and it holds between none and 256 envelopes.
"""

import re
from collections.abc import Iterable
from typing import Final

from ledger.canonical import Malformed
from ledger.merkle import TILE_WIDTH

CHECKPOINT_PATH: Final = "checkpoint"
MAX_ENTRY_BYTES: Final = 0xFFFF
MAX_LEVEL: Final = 63

_NUMBER = re.compile(r"((?:x[0-9]{3}/){0,6}[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?")  # 21 digits: above 2^64
_ENTRY_LENGTH_BYTES = 2
_ENVELOPE_LENGTH_BYTES = 4


def tile_path(level: int, number: int, width: int = TILE_WIDTH) -> str:
    """Return the path of a tile of hashes."""
    if not 0 <= level <= MAX_LEVEL:
        raise ValueError(f"tile level {level} is not between 0 and {MAX_LEVEL}")
    return f"tile/{level}/{_numbered(number, width)}"


def entries_path(number: int, width: int = TILE_WIDTH) -> str:
    """Return the path of an entry bundle."""
    return f"tile/entries/{_numbered(number, width)}"


def envelopes_path(number: int, width: int = TILE_WIDTH) -> str:
    """Return the path of an envelope bundle; ``width`` counts the entries that it belongs to."""
    return f"envelopes/{_numbered(number, width)}"


def parse_number(text: str) -> tuple[int, int]:
    """Return number and width that the end of a path states: ``x001/x234/067``, ``067.p/8``.

    Raises:
        Malformed: not the one way to write them.
    """
    found = _NUMBER.fullmatch(text)
    if found is None:
        raise Malformed(f"{text[:80]!r} is not the number of a tile")
    number = int(found[1].replace("x", "").replace("/", ""))
    width = int(found[2] or TILE_WIDTH)
    if not 1 <= width <= TILE_WIDTH or _numbered(number, width) != text:
        raise Malformed(f"{text[:80]!r} is not how the number of a tile is written")
    return number, width


def encode_entries(entries: Iterable[bytes]) -> bytes:
    """Return an entry bundle.

    Raises:
        Malformed: an entry of more than 65,535 bytes.
    """
    return _encode(entries, _ENTRY_LENGTH_BYTES, "entry bundle")


def decode_entries(data: bytes, number: int, width: int = TILE_WIDTH) -> list[bytes]:
    """Return the ``width`` entries of bundle ``number``.

    Raises:
        Malformed: the lengths do not add up, or there are more or fewer entries.
    """
    what = f"entry bundle {number}"
    entries = _decode(data, _ENTRY_LENGTH_BYTES, width, what)
    if len(entries) != width:
        raise Malformed(
            f"{what}: it ends at byte {len(data)} with {len(entries)} entries, {width} are wanted"
        )
    return entries


def encode_envelopes(envelopes: Iterable[bytes]) -> bytes:
    """Return an envelope bundle."""
    return _encode(envelopes, _ENVELOPE_LENGTH_BYTES, "envelope bundle")


def decode_envelopes(data: bytes, number: int, width: int = TILE_WIDTH) -> list[bytes]:
    """Return the envelopes of bundle ``number``, at most ``width``.

    Raises:
        Malformed: the lengths do not add up, or there are more envelopes than entries.
    """
    return _decode(data, _ENVELOPE_LENGTH_BYTES, width, f"envelope bundle {number}")


def _numbered(number: int, width: int) -> str:
    if number < 0:
        raise ValueError(f"tile number {number} is negative")
    if not 1 <= width <= TILE_WIDTH:
        raise ValueError(f"tile width {width} is not between 1 and {TILE_WIDTH}")
    path = f"{number % 1000:03}"
    while number := number // 1000:
        path = f"x{number % 1000:03}/{path}"
    return path if width == TILE_WIDTH else f"{path}.p/{width}"


def _encode(records: Iterable[bytes], length_bytes: int, what: str) -> bytes:
    bundle = bytearray()
    for position, record in enumerate(records):
        if len(record) >> (8 * length_bytes):
            raise Malformed(
                f"{what}: record {position} has {len(record)} bytes, "
                f"its length does not fit {length_bytes} bytes"
            )
        bundle += len(record).to_bytes(length_bytes, "big")
        bundle += record
    return bytes(bundle)


def _decode(data: bytes, length_bytes: int, most: int, what: str) -> list[bytes]:
    records: list[bytes] = []
    offset = 0
    while offset < len(data):
        if len(records) == most:
            raise Malformed(f"{what}: more than {most} records, the next begins at byte {offset}")
        start = offset + length_bytes
        stop = start + int.from_bytes(data[offset:start], "big")
        if max(start, stop) > len(data):
            raise Malformed(f"{what}: record {len(records)} at byte {offset} reaches beyond the end")
        records.append(data[start:stop])
        offset = stop
    return records
