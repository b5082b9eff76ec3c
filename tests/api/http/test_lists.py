"""Lists out of the views: cars, cases, flags, statements of account, timelines; paged, pinned, in one's own sight."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support import domain as d
from tests.support.reading import (
    A_BATCH,
    A_CARS,
    A_EXPORTER,
    A_PAIR,
    A_UPSTREAM,
    B_BATCH,
    B_CAR,
    B_EXPORTER,
    B_PAIR,
    B_UPSTREAM,
    Readers,
    readers,
)
from tests.support.web import problem

NOBODY = "91310000PDY0000999"
CARS = sorted([*A_CARS, B_CAR])


@pytest.fixture(scope="module")
def at(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Readers]:
    with readers(tmp_path_factory.mktemp("lists")) as served:
        violations(served)
        yield served


@pytest.fixture
def own(tmp_path: Path, url: str) -> Iterator[Readers]:
    """A ledger of the test's own, in either store."""
    with readers(tmp_path, url) as served:
        violations(served)
        yield served


def violations(at: Readers) -> None:
    """Enter a plate, a sighting, two cases and two statements of account."""
    at.say("2025-05-20", "VehicleRegistered", d.registered_body(A_CARS[2], f"{A_BATCH}-3", "2025-05-20", physical_plate_issued=True))  # fmt: skip
    at.say("2025-05-21", "RoadUseReported", {"vin": A_CARS[1], "seen_at": "2025-05-20T09:00:00+08:00", "place": "外环", "source": "卡口"}, agency="police")  # fmt: skip
    open_case(at, "K-1", [A_EXPORTER], [A_CARS[1]])
    open_case(at, "K-2", [B_EXPORTER, A_EXPORTER], [B_CAR])
    for agency, counts in (("police", {"registered": 4}), ("transport", {"classified": 4})):
        at.say("2025-05-23", "ReconciliationStatementFiled", account(counts), agency=agency)


def open_case(at: Readers, case_id: str, usccs: list[str], vins: list[str]) -> int:
    body = {"case_id": case_id, "ground": "LATE_PROOF", "usccs": usccs, "vins": vins}
    return at.say("2025-05-22", "ViolationCaseOpened", body)


def account(counts: dict[str, int]) -> dict[str, Any]:
    period = {"period_from": "2025-03-01", "period_to": "2025-05-31"}
    return {**period, "counts": counts, "differences": f"line 2 {B_CAR}", "list_sha256": "ab" * 32}


def take_back(at: Readers, index: int, replacement: dict[str, Any] | None = None) -> int:
    """Correct an entry in the name of its agency."""
    said = at.bodies()[index]
    leaf = next(iter(at.store.leaf_hashes(index, index + 1))).hex()
    shown = at.get(f"/v1/entries/{index}", "auditor").json()["subjects"]
    body = {
        "target_index": index,
        "target_leaf": leaf,
        "replacement": replacement,
        "concerns": shown,
        "reason": "误录",
    }
    return at.say("2025-06-02", "EventCorrected", body, agency=said["agency"])


def ok(at: Readers, path: str, role: str = "investigator", subject: str | None = None) -> dict[str, Any]:
    answer = at.get(path, role, subject)
    assert answer.status_code == 200, answer.text
    whole: dict[str, Any] = answer.json()
    return whole


def every(at: Readers, path: str, member: str, role: str = "investigator", **query: Any) -> list[Any]:
    return [one for page in at.pages(path, role, **query) for one in page[member]]


def index_of(at: Readers, kind: str, last: bool = False) -> int:
    found = [index for index, one in enumerate(at.bodies()) if one["type"] == kind]
    return found[-1 if last else 0]


