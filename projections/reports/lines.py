"""An entry as a line of a report: what, whom it concerns, who signed it, what it moved, and its flags.

Lines are made from the entries of a story (``projections.history.story``), alike in all reports.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from domain.calendar import SHANGHAI
from domain.errors import REFUSALS
from ledger.keys import KeyRing
from projections.reports.moves import Moved

_ABOUT: Final = (
    "pair_id", "app_id", "batch_id", "line_id", "vin", "case_id", "suspension_id", "submission_id",
    "declaration_no", "licence_no", "filing_no", "document_no", "uscc", "cert_no", "units", "target_index",
)  # fmt: skip
_COUNTED: Final = ("lines", "vins", "vehicles")
_HIDDEN: Final = "…"

Entry = Mapping[str, Any]
"""An object of ``entries`` of ``history --json``."""


class _Unfilled(dict[str, str]):
    """Stands for figures that are not on record."""

    def __missing__(self, key: str) -> str:
        return _HIDDEN


def line_of(entry: Entry) -> dict[str, Any]:
    """Return the line of an entry."""
    body = entry["body"] or {}
    about = {name: body[name] for name in _ABOUT if body.get(name) is not None}
    for name in _COUNTED:
        if isinstance(body.get(name), list):
            about["cars"] = len(body[name])
    return {
        "index": entry["index"],
        "recorded_at": shanghai_text(entry["recorded_at"]),
        "effective_date": entry["effective_date"],
        "type": entry["type"],
        "zh": entry["zh"],
        "about": about,
        "agency": entry["agency"],
        "officers": entry["officers"],
        "flags": [flag["code"] for flag in entry["flags"]],
        "corrected_by": entry.get("corrected_by"),
    }


def moves_of(entry: Entry, pair_id: str) -> Moved:
    """Return what an entry moved in one pair."""
    moved: Moved = Counter()
    for posting in entry["postings"]:
        if posting["pair_id"] == pair_id:
            moved[posting["source"], posting["target"]] += posting["units"]
    return moved


def shanghai_text(instant: str) -> str:
    """Return an instant of a header as people in Shanghai read it, to the second."""
    return datetime.fromisoformat(instant).astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")


def refusals_of(entry: Entry, ring: KeyRing) -> dict[str, Any]:
    """Return a refused submission: whose, when, and each item with its article and reason.

    The figures of a reason are not on record; ``…`` stands for them.
    """
    body = entry["body"]
    key = ring.keys.get(body["signer"])
    return {
        "index": entry["index"],
        "recorded_at": shanghai_text(entry["recorded_at"]),
        "agency": None if key is None else key.agency,
        "officer": None if key is None else key.officer,
        "seq": body["seq"],
        "envelope": body["envelope"],
        "items": [
            {"item": one["item"], "sha256": one["sha256"], "code": one["code"], **_reason(one["code"])}
            for one in entry["refused"]
        ],
    }


def flag_words(entries: Iterable[Entry]) -> list[dict[str, Any]]:
    """Return each flag that the entries carry, with its words and how many carry it, by code."""
    words: dict[str, dict[str, Any]] = {}
    counts: Counter[str] = Counter()
    for flag in _flags(entries):
        words[flag["code"]] = flag
        counts[flag["code"]] += 1
    return [{**words[code], "entries": counts[code]} for code in sorted(words)]


def _flags(entries: Iterable[Entry]) -> Iterator[dict[str, Any]]:
    for entry in entries:
        yield from entry["flags"]


def _reason(code: str) -> dict[str, str | None]:
    if code not in REFUSALS:
        return {"article": None, "zh": None, "en": None}
    article, zh, en = REFUSALS[code]
    return {"article": article, "zh": zh.format_map(_Unfilled()), "en": en.format_map(_Unfilled())}
