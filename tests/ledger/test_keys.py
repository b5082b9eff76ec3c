"""Keys: who may open a ledger, register and revoke keys, and sign what, when."""

import base64
import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ledger.canonical import Malformed
from ledger.envelope import Seen
from ledger.keys import (
    KeyRing,
    Unauthorised,
    check_authority,
    check_opening,
    check_registration,
    check_revocation,
    possession_message,
)
from ledger.note import NoteSigner
from tests.support.keys import (
    AGENCIES,
    LEDGER,
    keyid,
    officer_seeds,
    opening_body,
    private_key,
    public_hex,
    registration_body,
)

NOW = datetime(2026, 1, 5, 2, 0, tzinfo=UTC)
SMALL_ORDER = "01" + "00" * 31


@pytest.fixture
def ring() -> KeyRing:
    """Return the ring after entry 0."""
    ring = KeyRing()
    ring.apply(0, "LedgerOpened", opening_body(), agency="operator")
    return ring


def open_with(body: dict[str, Any] | None = None, **change: Any) -> None:
    """Check an opening that is lawful but for what is changed."""
    lawful: dict[str, Any] = {
        "ledger": LEDGER,
        "head_agency": "operator",
        "signers": [keyid(seed) for seed in officer_seeds()],
        "seq": 1,
        "seen": None,
    }
    check_opening(body or opening_body(), **(lawful | change))


def authorise(ring: KeyRing, *signers: str, **change: Any) -> None:
    """Check a VehicleRegistered of the police at index 5, but for what is changed; signers are seeds."""
    lawful: dict[str, Any] = {
        "head_agency": "police",
        "statement_agency": "police",
        "type": "VehicleRegistered",
        "type_agencies": {"police"},
        "four_eyes": False,
        "index": 5,
        "recorded_at": NOW,
    }
    check_authority(ring, signers=[keyid(seed) for seed in signers], **(lawful | change))


def refusal(action: Callable[[], object]) -> str:
    """Return the code that ``action`` is refused with."""
    with pytest.raises(Unauthorised) as caught:
        action()
    assert str(caught.value)
    return caught.value.code


# --- opening ---


def test_a_lawful_opening_passes_and_names_all_roles(ring: KeyRing) -> None:
    """Given two officers of each agency, when the ledger opens, then every role is known."""
    open_with()
    assert ring.origin == LEDGER
    assert ring.operator_key == opening_body()["operator_key"]
    assert ring.housekeeping_keyid == keyid("housekeeping")
    assert set(ring.keys) == {keyid(seed) for seed in [*officer_seeds(), "housekeeping"]}
    assert ring.public_key(keyid("police-1")) == bytes.fromhex(public_hex("police-1"))
    assert ring.public_key(keyid("operator")) is None


@pytest.mark.parametrize(
    "change",
    [
        {"head_agency": "police"},
        {"seq": 2},
        {"seen": Seen(0, "0" * 64)},
        {"ledger": "other.example/export-quota"},
        {"signers": [keyid(seed) for seed in officer_seeds()][:-1]},
        {"signers": [keyid(seed) for seed in reversed(officer_seeds())]},
        {"signers": [keyid(seed) for seed in [*officer_seeds(), "housekeeping"]]},
    ],
    ids=lambda change: "-".join(change),
)
def test_an_opening_under_another_head_line_is_refused(change: dict[str, Any]) -> None:
    """Given a lawful body, when the head line departs from entry 0's, then it is refused."""
    assert refusal(lambda: open_with(**change)) == "opening"


def with_officers(*more: tuple[str, str, str], drop: int = 0) -> dict[str, Any]:
    body = opening_body()
    body["officers"] = body["officers"][drop:] + [
        {"agency": agency, "officer": officer, "public_key": public} for agency, officer, public in more
    ]
    return body


