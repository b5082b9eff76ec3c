"""Lies about who signed what: envelopes, signatures, authority, four eyes, replays, forked views."""

import base64
import json

import pytest

from tests.support.bundles import found, verify_built
from tests.support.ledger_builder import EXPORTER, UPSTREAM, Builder, canonical, instant, keyid, public


@pytest.fixture
def made() -> Builder:
    opened = Builder()
    opened.open()
    return opened


def test_one_officer_alone_is_not_four_eyes(made: Builder) -> None:
    """Given a † statement that one officer signed, when verified, then four_eyes breaks there."""
    made.enter([made.reduction()], ["commerce-1"])
    assert found(verify_built(made)) == [("four_eyes", 1)]


def test_one_officer_with_two_keys_is_not_four_eyes(made: Builder) -> None:
    """Given a † statement under two keys of one officer, when verified, then four_eyes breaks there."""
    made.register_key("second", "commerce-1", ["commerce-1", "commerce-2"])
    raw = made.envelope(
        [made.reduction()], ["commerce-1", "second"], signers=[keyid("commerce-1"), keyid("second")]
    )
    made.enter([made.reduction()], ["commerce-1"], envelope=raw)
    assert found(verify_built(made)) == [("four_eyes", 2)]


def test_a_key_registered_by_one_officer_is_not_four_eyes(made: Builder) -> None:
    """Given a registration that one officer signed, when verified, then four_eyes breaks there."""
    made.register_key("third", "commerce-3", ["commerce-1"])
    made.enter([made.enterprise()], ["third"], agency="commerce")
    assert found(verify_built(made)) == [("four_eyes", 1)]


def test_a_signer_that_is_not_registered_has_no_authority(made: Builder) -> None:
    """Given an envelope of a key that the ledger does not know, then authority breaks there."""
    made.enter([made.enterprise()], ["commerce-9"])
    assert found(verify_built(made)) == [("authority", 1)]


def test_a_key_has_no_authority_before_its_registration(made: Builder) -> None:
    """Given an envelope of a key that is registered one entry later, then authority breaks there."""
    made.enter([made.enterprise()], ["commerce-3"])
    made.register_key("commerce-3", "commerce-3", ["commerce-1", "commerce-2"])
    assert found(verify_built(made)) == [("authority", 1)]


def test_a_revoked_key_has_no_authority(made: Builder) -> None:
    """Given an envelope of a key revoked one entry before, then authority breaks there."""
    made.revoke_key("commerce-2", "commerce-1")
    made.enter([made.enterprise()], ["commerce-2"])
    assert found(verify_built(made)) == [("authority", 2)]


@pytest.mark.parametrize(
    "body",
    [
        {"event_types": ["QuotaReduced"]},
        {"valid_from": "2026-01-05T02:03:00.000001Z"},
        {"valid_to": "2026-01-05T02:02:59.999999Z"},
    ],
)
def test_a_key_has_authority_for_its_types_and_time_only(made: Builder, body: dict[str, object]) -> None:
    """Given a key for another type or time, when it signs, then authority breaks there."""
    made.register_key("third", "commerce-3", ["commerce-1", "commerce-2"], **body)
    made.enter([made.enterprise()], ["third"], agency="commerce")
    assert found(verify_built(made)) == [("authority", 2)]


def test_an_agency_signs_its_own_types_only(made: Builder) -> None:
    """Given a statement of the police of a type that is commerce's, then authority breaks there."""
    made.enter([made.enterprise(agency="police")], ["police-1"])
    assert found(verify_built(made)) == [("authority", 1)]


def test_a_statement_is_of_the_agency_that_signed_it(made: Builder) -> None:
    """Given a statement of commerce in an envelope of the police, then authority breaks there."""
    made.enter([made.enterprise()], ["police-1"])
    assert found(verify_built(made)) == [("authority", 1)]


@pytest.mark.parametrize("agency", ["operator", "police"])
def test_the_operator_cannot_register_a_police_key(made: Builder, agency: str) -> None:
    """Given a registration for the police under the housekeeping key, then authority breaks there."""
    made.register_key("fake", "police-9", ["housekeeping"], agency)
    assert found(verify_built(made)) == [("authority", 1)]


