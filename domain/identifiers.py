"""Codes and ids: their shape, their check digits, and what they say about themselves.

Shape and check digit are two questions. A code of the wrong shape is malformed and never enters the ledger;
a failing check digit is flagged on a fact and refuses a decision (for a VIN: only when it begins with L or
H, since GB 16735 binds Chinese makers and many European ones do not compute the digit).

====================  ==================================================================  ================
uscc                  18 of ``0-9A-HJ-NPQRTUWXY``; the 18th is the check character        GB 32100
organisation code     8 of ``0-9A-Z`` and a check character ``0-9X``; USCC[9..17]         GB 11714
VIN                   17 of ``0-9A-HJ-NPR-Z``; the 9th is the check character             ISO 3779, GB 16735
declaration number    customs(4) year(4) flag(1: 0 export, 1 import) serial(9)            18 digits
pair id               ``<E uscc>-<U uscc>-<n>``                                           n from 1
batch id, line id     ``<pair id>-<n>``, ``<batch id>-<n>``                               n from 1
application id        ``<pair id>-q<n>``                                                  n from 1
====================  ==================================================================  ================
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

_USCC_ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC_VALUE: Final = {character: value for value, character in enumerate(_USCC_ALPHABET)}
_USCC_WEIGHTS: Final = tuple(pow(3, place, 31) for place in range(17))

_ORGANISATION_ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_ORGANISATION_VALUE: Final = {character: value for value, character in enumerate(_ORGANISATION_ALPHABET)}
_ORGANISATION_WEIGHTS: Final = (3, 7, 9, 10, 5, 8, 4, 2)

_VIN_VALUE: Final = {
    **{digit: int(digit) for digit in "0123456789"},
    **dict(zip("ABCDEFGH", range(1, 9), strict=True)),
    **dict(zip("JKLMN", range(1, 6), strict=True)),
    "P": 7,
    "R": 9,
    **dict(zip("STUVWXYZ", range(2, 10), strict=True)),
}
_VIN_WEIGHTS: Final = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
_VIN_CHECK_PLACE: Final = 8

_USCC: Final = "[0-9A-HJ-NPQRTUWXY]{18}"
_NUMBER: Final = "[1-9][0-9]{0,8}"  # canonical, from 1; nine digits are more than any season holds
_PAIR: Final = f"{_USCC}-{_USCC}-{_NUMBER}"

USCC_PATTERN: Final = f"^{_USCC}$"
ORGANISATION_CODE_PATTERN: Final = "^[0-9A-Z]{8}[0-9X]$"
VIN_PATTERN: Final = "^[0-9A-HJ-NPR-Z]{17}$"
PAIR_ID_PATTERN: Final = f"^{_PAIR}$"
BATCH_ID_PATTERN: Final = f"^{_PAIR}-{_NUMBER}$"
LINE_ID_PATTERN: Final = f"^{_PAIR}-{_NUMBER}-{_NUMBER}$"
APPLICATION_ID_PATTERN: Final = f"^{_PAIR}-q{_NUMBER}$"
REFERENCE_PATTERN: Final = "^[A-Za-z0-9._-]{1,64}$"
"""A case id, suspension id or submission id."""

_REMEMBERED: Final = 10_000
"""Codes and ids that are not looked at again: a ledger names the same ones over and over."""

_DECLARATION: Final = re.compile(r"[0-9]{4}20[0-9]{2}[01][0-9]{9}")
_DECLARATION_FLAG_PLACE: Final = 8


def uscc_check(first_17: str) -> str:
    """Return the 18th character of a USCC (GB 32100: 31 minus the weighted sum modulo 31)."""
    total = sum(
        _USCC_VALUE[character] * weight for character, weight in zip(first_17, _USCC_WEIGHTS, strict=True)
    )
    return _USCC_ALPHABET[-total % 31]


@lru_cache(_REMEMBERED)
def uscc_holds(uscc: str) -> bool:
    """Say whether the check character of a well-shaped USCC is right."""
    return uscc[17] == uscc_check(uscc[:17])


def organisation_code_check(first_8: str) -> str:
    """Return the check character of an organisation code (GB 11714: 11 minus the sum; 10 is X, 11 is 0)."""
    total = sum(
        _ORGANISATION_VALUE[character] * weight
        for character, weight in zip(first_8, _ORGANISATION_WEIGHTS, strict=True)
    )
    return "0123456789X"[-total % 11]


def organisation_code_holds(code: str) -> bool:
    """Say whether the check character of a well-shaped organisation code is right."""
    return code[8] == organisation_code_check(code[:8])


def organisation_code_of(uscc: str) -> str:
    """Return the organisation code inside a USCC: its 9th to 17th character."""
    return uscc[8:17]


def vin_check(vin: str) -> str:
    """Return the check character of a VIN whatever stands in its 9th place (modulo 11; 10 is X)."""
    total = sum(_VIN_VALUE[character] * weight for character, weight in zip(vin, _VIN_WEIGHTS, strict=True))
    return "0123456789X"[total % 11]


@lru_cache(_REMEMBERED)
def vin_holds(vin: str) -> bool:
    """Say whether the check character of a well-shaped VIN is right."""
    return vin[_VIN_CHECK_PLACE] == vin_check(vin)


def vin_check_is_binding(vin: str) -> bool:
    """Say whether the maker had to compute the check character: the WMI begins with L or H."""
    return vin[0] in "LH"


def declaration_is_well_formed(number: str) -> bool:
    """Say whether a customs declaration number has its 18 digits, a year 20xx and a direction flag."""
    return _DECLARATION.fullmatch(number) is not None


def declaration_is_export(number: str) -> bool:
    """Say whether a well-formed declaration number carries the export flag, 0."""
    return number[_DECLARATION_FLAG_PLACE] == "0"


@dataclass(frozen=True, slots=True)
class PairId:
    """``<E uscc>-<U uscc>-<n>``: one exporter with one upstream, for the n-th time."""

    exporter: str
    upstream: str
    number: int

    @classmethod
    def parse(cls, text: str) -> "PairId":
        """Read an id whose shape was checked with ``PAIR_ID_PATTERN``."""
        exporter, upstream, number = text.split("-")
        return cls(exporter, upstream, int(number))

    @property
    def text(self) -> str:
        """The id as it stands in statements."""
        return f"{self.exporter}-{self.upstream}-{self.number}"


@dataclass(frozen=True, slots=True)
class BatchId:
    """``<pair id>-<n>``: the n-th application for use of a pair."""

    pair: PairId
    number: int

    @classmethod
    def parse(cls, text: str) -> "BatchId":
        """Read an id whose shape was checked with ``BATCH_ID_PATTERN``."""
        pair, _, number = text.rpartition("-")
        return cls(PairId.parse(pair), int(number))

    @property
    def text(self) -> str:
        """The id as it stands in statements."""
        return f"{self.pair.text}-{self.number}"


@dataclass(frozen=True, slots=True)
class LineId:
    """``<batch id>-<n>``: the n-th car of a batch."""

    batch: BatchId
    number: int

    @classmethod
    def parse(cls, text: str) -> "LineId":
        """Read an id whose shape was checked with ``LINE_ID_PATTERN``."""
        batch, _, number = text.rpartition("-")
        return cls(BatchId.parse(batch), int(number))

    @property
    def text(self) -> str:
        """The id as it stands in statements."""
        return f"{self.batch.text}-{self.number}"


@dataclass(frozen=True, slots=True)
class ApplicationId:
    """``<pair id>-q<n>``: the n-th application of a pair for total quota, first or additional."""

    pair: PairId
    number: int

    @classmethod
    def parse(cls, text: str) -> "ApplicationId":
        """Read an id whose shape was checked with ``APPLICATION_ID_PATTERN``."""
        pair, _, number = text.rpartition("-q")
        return cls(PairId.parse(pair), int(number))

    @property
    def text(self) -> str:
        """The id as it stands in statements."""
        return f"{self.pair.text}-q{self.number}"


def pair_of(identifier: str) -> str:
    """Return the pair id inside a pair, batch, line or application id."""
    return "-".join(identifier.split("-", 3)[:3])


@lru_cache(_REMEMBERED)
def firms_of(identifier: str) -> tuple[str, str]:
    """Return exporter and upstream inside a pair, batch, line or application id."""
    exporter, upstream, *_ = identifier.split("-", 2)
    return exporter, upstream


def batch_of(line_id: str) -> str:
    """Return the batch id inside a line id."""
    return line_id.rpartition("-")[0]