@pytest.mark.parametrize(
    "body",
    [
        opening_body() | {"format": "quota-ledger/2"},
        with_officers(drop=1),
        with_officers(("police", "police-3", public_hex("police-3")), drop=1),
        with_officers(*((("police", f"p{n}", public_hex(f"p{n}"))) for n in range(9))),
        with_officers(("operator", "operator-1", public_hex("operator-1"))),
        with_officers(("auditor", "auditor-1", public_hex("auditor-1"))),
        with_officers(("commerce", "commerce-2", public_hex("again")), drop=1),
        with_officers(("police", "police-3", public_hex("police-1"))),
        with_officers(("police", "police-3", public_hex("housekeeping"))),
        with_officers(("police", "police-3", public_hex("operator"))),
        with_officers(("police", "police-3", SMALL_ORDER)),
        opening_body() | {"housekeeping_key": public_hex("operator")},
        opening_body() | {"housekeeping_key": SMALL_ORDER},
        opening_body() | {"operator_key": str(NoteSigner("other", private_key("operator")).verifier_key)},
    ],
    ids=[
        "format", "seven", "one-of-commerce", "seventeen", "operator-officer", "unknown-agency",
        "officer-twice", "key-twice", "housekeeping-officer", "operator-key-officer", "small-order-officer",
        "one-key-two-roles", "small-order-housekeeping", "origin",
    ],
)  # fmt: skip
def test_an_unlawful_opening_is_refused(body: dict[str, Any]) -> None:
    """Given a body that breaks one rule, then it is refused though its officers sign in order."""
    signers = [_keyid_of(officer["public_key"]) for officer in body["officers"]]
    assert refusal(lambda: open_with(body, signers=signers)) == "opening"


def _keyid_of(public: str) -> str:
    return hashlib.sha256(bytes.fromhex(public)).hexdigest()


def test_sixteen_officers_may_open() -> None:
    """Given the most officers that are allowed, then the opening passes."""
    body = with_officers(*(("police", f"p{n}", public_hex(f"p{n}")) for n in range(8)))
    open_with(body, signers=[_keyid_of(officer["public_key"]) for officer in body["officers"]])


@pytest.mark.parametrize(
    "change",
    [
        {"officers": None},
        {"officers": ["police-1"]},
        {"operator_key": "nobody"},
        {"housekeeping_key": public_hex("housekeeping").upper()},
        {"housekeeping_key": None},
    ],
)
def test_a_malformed_opening_is_malformed(change: dict[str, Any]) -> None:
    """Given a member of the wrong form, then checking and folding say so alike."""
    body = opening_body() | change
    with pytest.raises(Malformed):
        open_with(body)
    with pytest.raises(Malformed):
        KeyRing().apply(0, "LedgerOpened", body, agency="operator")


def test_an_origin_that_is_none_is_malformed() -> None:
    """Given a ledger name with a scheme, then the opening is malformed."""
    with pytest.raises(Malformed, match="origin"):
        open_with(opening_body("https://x.example"), ledger="https://x.example")


def test_a_ledger_opens_once_and_at_index_0(ring: KeyRing) -> None:
    """Given an open ledger, when it is opened again or later, then folding refuses."""
    again = opening_body("other.example")
    assert refusal(lambda: ring.apply(0, "LedgerOpened", again, agency="operator")) == "opening"
    assert refusal(lambda: KeyRing().apply(1, "LedgerOpened", again, agency="operator")) == "opening"
    assert ring.origin == LEDGER


def test_before_the_opening_nobody_has_a_key() -> None:
    """Given no entries, then no role is known and nobody has authority."""
    ring = KeyRing()
    assert (ring.origin, ring.operator_key, ring.housekeeping_keyid, dict(ring.keys)) == (
        None,
        None,
        None,
        {},
    )
    assert refusal(lambda: authorise(ring, "police-1")) == "unknown-key"


# --- registration ---


