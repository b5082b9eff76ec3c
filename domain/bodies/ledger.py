"""Bodies of the ledger's own housekeeping. Their guards stand beside the keys, in the ledger package."""

from typing import Annotated, Literal

from pydantic import Field

from domain.shapes import Agency, BodyModel, Code, Instant, Number, Sha256, Text

PublicKey = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
Index = Annotated[int, Field(ge=0, le=2**53 - 1)]
Seq = Annotated[int, Field(ge=1, le=2**53 - 1)]
TypeName = Annotated[str, Field(pattern="^[A-Z][A-Za-z]{1,63}$")]
SubjectKey = Annotated[str, Field(pattern="^[a-z]+:[!-~]{1,150}$", max_length=160)]


class Officer(BodyModel):
    """One officer named when the ledger is opened: a pseudonym and a public key (64 hex digits)."""

    agency: Agency
    officer: Code
    public_key: PublicKey


class LedgerOpened(BodyModel):
    """建账: the first entry; it names the officers and the operator's two keys."""

    format: Literal["quota-ledger/1"]
    housekeeping_key: PublicKey
    officers: Annotated[tuple[Officer, ...], Field(strict=False, min_length=1, max_length=64)]
    operator_key: Annotated[str, Field(min_length=1, max_length=300)]
    policy_document_sha256: Sha256
    predecessor: Text | None


class AgencyKeyRegistered(BodyModel):
    """密钥登记: two officers of an agency register a key of that agency."""

    event_types: Annotated[tuple[TypeName, ...], Field(strict=False, max_length=200)]
    officer: Code
    possession: Annotated[str, Field(min_length=1, max_length=200)]
    public_key: PublicKey
    valid_from: Instant
    valid_to: Instant | None


class AgencyKeyRevoked(BodyModel):
    """密钥注销: an officer of an agency ends a key of that agency."""

    keyid: Sha256
    reason: Text


class HeadsCommitted(BodyModel):
    """The root over the last leaf of every subject's chain, up to its own index."""

    count: Index
    root: Sha256
    size: Index


class RefusedItem(BodyModel):
    """One statement of a refused envelope: its line in the payload, its digest and why."""

    code: Annotated[str, Field(pattern="^[a-z0-9]+(-[a-z0-9]+)*$", max_length=64)]
    item: Number
    sha256: Sha256


class SubmissionRefused(BodyModel):
    """A rightly signed envelope that was not entered, on record; at most 150 items and 250 keys an entry."""

    concerns: Annotated[tuple[SubjectKey, ...], Field(strict=False, max_length=250)]
    envelope: Sha256
    items: Annotated[tuple[RefusedItem, ...], Field(strict=False, max_length=150)]
    part: Number
    parts: Number
    seq: Seq
    signer: Sha256
