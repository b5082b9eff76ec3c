r"""Whose key may sign what, and from when to when: the keys of the ledger's own history.

Entry 0 (LedgerOpened) names 8 to 16 officers, at least two of each agency, and the operator's checkpoint and
housekeeping keys; it is signed by exactly these officers. From then on an agency's key is registered by two
officers of that agency (AgencyKeyRegistered) and revoked by one of them (AgencyKeyRevoked). Nobody, the
operator included, can make a key for another agency, and a public key has one role once and for all.

:class:`KeyRing` folds these three types. A key has authority for the entry at index i when it was registered
before i, not revoked before i, ``recorded_at`` lies within its validity (both ends included), the type is
among its types, and it belongs to the agency that the head line and the statement name. A registration
carries a signature by the new key, so that nobody registers a key that is another's::

    quota-ledger/possession/v1\n<ledger>\n<agency>\n<officer>\n<keyid>\n

Bodies come as plain JSON objects; members that say nothing about keys are not looked at. A member of the
wrong form is :class:`~ledger.canonical.Malformed`; a rule that is broken is :class:`Unauthorised`.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final, Literal

from ledger.canonical import Malformed
from ledger.checkpoint import check_origin
from ledger.ed25519 import SignatureInvalid, check_public_key, key_id, verify
from ledger.envelope import AGENCIES, Seen, parse_instant
from ledger.note import VerifierKey, decode_base64

FORMAT: Final = "quota-ledger/1"
OPERATOR: Final = "operator"
OFFICER_AGENCIES: Final = tuple(agency for agency in AGENCIES if agency != OPERATOR)
MIN_OFFICERS: Final = 8
MAX_OFFICERS: Final = 16
HOUSEKEEPING_TYPES: Final = frozenset({"HeadsCommitted", "SubmissionRefused"})

Code = Literal[
    "unknown-key", "wrong-agency", "key-revoked", "key-not-valid", "type-not-allowed", "four-eyes",
    "opening", "possession", "key-known", "key-not-registered",
]  # fmt: skip

_HEX_32 = re.compile(r"[0-9a-f]{64}\Z")


class Unauthorised(ValueError):
    """A key may not sign this, or may not be registered or revoked so; ``code`` is stable, kebab-case."""

    def __init__(self, code: Code, message: str) -> None:
        super().__init__(message)
        self.code: Code = code


@dataclass(frozen=True, slots=True)
class Key:
    """A key that signs envelopes, with its authority; indices are those of entries."""

    agency: str
    officer: str
    public_key: bytes
    event_types: frozenset[str] | None
    """The types that it may sign; None: every type of its agency."""
    valid_from: datetime | None
    valid_to: datetime | None
    registered_index: int
    revoked_index: int | None = None


class KeyRing:
    """The keys that the entries folded so far have registered. Before LedgerOpened there are none."""

    def __init__(self) -> None:
        self._operator_key: VerifierKey | None = None
        self._housekeeping_keyid: str | None = None
        self._keys: dict[str, Key] = {}
        self.changes = 0
        """How often an entry has changed it."""

    def copy(self) -> "KeyRing":
        """Return a ring of its own, so that a failed transaction can throw it away."""
        other = KeyRing()
        other._operator_key = self._operator_key
        other._housekeeping_keyid = self._housekeeping_keyid
        other._keys = dict(self._keys)
        other.changes = self.changes
        return other

    @classmethod
    def restored(
        cls, operator_key: str | None, housekeeping_keyid: str | None, keys: Mapping[str, Key], changes: int
    ) -> "KeyRing":
        """Return a ring as the four properties of another described it.

        Raises:
            Malformed: the operator's key is none.
        """
        ring = cls()
        ring._operator_key = None if operator_key is None else VerifierKey.parse(operator_key)
        ring._housekeeping_keyid = housekeeping_keyid
        ring._keys = dict(keys)
        ring.changes = changes
        return ring

    @property
    def origin(self) -> str | None:
        """The ledger's name: the name of its checkpoint key."""
        return self._operator_key.name if self._operator_key else None

    @property
    def operator_key(self) -> str | None:
        """The vkey that checkpoints verify under. It signs no envelopes."""
        return str(self._operator_key) if self._operator_key else None

    @property
    def housekeeping_keyid(self) -> str | None:
        """The keyid under which the operator signs HeadsCommitted and SubmissionRefused."""
        return self._housekeeping_keyid

    @property
    def keys(self) -> Mapping[str, Key]:
        """Every key that ever signs envelopes, by keyid: officers', registered and housekeeping keys."""
        return MappingProxyType(self._keys)

    def public_key(self, keyid: str) -> bytes | None:
        """Return the 32 bytes behind a keyid that was ever registered, revoked or not; None for others."""
        key = self._keys.get(keyid)
        return key.public_key if key else None

    def apply(self, index: int, type: str, body: Mapping[str, Any], *, agency: str) -> None:
        """Fold the statement of the entry at ``index``; types that say nothing about keys change nothing.

        ``agency`` is the statement's: a body does not name whose key it registers. Signatures and possession
        are not asked for again. A failure leaves the ring as it was.

        Raises:
            Malformed: a member of the wrong form.
            Unauthorised: it opens twice, registers a known key, or revokes one that is not registered.
        """
        if type == "LedgerOpened":
            self._open(index, body)
        elif type == "AgencyKeyRegistered":
            key = _registration(index, body, agency)
            _check_unknown(self, key.public_key)
            self._keys[key_id(key.public_key)] = key
            self.changes += 1
        elif type == "AgencyKeyRevoked":
            keyid = _text(body, "keyid")
            key = _registered(self, keyid)
            if key.revoked_index is None:
                self._keys[keyid] = replace(key, revoked_index=index)
                self.changes += 1

    def _open(self, index: int, body: Mapping[str, Any]) -> None:
        if index != 0 or self._operator_key is not None:
            raise Unauthorised("opening", f"LedgerOpened at index {index}: it is entry 0 and no other")
        operator_key = VerifierKey.parse(_text(body, "operator_key"))
        public_key = _public_key(body, "housekeeping_key")
        keys = {key_id(officer.public_key): officer for officer in _officers(body)}
        housekeeping = Key(OPERATOR, "housekeeping", public_key, HOUSEKEEPING_TYPES, None, None, 0)
        keys[key_id(public_key)] = housekeeping
        self._operator_key, self._housekeeping_keyid, self._keys = operator_key, key_id(public_key), keys
        self.changes += 1