def test_a_registration_needs_proof_of_possession(made: Builder) -> None:
    """Given a registration with another key's signature, when verified, then authority breaks there."""
    other = base64.b64encode(bytes(64)).decode()
    made.register_key("third", "commerce-3", ["commerce-1", "commerce-2"], possession=other)
    assert found(verify_built(made)) == [("authority", 1)]


def test_a_ledger_is_opened_once(made: Builder) -> None:
    """Given a second LedgerOpened, when verified, then authority breaks there and the first keys stay."""
    made.open(seen=[0, made.leaves[0].hex()], seq=2)
    made.enter([made.enterprise()], ["commerce-1"])
    assert found(verify_built(made)) == [("authority", 1)]


def test_a_ledger_that_was_never_opened_has_no_authority() -> None:
    """Given an entry 0 that is no LedgerOpened, when verified, then it is broken from there."""
    made = Builder()
    made.enter([made.enterprise()], ["commerce-1"])
    answer = verify_built(made)
    assert ("authority", 0) in found(answer)
    assert answer.exit_code == 1


@pytest.mark.parametrize(
    ("body", "head"),
    [
        ({"format": "quota-ledger/2"}, {}),
        (
            {"officers": [{"agency": "commerce", "officer": "a", "public_key": public("commerce-1").hex()}]},
            {},
        ),
        ({}, {"seq": 2}),
        ({}, {"agency": "commerce"}),
    ],
)
def test_an_unlawful_opening_has_no_authority(body: dict[str, object], head: dict[str, object]) -> None:
    """Given a LedgerOpened against its rules, when verified, then authority breaks at entry 0."""
    made = Builder()
    made.open(body, **head)
    assert found(verify_built(made))[0] == ("authority", 0)


def test_a_changed_signature_is_found(made: Builder) -> None:
    """Given an envelope with one signature changed and hashed over, then signature breaks there."""
    for place in (0, 40, 63):
        statement = made.enterprise()
        whole = json.loads(made.envelope([statement], ["commerce-1"]))
        signature = bytearray(base64.b64decode(whole["signatures"][0]["sig"]))
        signature[place] ^= 1
        whole["signatures"][0]["sig"] = base64.b64encode(signature).decode()
        made.enter([statement], [], envelope=canonical(whole))
    assert found(verify_built(made)) == [("signature", 1), ("signature", 2), ("signature", 3)]


def test_a_second_form_of_a_signature_is_refused(made: Builder) -> None:
    """Given S + L in place of S, which the equation also takes, when verified, then signature breaks."""
    statement = made.enterprise()
    whole = json.loads(made.envelope([statement], ["commerce-1"]))
    signature = base64.b64decode(whole["signatures"][0]["sig"])
    order = 2**252 + 27742317777372353535851937790883648493
    second = (int.from_bytes(signature[32:], "little") + order).to_bytes(32, "little")
    whole["signatures"][0]["sig"] = base64.b64encode(signature[:32] + second).decode()
    made.enter([statement], [], envelope=canonical(whole))
    assert found(verify_built(made)) == [("signature", 1)]


def test_a_statement_that_nobody_signed_is_found(made: Builder) -> None:
    """Given another statement in the place of the signed one, when verified, then envelope breaks there."""
    raw = made.envelope([made.enterprise()], ["commerce-1"])
    made.enter([made.enterprise(UPSTREAM)], [], envelope=raw)
    assert found(verify_built(made)) == [("envelope", 1)]


def test_an_entry_without_envelope_is_found(made: Builder) -> None:
    """Given an entry that nobody signed, when verified, then envelope breaks there."""
    made.append(made.enterprise(), None, None, None)
    assert found(verify_built(made)) == [("envelope", 1)]


def test_every_line_of_an_envelope_is_entered(made: Builder) -> None:
    """Given two signed statements of which one is entered, when verified, then envelope breaks there."""
    raw = made.envelope([made.enterprise(), made.enterprise(UPSTREAM)], ["commerce-1"])
    made.enter([made.enterprise()], [], envelope=raw)
    made.enter([made.enterprise()], ["commerce-1"])
    assert found(verify_built(made)) == [("envelope", 1)]


