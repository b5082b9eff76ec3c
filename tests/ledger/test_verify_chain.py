"""Lies in headers, each hashed again over: order, chain, subjects, tags, heads, time, form."""

import json

import pytest

from tests.support.bundles import found, verify_built, verify_files
from tests.support.ledger_builder import (
    EXPORTER,
    UPSTREAM,
    ZEROS,
    Builder,
    Header,
    Lie,
    canonical,
    history,
    instant,
)


def _after_opening(lie: Lie) -> Builder:
    """Return a ledger whose entry 1 has a header changed by ``lie``; two honest entries follow."""
    made = Builder()
    made.open()
    made.enter([made.enterprise()], ["commerce-1"], lie=lie)
    made.enter([made.enterprise()], ["commerce-1"])
    made.enter([made.enterprise(UPSTREAM)], ["commerce-1"])
    return made


def test_an_honest_ledger_is_intact() -> None:
    """Given every kind of entry, when verified, then nothing is broken and the headline stays open."""
    answer = verify_built(history())
    assert (answer.integrity, answer.verdict, answer.exit_code) == ("INTACT", "UNDETERMINED", 6)
    assert answer.size == 8
    assert verify_built(history(), lenient=True).exit_code == 0


def test_a_wrong_prev_is_one_break() -> None:
    """Given an entry chained to another hash, when verified, then prev breaks there and nowhere else."""
    answer = verify_built(_after_opening(lambda header: header.update(prev="ab" * 32)))
    assert found(answer) == [("prev", 1)]
    assert answer.exit_code == 1


def test_an_entry_at_the_wrong_place_is_missing() -> None:
    """Given a header that skips an index, when verified, then an entry is missing there."""
    assert found(verify_built(_after_opening(lambda header: header.update(index=2)))) == [("missing", 1)]


def test_a_hidden_subject_is_found() -> None:
    """Given a header without a subject of its statement, when verified, then keys break there."""
    assert found(verify_built(_after_opening(lambda header: header.update(subjects=[])))) == [("keys", 1)]


def test_an_added_subject_is_found() -> None:
    """Given a header with a subject that its statement does not concern, then keys break there."""

    def lie(header: Header) -> None:
        header["subjects"] = [[f"enterprise:{UPSTREAM}", 1, ZEROS], *header["subjects"]]

    assert found(verify_built(_after_opening(lie))) == [("keys", 1)]


def test_an_invented_tag_is_found() -> None:
    """Given a header with a tag that does not follow from the statement, then keys break there."""
    assert found(verify_built(_after_opening(lambda header: header.update(tags=["case:1"])))) == [("keys", 1)]


@pytest.mark.parametrize(("number", "before"), [(2, ZEROS), (1, "ab" * 32), (7, "ab" * 32)])
def test_a_wrong_link_of_a_subject_is_one_break(number: int, before: str) -> None:
    """Given a wrong number or hash in a subject's chain, then subject_chain breaks there and only there."""

    def lie(header: Header) -> None:
        header["subjects"][0][1:] = [number, before]

    assert found(verify_built(_after_opening(lie))) == [("subject_chain", 1)]


def test_a_subject_chain_that_goes_on_rightly_after_a_wrong_number_is_one_break() -> None:
    """Given one wrong number and the right one after it, when verified, then only the first is listed."""
    made = Builder()
    made.open()
    made.enter([made.enterprise()], ["commerce-1"], lie=lambda h: h["subjects"][0].__setitem__(1, 5))
    made.enter([made.enterprise()], ["commerce-1"], lie=lambda h: h["subjects"][0].__setitem__(1, 2))
    assert found(verify_built(made)) == [("subject_chain", 1)]


@pytest.mark.parametrize("body", [{"root": "cd" * 32}, {"count": 1}, {"size": 2}, {"size": 4}])
def test_signed_heads_that_the_entries_do_not_bear_out_are_found(body: dict[str, object]) -> None:
    """Given HeadsCommitted with a wrong root, count or size, rightly signed, then heads break there."""
    made = Builder()
    made.open()
    made.enter([made.enterprise()], ["commerce-1"])
    made.enter([made.reduction()], ["commerce-1", "commerce-2"])
    made.commit_heads(**body)
    assert found(verify_built(made)) == [("heads", 3)]


def test_heads_of_a_wrong_form_are_malformed() -> None:
    """Given HeadsCommitted with a member too many, when verified, then it is malformed."""
    made = Builder()
    made.open()
    made.commit_heads(more=1)
    assert found(verify_built(made)) == [("malformed", 1)]


def test_time_does_not_go_back() -> None:
    """Given an entry recorded before the one in front of it, when verified, then time breaks there."""
    made = Builder()
    made.open()
    made.enter([made.enterprise()], ["commerce-1"], minutes=10)
    made.enter([made.enterprise()], ["commerce-1"], minutes=-5)
    made.enter([made.enterprise()], ["commerce-1"])
    assert found(verify_built(made)) == [("time", 2)]