def check_opening(
    body: Mapping[str, Any],
    *,
    ledger: str,
    head_agency: str,
    signers: Sequence[str],
    seq: int,
    seen: Seen | None,
) -> None:
    """Refuse a LedgerOpened that is not a lawful entry 0; the signatures themselves are checked elsewhere.

    Args:
        body: of the LedgerOpened statement.
        ledger: the ledger that the head line and the statement name.
        head_agency: agency of the head line.
        signers: keyids of the head line, in order.
        seq: of the head line.
        seen: of the head line.

    Raises:
        Malformed: a member of the wrong form.
        Unauthorised: ``opening``; the message says which rule is broken.
    """
    check_origin(ledger)
    operator_key = VerifierKey.parse(_text(body, "operator_key"))
    housekeeping = _public_key(body, "housekeeping_key")
    officers = _officers(body)
    public_keys = [officer.public_key for officer in officers]
    _opening(body.get("format") == FORMAT, f"format is not {FORMAT}")
    _opening(head_agency == OPERATOR, f"the head line names {head_agency}, entry 0 is the operator's")
    _opening(seq == 1, f"seq is {seq}, 1 is wanted")
    _opening(seen is None, "seen is not null, and nothing stands before entry 0")
    _opening(operator_key.name == ledger, f"the checkpoint key is named {operator_key.name}, not {ledger}")
    _opening(
        MIN_OFFICERS <= len(officers) <= MAX_OFFICERS,
        f"{len(officers)} officers, {MIN_OFFICERS} to {MAX_OFFICERS} are wanted",
    )
    for officer in officers:
        _opening(officer.agency in OFFICER_AGENCIES, f"an officer of {officer.agency!r}")
    names = {(officer.agency, officer.officer) for officer in officers}
    _opening(len(names) == len(officers), "an officer is named twice")
    for agency in OFFICER_AGENCIES:
        count = sum(officer.agency == agency for officer in officers)
        _opening(count >= 2, f"{count} officers of {agency}, two at least are wanted")
    distinct = {*public_keys, housekeeping, operator_key.public_key}
    _opening(len(distinct) == len(officers) + 2, "a public key stands in two places")
    for public_key in distinct:
        try:
            check_public_key(public_key)
        except SignatureInvalid as error:
            raise Unauthorised("opening", f"LedgerOpened: {public_key.hex()}: {error}") from None
    _opening(
        list(signers) == list(map(key_id, public_keys)), "the signers are not the officers in their order"
    )