def test_the_lines_of_an_envelope_are_entered_in_order(made: Builder) -> None:
    """Given items 2 and 1 of an envelope, when verified, then the envelope breaks once, at the first."""
    one, two = made.enterprise(), made.enterprise(UPSTREAM)
    made.enter([two, one], [], envelope=made.envelope([one, two], ["commerce-1"]), lie=_swap_items)
    assert found(verify_built(made)) == [("envelope", 1)]


def test_a_lot_is_not_interrupted(made: Builder) -> None:
    """Given another envelope between two lines of one, when verified, then envelope breaks."""
    one, two = made.enterprise(), made.enterprise(UPSTREAM)
    raw = made.envelope([one, two], ["commerce-1"])
    made.enter([one], [], envelope=raw)
    made.enter([made.enterprise()], ["commerce-2"])
    made.append(two, json.loads(made.entries[1].partition(b"\n")[0])["envelope"], 2, None)
    answer = verify_built(made)
    assert found(answer)[0] == ("envelope", 1)
    assert answer.exit_code == 1


def test_an_envelope_for_another_ledger_is_found(made: Builder) -> None:
    """Given a head line, or a statement, for another ledger, when verified, then envelope breaks there."""
    made.enter([made.enterprise()], ["commerce-1"], ledger="other.example/quota")
    made.enter([made.enterprise(ledger="other.example/quota")], ["commerce-1"])
    assert found(verify_built(made)) == [("envelope", 1), ("envelope", 2)]


def test_a_number_used_twice_is_a_replay(made: Builder) -> None:
    """Given a seq that the signer has used before, when verified, then replayed breaks there."""
    made.enter([made.enterprise()], ["commerce-1"], seq=2)
    made.enter([made.enterprise()], ["commerce-1"], seq=2)
    assert found(verify_built(made)) == [("replayed", 2)]


def test_a_refused_number_cannot_be_entered_later(made: Builder) -> None:
    """Given an envelope that was refused and then entered, when verified, then replayed breaks there."""
    statement = made.enterprise()
    raw = made.envelope([statement], ["commerce-1"], seq=7)
    made.refuse(raw, "commerce-1", 7)
    made.enter([statement], [], envelope=raw)
    assert found(verify_built(made)) == [("replayed", 2)]


def test_a_refusal_may_name_a_number_that_is_used_up(made: Builder) -> None:
    """Given a refusal of an envelope that used a seq again, when verified, then nothing is broken."""
    made.enter([made.enterprise()], ["commerce-1"], seq=2)
    made.refuse(b"another", "commerce-1", 2)
    assert found(verify_built(made)) == []


def test_a_refusal_names_a_registered_signer(made: Builder) -> None:
    """Given a refusal of an envelope by a key that was never registered, then authority breaks there."""
    made.refuse(b"another", "commerce-9", 1)
    assert found(verify_built(made)) == [("authority", 1)]


@pytest.mark.parametrize("body", [{"event_types": None}, {"public_key": "x"}, {"valid_from": "soon"}])
def test_a_registration_of_another_form_is_malformed(made: Builder, body: dict[str, object]) -> None:
    """Given a registration with a member of the wrong form, when verified, then it is malformed."""
    made.register_key("third", "commerce-3", ["commerce-1", "commerce-2"], **body)
    assert found(verify_built(made)) == [("malformed", 1)]


def test_a_key_that_is_not_registered_cannot_be_revoked(made: Builder) -> None:
    """Given a revocation of an unknown key, or by another agency, then authority breaks for each."""
    made.revoke_key("commerce-9", "commerce-1")
    made.revoke_key("police-1", "commerce-1")
    assert found(verify_built(made)) == [("authority", 1), ("authority", 2)]


def test_an_envelope_of_another_form_is_a_break(made: Builder) -> None:
    """Given an envelope outside its profile, when verified, then envelope breaks there."""
    made.enter([made.enterprise()], [], envelope=b"{}")
    assert found(verify_built(made)) == [("envelope", 1)]


