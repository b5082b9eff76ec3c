"""Histories over HTTP: page by page, at a moment, since one; clocks and explanations; each in one's own sight."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from api.http.replays import Replays
from ledger.opening import load_ring
from projections.history.moments import Moment, replay_at
from projections.history.story import Story
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
HISTORY = f"/v1/enterprises/{A_EXPORTER}/history"


@pytest.fixture(scope="module")
def at(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Readers]:
    with readers(tmp_path_factory.mktemp("histories")) as served:
        served.sequencer.commit_heads()
        yield served


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Readers]:
    """A ledger of the test's own, to be added to."""
    with readers(tmp_path) as served:
        yield served


def ok(at: Readers, path: str, role: str = "investigator", subject: str | None = None) -> dict[str, Any]:
    answer = at.get(path, role, subject)
    assert answer.status_code == 200, answer.text
    whole: dict[str, Any] = answer.json()
    return whole


def test_a_story_is_stepped_through_forward_and_back(at: Readers) -> None:
    """Given a story, when it is followed to its end and back, then each page is that of the whole, and none is lost."""
    whole = ok(at, f"{HISTORY}?limit=200")
    assert whole["count"] == len(whole["entries"]) > 15
    forward = at.pages(HISTORY, "investigator", limit=4)
    assert [one for page in forward for one in page["entries"]] == whole["entries"]
    back, cursor = [forward[-1]], forward[-1]["previous"]
    while cursor is not None:
        back.append(ok(at, f"{HISTORY}?limit=4&cursor={cursor}"))
        cursor = back[-1]["previous"]
    assert [page["entries"] for page in back] == [page["entries"] for page in reversed(forward)]
    last = {name: forward[-1][name] for name in ("standing", "deadlines", "size", "proved_whole_up_to")}
    assert last == {name: whole[name] for name in last}
    assert forward[0]["standing"]["pairs"].get(A_PAIR, {"balances": {"D": 0}})["balances"]["D"] == 0
    assert whole["standing"]["pairs"][A_PAIR]["balances"]["D"] == 1


def test_standing_is_that_after_the_page(at: Readers) -> None:
    """Given one entry a page, when stepping, then the pair stands at each step where the entry left it."""
    for page in at.pages(f"/v1/vehicles/{A_CARS[0]}/history", "auditor", limit=1):
        (entry,) = page["entries"]
        until = ok(at, f"/v1/vehicles/{A_CARS[0]}/history?as_known_at={entry['index']}")
        assert page["standing"] == until["standing"]


def test_a_story_is_the_one_that_the_command_tells(at: Readers) -> None:
    """Given the functions that the command uses, when they tell the same moment, then the answer is the same."""
    moment = Moment(at.store.head().size - 1)
    story = Story(at.store, load_ring(at.store)[0])
    told = story.tell(replay_at(at.store, f"enterprise:{A_EXPORTER}", moment), moment)
    shown = ok(at, f"{HISTORY}?limit=200")
    assert json.loads(json.dumps(told)) == {name: shown[name] for name in told}


def test_a_story_says_up_to_where_it_is_proved_whole(own: Readers) -> None:
    """Given heads that are committed while entries come, when a story is told, then it is proved up to the heads."""
    assert ok(own, HISTORY)["proved_whole_up_to"] is None
    size = own.sequencer.commit_heads()
    own.say("2025-06-02", "VehicleRegistered", d.registered_body(A_CARS[2], f"{A_BATCH}-3", "2025-06-02"))
    told = ok(own, HISTORY)
    assert (told["proved_whole_up_to"], told["heads_at"], told["size"]) == (size, size, size + 2)
    assert ok(own, f"{HISTORY}?as_known_at={size - 1}")["proved_whole_up_to"] is None


