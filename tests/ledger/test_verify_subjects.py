"""The root over the heads of the subjects' chains, made anew as often as heads are committed."""

from hypothesis import given
from hypothesis import strategies as st

from ledger.heads import head_leaf
from ledger.verification.subjects import Link, SubjectChains
from tests.support.ledger_builder import merkle_root

LEAVES = "".join(f"{number:064x}" for number in range(10))


@given(st.lists(st.sets(st.integers(0, 60), max_size=20), max_size=8))
def test_heads_are_those_of_the_last_entries(groups: list[set[int]]) -> None:
    """Given rows that go on with old subjects and new ones, when heads are asked between, then all are as they stand."""
    chains, last = SubjectChains(), dict[str, tuple[int, str]]()
    for at, group in enumerate(groups):
        keys = [f"vin:{number}" for number in group]
        links = [
            Link(key, number + 1, prev, number + 2, at)
            for key in keys
            for number, prev in [last.get(key, (0, "0" * 64))]
        ]
        assert chains.fit(links)
        chains.go_on(links, LEAVES)
        last.update(
            (key, (number, LEAVES[64 * place : 64 * place + 64])) for key, _, _, number, place in links
        )
        leaves = [head_leaf(key, *last[key]) for key in sorted(last)]
        assert chains.heads() == (len(last), merkle_root(leaves).hex())
        assert chains.saved() == last
