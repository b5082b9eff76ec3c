"""A store whose verification goes on where an earlier one ended: its rows too."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from domain.catalogue import CATALOGUE
from ledger.anchor import Anchor
from ledger.bundle import open_bundle
from ledger.export import export_bundle
from ledger.keys import KeyRing
from ledger.note import VerifierKey
from ledger.opening import load_ring
from ledger.source import Source
from ledger.verification import PassState, Verification, verify_source
from tests.support.bundles import found
from tests.support.desk import Desk, desk, enterprise, policy, rows_of
from tests.support.keys import LEDGER


def verify(source: Source, since: PassState | None = None) -> Verification:
    """Verify a source without an anchor."""
    return verify_source(
        source, anchor=None, trusted=[], unanchored=True, lenient=False, types=CATALOGUE, since=since, keep=True
    )  # fmt: skip


def verify_rows(officers: Desk, since: PassState | None = None) -> Verification:
    """Verify the store behind a desk, row by row."""
    with closing(rows_of(officers.url)) as source:
        return verify(source, since)


def fill(officers: Desk) -> None:
    """Enter a policy, a lot and some refusals."""
    officers.send([policy()], "commerce-1", "commerce-2")
    officers.send([enterprise(1), enterprise(2)], "commerce-1")
    for name in ("示例甲", "示例乙"):
        officers.send([enterprise(3), enterprise(3, body={"name": name})], "commerce-1")


def grow(officers: Desk) -> None:
    """Enter more of the same kinds, over the edge of a tile."""
    officers.send([policy(2)], "commerce-1")
    for number in range(256):
        officers.send([enterprise(2, body={"name": f"示例 {number}"})], "commerce-1")


def test_a_store_verified_from_a_state_on_is_one_verified_whole(tmp_path: Path, url: str) -> None:
    """Given a store with entries and refusals verified, when it has grown and the pass goes on, then the answer is that of a whole pass."""
    with desk(tmp_path, url) as officers:
        fill(officers)
        before = verify_rows(officers)
        assert before.state is not None, before.breaks
        assert before.state.rows["refused"] > 0
        grow(officers)
        whole = verify_rows(officers)
        answer = verify_rows(officers, before.state)
    assert whole.breaks == ()
    assert replace(answer, seconds=whole.seconds) == whole


def test_rows_that_no_entry_accounts_for_are_counted_behind_a_state_too(tmp_path: Path) -> None:
    """Given a store verified, when a row is added that no entry has, then going on finds it."""
    with desk(tmp_path) as officers:
        fill(officers)
        state = verify_rows(officers).state
        grow(officers)
        with closing(sqlite3.connect(tmp_path / "ledger.db")) as connection, connection:
            connection.execute("INSERT INTO tag (tag, idx) VALUES ('pair:none', 0)")
        answer = verify_rows(officers, state)
    assert found(answer) == [("keys", None)]


def test_a_state_of_a_bundle_goes_on_with_the_store(tmp_path: Path) -> None:
    """Given a bundle verified, when the store that it came from has grown, then the pass goes on with its rows."""
    with desk(tmp_path) as officers:
        fill(officers)
        ring: KeyRing = load_ring(officers.store)[0]
        genesis = next(iter(officers.store.leaf_hashes(0, 1))).hex()
        anchor = Anchor(LEDGER, VerifierKey.parse(ring.operator_key or ""), genesis)
        note = officers.store.checkpoint()
        assert note is not None
        size = export_bundle(officers.store, note, anchor, tmp_path / "bundle")
        state = verify(open_bundle(tmp_path / "bundle")).state
        assert state is not None
        assert state.size == size
        grow(officers)
        whole = verify_rows(officers)
        answer = verify_rows(officers, state)
    assert replace(answer, seconds=whole.seconds) == whole