def test_the_age_of_a_signature_is_bounded_on_both_sides_inclusive() -> None:
    """Given signatures of -5 minutes and 72 hours, then they pass; a microsecond more, and time breaks."""
    made = Builder()
    made.open()
    for signed_at in (
        "2026-01-05T02:07:00Z", "2026-01-05T02:08:00.000001Z", "2026-01-02T02:04:00Z", "2026-01-02T02:04:59.999999Z",
    ):  # fmt: skip
        made.enter([made.enterprise()], ["commerce-1"], signed_at=signed_at)
    assert made.entries[1].find(instant(made.now.replace(minute=2)).encode()) > 0
    assert found(verify_built(made)) == [("time", 2), ("time", 4)]


def test_the_policy_in_force_sets_the_age() -> None:
    """Given a policy of 24 hours in force, when a signature is 48 hours old, then time breaks."""
    made = Builder()
    made.open()
    made.enter([made.enterprise()], ["commerce-1"], signed_at="2026-01-03T10:00:00+08:00")
    made.enter([made.policy(**{"envelope.max_age_hours": 24})], ["commerce-1", "commerce-2"])
    made.enter([made.enterprise()], ["commerce-1"], signed_at="2026-01-03T10:00:00+08:00")
    assert found(verify_built(made)) == [("time", 3)]


def test_a_policy_that_has_not_begun_sets_nothing() -> None:
    """Given a policy from a later day, when a signature is 48 hours old, then it passes."""
    made = Builder()
    made.open()
    body = {"from": "2026-01-06", "params": {"envelope.max_age_hours": 1}, "policy_version": 1}
    made.enter([made.statement("PolicyVersionPublished", body)], ["commerce-1", "commerce-2"])
    made.enter([made.enterprise()], ["commerce-1"], signed_at="2026-01-03T10:00:00+08:00")
    assert found(verify_built(made)) == []


@pytest.mark.parametrize(
    "lie",
    [
        lambda header: header.update(more=1),
        lambda header: header.update(v=2),
        lambda header: header.update(recorded_at="2026-01-05T02:02:00Z"),
        lambda header: header.update(type="QuotaReduced"),
        lambda header: header["subjects"].append(header["subjects"][0]),
    ],
)
def test_a_header_of_another_form_is_malformed(lie: Lie) -> None:
    """Given a header outside its form, hashed over, when verified, then one entry is malformed."""
    assert found(verify_built(_after_opening(lie))) == [("malformed", 1)]


@pytest.mark.parametrize(
    "members",
    [
        {"id": "not-a-uuid"}, {"more": 1}, {"agency": "tax"}, {"version": 0}, {"body": []}, {"ledger": 5},
        {"occurred_at": "yesterday"}, {"attachments": None}, {"version": True},
    ],
)  # fmt: skip
def test_a_statement_of_another_form_is_malformed(members: dict[str, object]) -> None:
    """Given a rightly signed statement with an outer member of the wrong form, then it is malformed."""
    made = Builder()
    made.open()
    whole = json.loads(made.statement("Anything", {})) | members
    made.enter([canonical(whole)], ["commerce-1"])
    made.enter([made.enterprise()], ["commerce-1"])
    assert found(verify_built(made)) == [("malformed", 1)]


@pytest.mark.parametrize(
    "body",
    [
        {"part": 2}, {"parts": 0}, {"seq": 0}, {"envelope": "x"}, {"concerns": ["no key"]}, {"more": 1},
        {"items": [{"code": "a", "item": 2, "sha256": ZEROS}, {"code": "a", "item": 1, "sha256": ZEROS}]},
        {"items": [{"code": "No", "item": 1, "sha256": ZEROS}]}, {"items": [{"item": 1, "sha256": ZEROS}]},
        {"concerns": [f"enterprise:{EXPORTER}"] * 2}, {"items": [{"code": "a", "item": 1, "sha256": ""}] * 151},
    ],
)  # fmt: skip
def test_a_refusal_of_another_form_is_malformed(body: dict[str, object]) -> None:
    """Given a SubmissionRefused outside its form, when verified, then it is malformed."""
    made = Builder()
    made.open()
    lie = (lambda h: h.update(subjects=[])) if body.get("concerns") == ["no key"] else None
    whole = {
        "concerns": [], "envelope": ZEROS, "items": [], "part": 1, "parts": 1, "seq": 1, "signer": ZEROS,
    } | body  # fmt: skip
    if len(whole["concerns"]) == 2:  # type: ignore[arg-type]
        lie = lambda h: h.update(subjects=h["subjects"][:1])  # noqa: E731
    made.enter([made.statement("SubmissionRefused", whole, "operator")], ["housekeeping"], lie=lie)
    assert found(verify_built(made)) == [("malformed", 1)]


