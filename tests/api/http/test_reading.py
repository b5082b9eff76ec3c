"""Reading: entries in lists and alone, records at present and at a moment, and what an enterprise sees."""

import json
from collections.abc import Iterator
from datetime import date

import pytest

from ledger.entry import parse_header
from ledger.merkle import leaf_hash
from ledger.receipt import parse_receipt
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


@pytest.fixture(scope="module")
def at(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Readers]:
    with readers(tmp_path_factory.mktemp("reading")) as served:
        yield served


def indexes(pages: list[dict[str, list[dict[str, int]]]]) -> list[int]:
    return [entry["index"] for page in pages for entry in page["entries"]]


def test_an_entry_is_shown_as_it_is_hashed(at: Readers) -> None:
    """Given any entry, when it is read, then header and statement are the bytes under its leaf hash."""
    size = at.store.head().size
    for index in range(size):
        shown = at.get(f"/v1/entries/{index}", "auditor").json()
        data = f"{shown['header']}\n{shown['statement']}".encode()
        assert data == next(iter(at.store.entries(index, index + 1)))
        assert shown["leaf_hash"] == leaf_hash(data).hex()
        assert shown["subjects"] == [one.key for one in parse_header(shown["header"].encode()).subjects]
    problem(at.get(f"/v1/entries/{size}", "auditor"), 404, "not-found")


def test_a_receipt_is_linked_and_whole(at: Readers) -> None:
    """Given an entry, when the link to its receipt is followed, then it parses and names the statement."""
    shown = at.get("/v1/entries/7", "auditor").json()
    receipt = parse_receipt(at.get(shown["receipt"], "auditor").content)
    assert receipt.header.decode() == shown["header"]
    assert receipt.proof is not None


def test_pages_are_the_whole_list_in_order(at: Readers) -> None:
    """Given a page size of three, when pages are followed to the end, then every entry comes once, in order."""
    assert indexes(at.pages("/v1/entries", limit=3)) == list(range(at.store.head().size))


def test_filters_choose(at: Readers) -> None:
    """Given type, agency, subject and tag, when each is asked for, then what comes has it, and all that has it."""
    everything = [entry for page in at.pages("/v1/entries") for entry in page["entries"]]
    for query, chosen in (
        ({"type": "VehicleRegistered"}, lambda e: e["type"] == "VehicleRegistered"),
        ({"agency": "transport"}, lambda e: json.loads(e["statement"])["agency"] == "transport"),
        ({"agency": "customs"}, lambda e: json.loads(e["statement"])["agency"] == "customs"),
        ({"subject": f"vin:{A_CARS[0]}"}, lambda e: f"vin:{A_CARS[0]}" in e["subjects"]),
        ({"tag": f"batch:{A_BATCH}"}, lambda e: f"batch:{A_BATCH}" in e["tags"]),
        ({"tag": f"pair:{A_PAIR}", "agency": "police"}, lambda e: f"pair:{A_PAIR}" in e["tags"] and json.loads(e["statement"])["agency"] == "police"),
    ):  # fmt: skip
        found = indexes(at.pages("/v1/entries", limit=2, **query))
        assert found == [entry["index"] for entry in everything if chosen(entry)]
        assert found


def test_a_day_chooses_what_had_taken_effect(at: Readers) -> None:
    """Given facts recorded on one day and dated before it, when an earlier day is asked about, then they count."""
    found = [
        entry for page in at.pages("/v1/entries", as_of="2024-11-05", limit=2) for entry in page["entries"]
    ]
    assert {entry["type"] for entry in found} == {
        "PolicyVersionPublished", "HolidayCalendarPublished", "ExportQualificationFiled", "CommitmentLetterSigned",
        "TotalQuotaApplicationReceived",
    }  # fmt: skip
    assert len(found) == 2 + 2 * 3


def test_a_list_is_pinned_to_its_size(at: Readers) -> None:
    """Given a list begun before an entry came, when its next pages are read, then the entry is not in it."""
    first = at.get("/v1/entries?limit=20", "auditor").json()
    index = at.say("2025-06-02", "HolidayCalendarPublished", d.calendar_body(2026))
    later = at.get(f"/v1/entries?limit=200&cursor={first['next']}", "auditor").json()
    assert later["size"] == first["size"] == index
    assert index not in indexes([later])
    assert index in indexes(at.pages("/v1/entries"))


def test_a_cursor_serves_its_own_list_alone(at: Readers) -> None:
    """Given a cursor, when it is changed, or used with other filters or by another reader, then it is refused."""
    cursor = at.get("/v1/entries?limit=2", "auditor").json()["next"]
    for query, role in (
        (f"type=QuotaGranted&cursor={cursor}", "auditor"),
        (f"cursor={cursor}", "enterprise"),
        (f"cursor={cursor[:-6]}AAAA", "auditor"),
        ("cursor=!!", "auditor"),
        ("cursor=", "auditor"),
        ("cursor=W1tbW1tb", "auditor"),
    ):
        problem(at.get(f"/v1/entries?{query}", role), 404, "not-found")
    problem(at.get(f"/v1/balances?cursor={cursor}", "auditor"), 404, "not-found")