def test_the_possession_message_is_fixed() -> None:
    """Given the four names, then the bytes that a new key signs are these and no other."""
    assert possession_message("l", "police", "o", "k") == b"quota-ledger/possession/v1\nl\npolice\no\nk\n"


def test_a_registered_key_signs_its_types_only(ring: KeyRing) -> None:
    """Given a key registered for one type, then it signs that one and no other of its agency."""
    body = registration_body("new")
    check_registration(ring, body, agency="police", ledger=LEDGER)
    ring.apply(1, "AgencyKeyRegistered", body, agency="police")
    authorise(ring, "new")
    other = {"type": "VehicleInfoCopied"}
    assert refusal(lambda: authorise(ring, "new", **other)) == "type-not-allowed"
    authorise(ring, "police-1", **other)


@pytest.mark.parametrize("agency", ["operator", "auditor"])
def test_nobody_but_the_four_agencies_registers_keys(ring: KeyRing, agency: str) -> None:
    """Given a registration of the operator, then it is refused whatever it proves."""
    body = registration_body("new", agency)
    assert refusal(lambda: check_registration(ring, body, agency=agency, ledger=LEDGER)) == "wrong-agency"


@pytest.mark.parametrize("seed", ["police-1", "commerce-1", "housekeeping", "operator"])
def test_a_public_key_has_one_role(ring: KeyRing, seed: str) -> None:
    """Given a key that stands in entry 0, when it is registered, then checking and folding refuse."""
    body = registration_body(seed)
    assert refusal(lambda: check_registration(ring, body, agency="police", ledger=LEDGER)) == "key-known"
    assert refusal(lambda: ring.apply(1, "AgencyKeyRegistered", body, agency="police")) == "key-known"


def test_a_revoked_key_cannot_come_back(ring: KeyRing) -> None:
    """Given a key registered and revoked, when it is registered again, then it is refused."""
    ring.apply(1, "AgencyKeyRegistered", registration_body("new"), agency="police")
    ring.apply(2, "AgencyKeyRevoked", {"keyid": keyid("new"), "reason": "lost"}, agency="police")
    body = registration_body("new", "customs", officer="customs-3")
    assert refusal(lambda: check_registration(ring, body, agency="customs", ledger=LEDGER)) == "key-known"


@pytest.mark.parametrize(
    ("signed", "stated"),
    [
        (registration_body("new", ledger="other.example"), {}),
        (registration_body("new", "customs"), {}),
        (registration_body("new", officer="police-4"), {"officer": "police-3"}),
        (registration_body("other"), {"public_key": public_hex("new")}),
        (registration_body("new"), {"possession": base64.b64encode(bytes(64)).decode()}),
        (registration_body("new"), {"possession": base64.b64encode(bytes(10)).decode()}),
        (registration_body("new"), {"public_key": SMALL_ORDER}),
    ],
    ids=["ledger", "agency", "officer", "key", "zeros", "short", "small-order"],
)
def test_possession_is_proved_for_this_key_in_this_place(
    ring: KeyRing, signed: dict[str, Any], stated: dict[str, Any]
) -> None:
    """Given a proof made for another ledger, agency, officer or key, then the registration is refused."""
    body = signed | stated
    assert refusal(lambda: check_registration(ring, body, agency="police", ledger=LEDGER)) == "possession"


@pytest.mark.parametrize(
    "change",
    [
        {"possession": "AAAA="},
        {"possession": None},
        {"public_key": public_hex("new")[:-2]},
        {"officer": ""},
        {"event_types": None},
        {"event_types": [1]},
        {"valid_from": "2026-01-05"},
        {"valid_to": 5},
    ],
)
def test_a_malformed_registration_is_malformed(ring: KeyRing, change: dict[str, Any]) -> None:
    """Given a member of the wrong form, then the registration is malformed."""
    with pytest.raises(Malformed):
        check_registration(ring, registration_body("new") | change, agency="police", ledger=LEDGER)


# --- revocation ---