def test_cars_are_listed_page_by_page(at: Readers) -> None:
    """Given four cars, when they are listed one a page, then all come by VIN, and filters choose among them."""
    found = every(at, "/v1/vehicles", "vehicles", limit=1)
    assert [one["vin"] for one in found] == CARS
    one = next(one for one in found if one["vin"] == A_CARS[0])
    assert (one["account"], one["pair_id"], one["proved"], one["deregistered_on"]) == (
        "D",
        A_PAIR,
        True,
        "2025-05-10",
    )
    for query, cars in (
        (f"pair_id={B_PAIR}", [B_CAR]),
        ("account=D", [A_CARS[0]]),
        (f"exporter={A_EXPORTER}&account=R", A_CARS[1:]),
        (f"exporter={NOBODY}", []),
        ("as_known_at=2025-02-11", []),
        ("as_of=2025-03-04&account=R", [*A_CARS[:2], B_CAR]),
    ):
        assert [one["vin"] for one in ok(at, f"/v1/vehicles?{query}")["vehicles"]] == sorted(cars), query
    problem(at.get("/v1/vehicles?account=Q", "auditor"), 422, "invalid-request")
    problem(at.get(f"/v1/vehicles?as_known_at={at.store.head().size}", "auditor"), 404, "not-found")


def test_rows_of_a_replay_are_those_of_the_view(at: Readers) -> None:
    """Given cars and cases, when they are listed as known at the last day's end, then a replay gives the same rows."""
    for path, member in (
        ("/v1/vehicles", "vehicles"), (f"/v1/vehicles?pair_id={A_PAIR}", "vehicles"), ("/v1/cases", "cases"),
        (f"/v1/cases?uscc={A_EXPORTER}", "cases"), (f"/v1/cases?vin={B_CAR}&uscc={A_EXPORTER}", "cases"),
    ):  # fmt: skip
        viewed = ok(at, path)
        replayed = ok(at, f"{path}{'&' if '?' in path else '?'}as_of=2099-01-01")
        assert viewed[member] == replayed[member] != []


def test_lists_stay_at_the_size_of_their_first_page(own: Readers) -> None:
    """Given lists begun before entries came, when they go on, then they are of the same size, in either store."""
    firsts = {
        path: ok(own, f"{path}?limit=1")
        for path in ("/v1/vehicles", "/v1/cases", "/v1/findings", "/v1/reconciliations",
                     f"/v1/enterprises/{A_EXPORTER}/timeline")
    }  # fmt: skip
    before = {path: ok(own, f"{path}?limit=200") for path in firsts}
    own.say("2025-06-02", "CustomsExportConfirmed", d.customs_body(A_CARS[1], 2, "2025-06-01"))
    open_case(own, "K-3", [A_EXPORTER], [A_CARS[2]])
    take_back(own, index_of(own, "ReconciliationStatementFiled"))
    take_back(own, index_of(own, "VehicleRegistered", last=True))
    for path, first in firsts.items():
        rest = ok(own, f"{path}?limit=200&cursor={first['next']}")
        member = next(name for name in first if isinstance(first[name], list))
        assert rest["size"] == first["size"], path
        assert first[member] + rest[member] == before[path][member], path
        assert ok(own, f"{path}?limit=200")[member] != before[path][member], path
        known = ok(own, f"{path}?limit=200&as_known_at={first['size'] - 1}")
        assert known[member] == before[path][member], path


