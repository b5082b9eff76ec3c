"""The rows of a history's page: every entry, who signed it, and what a correction changed.

An entry that was corrected says by which, and the correction says which members hold what instead; so nobody
takes for standing what was taken back.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any, Final

from pydantic import ValidationError

from domain.bodies import EventCorrected
from domain.catalogue import CATALOGUE
from ledger.canonical import Malformed
from ledger.entry import parse_entry, parse_statement
from ledger.envelope import parse_envelope
from ledger.keys import KeyRing, Unauthorised
from projections.proof.amended import NEVER_CORRECTED
from projections.proof.types import Event, Unread
from projections.proof.unknowable import Text

Signers = Mapping[int, Sequence[str]]
"""By entry the officers who signed it, by their pseudonyms."""

_MAX_CONTENT: Final = 1_200
_MAX_ITEMS: Final = 10
_AGENCIES: Final = {
    "commerce": Text("市商务委", "commerce"),
    "transport": Text("市交通委", "transport"),
    "police": Text("市公安局", "police"),
    "customs": Text("海关", "customs"),
    "operator": Text("运营方", "operator"),
}
_UNREAD: Final = Text("–", "–")


def signers_of(entries: Mapping[int, bytes], envelopes: Mapping[str, bytes]) -> Signers:
    """Return who signed each entry of a history that has the whole chain of keys.

    Args:
        entries: index → bytes, well-formed.
        envelopes: digest → bytes.
    """
    ring, heads = KeyRing(), dict[int, tuple[str, ...]]()
    for index, data in sorted(entries.items()):
        entry = parse_entry(data)
        said = parse_statement(entry.statement)
        with suppress(Malformed, Unauthorised):  # the verification tells of it
            ring.apply(index, entry.header.type, said["body"], agency=said["agency"])
        try:
            heads[index] = parse_envelope(envelopes[entry.header.envelope or ""]).head.signers
        except (KeyError, Malformed):
            heads[index] = ()
    officers = {keyid: key.officer for keyid, key in ring.keys.items()}
    return {index: [officers.get(one, one) for one in signers] for index, signers in heads.items()}


def rows_of(events: Sequence[Event | Unread], signers: Signers) -> list[dict[str, Any]]:
    """Return the row of each entry, in order."""
    read = {one.index: one for one in events if isinstance(one, Event)}
    stands = {index: _body(one) for index, one in read.items()}
    corrected_by: dict[int, int] = {}
    rows = []
    for one in events:
        rows.append(_row(one) | {"signers": ", ".join(signers.get(one.index, ()))})
        if not isinstance(one, Event) or not isinstance(body := one.statement.body, EventCorrected):
            continue
        target = body.target_index
        changes = ["the target is not in this history"]
        if target < one.index and target in read and read[target].statement.type not in NEVER_CORRECTED:
            corrected_by[target] = one.index
            changes = ["taken back whole"]
            if body.replacement is not None:
                said = _replacement(read[target].statement.type, body.replacement)
                changes = list(_changes(stands[target], said)) or ["nothing differs"]
                stands[target] = said
        reason = [f"reason {body.reason}"] if body.reason else []
        rows[-1]["content"] = _cut("; ".join([f"corrects entry {target}", *changes, *reason]))
    for row in rows:
        row["corrected_by"] = corrected_by.get(row["index"])
    return rows


def _row(event: Event | Unread) -> dict[str, Any]:
    told: dict[str, Any] = {
        "index": event.index,
        "recorded_at": event.recorded_at.strftime("%Y-%m-%d %H:%M:%S"),
    }
    if isinstance(event, Unread):
        return told | {
            "effective": "–",
            "zh": "–",
            "type": "not known here",
            "agency": _UNREAD,
            "content": "–",
        }
    statement = event.statement
    members = [f"{name} {_shown(value)}" for name, value in _body(event).items() if value is not None]
    return told | {
        "effective": event.effective_date.isoformat(),
        "zh": statement.spec.zh,
        "type": statement.type,
        "agency": _AGENCIES[statement.agency],
        "content": _cut("; ".join(members)),
    }


def _body(event: Event) -> dict[str, Any]:
    body: dict[str, Any] = event.statement.body.model_dump(mode="json", by_alias=True, warnings=False)
    return body


def _replacement(kind: str, said: Mapping[str, Any]) -> dict[str, Any]:
    """Return a replacement in the form in which bodies are shown, as it stands where it cannot be read."""
    try:
        body = CATALOGUE[kind].body.model_validate(said)
    except ValidationError:
        return dict(said)
    return body.model_dump(mode="json", by_alias=True, warnings=False)


def _changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    """Yield each member that the replacement states otherwise: what it was, and what it is."""
    for name in sorted({*before, *after}):
        if before.get(name) != after.get(name):
            yield f"{name} {_shown(before.get(name))} → {_shown(after.get(name))}"


def _shown(value: Any) -> str:
    """Return a value in one line; of a long list the first items and their number."""
    if value is None:
        return "–"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name} {_shown(each)}" for name, each in value.items()) + "}"
    if isinstance(value, list):
        more = f" … ({len(value)})" if len(value) > _MAX_ITEMS else ""
        return "[" + ", ".join(map(_shown, value[:_MAX_ITEMS])) + more + "]"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _cut(text: str) -> str:
    return text if len(text) <= _MAX_CONTENT else f"{text[:_MAX_CONTENT]}…"