def check_registration(ring: KeyRing, body: Mapping[str, Any], *, agency: str, ledger: str) -> None:
    """Refuse an AgencyKeyRegistered of ``agency`` whose key may not be registered.

    That two officers of the agency sign it is asked by :func:`check_authority`.

    Raises:
        Malformed: a member of the wrong form.
        Unauthorised: ``wrong-agency`` (the operator registers none), ``key-known``, or ``possession`` (not a
            strictly valid key, or it did not sign the possession message).
    """
    key = _registration(0, body, agency)
    if agency not in OFFICER_AGENCIES:
        raise Unauthorised("wrong-agency", f"{agency} registers no keys")
    _check_unknown(ring, key.public_key)
    message = possession_message(ledger, agency, key.officer, key_id(key.public_key))
    signature = decode_base64(_text(body, "possession"), "AgencyKeyRegistered: possession")
    try:
        check_public_key(key.public_key)
        verify(key.public_key, signature, message)
    except SignatureInvalid as error:
        raise Unauthorised("possession", f"AgencyKeyRegistered: {error}") from None


def check_revocation(ring: KeyRing, body: Mapping[str, Any], *, agency: str) -> None:
    """Refuse an AgencyKeyRevoked by ``agency`` of a key that it cannot revoke.

    Raises:
        Malformed: a member of the wrong form.
        Unauthorised: ``key-not-registered``, ``wrong-agency`` or ``key-revoked``.
    """
    keyid = _text(body, "keyid")
    key = _registered(ring, keyid)
    # The housekeeping key is entry 0's for good; "operator" would otherwise match it here.
    if key.agency != agency or agency not in OFFICER_AGENCIES:
        raise Unauthorised("wrong-agency", f"key {keyid} is of {key.agency}; {agency} cannot revoke it")
    if key.revoked_index is not None:
        raise Unauthorised("key-revoked", f"key {keyid} was revoked by entry {key.revoked_index}")


def check_authority(
    ring: KeyRing,
    *,
    head_agency: str,
    signers: Sequence[str],
    statement_agency: str,
    type: str,
    type_agencies: Collection[str],
    four_eyes: bool,
    index: int,
    recorded_at: datetime,
) -> None:
    """Refuse a statement that one of its signers may not sign; every signer must have authority for it.

    Entry 0 is asked by :func:`check_opening` instead.

    Args:
        ring: folded at least up to the entry before ``index``; later entries do not matter.
        head_agency: agency of the head line.
        signers: keyids of the head line.
        statement_agency: agency of the statement.
        type: of the statement.
        type_agencies: the agencies that may make a statement of this type.
        four_eyes: whether the type needs two officers (†).
        index: that the entry has or would have.
        recorded_at: aware instant that the entry has or would have.

    Raises:
        Unauthorised: ``opening``, ``wrong-agency``, ``unknown-key``, ``key-revoked``, ``key-not-valid``,
            ``type-not-allowed`` or ``four-eyes``.
    """
    if type == "LedgerOpened":
        raise Unauthorised("opening", "a ledger is opened by entry 0 alone")
    if statement_agency != head_agency:
        raise Unauthorised(
            "wrong-agency", f"a statement of {statement_agency} in an envelope of {head_agency}"
        )
    if head_agency not in type_agencies:
        raise Unauthorised("wrong-agency", f"{type} is not a statement that {head_agency} makes")
    if not signers:
        raise Unauthorised("unknown-key", "nobody signed")
    keys = [_authority(ring, keyid, head_agency, type, index, recorded_at) for keyid in signers]
    if type in HOUSEKEEPING_TYPES and list(signers) != [ring.housekeeping_keyid]:
        raise Unauthorised("type-not-allowed", f"{type} is signed by the housekeeping key alone")
    if four_eyes and len({key.officer for key in keys}) < 2:
        raise Unauthorised("four-eyes", f"{type} needs two officers, {keys[0].officer} alone signed")