def test_a_replay_to_the_head_is_the_record(at: Readers) -> None:
    """Given every kind of record, when its chains are replayed up to the last entry, then it is the present one."""
    last = at.store.head().size - 1
    for path in (
        *(f"enterprises/{uscc}" for uscc in (A_EXPORTER, A_UPSTREAM, B_EXPORTER, B_UPSTREAM)),
        *(f"pairs/{pair}" for pair in (A_PAIR, B_PAIR)),
        *(f"batches/{batch}" for batch in (A_BATCH, B_BATCH)),
        *(f"vehicles/{car}" for car in (*A_CARS, B_CAR)),
    ):
        now = at.get(f"/v1/{path}", "auditor").json()
        then = at.get(f"/v1/{path}?as_known_at={last}", "auditor").json()
        assert (now["source"], then["source"]) == ("record", "replay")
        assert then["record"] == now["record"], path
    now, then = (at.get(f"/v1/balances{query}", "auditor").json() for query in ("", f"?as_known_at={last}"))
    assert now == then


def test_a_car_is_shown_as_it_was_known(at: Readers) -> None:
    """Given a car that was transferred on 10 March, when it is read as known before and after, then it moves."""

    def accounts(moment: str) -> list[str]:
        answer = at.get(f"/v1/vehicles/{A_CARS[0]}?{moment}", "police")
        return list(answer.json()["record"]["lines"].values()) if answer.status_code == 200 else []

    assert accounts("as_known_at=2025-02-11") == []
    assert accounts("as_known_at=2025-02-12") == ["A"]
    assert accounts("as_known_at=2025-03-02") == ["C"]
    assert accounts("as_known_at=2025-03-11") == ["R"]
    assert accounts("as_known_at=2025-03-12") == ["T"]
    assert accounts("") == ["D"]


