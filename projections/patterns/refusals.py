"""Refused, and tried again: the same officer, the same car, again and again."""

from collections import defaultdict
from datetime import date
from typing import Final

from projections.patterns.hit import Asked, Figure, Hit, some
from projections.patterns.officers import officers
from projections.reading import LIVE

_REFUSED: Final = f"""
SELECT keyid, subject, envelope, refused_on, min(idx), min(codes) FROM refusal
WHERE {LIVE} GROUP BY keyid, subject, envelope, refused_on ORDER BY 5
"""


def refused_again(asked: Asked) -> list[Hit]:
    """Return officers who were refused at least so often within so many days about one subject.

    The subject is each car that the refused envelopes name, or each enterprise where they name no car. An
    envelope that only repeats what stands already is no attempt.
    """
    names = officers(asked)
    tries: defaultdict[tuple[str, str], list[tuple[date, int]]] = defaultdict(list)
    codes: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for keyid, subject, _, refused_on, index, said in asked.store.view_rows(_REFUSED):
        tries[names[keyid], subject].append((date.fromisoformat(refused_on), index))
        codes[names[keyid], subject].update(said.split())
    hits: list[Hit] = []
    for (officer, subject), refused in sorted(tries.items()):
        most = densest([on for on, _ in refused], asked.values["days"])
        if most >= asked.values["least"]:
            figures: dict[str, Figure] = {
                "refusals": len(refused),
                "within_days": most,
                "codes": sorted(codes[officer, subject]),
                "first": refused[0][0].isoformat(),
                "last": refused[-1][0].isoformat(),
            }
            hits.append(Hit((officer, subject), some([index for _, index in refused]), figures))
    return hits


def densest(days: list[date], span: int) -> int:
    """Return the most of these days, ascending, that lie within ``span`` days, both ends included."""
    first = most = 0
    for last, day in enumerate(days):
        while (day - days[first]).days >= span:
            first += 1
        most = max(most, last - first + 1)
    return most