def test_changed_rows_of_a_ledger_too_long_to_replay_are_refused(
    own: Readers, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given a list that the views have left behind, when too many entries would be replayed, then 409 says so."""
    cursor = ok(own, "/v1/vehicles?limit=1")["next"]
    open_case(own, "K-3", [A_EXPORTER], [A_CARS[2]])
    monkeypatch.setattr("projections.replay.MAX_ENTRIES", 5)
    problem(own.get(f"/v1/vehicles?limit=1&cursor={cursor}", "investigator"), 409, "replay-too-long")
    problem(own.get("/v1/cases?as_of=2025-05-22", "investigator"), 409, "replay-too-long")
    assert ok(own, f"/v1/findings?as_known_at={own.store.head().size - 1}")["findings"]


def test_cases_are_listed_and_told(at: Readers) -> None:
    """Given two cases, when listed by status, firm or car and told one by one, then each is as its entries say."""
    assert [one["case_id"] for one in every(at, "/v1/cases", "cases", limit=1)] == ["K-1", "K-2"]
    for query, ids in (
        (f"uscc={A_EXPORTER}", ["K-1", "K-2"]), (f"uscc={B_EXPORTER}", ["K-2"]), (f"vin={A_CARS[1]}", ["K-1"]),
        ("case_status=OPEN", ["K-1", "K-2"]), ("case_status=DECIDED", []), (f"vin={A_CARS[0]}", []),
        (f"vin={B_CAR}&uscc={A_EXPORTER}", ["K-2"]), ("as_known_at=2025-05-21", []),
    ):  # fmt: skip
        assert [one["case_id"] for one in ok(at, f"/v1/cases?{query}")["cases"]] == ids, query
    told = ok(at, "/v1/cases/K-2")
    assert (told["status"], told["source"], told["record"]["usccs"]) == (
        "OPEN",
        "record",
        [B_EXPORTER, A_EXPORTER],
    )
    assert ok(at, "/v1/cases/K-2?as_of=2099-01-01")["record"] == told["record"]
    for path in ("/v1/cases/K-9", "/v1/cases/K-2?as_known_at=2025-05-01"):
        problem(at.get(path, "auditor"), 404, "not-found")
    problem(at.get("/v1/cases/K%202", "auditor"), 422, "invalid-request")


def test_flags_are_listed_in_words(at: Readers) -> None:
    """Given flagged entries, when listed, then each holds, with its words, and filters choose."""
    found = every(at, "/v1/findings", "findings", limit=1)
    plate = index_of(at, "VehicleRegistered", last=True)
    assert {(one["index"], one["code"], one["control"]) for one in found} >= {(plate, "plate-issued", "C20")}
    assert [one["index"] for one in found] == sorted(one["index"] for one in found)
    assert every(at, "/v1/findings", "findings", flag="plate-issued") == [
        one for one in found if one["code"] == "plate-issued"
    ]
    assert every(at, "/v1/findings", "findings", statement="C20") == [
        one for one in found if one["control"] == "C20"
    ]
    mine = every(at, "/v1/findings", "findings", uscc=A_EXPORTER)
    assert plate in {one["index"] for one in mine}
    assert plate not in {one["index"] for one in every(at, "/v1/findings", "findings", uscc=B_EXPORTER)}
    zh = at.get("/v1/findings?flag=plate-issued", "auditor", **{"accept-language": "zh"}).json()["findings"]
    assert zh[0]["title"] == "核发了实体牌照"
    for query in ("flag=no-such", "statement=C99"):
        problem(at.get(f"/v1/findings?{query}", "auditor"), 422, "invalid-request")


def test_a_page_of_flags_ends_with_an_entry(own: Readers) -> None:
    """Given an entry with several flags, when listed one a page, then they stand on one page, and none is lost."""
    body = d.registered_body(
        A_CARS[2], None, "2025-06-02", physical_plate_issued=True, cert_no="310000777777"
    )
    index = own.say("2025-06-02", "VehicleRegistered", body)
    pages = own.pages("/v1/findings", limit=1)
    (page,) = (page for page in pages if index in {one["index"] for one in page["findings"]})
    assert len(page["findings"]) > 1
    assert [one for page in pages for one in page["findings"]] == every(
        own, "/v1/findings", "findings", limit=200
    )


def test_statements_of_account_are_listed(at: Readers) -> None:
    """Given two statements of account, when listed by agency, then counts and digest are there, and the log names cars."""
    found = every(at, "/v1/reconciliations", "reconciliations", "customs", limit=1)
    assert [(one["agency"], one["counts"]) for one in found] == [
        ("police", {"registered": 4}),
        ("transport", {"classified": 4}),
    ]
    assert {one["list_sha256"] for one in found} == {"ab" * 32}
    assert len(ok(at, "/v1/reconciliations?agency=police")["reconciliations"]) == 1
    rows = every(at, "/v1/access-log", "reads", "auditor", limit=200)
    assert f"vin:{B_CAR}" in {row["subject"] for row in rows if row["route"] == "/v1/reconciliations"}


def test_a_timeline_is_what_concerns_a_firm(at: Readers) -> None:
    """Given a firm, when its timeline is read, then it has its cars' entries too, and its own pairs' postings alone."""
    path = f"/v1/enterprises/{A_EXPORTER}/timeline"
    found = every(at, path, "entries", limit=3)
    assert "RoadUseReported" in {one["type"] for one in found}
    assert [one["index"] for one in found] == sorted({one["index"] for one in found})
    last = [one["balances"][A_PAIR] for one in found if A_PAIR in one["balances"]][-1]
    assert last == ok(at, f"/v1/pairs/{A_PAIR}")["record"]["balances"]
    assert all(posting["pair_id"] == A_PAIR for one in found for posting in one["postings"])
    size = ok(at, f"{path}?as_known_at=20")["size"]
    assert (size, max(one["index"] for one in ok(at, f"{path}?as_known_at=20")["entries"]) <= 20) == (
        21,
        True,
    )
    problem(at.get(f"/v1/enterprises/{NOBODY}/timeline", "auditor"), 404, "not-found")


def test_an_enterprise_lists_its_own_alone(own: Readers) -> None:
    """Given both pairs, a sighting and cases, when A lists, then nothing of B's, no sighting and no case is told."""
    theirs = d.registered_body(
        A_CARS[1], f"{B_BATCH}-9", "2025-05-24", owner_uscc=B_UPSTREAM, cert_no="310000999999"
    )
    own.say("2025-05-24", "VehicleRegistered", theirs)
    cars = own.pages("/v1/vehicles", "enterprise", limit=1)
    shown = [one for page in cars for one in page["vehicles"]]
    assert {one["pair_id"] for one in shown} == {A_PAIR}
    assert {(one["cases"], one["registrations"]) for one in shown} == {(None, None)}
    for query in (f"pair_id={B_PAIR}", f"exporter={B_EXPORTER}", f"exporter={B_EXPORTER}&as_of=2025-06-01"):
        assert ok(own, f"/v1/vehicles?{query}", "enterprise")["vehicles"] == []
    path = f"/v1/enterprises/{A_EXPORTER}/timeline"
    text = own.get(f"{path}?limit=200", "enterprise").text
    for hidden in ("RoadUseReported", B_PAIR, B_UPSTREAM):
        assert hidden not in text
    named = {one["index"] for one in every(own, "/v1/entries", "entries", "enterprise")}
    assert {one["index"] for one in ok(own, f"{path}?limit=200", "enterprise")["entries"]} == named
    for uscc in (B_EXPORTER, A_UPSTREAM):
        problem(own.get(f"/v1/enterprises/{uscc}/timeline", "enterprise"), 404, "not-found")
    for path in ("/v1/cases", "/v1/cases/K-1", "/v1/findings", "/v1/reconciliations"):
        problem(own.get(path, "enterprise"), 403, "forbidden")


def test_a_cursor_of_ids_serves_its_own_list_alone(at: Readers) -> None:
    """Given a cursor of cars, when it is used for cases, other filters or by an enterprise, then it is refused."""
    cursor = ok(at, "/v1/vehicles?limit=1")["next"]
    number = ok(at, "/v1/findings?limit=1")["next"]
    for path, role in (
        (f"/v1/cases?cursor={cursor}", "auditor"),
        (f"/v1/vehicles?account=R&cursor={cursor}", "auditor"),
        (f"/v1/vehicles?cursor={cursor}", "enterprise"),
        (f"/v1/vehicles?cursor={number}", "auditor"),
        (f"/v1/findings?cursor={cursor}", "auditor"),
        (f"/v1/findings?flag=late-proof&cursor={number}", "auditor"),
    ):
        problem(at.get(path, role), 404, "not-found")


def test_statements_of_the_verifier_name_a_firms_entries(at: Readers) -> None:
    """Given a plate on a car of A, when an auditor asks for both firms, then C20 is refuted by an entry of A alone."""
    plate = index_of(at, "VehicleRegistered", last=True)
    for uscc, entries in ((A_EXPORTER, [plate]), (B_EXPORTER, [])):
        told = ok(at, f"/v1/enterprises/{uscc}/statements", "auditor")
        (one,) = (one for one in told["statements"] if one["code"] == "C20")
        assert (one["verdict"], one["entries"]) == ("REFUTED", entries)
        assert {one["code"] for one in told["statements"]} >= {"C05", "C22", "C36"}
    assert ok(at, f"/v1/enterprises/{A_EXPORTER}/statements", "investigator")["statements"]
    problem(at.get(f"/v1/enterprises/{NOBODY}/statements", "auditor"), 404, "not-found")
    problem(at.get(f"/v1/enterprises/{A_EXPORTER}/statements", "police"), 403, "forbidden")
