"""Extracts: the lists that an agency draws from its own system, to set against the ledger.

A chain can never show what was kept from it (domain.md Z01, Z09): a car registered off the ledger, a total
that another system counts, a release that nobody recorded. An agency's own list can. An extract is a CSV file
(RFC 4180), UTF-8 with or without a byte order mark, or GB18030, with a header line that names its columns in
Chinese or in English, in any order; columns that are none of these are not looked at:

- police: ``vin`` 车辆识别代码, ``registered_on`` 注册登记日期; if there: ``cert_no`` 登记证书编号,
  ``deregistered_on`` 注销登记日期. All cars with the quota attribute, one row a registration.
- transport: ``batch_id`` 批次编号, ``units`` 数量: the number classified per batch; a row TOTAL or 合计 is
  the whole.
- customs: ``vin`` 车辆识别代码, ``declaration_no`` 报关单号, ``released_on`` 放行日期: one row a release.

Days are YYYY-MM-DD, YYYY/MM/DD, either without padding, or YYYYMMDD. A VIN is read in small letters too; what
is none stays as it is written, for one odd cell must not keep the rest from being compared. At most 256 MiB.
"""

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Final, Literal

from domain.identifiers import BATCH_ID_PATTERN, VIN_PATTERN

MAX_EXTRACT_BYTES: Final = 256 * 1024 * 1024
TOTAL: Final = "TOTAL"

Kind = Literal["police", "transport", "customs"]

_NAMES: Final = MappingProxyType(
    {
        "车辆识别代码": "vin",
        "车架号": "vin",
        "注册登记日期": "registered_on",
        "登记证书编号": "cert_no",
        "注销登记日期": "deregistered_on",
        "批次编号": "batch_id",
        "数量": "units",
        "报关单号": "declaration_no",
        "放行日期": "released_on",
        "合计": TOTAL,
    }
)
_REQUIRED: Final[Mapping[Kind, frozenset[str]]] = MappingProxyType(
    {
        "police": frozenset({"vin", "registered_on"}),
        "transport": frozenset({"batch_id", "units"}),
        "customs": frozenset({"vin", "declaration_no", "released_on"}),
    }
)
_DAY: Final = re.compile(
    r"(?P<year>[0-9]{4})(?:(?P<mark>[-/])(?P<month>[0-9]{1,2})(?P=mark)(?P<day>[0-9]{1,2})"
    r"|(?P<mm>[0-9]{2})(?P<dd>[0-9]{2}))"
)
_VIN: Final = re.compile(VIN_PATTERN)
_BATCH: Final = re.compile(BATCH_ID_PATTERN)
_UNITS: Final = re.compile(r"[0-9]{1,9}")


class BadExtract(ValueError):
    """A file that is no extract; the message says in which line, what and what would be right."""


@dataclass(frozen=True, slots=True)
class PoliceRow:
    """A registration with the quota attribute, as the police hold it; line from 1, the header's being 1.

    ``vin`` may be no VIN, see :func:`is_vin`.
    """

    line: int
    vin: str
    registered_on: date
    cert_no: str | None
    deregistered_on: date | None


@dataclass(frozen=True, slots=True)
class TransportRow:
    """A number of units classified; ``batch_id`` is None in the row of the whole."""

    line: int
    batch_id: str | None
    units: int


@dataclass(frozen=True, slots=True)
class CustomsRow:
    """A release for export, as customs hold it; ``vin`` may be no VIN."""

    line: int
    vin: str
    declaration_no: str
    released_on: date


Row = PoliceRow | TransportRow | CustomsRow


@dataclass(frozen=True, slots=True)
class Extract:
    """One agency's list. ``columns`` are those that the file has, by their English names."""

    kind: Kind
    columns: frozenset[str]
    rows: tuple[Row, ...]


def is_vin(text: str) -> bool:
    """Say whether a cell is written as a VIN is."""
    return _VIN.fullmatch(text) is not None


def parse_extract(data: bytes) -> Extract:
    """Read an extract; its header says which agency's it is.

    Raises:
        BadExtract: it is too long, in neither encoding, without the columns of any kind, or a row is wrong.
    """
    if len(data) > MAX_EXTRACT_BYTES:
        raise BadExtract(f"{len(data)} bytes; {MAX_EXTRACT_BYTES} at most")
    reader = csv.reader(io.StringIO(_decode(data), newline=""), strict=True)
    try:
        header = [_NAMES.get(cell.strip(), cell.strip()) for cell in next(reader, [])]
        kind = _kind(header)
        rows = tuple(_rows(((reader.line_num, cells) for cells in reader), header, kind))
    except csv.Error as error:
        raise BadExtract(f"line {reader.line_num}: {error}") from None
    return Extract(kind, frozenset(header), rows)


def _decode(data: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise BadExtract("neither UTF-8 nor GB18030")


def _kind(header: list[str]) -> Kind:
    names = set(header)
    for kind, required in _REQUIRED.items():
        if required <= names:
            if doubled := sorted(name for name in required if header.count(name) > 1):
                raise BadExtract(f"line 1: the column {doubled[0]} stands there twice")
            return kind
    wanted = "; ".join(f"{kind}: {', '.join(sorted(names))}" for kind, names in _REQUIRED.items())
    raise BadExtract(f"line 1: the columns of no agency's extract are there ({wanted})")


def _rows(lines: Iterator[tuple[int, list[str]]], header: list[str], kind: Kind) -> Iterator[Row]:
    for line, cells in lines:
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(header):
            raise BadExtract(f"line {line}: {len(cells)} cells, the header has {len(header)}")
        row = _Cells(line, {name: cell.strip() for name, cell in zip(header, cells, strict=True)})
        match kind:
            case "police":
                yield PoliceRow(
                    line,
                    row.vin(),
                    row.day("registered_on"),
                    row.text("cert_no"),
                    row.day("deregistered_on") if row.text("deregistered_on") else None,
                )
            case "transport":
                yield TransportRow(line, row.batch(), row.units())
            case "customs":
                yield CustomsRow(line, row.vin(), row.required("declaration_no"), row.day("released_on"))


@dataclass(frozen=True, slots=True)
class _Cells:
    """One row by column; each reader raises ``BadExtract`` with line, column and what is wanted."""

    line: int
    cells: Mapping[str, str]

    def text(self, name: str) -> str | None:
        return self.cells.get(name) or None

    def required(self, name: str) -> str:
        value = self.text(name)
        if value is None:
            raise BadExtract(f"line {self.line}, {name}: empty")
        return value

    def vin(self) -> str:
        value = self.required("vin")
        return value.upper() if is_vin(value.upper()) else value

    def day(self, name: str) -> date:
        value = self.required(name)
        if found := _DAY.fullmatch(value):
            try:
                month, day = found["month"] or found["mm"], found["day"] or found["dd"]
                return date(int(found["year"]), int(month), int(day))
            except ValueError:  # a day that no calendar has
                pass
        raise BadExtract(f"line {self.line}, {name}: {value[:40]!r} is not a day YYYY-MM-DD")

    def batch(self) -> str | None:
        value = self.required("batch_id")
        if _NAMES.get(value, value) == TOTAL:
            return None
        if _BATCH.fullmatch(value) is None:
            raise BadExtract(f"line {self.line}, batch_id: {value[:60]!r} is neither a batch id nor {TOTAL}")
        return value

    def units(self) -> int:
        value = self.required("units")
        if _UNITS.fullmatch(value) is None:
            raise BadExtract(f"line {self.line}, units: {value[:40]!r} is not a number of units")
        return int(value)
