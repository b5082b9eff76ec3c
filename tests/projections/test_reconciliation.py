"""An agency's list of a period against a ledger, on either store: counts, differences, and the statement on it."""

import hashlib
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from domain.catalogue import CATALOGUE
from domain.statements import parse_statement
from projections.extracts import BadExtract
from projections.proof.comparison import COMPARED
from projections.reconciliation import MAX_TEXT, reconcile
from projections.replay import ReplayTooLong
from tests.support import domain as d
from tests.support.reading import A_BATCH, A_CARS, B_BATCH, B_CAR, Readers, readers

YEAR = date(2025, 1, 1), date(2025, 12, 31)
POLICE = "车辆识别代码,注册登记日期,登记证书编号,注销登记日期\n"


@pytest.fixture
def at(tmp_path: Path, url: str) -> Iterator[Readers]:
    with readers(tmp_path, url) as served:
        yield served


def police_row(car: str, on: str = "2025-03-03", ended: str = "") -> str:
    return f"{car},{on},{d.cert_no(car)},{ended}\n"


def whole_list() -> str:
    """Return what the police hold, the same as the ledger."""
    rows = [police_row(A_CARS[0], ended="2025-05-10"), police_row(A_CARS[1]), police_row(B_CAR)]
    return POLICE + "".join(rows)


def test_every_kind_of_list_agrees_and_differs(at: Readers) -> None:
    """Given the lists of three agencies, when each is matched, then counts are the list's and differences named."""
    agreed = reconcile(at.store, "police", whole_list().encode("gb18030"), *YEAR)
    assert (agreed.differences, agreed.counts) == ((), {"registered": 3, "deregistered": 1})
    assert (agreed.rows, agreed.size) == (3, at.store.head().size)

    less = reconcile(at.store, "police", whole_list().replace(police_row(A_CARS[1]), "").encode(), *YEAR)
    assert [(one.side, one.line) for one in less.differences] == [("ledger", None)]
    spring = reconcile(at.store, "police", whole_list().encode(), date(2025, 4, 1), date(2025, 6, 30))
    assert (spring.differences, spring.counts, spring.rows) == ((), {"registered": 0, "deregistered": 1}, 1)

    customs = f"vin,declaration_no,released_on\n{A_CARS[0]},{d.declaration(1)},2025-04-11\n"
    found = reconcile(at.store, "customs", customs.encode(), *YEAR)
    assert found.counts == {"released": 1}
    assert [(one.side, one.line) for one in found.differences] == [("both", 2)]

    transport = f"batch_id,units\n{A_BATCH},3\n{B_BATCH},1\nTOTAL,4\n"
    found = reconcile(at.store, "transport", transport.encode(), *YEAR)
    assert (found.differences, found.counts) == ((), {"classified": 4})


def test_a_correction_is_taken_in(at: Readers) -> None:
    """Given a registration that the police take back, when their list lacks it, then the two agree."""
    target = next(index for index, one in enumerate(at.bodies()) if one["body"].get("vin") == B_CAR)
    leaf = next(iter(at.store.leaf_hashes(target, target + 1))).hex()
    subjects = [f"enterprise:{B_BATCH.split('-')[0]}", f"enterprise:{B_BATCH.split('-')[1]}", f"vin:{B_CAR}"]
    body = {"target_index": target, "target_leaf": leaf, "replacement": None, "concerns": sorted(subjects), "reason": "误录"}  # fmt: skip
    at.say("2025-06-02", "EventCorrected", body, agency="police")

    shorter = whole_list().replace(police_row(B_CAR), "")
    assert reconcile(at.store, "police", shorter.encode(), *YEAR).differences == ()


def test_the_statement_is_one_that_the_ledger_takes(at: Readers) -> None:
    """Given a list with thousands of cars too many, when its statement is made, then it parses and names the list."""
    rows = "".join(f"{d.vin(number)},2025-03-03,,\n" for number in range(100, 2_100))
    data = (whole_list().replace(d.cert_no(B_CAR), '"\x1b[31m\n9"') + rows).encode()
    found = reconcile(at.store, "police", data, *YEAR)
    said = found.statement()
    whole = d.statement_object(said["type"], said["body"], agency="police")

    parsed = parse_statement(whole)
    assert parsed.body.model_dump()["list_sha256"] == hashlib.sha256(data).hexdigest()
    told = said["body"]["differences"]
    assert told.startswith(
        f"only in the list: 2000; different: 1; line 5 (different) {B_CAR}: certificate  [31m 9, "
    )
    assert told.endswith(f"and {2001 - told.count('; line')} more")
    assert len(told) <= MAX_TEXT
    assert found.counts["registered"] == 2_003


def test_what_is_no_list_of_the_agency_is_refused(at: Readers) -> None:
    """Given a list of another agency, a period back to front, or too many entries, when matched, then it raises."""
    with pytest.raises(BadExtract, match="those of police, not of customs"):
        reconcile(at.store, "customs", whole_list().encode(), *YEAR)
    with pytest.raises(BadExtract, match="before it begins"):
        reconcile(at.store, "police", whole_list().encode(), *reversed(YEAR))
    with pytest.raises(ReplayTooLong, match="more than 3 entries"):
        reconcile(at.store, "police", whole_list().encode(), *YEAR, most=3)


def test_lists_are_matched_with_types_of_the_catalogue() -> None:
    """Given the bodies that lists are set against, when looked up, then each is called as its type."""
    for bodies in COMPARED.values():
        for body in bodies:
            assert CATALOGUE[body.__name__].body is body
