"""Whose statements are corrected: by the officer who had signed them first."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from domain.calendar import shanghai_date
from projections.patterns.hit import Asked, Figure, Hit, some
from projections.patterns.officers import agency_of, officers
from projections.reading import LIVE

# An envelope's statements stand one after another, so the one that began last before an entry holds it.
_HOLDS: Final = f"FROM signing AS s WHERE s.{LIVE} AND s.place = 1 AND s.entered = 1 AND s.idx <="
_LAST: Final = "ORDER BY s.idx DESC LIMIT 1"
_CORRECTED: Final = f"""
SELECT c.target, c.idx,
  (SELECT s.keyid {_HOLDS} c.target {_LAST}),
  (SELECT s.keyid {_HOLDS} c.idx {_LAST}),
  (SELECT s.signed_at {_HOLDS} c.idx {_LAST})
FROM correction AS c WHERE c.{LIVE} ORDER BY c.idx
"""
_PERCENT: Final = 100


@dataclass(frozen=True, slots=True)
class _Correction:
    target: int
    index: int
    author: str
    by: str
    on: date


def corrected_often(asked: Asked) -> list[Hit]:
    """Return officers whose statements most corrections of their agency take back, in some span of days."""
    names = officers(asked)
    by_agency: defaultdict[str, list[_Correction]] = defaultdict(list)
    for target, index, author, by, signed_at in asked.store.view_rows(_CORRECTED):
        on = shanghai_date(datetime.fromisoformat(signed_at))
        one = _Correction(target, index, names[author], names[by], on)
        by_agency[agency_of(one.author)].append(one)
    hits: list[Hit] = []
    for _, corrections in sorted(by_agency.items()):
        for author, most, of in _stand_out(corrections, asked.values):
            own = [one for one in corrections if one.author == author]
            figures: dict[str, Figure] = {
                "corrected": len(own),
                "within_days": most,
                "of_agency": of,
                "by_themselves": sum(one.by == author for one in own),
            }
            indexes = [index for one in own for index in (one.target, one.index)]
            hits.append(Hit((author,), some(indexes), figures))
    return sorted(hits, key=lambda hit: hit.subjects)


def _stand_out(corrections: list[_Correction], values: Mapping[str, int]) -> list[tuple[str, int, int]]:
    """Return the authors that stand out in some window, with their corrections and the agency's in it."""
    found: dict[str, tuple[str, int, int]] = {}
    window, first = Counter[str](), 0
    for one in sorted(corrections, key=lambda each: (each.on, each.index)):
        window[one.author] += 1
        while (one.on - corrections[first].on).days >= values["days"]:
            window[corrections[first].author] -= 1
            first += 1
        most, of = window[one.author], window.total()
        if most >= values["least"] and most * _PERCENT >= values["share"] * of:
            found[one.author] = max(found.get(one.author, ("", 0, 0)), (one.author, most, of))
    return list(found.values())
