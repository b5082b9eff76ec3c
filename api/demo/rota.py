"""Whose turn it is to sign: the officers of an agency take turns, alone and in pairs.

Every envelope is the next one's turn, so in a clean season nobody signs more than the others, everybody
signs with everybody, and the same acts are signed by the same officers.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import combinations
from typing import Final

from api.demo.acts import Act
from api.demo.keys import OFFICERS

Turns = Mapping[str, Sequence[tuple[str, ...]]]
"""By agency: who signs the first envelope, the second one, and so on, then from the beginning."""


def turns(officers: Sequence[str], together: int) -> Turns:
    """Return the turns of these officers, so many of an agency together."""
    agencies = sorted({name.partition("-")[0] for name in officers})
    return {
        agency: list(combinations([name for name in officers if name.startswith(f"{agency}-")], together))
        for agency in agencies
    }


ALONE: Final = turns(OFFICERS, 1)
IN_PAIRS: Final = turns(OFFICERS, 2)


class Rota:
    """Gives every act its signers, where it names none."""

    def __init__(self, alone: Turns = ALONE, in_pairs: Turns = IN_PAIRS) -> None:
        self._turns = {1: alone, 2: in_pairs}
        self._taken: dict[tuple[str, int], int] = {}
        self._moment: dict[tuple[str, int], tuple[datetime, bool]] = {}

    def sign(self, act: Act) -> None:
        """Let the next officers sign; those of one moment sign all that one envelope will hold."""
        if act.by:
            return
        duty, moment = (act.agency, act.officers), (act.at, act.refused)
        if self._moment.get(duty) != moment:
            self._moment[duty] = moment
            self._taken[duty] = self._taken.get(duty, -1) + 1
        turns_of = self._turns[act.officers][act.agency]
        act.by = turns_of[self._taken[duty] % len(turns_of)]
