"""The envelopes behind the entries: whole, in order, rightly signed, by those who may.

The lines of an envelope are entered together: item 1 to n, one after another. So one envelope is open at a
time, and its bytes are read once, with its first item.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, Final, Protocol

from ledger.canonical import Malformed
from ledger.entry import Header
from ledger.envelope import Envelope
from ledger.keys import KeyRing, Unauthorised, check_authority, check_opening
from ledger.source import BreakClass
from ledger.verification.look import LookedEnvelope, look_at_envelope
from ledger.verification.plain import Run
from ledger.verification.result import Breaks
from ledger.verification.sequences import Sequences
from ledger.verification.types import MaxAge, Types

MAX_AHEAD: Final = timedelta(minutes=5)
NOTHING: Final[Mapping[bytes, LookedEnvelope]] = MappingProxyType({})


@dataclass(slots=True)
class _Open:
    """The envelope whose lines are being entered; ``envelope`` is None when it could not be read."""

    digest: str
    envelope: Envelope | None
    first_index: int
    max_age: timedelta
    """How old its signatures may be, by the policy in force before its first entry."""
    next_item: int = 1
    entered: int = 0
    passed: tuple[object, ...] | None = None
    """What age and authority were asked of that an entry of it has passed."""

    @property
    def complete(self) -> bool:
        """Whether as many of its statements are entered as it has."""
        return self.envelope is not None and self.entered >= len(self.envelope.statement_hashes)


class EnvelopeSource(Protocol):
    """Where envelopes are read."""

    def envelope(self, digest: str, index: int) -> bytes | None:
        """See :meth:`ledger.source.Source.envelope`."""
        ...


class EnvelopePass:
    """Checks, entry by entry, of what the header's ``envelope`` and ``item`` point to."""

    def __init__(
        self,
        source: EnvelopeSource,
        types: Types,
        breaks: Breaks,
        leaf_at: Callable[[int], set[str]],
        sequences: Sequences,
    ) -> None:
        """Take what is needed besides the entries.

        Args:
            source: where envelopes are read.
            types: the catalogue's rules.
            breaks: where breaks are listed.
            leaf_at: the leaf hashes (hex) that an earlier entry is known by; empty when nothing is known.
            sequences: the seq numbers used up.
        """
        self._source = source
        self._types = types
        self._breaks = breaks
        self._leaf_at = leaf_at
        self._sequences = sequences
        self._open: _Open | None = None
        self._after_gap = False
        self.keys_doubtful = False
        """Whether an entry is lost or changed that may have said something about keys."""
        self.opened: Envelope | None = None
        """The envelope that the entry last checked is the first of, as read from the source."""
        self.unknown_types: dict[str, int] = {}
        """Each type and version that the catalogue does not have, with the first entry of it."""

    def lost(self) -> None:
        """Say that an entry is not there: which line of which envelope it was is not known."""
        self._after_gap = True

    def finish(self) -> None:
        """Say that there are no more entries."""
        self._close()

    def entry(
        self,
        index: int,
        header: Header,
        statement: dict[str, Any],
        statement_digest: str,
        ring: KeyRing,
        max_age: MaxAge,
        looked_at: Mapping[bytes, LookedEnvelope] = NOTHING,
    ) -> None:
        """Check the entry at ``index``.

        Args:
            index: of the entry.
            header: of the entry.
            statement: of the entry, its outer members checked.
            statement_digest: SHA-256 (hex) of its bytes.
            ring: folded up to the entry before.
            max_age: folded up to the entry before.
            looked_at: envelopes that were looked at already.
        """
        self.opened = None
        digest, item = header.envelope, header.item
        if digest is None or item is None:
            self._close()
            self._breaks.add("envelope", index, "no envelope: nobody signed this entry")
            return
        recorded_at = datetime.fromisoformat(header.recorded_at)
        current = self._open
        if current is None or current.digest != digest or current.complete:
            self._close()
            envelope = self._read(index, digest, item, statement, ring, looked_at)
            current = self._open = _Open(digest, envelope, index, max_age.at(recorded_at))
        self._take(current, index, item)
        envelope = current.envelope
        if envelope is None:
            return
        if item > len(envelope.statement_hashes):
            lines = len(envelope.statement_hashes)
            self._breaks.add("envelope", index, f"item {item} of an envelope of {lines} statements")
        elif statement_digest != envelope.statement_hashes[item - 1]:
            self._breaks.add(
                "envelope", index, f"the statement is not that of line {item} of envelope {digest}"
            )
        # What was asked of an entry with the same answers to everything that counts is not asked again.
        asked = self._asked(header, statement, ring)
        if asked == current.passed:
            return
        fine = self._check_age(index, envelope, recorded_at, current.max_age)
        if index > 0 and self._check_authority(index, envelope, statement, ring, recorded_at) and fine:
            current.passed = asked

    @property
    def after_gap(self) -> bool:
        """Whether an entry before the next is not there."""
        return self._after_gap

    @staticmethod
    def _asked(header: Header, statement: dict[str, Any], ring: KeyRing) -> tuple[object, ...]:
        """Return all that age and authority depend on within one envelope."""
        about = statement["type"], statement["version"], statement["agency"]
        return header.recorded_at, *about, ring.changes

    def run(
        self,
        index: int,
        run: Run,
        ledger: str,
        digests: Sequence[str],
        ring: KeyRing,
        max_age: MaxAge,
        looked_at: Mapping[bytes, LookedEnvelope],
    ) -> int:
        """Check the first entry of a run, and the others with it if they leave nothing to be asked.

        Args:
            index: of the first entry of the run.
            run: what its entries have in common.
            ledger: that its statements are for.
            digests: SHA-256 (hex) of the bytes of each statement.
            ring: as for :meth:`entry`, and so are the others.
            max_age: see there.
            looked_at: see there.

        Returns:
            How many entries were checked: 1, or all. ``opened`` is that of the first.
        """
        header = Header(run.envelope, index, run.item, "", run.recorded_at, (), (), run.type)
        about = {"agency": run.agency, "ledger": ledger, "type": run.type, "version": run.version}
        self.entry(index, header, about, digests[0], ring, max_age, looked_at)
        current, first, stop = self._open, run.item, run.item - 1 + run.entries
        more = run.entries - 1
        if (
            current is None
            or current.envelope is None
            or current.passed is None
            or current.passed != self._asked(header, about, ring)
            or current.next_item != first + 1
            or current.entered + more > len(current.envelope.statement_hashes)
            or current.envelope.statement_hashes[first:stop] != tuple(digests[1:])
        ):
            return 1
        current.next_item += more
        current.entered += more
        return run.entries

    def _take(self, current: _Open, index: int, item: int) -> None:
        """Count the entry in as this item."""
        if item != current.next_item and not (self._after_gap and item > current.next_item):
            self._breaks.add(
                "envelope",
                index,
                f"item {item} of envelope {current.digest}, item {current.next_item} is wanted here",
                cause=("order", current.digest),
            )
        current.next_item = item + 1
        current.entered += 1
        self._after_gap = False

    def _close(self) -> None:
        current, self._open = self._open, None
        if current is None or current.envelope is None or self._after_gap:
            return
        lines = len(current.envelope.statement_hashes)
        if current.next_item <= lines:
            self._breaks.follow(
                "envelope",
                current.first_index,
                f"of {lines} statements of envelope {current.digest} only those before item "
                f"{current.next_item} were entered",
                cause=("order", current.digest),
            )

    def _read(
        self,
        index: int,
        digest: str,
        item: int,
        statement: dict[str, Any],
        ring: KeyRing,
        looked_at: Mapping[bytes, LookedEnvelope],
    ) -> Envelope | None:
        """Read and check an envelope at its first entry; None when it cannot be read."""
        try:
            raw = self._source.envelope(digest, index)
        except Malformed as error:  # one damaged bundle holds many
            self._breaks.add("envelope", index, str(error), cause=str(error))
            return None
        if raw is None and self._after_gap and item > 1:
            self._breaks.following += 1  # it may have been published with a lost entry
            return None
        if raw is None:
            self._breaks.add("envelope", index, f"envelope {digest} is not there, or its bytes are changed")
            return None
        looked = looked_at.get(raw)
        if looked is None or looked.signature is None:
            looked = look_at_envelope(raw, ring.public_key)
        envelope = looked.envelope
        if envelope is None:
            self._breaks.add("envelope", index, looked.error)
            return None
        if envelope.digest != digest:
            self._breaks.add("envelope", index, f"envelope {digest}: its bytes hash to {envelope.digest}")
            return None
        opening = index == 0 and statement["type"] == "LedgerOpened"
        if opening:
            self._check_opening(envelope, statement)
        if envelope.head.ledger != statement["ledger"]:
            self._breaks.add("envelope", index, f"the envelope is for ledger {envelope.head.ledger!r}")
        self._check_signatures(index, envelope, looked.signature, ring)
        self._check_seen(index, envelope, opening)
        if not self._sequences.use(envelope.head.signers[0], envelope.head.seq):
            self._breaks.add(
                "replayed", index, f"seq {envelope.head.seq} of {envelope.head.signers[0]} is used up already"
            )
        self.opened = envelope
        return envelope

    def _check_opening(self, envelope: Envelope, statement: dict[str, Any]) -> None:
        head = envelope.head
        try:
            check_opening(
                statement["body"],
                ledger=statement["ledger"],
                head_agency=head.agency,
                signers=head.signers,
                seq=head.seq,
                seen=head.seen,
            )
            if len(envelope.statement_hashes) != 1:
                raise Unauthorised("opening", "the envelope of entry 0 holds further statements")
            if statement["agency"] != head.agency:
                raise Unauthorised("opening", f"the statement is of {statement['agency']}")
        except Unauthorised as error:
            self._breaks.add("authority", 0, f"{error.code}: {error}")
        except Malformed as error:
            self._breaks.add("malformed", 0, f"LedgerOpened: {error}")

    def _check_signatures(self, index: int, envelope: Envelope, fault: str | None, ring: KeyRing) -> None:
        if any(ring.public_key(keyid) is None for keyid in envelope.head.signers):
            if index == 0:  # of later entries it is said with each statement
                self._breaks.add("authority", index, "opening: a signer is not an officer")
        elif fault:
            tell = self._breaks.follow if self.keys_doubtful else self._breaks.add
            tell("signature", index, fault)

    def _check_seen(self, index: int, envelope: Envelope, opening: bool) -> None:
        seen = envelope.head.seen
        if seen is None:
            if not opening:
                self._breaks.add("envelope", index, "seen is null, which entry 0 alone may have")
            return
        if seen.index >= index:
            self._breaks.add("envelope", index, f"seen names entry {seen.index}, which is not before it")
            return
        known = self._leaf_at(seen.index)
        if known and seen.leaf_hash not in known:
            self._breaks.add(
                "envelope",
                index,
                f"seen names entry {seen.index} with leaf hash {seen.leaf_hash}: another history",
            )

    def _check_age(self, index: int, envelope: Envelope, recorded_at: datetime, allowed: timedelta) -> bool:
        age = recorded_at - envelope.head.signed_instant
        in_time = -MAX_AHEAD <= age <= allowed
        if not in_time:
            self._breaks.add(
                "time",
                index,
                f"signed at {envelope.head.signed_at}, recorded at {recorded_at.isoformat()}: "
                f"not within -5 minutes and {allowed.total_seconds() / 3600:g} hours",
                cause=("age", envelope.digest),
            )
        return in_time

    def _check_authority(
        self, index: int, envelope: Envelope, statement: dict[str, Any], ring: KeyRing, recorded_at: datetime
    ) -> bool:
        kind, agency = statement["type"], statement["agency"]
        rule = self._types.get(kind) if statement["version"] == 1 else None
        if rule is None:
            self.unknown_types.setdefault(f"{kind} version {statement['version']}", index)
        try:
            check_authority(
                ring,
                head_agency=envelope.head.agency,
                signers=envelope.head.signers,
                statement_agency=agency,
                type=kind,
                type_agencies=(agency,) if rule is None else rule.agencies,
                four_eyes=rule is not None and rule.four_eyes,
                index=index,
                recorded_at=recorded_at,
            )
        except Unauthorised as error:
            class_: BreakClass = "four_eyes" if error.code == "four-eyes" else "authority"
            tell = self._breaks.follow if self.keys_doubtful else self._breaks.add
            tell(
                class_,
                index,
                f"{error.code}: {error}",
                cause=(class_, error.code, envelope.digest, kind),
            )
            return False
        return True
