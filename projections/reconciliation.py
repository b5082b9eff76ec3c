"""对账: an agency's own list of a period against the ledger, and the statement of account on it.

The list is an extract (``projections.extracts``); it is matched against the entries of the types that it
speaks of, corrections taken in. The statement (``ReconciliationStatementFiled``) says what the agency counts
in its own list, so that the verifier can set it against the ledger later (C35), names the list by the SHA-256
of its bytes, and tells the differences in words.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any, Final

from domain.bodies import Body, ReconciliationStatementFiled
from ledger.canonical import Malformed
from ledger.store import Reader
from projections.extracts import BadExtract, CustomsRow, Extract, PoliceRow, TransportRow, parse_extract
from projections.history.gathering import ChainBroken
from projections.history.told import told
from projections.proof.amended import Amended, Amendment
from projections.proof.comparison import COMPARED, Comparable, Difference
from projections.proof.types import Event
from projections.replay import ReplayTooLong

FORMAT: Final = "quota-ledger-reconciliation/1"
KINDS: Final = tuple(COMPARED)
"""The agencies whose lists can be matched."""
MAX_TEXT: Final = 2_000
"""Characters of ``differences`` in a statement (domain.shapes.Text)."""
_SIDES: Final = {"extract": "only in the list", "ledger": "only in the ledger", "both": "different"}


@dataclass(frozen=True, slots=True)
class Filed:
    """A statement of account on the same period that stands already: entry, digest of its list, counts."""

    index: int
    list_sha256: str
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """What came of one list.

    Attributes:
        agency: whose list it is.
        first, last: the period, both days in it.
        list_sha256: of the list's bytes.
        rows: of the list that count in the period.
        size: of the ledger that it was matched against.
        counts: what the list counts, by the names that C35 knows.
        differences: in the order of the list, then what the ledger alone has.
        unread: entries that may speak of the same things and that this program cannot read.
        filed: the agency's statements of account on this very period that stand already.
    """

    agency: str
    first: date
    last: date
    list_sha256: str
    rows: int
    size: int
    counts: Mapping[str, int]
    differences: tuple[Difference, ...]
    unread: tuple[int, ...]
    filed: tuple[Filed, ...]

    def statement(self) -> dict[str, Any]:
        """Return the unsigned statement of account, as ``quota-ledger sign`` takes it."""
        body = {
            "counts": dict(self.counts),
            "differences": _in_words(self.differences),
            "list_sha256": self.list_sha256,
            "period_from": self.first.isoformat(),
            "period_to": self.last.isoformat(),
        }
        return {"type": "ReconciliationStatementFiled", "version": 1, "agency": self.agency, "body": body}

    def to_object(self) -> dict[str, Any]:
        """Return the members that every answer about it has."""
        return {
            "format": FORMAT,
            "agency": self.agency,
            "period_from": self.first.isoformat(),
            "period_to": self.last.isoformat(),
            "list_sha256": self.list_sha256,
            "rows": self.rows,
            "size": self.size,
            "counts": dict(self.counts),
            "differences": [
                {"side": one.side, "what": plain(one.what), "line": one.line, "index": one.index}
                for one in self.differences
            ],
            "unread": list(self.unread),
            "standing": [
                {"index": one.index, "list_sha256": one.list_sha256, "counts": dict(one.counts)}
                for one in self.filed
            ],
            "statement": self.statement(),
        }


def reconcile(
    reader: Reader, agency: str, data: bytes, first: date, last: date, most: int | None = None
) -> Reconciliation:
    """Match an agency's list of a period against the whole ledger.

    Args:
        reader: the store.
        agency: whose list it is, one of ``KINDS``.
        data: the list.
        first: the first day of the period.
        last: the last one.
        most: how many entries may be read for it; None: as many as there are.

    Raises:
        BadExtract: it is no list, that of another agency, or the period ends before it begins.
        ReplayTooLong: more than ``most`` entries speak of such things.
        ChainBroken: an entry cannot be read.
    """
    if first > last:
        raise BadExtract(f"the period ends on {last}, before it begins on {first}")
    extract = parse_extract(data)
    if extract.kind != agency:
        raise BadExtract(f"the columns are those of {extract.kind}, not of {agency}")
    size = reader.head().size
    comparable, unread = Comparable(), list[int]()
    for item in _events(reader, COMPARED[extract.kind], size, most):
        if isinstance(item, int):
            unread.append(item)
        elif isinstance(item, Amendment):
            comparable.amend(item)
            unread += [] if item.unread is None else [item.index]
        else:
            comparable.fold(item)
    found = comparable.compare("list", extract, last, first)
    digest = sha256(data).hexdigest()
    counts = _counts(extract, first, last)
    return Reconciliation(
        agency, first, last, digest, found.rows, size, counts, found.differences, tuple(unread),
        tuple(_filed(reader, agency, first, last, size, most)),
    )  # fmt: skip


def _filed(
    reader: Reader, agency: str, first: date, last: date, size: int, most: int | None
) -> Iterator[Filed]:
    """Yield the statements of account of an agency on a period that were not corrected away."""
    stated: dict[int, Filed] = {}
    for item in _events(reader, (ReconciliationStatementFiled,), size, most):
        if isinstance(item, int):
            continue
        event = item
        if isinstance(item, Amendment):
            stated.pop(item.place, None)
            if item.replacement is None:
                continue
            event = item.replacement
        assert isinstance(event, Event)
        body = event.statement.body
        if isinstance(body, ReconciliationStatementFiled) and (
            (event.statement.agency, body.period_from, body.period_to) == (agency, first, last)
        ):
            stated[event.place] = Filed(event.index, body.list_sha256, dict(body.counts))
    yield from stated.values()


def plain(text: str) -> str:
    """Return a text without control characters: a cell of a list may hold any."""
    return "".join(one if one.isprintable() else " " for one in text)


def _events(
    reader: Reader, bodies: Iterable[type[Body]], size: int, most: int | None
) -> Iterator[Event | Amendment | int]:
    """Yield what entries of these types say; of one that cannot be read, its index."""
    types = [body.__name__ for body in bodies]
    amended = Amended()
    for count, (index, data) in enumerate(reader.matching((*types, "EventCorrected"), (), 0, size)):
        if count == most:
            raise ReplayTooLong(f"more than {most} entries would have to be read")
        try:
            one = told(data)
        except Malformed as error:
            raise ChainBroken(f"entry {index}: {error}; `quota-ledger verify` says more") from None
        if one.statement is None:
            yield index
            continue
        item = amended.read(Event.of(index, one.leaf, one.statement, one.recorded_at))
        if item is not None:
            yield item


def _counts(extract: Extract, first: date, last: date) -> dict[str, int]:
    """Return what the list counts in the period, by the names of C35."""

    def within(day: date | None) -> bool:
        return day is not None and first <= day <= last

    match extract.kind:
        case "police":
            rows = [row for row in extract.rows if isinstance(row, PoliceRow)]
            found = {"registered": sum(within(row.registered_on) for row in rows)}
            if "deregistered_on" in extract.columns:
                found["deregistered"] = sum(within(row.deregistered_on) for row in rows)
            return found
        case "customs":
            released = (row.released_on for row in extract.rows if isinstance(row, CustomsRow))
            return {"released": sum(map(within, released))}
        case "transport":
            units = [row for row in extract.rows if isinstance(row, TransportRow)]
            whole = [row.units for row in units if row.batch_id is None]
            return {"classified": whole[-1] if whole else sum(row.units for row in units)}


def _in_words(differences: tuple[Difference, ...]) -> str | None:
    """Return the differences in at most ``MAX_TEXT`` characters, None where there are none."""
    if not differences:
        return None
    sides = [one.side for one in differences]
    told = "; ".join(f"{words}: {sides.count(side)}" for side, words in _SIDES.items() if side in sides)
    left = len(differences)
    for one in differences:
        place = f"line {one.line}" if one.line is not None else f"entry {one.index}"
        line = f"; {place} ({_SIDES[one.side]}) {plain(one.what)}"
        if len(told) + len(line) > MAX_TEXT - 40:  # room for the words below
            return f"{told}; and {left} more"
        told, left = told + line, left - 1
    return told
