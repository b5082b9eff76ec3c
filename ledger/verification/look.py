"""What the bytes of an entry or an envelope say by themselves, whatever stands before them.

This is most of the work of a verification, and it can be done ahead, in other processes (``workers``):
nothing here depends on the state of the pass, which believes none of it before its turn has come.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from ledger.canonical import Malformed
from ledger.ed25519 import SignatureInvalid
from ledger.entry import Derived, Header, derive, parse_entry
from ledger.envelope import Envelope, parse_envelope, statement_hash, verify_signatures
from ledger.merkle import leaf_hash
from ledger.verification.plain import Plain, Reader, rows_of
from ledger.verification.statements import checked_statement, statement_number


class LookedEntry(NamedTuple):
    """An entry, looked at."""

    leaf: bytes
    """Leaf hash of its bytes."""
    header: Header | None = None
    statement: dict[str, Any] | None = None
    """Its outer members are checked."""
    error: str = ""
    """Why the header or, where that is there, the statement is None."""
    digest: str = ""
    """SHA-256 (hex) of the statement's bytes."""
    number: int = 0
    """The statement's id as a number."""
    difference: str = ""
    """In which subjects and tags header and statement differ; empty when in none."""


class LookedEnvelope(NamedTuple):
    """An envelope, looked at."""

    envelope: Envelope | None
    error: str = ""
    """Why there is none."""
    signature: str | None = None
    """What is wrong with the signatures: empty when nothing is, None when a signer's key was not at hand."""


class Work(NamedTuple):
    """Some entries in a row, and envelopes to which they may be the first to refer."""

    entries: Sequence[bytes]
    envelopes: Sequence[bytes]
    keys: dict[str, bytes]
    """keyid → public key, as far as is known; a keyid is a hash of its key, it never means another."""
    start: int = 0
    """Index of the first entry."""
    stored: Sequence[bytes | None] = ()
    """The leaf hash that lies beside each entry, where there is one."""
    rows: bool = False
    """Whether entries that are plainly as they should be may be looked at together."""
    reader: Reader | None = None
    """Is asked of those entries."""


Looked = tuple[list[LookedEntry | Plain], list[LookedEnvelope]]


def look(work: Work) -> Looked:
    """Look at everything, in the given order."""
    envelopes = [_without_bytes(look_at_envelope(raw, work.keys.get)) for raw in work.envelopes]
    if not work.rows:
        return [look_at_entry(data) for data in work.entries], envelopes
    rows = rows_of(work.start, work.entries, work.stored, work.reader)
    return [one if isinstance(one, Plain) else look_at_entry(one) for one in rows], envelopes


def _without_bytes(looked: LookedEnvelope) -> LookedEnvelope:
    """Return what an envelope says; who has it looked at has its bytes."""
    if looked.envelope is None or looked.signature is None:
        return looked
    return looked._replace(envelope=replace(looked.envelope, raw=b"", payload=b""))


def look_at_entry(data: bytes) -> LookedEntry:
    """Hash and parse an entry, and ask what its statement says of itself."""
    leaf = leaf_hash(data)
    try:
        entry = parse_entry(data)
    except Malformed as error:
        return LookedEntry(leaf, error=str(error))
    header = entry.header
    try:
        statement = checked_statement(entry)
    except Malformed as error:
        return LookedEntry(leaf, header, error=str(error))
    derived = derive(statement)
    same = derived.tags == header.tags and derived.subjects == tuple([s.key for s in header.subjects])
    return LookedEntry(
        leaf,
        header,
        statement,
        "",
        statement_hash(entry.statement),
        statement_number(statement),
        "" if same else _difference(header, derived),
    )


def look_at_envelope(raw: bytes, public_key: Callable[[str], bytes | None]) -> LookedEnvelope:
    """Parse an envelope and verify its signatures, unless one is of a key that is not at hand."""
    try:
        envelope = parse_envelope(raw)
    except Malformed as error:
        return LookedEnvelope(None, str(error))
    if any(public_key(keyid) is None for keyid in envelope.head.signers):
        return LookedEnvelope(envelope)
    try:
        verify_signatures(envelope, public_key)
    except SignatureInvalid as error:
        return LookedEnvelope(envelope, signature=str(error))
    return LookedEnvelope(envelope, signature="")


def _difference(header: Header, derived: Derived) -> str:
    """Say in which subjects and tags header and statement differ."""
    stated = {subject.key for subject in header.subjects} | set(header.tags)
    wanted = set(derived.subjects) | set(derived.tags)
    lacking, extra = sorted(wanted - stated), sorted(stated - wanted)
    return f"the header lacks {', '.join(lacking) or 'nothing'} and adds {', '.join(extra) or 'nothing'}"
