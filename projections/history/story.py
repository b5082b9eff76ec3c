"""The story of a subject as one JSON object: entry by entry, and where everything stands at the end."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from domain.bodies import EventCorrected, SubmissionRefused
from domain.errors import FLAGS, REFUSALS
from domain.postings import Posting
from domain.state import State
from ledger.envelope import Head, parse_envelope
from ledger.keys import KeyRing
from ledger.store import Reader
from projections.history.deadlines import SOURCES, Deadline
from projections.history.difference import Difference
from projections.history.gathering import read_entry
from projections.history.moments import Moment, deadlines_of
from projections.history.replay import Replay, Step
from projections.history.scope import WHOLE, Scope
from projections.history.standing import standing
from projections.history.told import Told
from projections.history.wholeness import Wholeness

FORMAT: Final = "quota-ledger-history/1"


@dataclass(slots=True)
class Story:
    """Tells entries with their signers and flags, which it reads of the store."""

    reader: Reader
    ring: KeyRing
    wholeness: Wholeness = field(default_factory=Wholeness)
    _heads: dict[str, Head] = field(default_factory=dict)

    def tell(
        self,
        replay: Replay,
        moment: Moment,
        scope: Scope = WHOLE,
        start: int = 0,
        limit: int | None = None,
    ) -> dict[str, Any]:
        """Return the object that ``history --json`` prints, or a page of it.

        Args:
            replay: of the subject.
            moment: of which the replay is.
            scope: what of it is shown.
            start: how many entries of the story come before the page.
            limit: how many there are on it at most; ``standing`` and ``deadlines`` are those after the last
                of them, and after the last page those of the moment.
        """
        shown = [one for one in replay.entries if self.shows(replay, one, scope)]
        stop = len(shown) if limit is None else start + limit
        page = {one.index for one in shown[start:stop]}
        entries: list[dict[str, Any]] = []
        state = State(replay.file)
        after: dict[str, Any] = {}
        for step in replay.steps():
            state = step.state
            if step.told.index in page:
                entries.append(self._step(replay, step, scope))
                if len(entries) == len(page) and stop < len(shown):
                    after = self._after(replay, state, _day(replay, step.told), scope)
        return {
            **self.frame(replay, moment),
            "order": "recorded" if moment.as_of is None else "effective",
            "count": len(shown),
            "entries": [one | {"corrected_by": _corrected_by(state, one["index"])} for one in entries],
            **(after or self._after(replay, state, replay.day, scope)),
        }

    def shows(self, replay: Replay, one: Told, scope: Scope) -> bool:
        """Say whether an entry of a replay belongs to the story, and is shown."""
        return one.index in replay.file.shown and scope.entry(one.header)

    def frame(self, replay: Replay, moment: Moment) -> dict[str, Any]:
        """Return whose story it is, as known when, and how far its chains are committed to."""
        file, known = replay.file, moment.as_known_at
        return {
            "format": FORMAT,
            "origin": self.ring.origin,
            "subject": file.subject,
            "size": file.size,
            "heads_at": file.heads_at,
            "proved_whole_up_to": self.wholeness.proved_up_to(self.reader, file),
            "as_known_at": known.isoformat() if isinstance(known, date) else known,
            "as_of": replay.day.isoformat(),
            "chains": dict(file.chains),
        }

    def difference(
        self,
        found: Difference,
        since: int | date,
        now: Moment,
        start: int = 0,
        limit: int | None = None,
    ) -> dict[str, Any]:
        """Return the object that ``history --since --json`` prints, or a page of what was learnt."""
        stop = len(found.learnt) if limit is None else start + limit
        return {
            **self.frame(found.now, now),
            "since": since.isoformat() if isinstance(since, date) else since,
            "count": len(found.learnt),
            "learnt": [self.entry(one) for one in found.learnt[start:stop]],
            "unsaid": list(found.unsaid),
            "changes": [{"path": one.path, "then": one.then, "now": one.now} for one in found.changes],
        }

    def entry(self, one: Told) -> dict[str, Any]:
        """Return what an entry says, who signed it, and its flags as its receipt has them."""
        said = one.statement
        if said is None:
            attachments, body = [], None
        else:
            attachments = [each.model_dump(mode="json") for each in said.attachments]
            body = said.body.model_dump(mode="json", by_alias=True, warnings=False)
        return {
            **self.bare(one),
            "occurred_at": None if said is None else said.occurred_at.isoformat(),
            **self._signed(one),
            "attachments": attachments,
            "body": body,
            "flags": [flag_json(code) for code in json.loads(self.reader.flags(one.index))],
            "refused": list(_refusals(one)),
            "tried": self._tried(one),
            "corrects": self._corrects(one),
            "cases": one.tagged("case"),
        }

    def bare(self, one: Told) -> dict[str, Any]:
        """Return where an entry stands and of which type it is; what it says is left out."""
        return {
            "index": one.index,
            "place": one.place,
            "type": one.header.type,
            "zh": None if one.statement is None else one.statement.spec.zh,
            "recorded_at": one.header.recorded_at,
            "occurred_at": None,
            "effective_date": one.effective_date.isoformat(),
            "agency": None,
            "officers": [],
            "signed_at": None,
            "seq": None,
            "envelope": None,
            "attachments": [],
            "body": None,
            "flags": [],
            "refused": [],
            "tried": None,
            "corrects": None,
            "cases": [],
        }

    def _step(self, replay: Replay, step: Step, scope: Scope) -> dict[str, Any]:
        one = step.told
        # All clocks at every entry would be the square of the file; these are the ones that it may touch.
        running = deadlines_of(step.state, replay.file, _day(replay, one), one.tagged("vin"))
        return {
            **self.entry(one),
            "postings": [
                posting_json(each)
                for each in step.postings
                if each.pair_id is None or scope.pair(each.pair_id)
            ],
            "balances": [
                {"pair_id": each.pair_id, "before": dict(each.before), "after": dict(each.after)}
                for each in step.pairs
            ],
            "deadlines": [deadline_json(each) for each in running if scope.shows_clock(each)],
        }

    def _after(self, replay: Replay, state: State, day: date, scope: Scope) -> dict[str, Any]:
        clocks = deadlines_of(state, replay.file, day)
        return {
            "standing": standing(state, replay.file, day, scope),
            "deadlines": [deadline_json(one) for one in clocks if scope.shows_clock(one)],
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

    def _tried(self, one: Told) -> dict[str, Any] | None:
        """Return who signed what was refused, of an entry that says so."""
        body = None if one.statement is None else one.statement.body
        if not isinstance(body, SubmissionRefused):
            return None
        key = self.ring.keys.get(body.signer)
        return {
            "agency": None if key is None else key.agency,
            "officer": None if key is None else key.officer,
            "keyid": body.signer,
            "seq": body.seq,
        }

    def _corrects(self, one: Told) -> dict[str, Any] | None:
        """Return what a correction corrects, and the members that are otherwise now."""
        said = None if one.statement is None else one.statement.body
        if not isinstance(said, EventCorrected):
            return None
        target = read_entry(self.reader, said.target_index)
        before: dict[str, Any] = {}
        if target is not None and target.statement is not None:
            before = target.statement.body.model_dump(mode="json", by_alias=True, warnings=False)
        after = said.replacement
        return {
            "index": said.target_index,
            "type": None if target is None else target.header.type,
            "taken_back": after is None,
            "changes": [
                {"member": name, "then": before.get(name), "now": after.get(name)}
                for name in sorted(before.keys() | after.keys())
                if before.get(name) != after.get(name)
            ]
            if after is not None
            else [],
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


def _day(replay: Replay, one: Told) -> date:
    """Return the day on which things are looked at after an entry of a replay."""
    return one.recorded_on if replay.as_of is None else one.effective_date


def _corrected_by(state: State, index: int) -> int | None:
    """Return by which entry an entry is corrected at the end of a replay."""
    done = state.corrected(index)
    return None if done is None else done.by


def _refusals(one: Told) -> Iterator[dict[str, Any]]:
    """Yield what was refused and by which article, of an entry that says so."""
    body = None if one.statement is None else one.statement.body
    if isinstance(body, SubmissionRefused):
        for item in body.items:
            article = REFUSALS[item.code][0] if item.code in REFUSALS else None
            yield {"item": item.item, "sha256": item.sha256, "code": item.code, "article": article}