def test_a_line_too_many_is_found(made: Builder) -> None:
    """Given more entries than an envelope has lines, when verified, then the next one is a replay."""
    raw = made.envelope([made.enterprise()], ["commerce-1"])
    made.enter([made.enterprise(), made.enterprise(UPSTREAM)], [], envelope=raw)
    assert found(verify_built(made))[0][1] == 2
    assert verify_built(made).exit_code == 1


def test_a_statement_entered_twice_is_a_replay(made: Builder) -> None:
    """Given one statement in two envelopes, when verified, then replayed breaks at the second."""
    statement = made.enterprise()
    made.enter([statement], ["commerce-1"])
    made.enter([statement], ["commerce-2"])
    assert found(verify_built(made)) == [("replayed", 2)]


def test_an_envelope_entered_twice_is_a_replay(made: Builder) -> None:
    """Given one envelope entered twice, when verified, then replayed breaks at the second."""
    statement = made.enterprise()
    raw = made.envelope([statement], ["commerce-1"])
    made.enter([statement], [], envelope=raw)
    made.enter([statement], [], envelope=raw)
    made.envelopes.pop()
    assert found(verify_built(made)) == [("replayed", 2)]


@pytest.mark.parametrize("seen", [[0, "ab" * 32], [1, "ab" * 32], [9, "ab" * 32], None])
def test_a_view_of_another_history_is_found(made: Builder, seen: list[object] | None) -> None:
    """Given a signer who saw another entry, a later one or none, then envelope breaks there."""
    made.enter([made.enterprise()], ["commerce-1"], seen=seen)
    assert found(verify_built(made)) == [("envelope", 1)]


def test_history_cannot_be_rewritten_below_what_an_agency_saw(made: Builder) -> None:
    """Given an entry remade by the operator below an honest envelope, then what the signer saw is found."""
    made.refuse(b"first", "commerce-2", 1)
    honest = made.envelope([made.enterprise()], ["commerce-1"])
    remade = Builder()
    remade.open()
    remade.refuse(b"another", "commerce-2", 1)
    assert remade.leaves[0] == made.leaves[0]
    remade.enter([made.enterprise()], [], envelope=honest)
    assert found(verify_built(remade)) == [("envelope", 2)]


def test_an_officer_of_another_history_cannot_be_passed_off(made: Builder) -> None:
    """Given envelopes whose keys entry 0 does not name, when verified, then authority breaks for each."""
    assert instant(made.now) == "2026-01-05T02:01:00.000000Z"
    for officer in ("commerce-7", "commerce-8"):
        made.enter([made.enterprise(EXPORTER)], [officer])
    assert found(verify_built(made)) == [("authority", 1), ("authority", 2)]


def _swap_items(header: dict[str, object]) -> None:
    header["item"] = 3 - header["item"]  # type: ignore[operator]


def test_a_key_of_a_later_version_has_no_authority(made: Builder) -> None:
    """Given a registration of version 2 that one officer signed, when its key signs, then authority breaks there."""
    made.register_key("third", "commerce-3", ["commerce-1", "commerce-2"])
    whole = json.loads(made.entries.pop().partition(b"\n")[2])
    made = Builder()
    made.open()
    made.enter([canonical(whole | {"version": 2})], ["commerce-1"])
    assert found(verify_built(made)) == []
    made.enter([made.reduction()], ["commerce-1", "third"])
    assert found(verify_built(made)) == [("authority", 2)]


def test_a_policy_of_a_later_version_allows_no_age(made: Builder) -> None:
    """Given a policy of version 2 that one officer signed, when a stale envelope follows, then time breaks there."""
    whole = json.loads(made.policy(**{"envelope.max_age_hours": 8_784}))
    made.enter([canonical(whole | {"version": 2})], ["commerce-1"])
    made.enter([made.enterprise()], ["commerce-1"], signed_at="2025-12-20T00:00:00Z")
    assert found(verify_built(made)) == [("time", 2)]
