"""Every agency at every type of the catalogue: two officers, one officer, officers of two agencies.

LedgerOpened is entry 0 alone, which officers of all agencies sign (``test_keys``).
"""

from datetime import UTC, datetime

import pytest

from domain.catalogue import CATALOGUE
from ledger.keys import KeyRing, Unauthorised, check_authority
from tests.support.keys import AGENCIES, keyid, opening_body

NOW = datetime(2026, 1, 5, 2, tzinfo=UTC)


@pytest.fixture(scope="module")
def ring() -> KeyRing:
    """The keys of entry 0: two officers of each agency, for every type of theirs."""
    found = KeyRing()
    found.apply(0, "LedgerOpened", opening_body(), agency="operator")
    return found


def ask(ring: KeyRing, agency: str, name: str, *officers: str) -> str:
    """Return ``ok``, or the code by which these officers may not sign a statement of their agency."""
    spec = CATALOGUE[name]
    try:
        check_authority(
            ring,
            head_agency=agency,
            signers=[keyid(officer) for officer in officers],
            statement_agency=agency,
            type=name,
            type_agencies=spec.agencies,
            four_eyes=spec.four_eyes,
            index=5,
            recorded_at=NOW,
        )
    except Unauthorised as error:
        return error.code
    return "ok"


@pytest.mark.parametrize("name", [name for name in CATALOGUE if name != "LedgerOpened"])
def test_who_may_sign_a_type(ring: KeyRing, name: str) -> None:
    """Given a type, when each agency signs it, then its own may, † with two officers, and no other may."""
    spec = CATALOGUE[name]
    for agency in AGENCIES:
        own = agency in spec.agencies
        other = next(one for one in AGENCIES if one != agency)
        both = ask(ring, agency, name, f"{agency}-1", f"{agency}-2")
        alone = ask(ring, agency, name, f"{agency}-1")
        assert both == ("ok" if own else "wrong-agency"), agency
        assert alone == ("wrong-agency" if not own else "four-eyes" if spec.four_eyes else "ok"), agency
        assert ask(ring, agency, name, f"{agency}-1", f"{other}-1") == "wrong-agency", agency