def test_the_parts_of_a_refusal_follow_one_another() -> None:
    """Given parts 1 and 2 of 2, then they pass; given the first alone, then the refusal is not whole."""
    made = Builder()
    made.open()
    made.refuse(b"long", "commerce-1", 2, part=1, parts=2)
    broken = verify_built(made)
    made.refuse(b"long", "commerce-1", 2, part=2, parts=2)
    assert found(broken) == [("envelope", 1)]
    assert found(verify_built(made)) == []


def test_unknown_types_and_versions_keep_their_integrity_checks() -> None:
    """Given a type and a version that the verifier does not know, then it says so and nothing is broken."""
    made = Builder()
    made.open()
    made.enter([made.statement("LedgerFrozen", {})], ["commerce-1"])
    made.enter([made.enterprise(version=2)], ["commerce-1"])
    answer = verify_built(made)
    assert found(answer) == []
    assert [note.split(" (")[0] for note in answer.notes[:2]] == [
        "LedgerFrozen version 1", "EnterpriseRegistered version 2",
    ]  # fmt: skip


def test_a_sequence_number_that_is_nowhere_is_noted() -> None:
    """Given seq 2 and 4 of a signer, when verified, then 1 and 3 are noted and nothing is broken."""
    made = Builder()
    made.open()
    for seq in (2, 4):
        made.enter([made.enterprise()], ["commerce-2"], seq=seq)
    answer = verify_built(made)
    assert found(answer) == []
    assert "seq 1, 3 of signer" in answer.notes[0]


def test_ledgers_wider_than_a_tile_are_verified_whole() -> None:
    """Given 520 entries of one lot in three tiles, when verified, then all levels are compared."""
    made = Builder()
    made.open()
    for count in (300, 219):
        lot = [made.enterprise(id=f"00000000-0000-4000-8000-{count:04}{n:08}") for n in range(count)]
        made.enter(lot, ["commerce-1"])
    files = made.files()
    assert {"tile/0/000", "tile/0/001", "tile/0/002.p/8", "tile/1/000.p/2", "envelopes/001"} < files.keys()
    assert found(verify_files(files, made.anchor())) == []
    for path in files:
        if not path.startswith("tile/entries") and files[path]:
            damaged = files[path][:-1] + bytes([files[path][-1] ^ 1])
            assert verify_files(files | {path: damaged}, made.anchor()).exit_code == 1, path
    assert found(verify_files(files | {"tile/1/000.p/2": bytes(64)}, made.anchor())) == [("tree", 0)]
    assert found(verify_files(files | {"envelopes/002.p/8": b"\0\0\0\0"}, made.anchor())) == [
        ("envelope", 512)
    ]
    del files["tile/entries/001"]
    assert found(verify_files(files, made.anchor())) == [("missing", 256)]
    del files["tile/0/001"]
    assert found(verify_files(files, made.anchor())) == [("missing", 256)]


def test_a_policy_does_not_judge_the_envelope_that_it_came_in() -> None:
    """Given a stricter policy and another statement in one envelope, signed hours before, then it is intact."""
    made = Builder()
    made.open()
    statements = [made.policy(**{"envelope.max_age_hours": 1}), made.enterprise()]
    made.enter(statements, ["commerce-1", "commerce-2"], signed_at="2026-01-05T00:00:00Z")
    assert found(verify_built(made)) == []
    made.enter([made.enterprise(UPSTREAM)], ["commerce-1"], signed_at="2026-01-05T00:00:00Z")
    assert found(verify_built(made)) == [("time", 3)]


@pytest.mark.parametrize("hours", [0, -1, 8_785, 2**53 - 1])
def test_an_age_that_no_policy_may_allow_is_not_allowed(hours: int) -> None:
    """Given a policy version with an impossible age, when verified, then 72 hours hold."""
    made = Builder()
    made.open()
    made.enter([made.policy(**{"envelope.max_age_hours": hours})], ["commerce-1", "commerce-2"])
    made.enter([made.enterprise()], ["commerce-1"], signed_at="2026-01-02T10:03:00+08:00")
    assert found(verify_built(made)) == []
    made.enter([made.enterprise(UPSTREAM)], ["commerce-1"], signed_at="2026-01-02T10:02:00+08:00")
    assert found(verify_built(made)) == [("time", 3)]


def test_the_last_hours_of_time_are_a_date_too() -> None:
    """Given an entry recorded on 9999-12-31 in the evening, when verified, then there is an answer."""
    made = Builder()
    made.open()
    made.now = made.now.replace(year=9999, month=12, day=31, hour=20)
    made.enter([made.enterprise()], ["commerce-1"])
    answer = verify_built(made)
    assert found(answer) == []