def test_a_revocation_counts_from_the_next_entry_on(ring: KeyRing) -> None:
    """Given a key revoked by entry 5, then it signs entry 5 itself and none after."""
    body = {"keyid": keyid("police-2"), "reason": "left"}
    check_revocation(ring, body, agency="police")
    ring.apply(5, "AgencyKeyRevoked", body, agency="police")
    authorise(ring, "police-2", index=5)
    assert refusal(lambda: authorise(ring, "police-2", index=6)) == "key-revoked"
    assert refusal(lambda: check_revocation(ring, body, agency="police")) == "key-revoked"
    ring.apply(7, "AgencyKeyRevoked", body, agency="police")
    assert ring.keys[keyid("police-2")].revoked_index == 5
    assert ring.public_key(keyid("police-2")) is not None


@pytest.mark.parametrize(
    ("seed", "agency", "code"),
    [
        ("nobody", "police", "key-not-registered"),
        ("operator", "operator", "key-not-registered"),
        ("commerce-1", "police", "wrong-agency"),
        ("police-1", "operator", "wrong-agency"),
        ("housekeeping", "operator", "wrong-agency"),
    ],
)
def test_only_its_own_agency_revokes_a_key(ring: KeyRing, seed: str, agency: str, code: str) -> None:
    """Given a key of another agency, or none, when it is revoked, then that is refused."""
    body = {"keyid": keyid(seed), "reason": "x"}
    assert refusal(lambda: check_revocation(ring, body, agency=agency)) == code


def test_folding_the_revocation_of_an_unknown_key_is_refused(ring: KeyRing) -> None:
    """Given a keyid that nobody registered, when a revocation is folded, then it is refused."""
    body = {"keyid": keyid("nobody"), "reason": "x"}
    assert refusal(lambda: ring.apply(1, "AgencyKeyRevoked", body, agency="police")) == "key-not-registered"


# --- authority ---


@pytest.mark.parametrize("agency", AGENCIES)
def test_an_officer_signs_for_its_own_agency_alone(ring: KeyRing, agency: str) -> None:
    """Given an officer of each agency, then only that of the head line's agency has authority."""
    for other in AGENCIES:
        change = {"head_agency": agency, "statement_agency": agency, "type_agencies": {agency}}
        if other == agency:
            authorise(ring, f"{other}-1", **change)
        else:
            assert refusal(lambda o=other, c=change: authorise(ring, f"{o}-1", **c)) == "wrong-agency"


@pytest.mark.parametrize(
    "change", [{"statement_agency": "customs"}, {"head_agency": "customs"}, {"type_agencies": {"commerce"}}]
)
def test_head_statement_and_type_name_one_agency(ring: KeyRing, change: dict[str, Any]) -> None:
    """Given a head, statement or type of another agency, then the statement is refused."""
    assert refusal(lambda: authorise(ring, "police-1", **change)) == "wrong-agency"


@pytest.mark.parametrize("signers", [(), ("nobody",), ("police-1", "nobody"), ("nobody", "police-1")])
def test_every_signer_is_registered(ring: KeyRing, signers: tuple[str, ...]) -> None:
    """Given a signer without a key, or none at all, then the statement is refused."""
    assert refusal(lambda: authorise(ring, *signers)) == "unknown-key"


def test_a_key_counts_from_the_entry_after_its_registration(ring: KeyRing) -> None:
    """Given a key registered by entry 5, then it signs entry 6 and not 5."""
    ring.apply(5, "AgencyKeyRegistered", registration_body("new"), agency="police")
    assert refusal(lambda: authorise(ring, "new", index=5)) == "unknown-key"
    authorise(ring, "new", index=6)


