"""The client: statements in, verified receipts out; what was not answered is sent again."""

import json
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from httpx2 import BaseTransport

from api.client.answer import Entered, Proved, parse_answer
from api.client.connection import Connection
from api.client.errors import Distrust, ForkedView, NotAccepted, Refused, Unproved, Unsettled, problem_of
from api.client.folder import Folder, State
from api.client.stream import Followed, follow
from api.client.trust import DoesNotVerify, Tiles, believed, latest_seen, verified_receipts
from domain.statements import parse_statement
from ledger.anchor import Anchor
from ledger.canonical import canonical_bytes
from ledger.clock import Clock, format_instant, system_clock
from ledger.envelope import Head, parse_envelope
from ledger.signing import Signer, begin_submission
from ledger.submission import decode_submission

PATIENCE_SECONDS: Final = 300.0
_TITLES: Final = {"Accept-Language": "zh"}
"""Officers read the titles of refusals; details are English in any case."""


class Client:
    """One agency's client of one ledger; close it, or use it as a context manager. For one thread."""

    def __init__(
        self,
        url: str,
        folder: Path,
        anchor: Anchor,
        *,
        clock: Clock = system_clock,
        token: str | None = None,
        patience_seconds: float = PATIENCE_SECONDS,
        transport: BaseTransport | None = None,
    ) -> None:
        """Open the folder; nothing is sent yet.

        Args:
            url: the server's address.
            folder: this client's own, made where it is missing; one process works with it at a time.
            anchor: which ledger, whose checkpoints; from elsewhere than the server.
            clock: the present, for ``signed_at`` and ``occurred_at``.
            token: a reader's token, for ``follow``.
            patience_seconds: how long one call tries again before it raises Unanswered.
            transport: how the server is reached, where that is not plain HTTP or TLS by its address.

        Raises:
            InUse, Distrust, Malformed: as :class:`~api.client.folder.Folder`.
        """
        self._anchor = anchor
        self._clock = clock
        self._token = token
        self._patience = patience_seconds
        self._folder = Folder(folder, anchor)
        self._connection = Connection(url, patience_seconds, transport)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give back connection and folder."""
        self._connection.close()
        self._folder.close()

    @property
    def state(self) -> State:
        """What is verified and used so far."""
        return self._folder.state

    def statement(
        self,
        agency: str,
        kind: str,
        body: Mapping[str, Any],
        *,
        occurred_at: str | None = None,
        attachments: Sequence[Mapping[str, Any]] = (),
        statement_id: str | None = None,
    ) -> bytes:
        """Return the canonical bytes of a statement of version 1, checked against the catalogue.

        Args:
            agency: who states it.
            kind: the type's name, as ``VehicleRegistered``.
            body: every member of that type.
            occurred_at: RFC 3339, by default now.
            attachments: ``bytes``, ``kind``, ``media_type`` and ``sha256`` of each document.
            statement_id: a lower-case UUID, by default a new one; the same fact has the same id for ever.

        Raises:
            MalformedStatement, Malformed: what is wrong, and where.
        """
        whole = {
            "agency": agency,
            "attachments": [dict(one) for one in attachments],
            "body": dict(body),
            "id": statement_id or str(uuid.uuid4()),
            "ledger": self._anchor.origin,
            "occurred_at": occurred_at or format_instant(self._clock()),
            "type": kind,
            "version": 1,
        }
        parse_statement(whole)
        return canonical_bytes(whole)

    def take_seq(self, keyid: str, at_least: int = 1) -> int:
        """Return the next sequence number of a signer and count it as used; gaps are allowed.

        ``at_least`` is for a key that has signed elsewhere before: entry 0 has ``seq`` 1 of its first signer.
        """
        seq = max(self.state.seqs.get(keyid, 0) + 1, at_least)
        self._folder.save(self.state.used(keyid, seq))
        return seq

    def begin(
        self, agency: str, statements: Sequence[bytes], signers: Sequence[Signer], others: Sequence[str] = ()
    ) -> bytes:
        """Return a submission that these officers have signed and ``others`` (their keyids) are to sign.

        It is not kept here: hand it on, have it signed with :func:`ledger.signing.add_signatures`, and
        :meth:`send` it within 72 hours.
        """
        names = (*(signer.keyid for signer in signers), *others)
        seq = self.take_seq(names[0])
        now = format_instant(self._clock())
        head = Head(agency, self._anchor.origin, self.state.seen, seq, now, names)
        return begin_submission(head, statements, signers)

    def enter(self, agency: str, statements: Sequence[bytes], *signers: Signer) -> Entered:
        """Sign statements, send them as one envelope and return their verified receipts.

        Raises:
            As :meth:`send`.
        """
        return self.send(self.begin(agency, statements, signers))

    def send(self, submission: bytes) -> Entered:
        """Keep a signed submission, then send it until it is answered.

        Raises:
            Unsettled: an earlier one waits; nothing was kept or sent.
            Malformed: no whole submission; nothing was kept or sent.
            NotAccepted: it is not in order; nothing is on record.
            Refused: it is on record as refused, with code, article and figures.
            Unanswered, Unproved: it waits in the outbox; ``resume`` goes on.
            Problem: an answer that settles nothing (500); it waits in the outbox.
            Distrust: the answer does not verify, or the ledger is not the one that was seen.
        """
        if waiting := self._folder.waiting():
            raise Unsettled(f"{len(waiting)} in the outbox, {waiting[0][0]} first: resume() goes first")
        envelope, _ = decode_submission(submission)
        name = self._folder.keep(parse_envelope(envelope).head, submission)
        return self._settle(name, submission)

    def resume(self) -> list[Entered | Refused | NotAccepted]:
        """Send again what has no answer yet, in order; return what became of each.

        Raises:
            Unanswered, Unproved, Problem, Distrust: as :meth:`send`; those behind it wait.
        """
        told: list[Entered | Refused | NotAccepted] = []
        for name, submission in self._folder.waiting():
            try:
                told.append(self._settle(name, submission))
            except (Refused, NotAccepted) as no:
                told.append(no)
        return told

    def follow(self, after: int) -> Iterator[Followed]:
        """Yield the entries behind index ``after`` as they are recorded, without end, each once and in order.

        It comes back by itself after a lost connection. Keep the last index and begin with it next time.

        Raises:
            Problem: 401 or 403: the token does not give access.
            Unanswered: the server was away for longer than this client is patient.
            Distrust: an entry is not what its hash says.
        """
        try:
            yield from follow(self._connection.http, self._token, after, self._patience)
        except DoesNotVerify as error:
            raise self._halt(error) from None

    def _settle(self, name: str, submission: bytes) -> Entered:
        envelope, statements = decode_submission(submission)
        head = parse_envelope(envelope).head
        status, answer = self._connection.post("/v1/envelopes", submission, _TITLES)
        spent = self.state.used(head.signers[0], head.seq)
        if status in {200, 201}:
            return self._entered(name, answer, envelope, statements, spent)
        problem = problem_of(status, answer)
        if isinstance(problem, Refused):
            self._folder.settle(name, answer, spent)
        elif isinstance(problem, NotAccepted):
            self._folder.settle(name, answer, self.state)
        if isinstance(problem, ForkedView):
            # Either the ledger lost what it had proved, or somebody shows two of them. Both are for a person.
            raise self._halt(DoesNotVerify(str(problem), answer=answer.decode("utf-8", "replace")))
        raise problem

    def _entered(
        self, name: str, answer: bytes, envelope: bytes, statements: Sequence[bytes], spent: State
    ) -> Entered:
        replayed, receipts = parse_answer(answer)
        if any(receipt.get("proof") is None for receipt in receipts):
            raise Unproved(f"{name}: entered, and no checkpoint covers it yet")
        try:
            headers, notes = verified_receipts(receipts, envelope, statements, self._anchor)
            state = spent
            for _, note in sorted(notes.items()):
                state = believed(state, note, self._anchor, Tiles(self._published))
        except DoesNotVerify as error:
            raise self._halt(error, envelope=sha256(envelope).hexdigest(), submission=name) from None
        self._folder.settle(name, answer, replace(state, seen=latest_seen(state.seen, headers, statements)))
        proved = (
            Proved(header, tuple(receipt["flags"]), json.dumps(receipt).encode(), statement)
            for header, receipt, statement in zip(headers, receipts, statements, strict=True)
        )
        return Entered(replayed, tuple(proved))

    def _published(self, path: str) -> bytes:
        status, body = self._connection.get(path)
        if status != 200:
            raise problem_of(status, body)
        return body

    def _halt(self, error: DoesNotVerify, **more: str) -> Distrust:
        known = {
            "anchor": self._anchor.to_bytes().decode(),
            "checkpoint": self.state.checkpoint,
            "seen": [self.state.seen.index, self.state.seen.leaf_hash],
        }
        return self._folder.halt(str(error), {"known": known, "received": error.evidence, **more})
