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
from itertools import pairwise
from struct import Struct
from typing import Final

from ledger.canonical import Malformed
from ledger.merkle import TILE_WIDTH

CHECKPOINT_PATH: Final = "checkpoint"
MAX_ENTRY_BYTES: Final = 0xFFFF
MAX_LEVEL: Final = 63

_NUMBER = re.compile(r"((?:x[0-9]{3}/){0,6}[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?")  # 21 digits: above 2^64
_ENTRY_LENGTH = Struct(">H")
_ENVELOPE_LENGTH = Struct(">I")


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
    return _encode(entries, _ENTRY_LENGTH, "entry bundle")


def decode_entries(data: bytes, number: int, width: int = TILE_WIDTH) -> list[bytes]:
    """Return the ``width`` entries of bundle ``number``.

    Raises:
        Malformed: the lengths do not add up, or there are more or fewer entries.
    """
    return _cut(data, _entry_bounds(data, number, width), _ENTRY_LENGTH)


def check_entries(data: bytes, number: int, width: int = TILE_WIDTH) -> None:
    """Ask whether :func:`decode_entries` returns the entries; raises as it does."""
    _entry_bounds(data, number, width)


def encode_envelopes(envelopes: Iterable[bytes]) -> bytes:
    """Return an envelope bundle."""
    return _encode(envelopes, _ENVELOPE_LENGTH, "envelope bundle")


def decode_envelopes(data: bytes, number: int, width: int = TILE_WIDTH) -> list[bytes]:
    """Return the envelopes of bundle ``number``, at most ``width``.

    Raises:
        Malformed: the lengths do not add up, or there are more envelopes than entries.
    """
    bounds = _bounds(data, _ENVELOPE_LENGTH, width, f"envelope bundle {number}")
    return _cut(data, bounds, _ENVELOPE_LENGTH)


def _numbered(number: int, width: int) -> str:
    if number < 0:
        raise ValueError(f"tile number {number} is negative")
    if not 1 <= width <= TILE_WIDTH:
        raise ValueError(f"tile width {width} is not between 1 and {TILE_WIDTH}")
    path = f"{number % 1000:03}"
    while number := number // 1000:
        path = f"x{number % 1000:03}/{path}"
    return path if width == TILE_WIDTH else f"{path}.p/{width}"


def _encode(records: Iterable[bytes], length: Struct, what: str) -> bytes:
    bundle = bytearray()
    for position, record in enumerate(records):
        if len(record) >> (8 * length.size):
            raise Malformed(
                f"{what}: record {position} has {len(record)} bytes, "
                f"its length does not fit {length.size} bytes"
            )
        bundle += length.pack(len(record))
        bundle += record
    return bytes(bundle)


def _entry_bounds(data: bytes, number: int, width: int) -> list[int]:
    what = f"entry bundle {number}"
    bounds = _bounds(data, _ENTRY_LENGTH, width, what)
    count = len(bounds) - 1
    if count != width:
        raise Malformed(f"{what}: it ends at byte {len(data)} with {count} entries, {width} are wanted")
    return bounds


def _bounds(data: bytes, length: Struct, most: int, what: str) -> list[int]:
    """Return where each record, its length before it, begins, and at last where the bundle ends."""
    bounds = [0]
    offset, end, read, before = 0, len(data), length.unpack_from, length.size
    while offset < end:
        count = len(bounds) - 1
        if count == most:
            raise Malformed(f"{what}: more than {most} records, the next begins at byte {offset}")
        stop = offset + before
        if stop <= end:
            stop += read(data, offset)[0]
        if stop > end:
            raise Malformed(f"{what}: record {count} at byte {offset} reaches beyond the end")
        bounds.append(stop)
        offset = stop
    return bounds


def _cut(data: bytes, bounds: list[int], length: Struct) -> list[bytes]:
    before = length.size
    return [data[start + before : stop] for start, stop in pairwise(bounds)]
