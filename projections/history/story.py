"""The story of a subject as one JSON object: entry by entry, and where everything stands at the end."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from domain.bodies import SubmissionRefused
from domain.errors import FLAGS, REFUSALS
from domain.postings import Posting
from domain.state import State
from ledger.envelope import Head, parse_envelope
from ledger.keys import KeyRing
from ledger.store import Reader
from projections.history.deadlines import SOURCES, Deadline
from projections.history.difference import Difference
from projections.history.moments import Moment, deadlines_of
from projections.history.replay import Replay, Step
from projections.history.standing import standing
from projections.history.told import Told

FORMAT: Final = "quota-ledger-history/1"


@dataclass(slots=True)
class Story:
    """Tells entries with their signers and flags, which it reads of the store."""

    reader: Reader
    ring: KeyRing
    _heads: dict[str, Head] = field(default_factory=dict)

    def tell(self, replay: Replay, moment: Moment) -> dict[str, Any]:
        """Return the object that ``history --json`` prints."""
        entries = []
        state = State(replay.file)
        corrected = _corrected(replay)
        for step in replay.steps():
            state = step.state
            if step.told.index in replay.file.shown:
                entries.append(self._step(replay, step) | {"corrected_by": corrected.get(step.told.index)})
        return {
            **self.frame(replay, moment),
            "order": "recorded" if moment.as_of is None else "effective",
            "entries": entries,
            "standing": standing(state, replay.file, replay.day),
            "deadlines": [deadline_json(one) for one in deadlines_of(state, replay.file, replay.day)],
        }

    def frame(self, replay: Replay, moment: Moment) -> dict[str, Any]:
        """Return whose story it is, as known when, and how far its chains are committed to."""
        file, known = replay.file, moment.as_known_at
        return {
            "format": FORMAT,
            "origin": self.ring.origin,
            "subject": file.subject,
            "size": file.size,
            "heads_at": file.heads_at,
            "as_known_at": known.isoformat() if isinstance(known, date) else known,
            "as_of": replay.day.isoformat(),
            "chains": dict(file.chains),
        }

    def difference(self, found: Difference, since: int | date, now: Moment) -> dict[str, Any]:
        """Return the object that ``history --since --json`` prints."""
        return {
            **self.frame(found.now, now),
            "since": since.isoformat() if isinstance(since, date) else since,
            "learnt": [self.entry(one) for one in found.learnt],
            "unsaid": list(found.unsaid),
            "changes": [{"path": one.path, "then": one.then, "now": one.now} for one in found.changes],
        }

    def entry(self, one: Told) -> dict[str, Any]:
        """Return what an entry says, who signed it, and its flags as its receipt has them."""
        said = one.statement
        return {
            "index": one.index,
            "place": one.place,
            "type": one.header.type,
            "zh": None if said is None else said.spec.zh,
            "recorded_at": one.header.recorded_at,
            "occurred_at": None if said is None else said.occurred_at.isoformat(),
            "effective_date": one.effective_date.isoformat(),
            **self._signed(one),
            "attachments": []
            if said is None
            else [each.model_dump(mode="json") for each in said.attachments],
            "body": None
            if said is None
            else said.body.model_dump(mode="json", by_alias=True, warnings=False),
            "flags": [flag_json(code) for code in json.loads(self.reader.flags(one.index))],
            "refused": list(_refusals(one)),
            "cases": one.tagged("case"),
        }

    def _step(self, replay: Replay, step: Step) -> dict[str, Any]:
        one = step.told
        # All clocks at every entry would be the square of the file; these are the ones that it may touch.
        day = one.recorded_on if replay.as_of is None else one.effective_date
        running = deadlines_of(step.state, replay.file, day, one.tagged("vin"))
        return {
            **self.entry(one),
            "postings": [posting_json(each) for each in step.postings],
            "balances": [
                {"pair_id": each.pair_id, "before": dict(each.before), "after": dict(each.after)}
                for each in step.pairs
            ],
            "deadlines": [deadline_json(each) for each in running],
        }

    def _signed(self, one: Told) -> dict[str, Any]:
        digest = one.header.envelope
        if digest is not None and digest not in self._heads:
            raw = self.reader.envelope(digest)
            if raw is not None:
                self._heads[digest] = parse_envelope(raw).head
        head = None if digest is None else self._heads.get(digest)
        keys = self.ring.keys
        return {
            "agency": None if head is None else head.agency,
            "officers": [] if head is None else [keys[each].officer for each in head.signers if each in keys],
            "signed_at": None if head is None else head.signed_at,
            "seq": None if head is None else head.seq,
            "envelope": digest,
        }


def flag_json(code: str) -> dict[str, Any]:
    """Return a flag with its words and the statement of the verifier that it bears on."""
    flag = FLAGS[code]
    return {"code": flag.code, "control": flag.control, "zh": flag.zh, "en": flag.en}


def posting_json(posting: Posting) -> dict[str, Any]:
    """Return a posting."""
    return {
        "pair_id": posting.pair_id,
        "source": posting.source,
        "target": posting.target,
        "units": posting.units,
        "line_id": posting.line_id,
        "vin": posting.vin,
    }


def deadline_json(one: Deadline) -> dict[str, Any]:
    """Return a clock with its source."""
    return {
        "kind": one.kind,
        "status": one.status,
        "subject": one.subject,
        "due": None if one.due is None else one.due.isoformat(),
        "since": None if one.since is None else one.since.isoformat(),
        "pair_id": one.pair_id,
        "source": SOURCES[one.kind],
        "detail": one.detail,
    }


def _corrected(replay: Replay) -> Mapping[int, int]:
    """Return by which entry each entry of the replay is corrected, as far as it is known."""
    state = replay.end()
    found = ((one.index, state.corrected(one.index)) for one in replay.entries)
    return {index: done.by for index, done in found if done is not None}


def _refusals(one: Told) -> Iterator[dict[str, Any]]:
    """Yield what was refused and by which article, of an entry that says so."""
    body = None if one.statement is None else one.statement.body
    if isinstance(body, SubmissionRefused):
        for item in body.items:
            article = REFUSALS[item.code][0] if item.code in REFUSALS else None
            yield {"item": item.item, "sha256": item.sha256, "code": item.code, "article": article}