def test_as_of_orders_by_the_day_on_which_things_took_effect(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """Given a release recorded in June that happened in April, when April is asked about, then it counts there."""
    with readers(tmp_path_factory.mktemp("as-of")) as at:
        car, line = A_CARS[1], f"{A_BATCH}-2"
        index = at.say("2025-06-02", "CustomsExportConfirmed", d.customs_body(car, 2, "2025-04-20"))

        def account(moment: str) -> str:
            shown = at.get(f"/v1/vehicles/{car}?{moment}", "auditor").json()
            return str(shown["record"]["lines"][line])

        assert account("as_of=2025-04-19") == "R"
        assert account("as_of=2025-04-20") == "X"
        assert account(f"as_of=2025-04-20&as_known_at={index - 1}") == "R"


def test_a_moment_before_or_beyond_the_ledger_is_not_found(at: Readers) -> None:
    """Given an entry that is not there yet, or a day before the first, when it is asked about, then 404."""
    for moment in (at.store.head().size, "2024-10-31"):
        problem(at.get(f"/v1/pairs/{A_PAIR}?as_known_at={moment}", "auditor"), 404, "not-found")
    for moment in ("-1", "1.0", "2025-02-30", "yesterday", "1e3", " 1", "１"):
        problem(at.get(f"/v1/pairs/{A_PAIR}?as_known_at={moment}", "auditor"), 422, "invalid-request")


def test_an_enterprise_lists_the_entries_that_name_it(at: Readers) -> None:
    """Given two pairs that have nothing in common, when A lists entries, then each names A and all that do come."""
    own = f"enterprise:{A_EXPORTER}"
    seen = indexes(at.pages("/v1/entries", "enterprise", limit=2))
    everything = [entry for page in at.pages("/v1/entries") for entry in page["entries"]]
    assert seen == [entry["index"] for entry in everything if own in entry["subjects"]]
    assert seen


def test_an_enterprise_does_not_read_another(at: Readers) -> None:
    """Given everything of B by its name, when A asks for it, then it is as if it were not there."""
    for path in (
        f"enterprises/{B_EXPORTER}", f"enterprises/{A_UPSTREAM}", f"pairs/{B_PAIR}", f"batches/{B_BATCH}",
        f"vehicles/{B_CAR}", f"vehicles/{B_CAR}?as_known_at=30", "vehicles/LSVAB6185R2999999",
    ):  # fmt: skip
        problem(at.get(f"/v1/{path}", "enterprise"), 404, "not-found")


def test_tags_filters_and_cursors_are_no_way_round(at: Readers) -> None:
    """Given filters that name B's subjects, tags and pairs, when A lists with them, then nothing comes."""
    for filters in (
        {"subject": f"enterprise:{B_EXPORTER}"}, {"subject": f"vin:{B_CAR}"}, {"tag": f"pair:{B_PAIR}"},
        {"tag": f"batch:{B_BATCH}"}, {"tag": f"pair:{B_PAIR}", "agency": "commerce"}, {"subject": "ledger:keys"},
    ):  # fmt: skip
        assert indexes(at.pages("/v1/entries", "enterprise", **filters)) == []
    for filters in ({"uscc": B_EXPORTER}, {"pair_id": B_PAIR}, {"pair_id": B_PAIR, "as_of": "2025-05-01"}):
        assert [page["pairs"] for page in at.pages("/v1/balances", "enterprise", **filters)] == [[]]


def test_entries_of_another_are_not_there_one_by_one(at: Readers) -> None:
    """Given each index, when A asks for entry and receipt, then 404 exactly where A is not among the subjects."""
    for index in range(at.store.head().size + 1):
        found = at.get(f"/v1/entries/{index}", "auditor")
        own = found.status_code == 200 and f"enterprise:{A_EXPORTER}" in found.json()["subjects"]
        for path in (f"/v1/entries/{index}", f"/v1/entries/{index}/receipt"):
            assert at.get(path, "enterprise").status_code == (200 if own else 404)


def test_of_a_car_that_two_pairs_had_each_sees_its_own(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Given a car of A that B registers too, when each reads it, then neither sees the other's line or facts."""
    with readers(tmp_path_factory.mktemp("shared")) as at:
        car = A_CARS[1]
        body = d.registered_body(
            car, f"{B_BATCH}-9", "2025-05-20", owner_uscc=B_UPSTREAM, cert_no="310000999999"
        )
        at.say("2025-05-20", "VehicleRegistered", body)
        for uscc, line, cert in (
            (A_EXPORTER, f"{A_BATCH}-2", d.cert_no(car)),
            (B_EXPORTER, f"{B_BATCH}-9", "310000999999"),
        ):
            text = at.get(f"/v1/vehicles/{car}", "enterprise", uscc).text
            record = json.loads(text)["record"]
            assert [one["line_id"] for one in record["registrations"]] == [line]
            assert [one["cert_no"] for one in record["registrations"]] == [cert]
            other = B_EXPORTER if uscc == A_EXPORTER else A_EXPORTER
            assert other not in text
        both = at.get(f"/v1/vehicles/{car}", "investigator").json()["record"]
        assert len(both["registrations"]) == 2


def test_balances_come_by_pair(at: Readers) -> None:
    """Given two pairs, when balances are read page by page, then every account is there and the law holds."""
    found = [pair for page in at.pages("/v1/balances", limit=1) for pair in page["pairs"]]
    assert [pair["pair_id"] for pair in found] == sorted([A_PAIR, B_PAIR])
    for pair in found:
        assert sum(units for name, units in pair["balances"].items() if name != "UNB") == 0
    own = at.get("/v1/balances", "enterprise").json()["pairs"]
    assert [pair["pair_id"] for pair in own] == [A_PAIR]


def test_balances_stay_at_the_size_of_their_first_page(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Given a list of balances that began before a registration, when it goes on, then it is of the same size."""
    with readers(tmp_path_factory.mktemp("pinned")) as at:
        first = at.get("/v1/balances?limit=1", "auditor").json()
        line = f"{A_BATCH}-3"
        at.say("2025-06-02", "VehicleRegistered", d.registered_body(A_CARS[2], line, "2025-06-02"))
        second = at.get(f"/v1/balances?limit=1&cursor={first['next']}", "auditor").json()
        assert second["size"] == first["size"]
        (pair,) = second["pairs"]
        assert (pair["pair_id"], pair["balances"]["C"]) == (A_PAIR, 1)
        assert at.get(f"/v1/pairs/{A_PAIR}", "auditor").json()["record"]["balances"]["C"] == 0


def test_flags_come_in_words(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Given a car registered with a physical plate, when its entry is read, then the flag says so, in Chinese too."""
    with readers(tmp_path_factory.mktemp("flags")) as at:
        body = d.registered_body(A_CARS[2], f"{A_BATCH}-3", "2025-06-02", physical_plate_issued=True)
        index = at.say("2025-06-02", "VehicleRegistered", body)
        shown = at.get(f"/v1/entries/{index}", "police", **{"accept-language": "zh-CN"}).json()
        assert {"code": "plate-issued", "control": "C20", "title": "核发了实体牌照"} in shown["flags"]


def test_the_police_ask_before_they_register(at: Readers) -> None:
    """Given cars in each state, when their eligibility is asked for, then only the classified one may be registered."""

    def asked(car: str, query: str = "") -> tuple[bool, str | None, set[str]]:
        found = at.get(f"/v1/vehicles/{car}/eligibility{query}", "police").json()
        assert all(reason["zh"] and reason["en"] and reason["article"] for reason in found["reasons"])
        assert date.fromisoformat(found["on"]) == date(2025, 6, 2)
        return found["eligible"], found["line_id"], {reason["code"] for reason in found["reasons"]}

    assert asked(A_CARS[2]) == (True, f"{A_BATCH}-3", set())
    assert asked(A_CARS[2], f"?line_id={A_BATCH}-3") == (True, f"{A_BATCH}-3", set())
    assert asked(A_CARS[2], f"?line_id={B_BATCH}-1")[2] == {"line-not-applied", "vin-live"}
    assert asked(A_CARS[2], f"?line_id={A_PAIR}-9-1")[2] == {"unknown-batch", "vin-live"}
    assert asked(A_CARS[1])[2] == {"wrong-state"}
    assert asked(d.vin(99)) == (False, None, {"not-registrable"})
    assert "bad-check-digit" in asked(d.wrong_vin(3))[2]
