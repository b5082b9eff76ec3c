"""Which seq numbers each signer has used: a number is used once, and those that are nowhere are noted."""

from collections.abc import Iterator, Mapping


class _Used:
    """A set of whole numbers from 1, small while they come nearly in order."""

    def __init__(self) -> None:
        self.below = 0
        """Every number from 1 up to this one is used."""
        self.above: set[int] = set()

    def add(self, number: int) -> bool:
        """Say whether the number is new."""
        if number <= self.below or number in self.above:
            return False
        self.above.add(number)
        while self.below + 1 in self.above:
            self.below += 1
            self.above.remove(self.below)
        return True

    def gaps(self) -> Iterator[tuple[int, int]]:
        """Yield the first and last number of each gap below the highest number used."""
        last = self.below
        for number in sorted(self.above):
            if number > last + 1:
                yield last + 1, number - 1
            last = number


class Sequences:
    """The seq numbers used up, by first signer."""

    def __init__(self) -> None:
        self._signers: dict[str, _Used] = {}

    def use(self, signer: str, seq: int) -> bool:
        """Take a number; say whether it was free."""
        return self._signers.setdefault(signer, _Used()).add(seq)

    def saved(self) -> dict[str, tuple[int, list[int]]]:
        """Return by signer up to where every number is used, and the numbers beyond."""
        return {signer: (used.below, sorted(used.above)) for signer, used in self._signers.items()}

    def restore(self, saved: Mapping[str, tuple[int, list[int]]]) -> None:
        """Take up what :meth:`saved` returned."""
        for signer, (below, above) in saved.items():
            used = self._signers[signer] = _Used()
            used.below, used.above = below, set(above)

    def gaps(self) -> Iterator[tuple[str, list[tuple[int, int]]]]:
        """Yield each signer that has gaps, with the first and last number of each."""
        for signer in sorted(self._signers):
            gaps = list(self._signers[signer].gaps())
            if gaps:
                yield signer, gaps
