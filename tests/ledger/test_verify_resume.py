"""A pass that goes on where an earlier one ended: what it sees, what it leaves to a pass over the whole."""

from dataclasses import replace

import pytest

from ledger.verification import AnotherHistory, PassState, Verification
from tests.support.bundles import found, verify_files
from tests.support.ledger_builder import EXPORTER, UPSTREAM, Builder, history

SIZES = (1, 2, 4, 5, 6, 7, 8, 255, 256, 257, 301, 531)
"""Between envelopes, around the edge of a tile, and within one."""


def long_history() -> Builder:
    """Return a ledger over three tiles, with a policy, a refusal and heads behind the first of them."""
    made = history()
    while len(made.entries) < 256:
        made.enter([made.enterprise()], ["commerce-1"])
    made.enter([made.policy(**{"envelope.max_age_hours": 24})], ["commerce-1", "commerce-2"])
    refused = made.envelope([made.enterprise()], ["police-1"])
    made.refuse(refused, "police-1", made.seqs["police-1"])
    made.register_key(
        "customs-3", "customs-3", ["customs-1", "customs-2"], event_types=["CustomsExportConfirmed"]
    )
    while len(made.entries) < 530:
        made.enter([made.enterprise(EXPORTER), made.enterprise(UPSTREAM)], ["commerce-1"])
    made.commit_heads()
    return made


def state_at(made: Builder, size: int) -> PassState:
    """Return what a pass over the first entries leaves."""
    earlier = made.first(size)
    state = verify_files(earlier.files(), earlier.anchor(), keep=True).state
    assert state is not None
    return state


def resumed(made: Builder, state: PassState) -> Verification:
    """Verify a ledger from a state on."""
    return verify_files(made.files(), made.anchor(), since=state, keep=True)


def test_going_on_gives_what_a_pass_over_the_whole_gives() -> None:
    """Given a ledger verified at some size, when it has grown and the pass goes on, then answer and state are those of a whole pass."""
    made = long_history()
    whole = verify_files(made.files(), made.anchor(), keep=True)
    assert whole.breaks == ()
    for size in SIZES:
        answer = resumed(made, state_at(made, size))
        assert replace(answer, seconds=whole.seconds) == whole, f"from {size}"


def test_nothing_new_is_an_answer_too() -> None:
    """Given a ledger that has not grown, when the pass goes on, then the answer is the same and reads no entry."""
    made = history()
    state = state_at(made, 8)
    files = made.files()
    files["tile/entries/000.p/8"] = files["tile/entries/000.p/8"][:-1]
    assert verify_files(files, made.anchor(), since=state).integrity == "INTACT"


@pytest.mark.parametrize("size", [4, 257])
def test_a_break_behind_the_state_is_found_where_it_is(size: int) -> None:
    """Given an entry behind the state that nobody signed, when the pass goes on, then it finds what a whole pass finds."""
    made = long_history()
    state = state_at(made, size)
    made.append(made.enterprise(), None, None)
    whole = verify_files(made.files(), made.anchor())
    answer = resumed(made, state)
    assert found(answer) == found(whole) == [("envelope", 532)]
    assert answer.state is None


@pytest.mark.parametrize("seq", [1, 3])
def test_what_the_old_entries_used_up_stays_used(seq: int) -> None:
    """Given a seq that an entry before the state has used, when it comes again, then it is replayed."""
    made = long_history()
    state = state_at(made, 301)
    made.enter([made.enterprise()], ["commerce-1"], seq=seq)
    assert found(resumed(made, state)) == [("replayed", 532)]


def test_an_id_of_an_old_entry_is_known() -> None:
    """Given the statement of an entry before the state, when it enters again, then it is replayed."""
    made = long_history()
    state = state_at(made, 301)
    made.enter([made.entries[20].split(b"\n", 1)[1]], ["commerce-1"])
    answer = resumed(made, state)
    assert found(answer) == [("replayed", 532)]
    assert "that of entry 20" in answer.breaks[0].detail


def test_a_key_that_was_revoked_before_stays_revoked() -> None:
    """Given a key revoked before the state, when it signs again, then it has no authority."""
    made = long_history()
    state = state_at(made, 301)
    made.enter([made.enterprise()], ["commerce-3"])
    assert found(resumed(made, state)) == [("authority", 532)]


def test_an_old_entry_with_its_hash_left_as_it_was_is_seen_by_a_whole_pass_alone() -> None:
    """Given a byte of an old entry changed and no hash, then a pass that goes on is INTACT and a whole pass is not."""
    made = long_history()
    state = state_at(made, 301)
    files = made.files()
    damaged = bytearray(files["tile/entries/000"])
    damaged[damaged.index("示例 20".encode()) + 7] ^= 1
    files["tile/entries/000"] = bytes(damaged)
    assert verify_files(files, made.anchor(), since=state).integrity == "INTACT"
    assert found(verify_files(files, made.anchor())) == [("leaf", 20)]


@pytest.mark.parametrize("path", ["tile/0/000", "tile/0/001"])
def test_a_changed_old_hash_is_no_place_to_go_on_from(path: str) -> None:
    """Given a leaf hash below the state changed or gone, when the pass would go on, then it does not."""
    made = long_history()
    state = state_at(made, 301)
    files = made.files()
    for altered in ({path: bytes(32) + files[path][32:]}, {path: files[path][:-1]}, {}):
        with pytest.raises(AnotherHistory):
            verify_files(
                {name: data for name, data in files.items() if name != path} | altered,
                made.anchor(),
                since=state,
            )


def test_a_ledger_that_became_shorter_is_no_place_to_go_on_from() -> None:
    """Given a state of more entries than are there, when the pass would go on, then it does not."""
    made = long_history()
    state = state_at(made, 301)
    with pytest.raises(AnotherHistory):
        resumed(made.first(257), state)


def test_a_broken_ledger_leaves_no_state() -> None:
    """Given a ledger that ends within an envelope, when verified, then there is nothing to go on from."""
    made = history().first(3)
    answer = verify_files(made.files(), made.anchor(), keep=True)
    assert answer.integrity == "BROKEN"
    assert answer.state is None