def test_a_story_stays_at_the_size_of_its_first_page(own: Readers) -> None:
    """Given a story begun before an entry came, when it goes on, then the entry is not in it."""
    first = ok(own, f"{HISTORY}?limit=5")
    index = own.say(
        "2025-06-02", "VehicleRegistered", d.registered_body(A_CARS[2], f"{A_BATCH}-3", "2025-06-02")
    )
    second = ok(own, f"{HISTORY}?limit=200&cursor={first['next']}")
    assert (second["size"], second["count"]) == (first["size"], first["count"])
    assert index not in {one["index"] for one in second["entries"]}
    assert index in {one["index"] for one in ok(own, f"{HISTORY}?limit=200")["entries"]}


def test_a_moment_and_what_is_known_since(own: Readers) -> None:
    """Given a release of April recorded in June, when April is looked at then and now, then it is what was learnt."""
    before = own.store.head().size - 1
    index = own.say("2025-06-02", "CustomsExportConfirmed", d.customs_body(A_CARS[1], 2, "2025-04-20"))
    path = f"/v1/vehicles/{A_CARS[1]}/history"
    assert index in {one["index"] for one in ok(own, f"{path}?as_of=2025-04-20")["entries"]}
    assert index not in {one["index"] for one in ok(own, f"{path}?as_known_at={before}")["entries"]}
    found = ok(own, f"{path}?since={before}&as_of=2025-05-01&limit=1")
    assert ([one["index"] for one in found["learnt"]], found["count"], found["next"]) == ([index], 1, None)
    line = f"cars/{A_CARS[1]}/lines/{A_BATCH}-2"
    assert {"path": line, "then": "R", "now": "X"} in found["changes"]
    assert (found["as_of"], found["since"]) == ("2025-05-01", before)


def test_moments_and_cursors_that_are_none(at: Readers) -> None:
    """Given a moment beyond the ledger, a cursor of another list, or no subject, when asked, then a problem says so."""
    size = at.store.head().size
    cursor = ok(at, f"{HISTORY}?limit=2")["next"]
    for query in (f"as_known_at={size}", f"since={size}", f"as_of=2025-01-01&cursor={cursor}", "cursor=x"):
        problem(at.get(f"{HISTORY}?{query}", "auditor"), 404, "not-found")
    for query in ("since=20&as_known_at=10", "since=2099-01-01&as_known_at=10"):
        problem(at.get(f"{HISTORY}?{query}", "auditor"), 422, "invalid-request")
    for query in ("as_of=2025-02-30", "limit=0", "limit=201", "since=yesterday", "before=3"):
        problem(at.get(f"{HISTORY}?{query}", "auditor"), 422, "invalid-request")
    problem(at.get(f"{HISTORY}?as_of=2020-01-01", "auditor"), 404, "not-found")
    for path in (f"enterprises/{NOBODY}", f"vehicles/{d.vin(99)}"):
        problem(at.get(f"/v1/{path}/history", "auditor"), 404, "not-found")


