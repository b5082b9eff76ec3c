"""The tree of heads: its root, whole histories, and keys of which there is none."""

import hashlib
from dataclasses import replace

import pytest

from ledger.heads import HeadProof, HeadsTree, heads_due, heads_root, merge_heads, verify_head
from ledger.merkle import EMPTY_ROOT, ProofError
from tests.support.ledger_builder import leaf, merkle_root

SIZES = (1, 2, 3, 7, 256, 257, 600)


def _heads(count: int) -> list[tuple[str, int, bytes]]:
    keys = sorted(f"vin:{number:04}" for number in range(1, 2 * count, 2))
    return [(key, 1 + n % 5, hashlib.sha256(key.encode()).digest()) for n, key in enumerate(keys)]


def _second(heads: list[tuple[str, int, bytes]]) -> bytes:
    """Return the root, computed from the definition alone."""
    return merkle_root(
        [
            leaf(f"quota-ledger/head/v1\n{key}\n{number}\n{last.hex()}\n".encode())
            for key, number, last in heads
        ]
    )


@pytest.mark.parametrize("count", [0, *SIZES])
def test_the_root_is_that_of_the_definition(count: int) -> None:
    """Given heads, when hashed in a stream or as a whole tree, then the root is RFC 6962's."""
    heads = _heads(count)
    tree = HeadsTree(iter(heads), [])
    assert heads_root(iter(heads)) == (count, _second(heads)) == (tree.count, tree.root)


def test_keys_out_of_order_make_no_tree() -> None:
    """Given a key twice, or keys that descend, when hashed, then it is refused."""
    one, two = _heads(2)
    for wrong in ([two, one], [one, one]):
        with pytest.raises(ValueError, match="must ascend"):
            heads_root(wrong)


def test_heads_of_a_transaction_take_the_place_of_stored_ones() -> None:
    """Given stored heads and newer ones before, between, among and behind them, then they are merged."""
    stored = _heads(3)  # 0001 0003 0005
    newer = {f"vin:{n:04}": (9, bytes(32)) for n in (0, 2, 3, 4, 8)}
    merged = list(merge_heads(stored, newer))
    assert [key[-1] for key, _, _ in merged] == list("0123458")
    assert [number for _, number, _ in merged] == [9, 1, 9, 9, 9, 3, 9]
    assert list(merge_heads([], {})) == []


@pytest.mark.parametrize("count", SIZES)
def test_each_history_is_shown_whole(count: int) -> None:
    """Given a tree, when any key is proved, then the proof gives its last number and leaf hash."""
    heads = _heads(count)
    tree = HeadsTree(heads, [key for key, _, _ in heads])
    for key, number, last in heads:
        assert verify_head(key, tree.prove(key), count, tree.root) == (number, last.hex())


@pytest.mark.parametrize("count", SIZES)
def test_absence_is_shown_between_neighbours_and_at_both_edges(count: int) -> None:
    """Given a tree, when a key between any two leaves or beyond is proved, then it has no history."""
    heads = _heads(count)
    absent = [f"vin:{number:04}" for number in range(0, 2 * count + 1, 2)]
    tree = HeadsTree(heads, absent)
    for key in absent:
        assert verify_head(key, tree.prove(key), count, tree.root) is None


def test_no_leaf_shows_absence_in_the_empty_tree_alone() -> None:
    """Given no leaves, when absence is claimed, then only the empty tree bears it out."""
    tree = HeadsTree([], ["vin:A"])
    assert verify_head("vin:A", tree.prove("vin:A"), 0, EMPTY_ROOT) is None
    for count, root in ((1, EMPTY_ROOT), (0, bytes(32))):
        with pytest.raises(ProofError, match="neither"):
            verify_head("vin:A", (), count, root)


def test_leaves_that_are_no_neighbours_do_not_show_absence() -> None:
    """Given two leaves with one between, an inner leaf alone, or three, then absence is not shown."""
    heads = _heads(5)
    keys = [key for key, _, _ in heads]
    tree = HeadsTree(heads, keys)
    proofs = {key: tree.prove(key)[0] for key in keys}
    low, middle, high = keys[1:4]
    for claimed in ([proofs[low], proofs[high]], [proofs[low]], [proofs[high]], [proofs[high], proofs[low]],
                    [proofs[low], proofs[middle], proofs[high]]):  # fmt: skip
        with pytest.raises(ProofError, match="neither"):
            verify_head("vin:0004", claimed, tree.count, tree.root)


@pytest.mark.parametrize(
    "lie",
    [{"number": 2}, {"leaf": "0" * 64}, {"key": "vin:0002"}, {"index": 1}, {"path": ()}, {"index": 9}],
    ids=lambda lie: next(iter(lie)),
)
def test_a_changed_proof_shows_nothing(lie: dict[str, object]) -> None:
    """Given one member of a proof changed, when verified, then it fails."""
    heads = _heads(3)
    tree = HeadsTree(heads, ["vin:0001"])
    (sound,) = tree.prove("vin:0001")
    changed: HeadProof = replace(sound, **lie)  # type: ignore[arg-type]
    with pytest.raises(ProofError):
        verify_head(changed.key, [changed], tree.count, tree.root)


@pytest.mark.parametrize(
    ("entries", "keys", "due"),
    [(9_999, 3, False), (10_000, 3, True), (10_000, 10_001, False), (10_001, 10_001, True)],
)
def test_heads_are_due_every_ten_thousand_entries_or_as_many_as_keys(
    entries: int, keys: int, due: bool
) -> None:
    """Given entries since the last heads, then they are due from max(10,000, number of keys) on."""
    assert heads_due(entries, keys) is due