def possession_message(ledger: str, agency: str, officer: str, keyid: str) -> bytes:
    """Return what a new key signs to show that its officer holds it."""
    return f"quota-ledger/possession/v1\n{ledger}\n{agency}\n{officer}\n{keyid}\n".encode()


def _authority(ring: KeyRing, keyid: str, agency: str, kind: str, index: int, recorded_at: datetime) -> Key:
    key = ring.keys.get(keyid)
    if key is None or key.registered_index >= index:
        raise Unauthorised("unknown-key", f"key {keyid} is not registered before entry {index}")
    if key.agency != agency:
        raise Unauthorised("wrong-agency", f"key {keyid} is of {key.agency}, not of {agency}")
    if key.revoked_index is not None and key.revoked_index < index:
        raise Unauthorised("key-revoked", f"key {keyid} was revoked by entry {key.revoked_index}")
    if key.valid_from is not None and recorded_at < key.valid_from:
        raise Unauthorised("key-not-valid", f"key {keyid} is valid from {key.valid_from.isoformat()} on")
    if key.valid_to is not None and recorded_at > key.valid_to:
        raise Unauthorised("key-not-valid", f"key {keyid} was valid to {key.valid_to.isoformat()}")
    if key.event_types is not None and kind not in key.event_types:
        raise Unauthorised("type-not-allowed", f"key {keyid} may not sign {kind}")
    return key


def _opening(holds: bool, message: str) -> None:
    if not holds:
        raise Unauthorised("opening", f"LedgerOpened: {message}")


def _check_unknown(ring: KeyRing, public_key: bytes) -> None:
    # The checkpoint key has its role too, though it has no authority over entries.
    operator = ring.operator_key
    if key_id(public_key) in ring.keys or (operator and VerifierKey.parse(operator).public_key == public_key):
        raise Unauthorised("key-known", f"key {key_id(public_key)} has a role in this ledger already")


def _registered(ring: KeyRing, keyid: str) -> Key:
    key = ring.keys.get(keyid)
    if key is None:
        raise Unauthorised("key-not-registered", f"key {keyid[:64]!r} is not registered in this ledger")
    return key


def _registration(index: int, body: Mapping[str, Any], agency: str) -> Key:
    types = body.get("event_types")
    if not isinstance(types, list) or not all(isinstance(name, str) for name in types):
        raise Malformed("event_types: a list of texts is wanted")
    return Key(
        agency,
        _text(body, "officer"),
        _public_key(body, "public_key"),
        frozenset(types),
        _instant(body, "valid_from"),
        _instant(body, "valid_to"),
        index,
    )


def _officers(body: Mapping[str, Any]) -> list[Key]:
    officers = body.get("officers")
    if not isinstance(officers, list) or not all(isinstance(officer, dict) for officer in officers):
        raise Malformed("officers: a list of objects is wanted")
    return [
        Key(_text(o, "agency"), _text(o, "officer"), _public_key(o, "public_key"), None, None, None, 0)
        for o in officers
    ]


def _text(body: Mapping[str, Any], name: str) -> str:
    value = body.get(name)
    if not isinstance(value, str) or not value:
        raise Malformed(f"{name}: a text is wanted")
    return value


def _public_key(body: Mapping[str, Any], name: str) -> bytes:
    value = _text(body, name)
    if not _HEX_32.match(value):
        raise Malformed(f"{name}: 64 lower-case hex digits are wanted")
    return bytes.fromhex(value)


def _instant(body: Mapping[str, Any], name: str) -> datetime | None:
    if body.get(name) is None:
        return None
    try:
        return parse_instant(_text(body, name))
    except Malformed as error:
        raise Malformed(f"{name}: {error}") from None