def test_validity_holds_its_both_ends(ring: KeyRing) -> None:
    """Given a key valid for one hour, then it signs at both ends and a microsecond outside neither."""
    start, end, tick = NOW, NOW + timedelta(hours=1), timedelta(microseconds=1)
    body = registration_body("new", valid_from="2026-01-05T10:00:00+08:00", valid_to="2026-01-05T03:00:00Z")
    ring.apply(1, "AgencyKeyRegistered", body, agency="police")
    for recorded_at in (start, end):
        authorise(ring, "new", recorded_at=recorded_at)
    for recorded_at in (start - tick, end + tick):
        assert refusal(lambda at=recorded_at: authorise(ring, "new", recorded_at=at)) == "key-not-valid"


def test_a_key_without_types_signs_nothing(ring: KeyRing) -> None:
    """Given a key registered for no type, then it has no authority."""
    ring.apply(1, "AgencyKeyRegistered", registration_body("new", event_types=()), agency="police")
    assert refusal(lambda: authorise(ring, "new")) == "type-not-allowed"


def test_four_eyes_are_two_officers_and_not_two_keys(ring: KeyRing) -> None:
    """Given a † type, then two officers suffice; one officer, also with two keys, does not."""
    ring.apply(1, "AgencyKeyRegistered", registration_body("new", officer="police-1"), agency="police")
    authorise(ring, "police-1", "police-2", four_eyes=True)
    assert refusal(lambda: authorise(ring, "police-1", four_eyes=True)) == "four-eyes"
    assert refusal(lambda: authorise(ring, "police-1", "new", four_eyes=True)) == "four-eyes"


def test_the_operator_cannot_register_a_police_key(ring: KeyRing) -> None:
    """Given the operator's keys, whatever agency is named, then they never sign a registration."""
    register = {"type": "AgencyKeyRegistered", "type_agencies": set(AGENCIES)}
    operator = {"head_agency": "operator", "statement_agency": "operator"}
    assert refusal(lambda: authorise(ring, "housekeeping", **register)) == "wrong-agency"
    assert refusal(lambda: authorise(ring, "housekeeping", **register, **operator)) == "wrong-agency"
    assert refusal(lambda: authorise(ring, "operator", **register)) == "unknown-key"
    assert refusal(lambda: authorise(ring, "police-1", "housekeeping", **register)) == "wrong-agency"


@pytest.mark.parametrize("type", ["HeadsCommitted", "SubmissionRefused"])
def test_housekeeping_is_signed_by_its_key_alone(ring: KeyRing, type: str) -> None:
    """Given a housekeeping type, then the housekeeping key signs it, and it signs nothing else."""
    operator = {"head_agency": "operator", "statement_agency": "operator", "type_agencies": {"operator"}}
    authorise(ring, "housekeeping", type=type, **operator)
    assert refusal(lambda: authorise(ring, "police-1", type=type, **operator)) == "wrong-agency"
    assert (
        refusal(lambda: authorise(ring, "police-1", type=type, type_agencies={"police"}))
        == "type-not-allowed"
    )
    assert refusal(lambda: authorise(ring, "housekeeping", type="Other", **operator)) == "type-not-allowed"


def test_entry_0_is_opened_and_not_authorised(ring: KeyRing) -> None:
    """Given an open ledger, when somebody signs a second LedgerOpened, then it is refused."""
    assert refusal(lambda: authorise(ring, "police-1", type="LedgerOpened")) == "opening"


def test_a_copy_lives_its_own_life(ring: KeyRing) -> None:
    """Given a copy, when keys are folded into it, then the first ring is as it was."""
    copy = ring.copy()
    copy.apply(1, "AgencyKeyRegistered", registration_body("new"), agency="police")
    copy.apply(2, "AgencyKeyRevoked", {"keyid": keyid("police-1"), "reason": "x"}, agency="police")
    copy.apply(3, "VehicleRegistered", {"vin": "x"}, agency="police")
    assert copy.origin == ring.origin
    assert copy.housekeeping_keyid == ring.housekeeping_keyid
    assert keyid("new") not in ring.keys
    authorise(ring, "police-1")
    assert refusal(lambda: authorise(copy, "police-1")) == "key-revoked"
