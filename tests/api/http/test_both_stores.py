"""What readers are told is the same in SQLite and PostgreSQL: one walk through everything, on each."""

import json
from pathlib import Path

from tests.support import domain as d
from tests.support.reading import (
    A_BATCH,
    A_CARS,
    A_EXPORTER,
    A_PAIR,
    A_SCAN,
    B_EXPORTER,
    NOW,
    digest,
    listening,
    readers,
)
from tests.support.web import problem


def test_a_ledger_is_read_on_either_store(tmp_path: Path, url: str) -> None:
    """Given the two pairs in a store of either kind, when everything is read, then answers and log agree."""
    with readers(tmp_path, url) as at:
        last = at.store.head().size - 1
        for path in (
            f"enterprises/{A_EXPORTER}",
            f"pairs/{A_PAIR}",
            f"batches/{A_BATCH}",
            f"vehicles/{A_CARS[0]}",
        ):
            now = at.get(f"/v1/{path}", "enterprise").json()
            then = at.get(f"/v1/{path}?as_known_at={last}", "enterprise").json()
            assert now["record"] == then["record"]
        pages = at.pages("/v1/entries", "enterprise", limit=4, tag=f"pair:{A_PAIR}", agency="police")
        found = [entry for page in pages for entry in page["entries"]]
        assert {json.loads(entry["statement"])["agency"] for entry in found} == {"police"}
        assert [entry["index"] for entry in found] == sorted(entry["index"] for entry in found)
        balances = [pair for page in at.pages("/v1/balances", limit=1) for pair in page["pairs"]]
        assert len(balances) == 2
        assert at.put(A_SCAN).status_code == 201
        assert at.get(f"/v1/documents/{digest(A_SCAN)}", "enterprise").content == A_SCAN
        problem(at.get(f"/v1/documents/{digest(A_SCAN)}", "enterprise", B_EXPORTER), 404, "not-found")
        assert at.get(f"/v1/vehicles/{A_CARS[2]}/eligibility", "police").json()["eligible"]
        size = at.sequencer.commit_heads()
        story = at.pages(f"/v1/enterprises/{A_EXPORTER}/history", "police", limit=7)
        assert {page["proved_whole_up_to"] for page in story} == {size}
        assert sum(len(page["entries"]) for page in story) == story[0]["count"]
        clocks = at.get("/v1/deadlines", "police").json()["deadlines"]
        assert at.get(f"/v1/deadlines?on={NOW.date()}", "police").json()["deadlines"] == clocks
        explained = at.get(f"/v1/explanations/balance?pair_id={A_PAIR}&account=D", "enterprise").json()
        assert explained["balance"] == sum(one["units"] for one in explained["entries"]) == 1
        bundle = at.get(f"/v1/enterprises/{A_EXPORTER}/bundle", "enterprise")
        assert bundle.headers["content-disposition"].endswith(f'{A_EXPORTER}-{size}.zip"')
        rows = [row for page in at.pages("/v1/access-log", limit=7) for row in page["reads"]]
        assert [row["number"] for row in rows] == list(range(1, len(rows) + 1))
        assert {row["role"] for row in rows} == {"enterprise", "auditor", "police"}


def test_two_servers_stream_one_ledger(tmp_path: Path, url: str) -> None:
    """Given one ledger and two servers, when entries come while each streams, then both give all, in order."""
    with (
        readers(tmp_path, url) as at,
        listening(at, poll_seconds=0.02) as one,
        listening(at, poll_seconds=0.02) as two,
    ):
        size = at.store.head().size
        for client, year in ((one, 2031), (two, 2032)):
            headers = at.bearer("auditor") | {"last-event-id": str(size - 1)}
            with client.stream("GET", "/v1/entries/stream", headers=headers) as answer:
                lines = answer.iter_lines()
                assert next(lines) == "retry: 2000"
                at.say("2025-06-02", "HolidayCalendarPublished", d.calendar_body(year))
                wanted = list(range(size, at.store.head().size))
                seen: list[int] = []
                while len(seen) < len(wanted):
                    if next(lines) == "event: entry":
                        seen.append(json.loads(next(lines).removeprefix("data: "))["index"])
                assert seen == wanted