def test_a_file_beyond_the_limit_is_refused(at: Readers, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given files and ledgers of more entries than one replay takes, when asked, then 409 and no answer."""
    for module in ("deadlines", "histories"):
        monkeypatch.setattr(f"api.http.{module}.REPLAYS", Replays())
    for module in ("answered", "deadlines", "explanations", "histories", "reconciliations", "replays"):
        monkeypatch.setattr(f"api.http.{module}.MAX_ENTRIES", 5)
    for path in (
        HISTORY,
        f"{HISTORY}?since=20",
        f"/v1/vehicles/{A_CARS[0]}/history",
        f"/v1/enterprises/{A_EXPORTER}/deadlines?on=2025-03-20",
        "/v1/deadlines?on=2025-03-20",
        f"/v1/explanations/balance?pair_id={A_PAIR}&account=D",
        "/v1/explanations/finding?statement=C20",
    ):
        problem(at.get(path, "auditor"), 409, "replay-too-long")


def test_an_enterprise_is_told_its_own_story_alone(own: Readers) -> None:
    """Given a case, a sighting and another pair's facts about A's car, when A reads, then none of them is told."""
    car = A_CARS[1]
    own.say("2025-05-20", "RoadUseReported", {"vin": car, "seen_at": "2025-05-20T09:00:00+08:00", "place": "外环", "source": "卡口"}, agency="police")  # fmt: skip
    own.say("2025-05-21", "ViolationCaseOpened", {"case_id": "K-1", "ground": "ROAD_USE", "usccs": [B_EXPORTER], "vins": [car]})  # fmt: skip
    theirs = d.registered_body(
        car, f"{B_BATCH}-9", "2025-05-22", owner_uscc=B_UPSTREAM, cert_no="310000999999"
    )
    own.say("2025-05-22", "VehicleRegistered", theirs)
    for path in (HISTORY, f"/v1/vehicles/{car}/history"):
        for query in ("limit=200", "limit=200&since=20&as_of=2025-06-01"):
            text = own.get(f"{path}?{query}", "enterprise").text
            whole = own.get(f"{path}?{query}", "investigator").text
            for hidden in (
                B_EXPORTER,
                B_UPSTREAM,
                "K-1",
                "RoadUseReported",
                "ROAD_USE",
                "UNDER_CASE",
                "310000999999",
            ):
                assert hidden not in text, (path, query, hidden)
            assert {"K-1", "RoadUseReported", B_EXPORTER} <= {
                one for one in ("K-1", "RoadUseReported", B_EXPORTER) if one in whole
            }
    told = ok(own, f"{HISTORY}?limit=200", "enterprise")
    key = f"enterprise:{A_EXPORTER}"
    named = {one["index"] for page in own.pages("/v1/entries", "enterprise") for one in page["entries"]}
    assert {one["index"] for one in told["entries"]} == named
    assert (set(told["chains"]), told["standing"]["cases"]) == ({key}, None)
    whole = ok(own, f"{HISTORY}?limit=200")
    assert told["standing"]["pairs"] == whole["standing"]["pairs"]
    kinds = {one["kind"] for one in ok(own, "/v1/deadlines", "enterprise")["deadlines"]}
    assert kinds == {"EXPORT_TERM"}
    assert {"CASE", "COPY"} & {one["kind"] for one in ok(own, "/v1/deadlines")["deadlines"]}


def test_an_enterprise_reads_no_other(at: Readers) -> None:
    """Given everything of B and of A's partner by name, when A asks, then it is as if it were not there."""
    for path in (
        f"enterprises/{B_EXPORTER}/history", f"enterprises/{A_UPSTREAM}/history", f"vehicles/{B_CAR}/history",
        f"vehicles/{B_CAR}/history?since=5", f"enterprises/{B_EXPORTER}/deadlines",
        f"enterprises/{B_EXPORTER}/deadlines?on=2025-03-20", f"enterprises/{B_EXPORTER}/bundle",
        f"enterprises/{A_UPSTREAM}/bundle", f"vehicles/{B_CAR}/bundle",
        f"explanations/balance?pair_id={B_PAIR}&account=R",
    ):  # fmt: skip
        problem(at.get(f"/v1/{path}", "enterprise"), 404, "not-found")
    problem(at.get("/v1/explanations/flag?index=5&code=plate-issued", "enterprise"), 403, "forbidden")
    problem(at.get("/v1/explanations/finding?statement=C20", "enterprise"), 403, "forbidden")
    for query in ("", "?on=2025-03-20"):
        found = ok(at, f"/v1/deadlines{query}", "enterprise")["deadlines"]
        assert {one["pair_id"] for one in found} <= {A_PAIR}


def test_clocks_of_a_past_day_are_those_known_then(at: Readers) -> None:
    """Given a day in March, when its clocks are asked for, then a proof of later is not known yet; filters choose."""
    found = ok(at, "/v1/deadlines?on=2025-03-09")
    assert [(one["kind"], one["status"]) for one in found["deadlines"]].count(("EXPORT_TERM", "DUE")) == 3
    mine = ok(at, f"/v1/enterprises/{A_EXPORTER}/deadlines?on=2025-03-09")
    assert mine["deadlines"] == [
        one for one in found["deadlines"] if one["pair_id"] == A_PAIR or A_EXPORTER in one["subject"]
    ]
    now = ok(at, f"/v1/enterprises/{A_EXPORTER}/deadlines")
    assert now["size"] == at.store.head().size > mine["size"]
    terms = ok(at, "/v1/deadlines?kind=EXPORT_TERM&status=OVERDUE")["deadlines"]
    assert {one["subject"] for one in terms} == {f"vin:{A_CARS[1]}", f"vin:{B_CAR}"}
    assert ok(at, "/v1/deadlines?on=2099-01-01")["on"] == "2099-01-01"
    problem(at.get("/v1/deadlines?on=2024-10-31", "auditor"), 404, "not-found")
    problem(at.get("/v1/deadlines?kind=COFFEE", "auditor"), 422, "invalid-request")
    problem(at.get(f"/v1/enterprises/{NOBODY}/deadlines", "auditor"), 404, "not-found")


def test_clocks_from_the_view_are_those_of_a_replay(at: Readers, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given the clocks of now, when the view does not serve and replays do, then they are the same, firm by firm."""
    viewed = ok(at, "/v1/deadlines")
    monkeypatch.setattr("projections.due.running", lambda *_: (0, []))
    assert ok(at, "/v1/deadlines") == viewed
    for firm in (A_EXPORTER, A_UPSTREAM, B_EXPORTER):
        own = [one for one in viewed["deadlines"] if firm in f"{one['subject']} {one['pair_id']}"]
        assert ok(at, f"/v1/enterprises/{firm}/deadlines")["deadlines"] == own


def test_clocks_are_paged_forward_and_back(at: Readers) -> None:
    """Given more clocks than a page, when they are followed, then all come once, and the way back is there."""
    whole = ok(at, "/v1/deadlines?limit=200")
    pages = at.pages("/v1/deadlines", "police", limit=2)
    assert [one for page in pages for one in page["deadlines"]] == whole["deadlines"]
    assert len(pages) > 1
    back = ok(at, f"/v1/deadlines?limit=2&cursor={pages[1]['previous']}", "police")
    assert back["deadlines"] == pages[0]["deadlines"]


def test_a_balance_is_explained_in_ones_own_sight(at: Readers) -> None:
    """Given account D of A's pair, when both firms ask, then the postings add up, and others' entries stay closed."""
    path = f"/v1/explanations/balance?pair_id={A_PAIR}&account="
    whole = ok(at, f"{path}D")
    assert whole["balance"] == sum(one["units"] for one in whole["entries"]) == 1
    assert whole["entries"][0]["body"]["vin"] == A_CARS[0]
    mine = ok(at, f"{path}D", "enterprise")
    assert mine["entries"] == whole["entries"]
    theirs = ok(at, f"{path}D", "enterprise", A_UPSTREAM)  # the deregistration names the exporter alone
    shown = theirs["entries"][0]
    assert (theirs["balance"], shown["type"], shown["units"], shown["body"]) == (
        1,
        "VehicleDeregistered",
        1,
        None,
    )
    assert A_CARS[0] in json.dumps(shown["posting"])
    pages = at.pages("/v1/explanations/balance", "auditor", pair_id=A_PAIR, account="C", limit=1)
    assert [one["balance"] for page in pages for one in page["entries"]] == [1, 2, 3, 2, 1]
    problem(at.get(f"{path}Z", "auditor"), 422, "invalid-request")
    nobody = f"{A_PAIR}1"
    problem(at.get(f"/v1/explanations/balance?pair_id={nobody}&account=D", "auditor"), 404, "not-found")


def test_a_flag_and_a_finding_are_explained(own: Readers) -> None:
    """Given a plate that was issued, when flag and finding are asked for, then the entry and the rule are there."""
    body = d.registered_body(A_CARS[2], f"{A_BATCH}-3", "2025-06-02", physical_plate_issued=True)
    index = own.say("2025-06-02", "VehicleRegistered", body)
    flag = ok(own, f"/v1/explanations/flag?index={index}&code=plate-issued")
    assert (flag["flagged"]["index"], flag["control"]) == (index, "C20")
    assert flag["source"]
    finding = ok(own, "/v1/explanations/finding?statement=C20")
    assert (finding["verdict"], [one["index"] for one in finding["entries"]]) == ("REFUTED", [index])
    (shown,) = finding["entries"]
    assert [one["index"] for one in shown["grounds"]] == [index]
    assert shown["grounds"][0]["article"]
    other = ok(own, f"/v1/explanations/finding?statement=C20&vin={B_CAR}")
    assert (other["verdict"], other["entries"]) == ("PROVED", [])
    city = ok(own, "/v1/explanations/balance?account=D")
    assert (city["pair_id"], city["balance"]) == (None, len(city["entries"]))
    problem(own.get("/v1/explanations/balance?account=D", "enterprise"), 404, "not-found")
    for query in (
        f"flag?index={index}&code=late-proof",
        "flag?index=9999&code=late-proof",
    ):
        problem(own.get(f"/v1/explanations/{query}", "auditor"), 404, "not-found")
    for statement in ("C01", "C07", "C99"):
        path = f"/v1/explanations/finding?statement={statement}"
        problem(own.get(path, "auditor"), 422, "invalid-request")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("api.http.explanations.TRIED", 1)
        problem(
            own.get(f"/v1/explanations/flag?index={index}&code=plate-issued", "auditor"),
            409,
            "replay-too-long",
        )


def test_every_read_is_noted_before_it_is_answered(own: Readers) -> None:
    """Given histories, clocks and explanations, when they are read, then the log has whose files they were."""
    for path in (
        f"/v1/vehicles/{B_CAR}/history",
        f"/v1/enterprises/{B_EXPORTER}/deadlines",
        f"/v1/explanations/balance?pair_id={B_PAIR}&account=R",
    ):
        before = len([row for page in own.pages("/v1/access-log", limit=200) for row in page["reads"]])
        ok(own, path)
        rows = [row for page in own.pages("/v1/access-log", limit=200) for row in page["reads"]][before:]
        assert {row["subject"] for row in rows} >= {f"enterprise:{B_EXPORTER}"}
        assert {row["role"] for row in rows} == {"investigator"}


def test_a_broken_chain_is_answered_as_unavailable(own: Readers, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given a chain that lacks its newest entry, when its history is told, then 503 and nothing of it."""
    own.sequencer.commit_heads()
    size, real = own.store.head().size, own.store.subject_indexes
    last = [*real(f"enterprise:{A_EXPORTER}")][-1]
    monkeypatch.setattr(
        own.services.store, "subject_indexes", lambda key, after=0: (i for i in real(key, after) if i != last)
    )
    monkeypatch.setattr("api.http.histories.REPLAYS", Replays())
    problem(own.get(HISTORY, "auditor"), 503, "unavailable")
    assert size == own.store.head().size


def test_the_last_files_read_are_kept_under_what_commits_to_them(own: Readers) -> None:
    """Given a file read once, when asked for again, then it is that one; after an entry, another; the oldest goes."""
    size, subject = own.store.head().size, f"enterprise:{A_EXPORTER}"
    kept = Replays(most_entries=40)
    first = kept.at(own.store, subject, size)
    assert kept.at(own.store, subject, size) is first
    assert kept.at(own.store, subject, size - 1) is not first
    own.say("2025-06-02", "CustomsExportConfirmed", d.customs_body(A_CARS[1], 2, "2025-06-01"))
    assert kept.at(own.store, subject, size) is first
    assert len(kept.at(own.store, subject, size + 1).entries) == len(first.entries) + 1
    kept.at(own.store, f"enterprise:{B_EXPORTER}", size + 1)
    assert kept.at(own.store, subject, size - 1) is not None
    assert kept.at(own.store, subject, size) is not first
