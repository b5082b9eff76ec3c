"""Officers who sign always alone, at night, or with one other only.

Asked are the envelopes that entered; entry 0, which all officers sign, is not. A pseudonym is one officer,
however many keys they have had.
"""

from collections import Counter, defaultdict
from datetime import datetime
from typing import Final

from domain.calendar import SHANGHAI
from ledger.keys import OPERATOR
from ledger.opening import load_ring
from projections.patterns.hit import MAX_ENTRIES, Asked, Figure, Hit, some
from projections.reading import LIVE

_ENTERED: Final = f"{LIVE} AND entered = 1 AND idx > 0 AND agency <> '{OPERATOR}'"
_COUNTS: Final = f"""
SELECT keyid, count(*), count(CASE WHEN signers > 1 THEN 1 END) FROM signing
WHERE {_ENTERED} GROUP BY keyid ORDER BY keyid
"""
_OF_ONE: Final = f"SELECT idx FROM signing WHERE {_ENTERED} AND keyid = ? ORDER BY idx LIMIT {MAX_ENTRIES}"
_TOGETHER: Final = f"SELECT idx, keyid FROM signing WHERE {_ENTERED} AND signers > 1 ORDER BY idx, place"
_OVER_MIDNIGHT: Final = f"""
SELECT keyid, idx, signed_at FROM signing WHERE {_ENTERED} AND (minute >= ? OR minute < ?) ORDER BY idx, place
"""
_WITHIN_A_DAY: Final = f"""
SELECT keyid, idx, signed_at FROM signing WHERE {_ENTERED} AND minute >= ? AND minute < ? ORDER BY idx, place
"""
_HOUR_MINUTES: Final = 60


def officers(asked: Asked) -> dict[str, str]:
    """Return the subject of each key's officer, ``officer:<agency>/<pseudonym>``."""
    ring, _ = load_ring(asked.store)
    names = {keyid: f"officer:{key.agency}/{key.officer}" for keyid, key in ring.keys.items()}
    return names | ({} if ring.housekeeping_keyid is None else {ring.housekeeping_keyid: OPERATOR_SUBJECT})


OPERATOR_SUBJECT: Final = f"officer:{OPERATOR}/housekeeping"
"""Whoever holds the operator's housekeeping key."""


def agency_of(officer: str) -> str:
    """Return the agency of an officer's subject."""
    return officer.partition(":")[2].partition("/")[0]


def signs_alone(asked: Asked) -> list[Hit]:
    """Return officers of whom nobody ever signed with them, though their agency's others often sign in twos.

    At the share of signatures that its officers give together, this one would have given at least ``least``.
    """
    names = officers(asked)
    all_of, together_of, keys = Counter[str](), Counter[str](), defaultdict[str, list[str]](list)
    for keyid, count, together in asked.store.view_rows(_COUNTS):
        all_of[names[keyid]] += count
        together_of[names[keyid]] += together
        keys[names[keyid]].append(keyid)
    hits: list[Hit] = []
    for officer in sorted(all_of):
        others = [one for one in all_of if agency_of(one) == agency_of(officer)]
        given, shared = sum(all_of[one] for one in others), sum(together_of[one] for one in others)
        expected = all_of[officer] * shared // given
        if together_of[officer] == 0 and expected >= asked.values["least"]:
            found = [idx for keyid in keys[officer] for (idx,) in asked.store.view_rows(_OF_ONE, keyid)]
            figures = {"envelopes": all_of[officer], "together": 0, "expected_together": expected}
            hits.append(Hit((officer,), some(found), figures))
    return hits


def signs_at_night(asked: Asked) -> list[Hit]:
    """Return officers who signed at least so many envelopes at night, by their own time (Shanghai)."""
    start, end = (asked.values[name] * _HOUR_MINUTES for name in ("from", "to"))
    names = officers(asked)
    nights: defaultdict[str, list[tuple[int, datetime]]] = defaultdict(list)
    sql = _OVER_MIDNIGHT if start > end else _WITHIN_A_DAY
    for keyid, index, signed_at in asked.store.view_rows(sql, start, end):
        nights[names[keyid]].append((index, datetime.fromisoformat(signed_at).astimezone(SHANGHAI)))
    return [
        Hit(
            (officer,),
            some([index for index, _ in signed]),
            {
                "envelopes": len(signed),
                "first": signed[0][1].isoformat(timespec="minutes"),
                "last": signed[-1][1].isoformat(timespec="minutes"),
            },
        )
        for officer, signed in sorted(nights.items())
        if len(signed) >= asked.values["least"]
    ]


def signs_with_one_other(asked: Asked) -> list[Hit]:
    """Return officers who sign with the same other one always, while a third of them signs in twos too."""
    names = officers(asked)
    signers: defaultdict[int, list[str]] = defaultdict(list)
    for index, keyid in asked.store.view_rows(_TOGETHER):
        signers[index].append(names[keyid])
    partners: defaultdict[str, set[str]] = defaultdict(set)
    entries: defaultdict[str, list[int]] = defaultdict(list)
    for index, signed in signers.items():
        for one in set(signed):
            partners[one].update(set(signed) - {one})
            entries[one].append(index)
    hits: list[Hit] = []
    for officer in sorted(partners):
        others = partners[officer]
        thirds = {one for one in partners if agency_of(one) == agency_of(officer)} - {officer} - others
        if len(others) == 1 and thirds and len(entries[officer]) >= asked.values["least"]:
            figures: dict[str, Figure] = {
                "envelopes": len(entries[officer]),
                "with": next(iter(others)),
                "others_in_twos": len(thirds),
            }
            hits.append(Hit((officer,), some(entries[officer]), figures))
    return hits
