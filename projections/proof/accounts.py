"""The accounts of a pair, and the law that holds after every entry."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from projections.proof.units import BACKED, UNBACKED

USED_ACCOUNTS: Final = ("R", "T", "X", "D", "N")
CAR_ACCOUNTS: Final = ("A", "C", *USED_ACCOUNTS, UNBACKED)
ACCOUNTS: Final = ("ISS", "AV", *CAR_ACCOUNTS)


@dataclass(frozen=True, slots=True)
class Finding:
    """An entry after which something did not hold, and the day on which it took effect."""

    index: int
    on: date
    detail: str


@dataclass(slots=True)
class Pair:
    """The accounts of a pair, in units.

    Attributes:
        balances: by account; UNB is the memo of unbacked registrations.
        backed: registrations that are backed and were not annulled as clerical.
        over: units approved beyond G after the last entry.
    """

    balances: dict[str, int] = field(default_factory=lambda: dict.fromkeys(ACCOUNTS, 0))
    backed: int = 0
    over: int = 0

    @property
    def total(self) -> int:
        """G, the units granted."""
        return -self.balances["ISS"]

    @property
    def used(self) -> int:
        """K, the units used."""
        balances = self.balances
        return balances["R"] + balances["T"] + balances["X"] + balances["D"] + balances["N"]

    @property
    def proved(self) -> int:
        """The units whose transfer is proved, or that left."""
        return sum(self.balances[account] for account in ("T", "X", "D"))

    @property
    def approved(self) -> int:
        """The units approved, registered ones included."""
        return self.balances["A"] + self.balances["C"] + self.used

    def issue(self, units: int) -> None:
        """Post a grant, or with a negative number a reduction."""
        self.balances["ISS"] -= units
        self.balances["AV"] += units

    def move(self, account: str, units: int) -> None:
        """Post what a car gained or lost in one account; what stands on a line is not available."""
        if account == BACKED:
            self.backed += units
            return
        self.balances[account] += units
        if account != UNBACKED:
            self.balances["AV"] -= units

    def breaches(self) -> Iterator[str]:
        """Yield what of the law does not hold, negative AV aside (that is ``over``)."""
        balances = self.balances
        total = sum(balances.values()) - balances[UNBACKED]
        if total:
            yield f"the accounts sum to {total}"
        if (used := self.used) != self.backed:
            yield f"K = {used}, backed registrations = {self.backed}"
        for account in CAR_ACCOUNTS:
            if balances[account] < 0:
                yield f"{account} = {balances[account]}"
