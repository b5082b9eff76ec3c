"""The live stream: every entry in sight once, in order, whichever server one comes back to."""

import json
import threading
from collections.abc import Iterator

import pytest
from httpx2 import Client

from tests.support import domain as d
from tests.support.reading import A_BATCH, A_CARS, A_EXPORTER, B_CAR, B_EXPORTER, Readers, listening, readers
from tests.support.web import problem

PROMPT = {"poll_seconds": 0.02, "stream_seconds": 10.0}


@pytest.fixture(scope="module")
def at(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Readers]:
    with readers(tmp_path_factory.mktemp("stream"), stream_seconds=0.01) as served:
        yield served


@pytest.fixture(scope="module")
def live(at: Readers) -> Iterator[Client]:
    with listening(at, **PROMPT) as client:
        yield client


def events(
    client: Client, headers: dict[str, str], most: int, query: str = ""
) -> Iterator[tuple[int, dict[str, object]]]:
    """Yield (id, data) of the next ``most`` entries of a stream."""
    with client.stream("GET", f"/v1/entries/stream{query}", headers=headers) as answer:
        assert answer.status_code == 200, answer.read()
        assert answer.headers["content-type"].startswith("text/event-stream")
        number = None
        lines = answer.iter_lines()
        while most:
            line = next(lines)
            if line.startswith("id: "):
                number = int(line[4:])
            elif line.startswith("data: "):
                assert number is not None
                most -= 1
                yield number, json.loads(line[6:])


def test_the_stream_is_the_list(at: Readers, live: Client) -> None:
    """Given a ledger, when it is streamed from its first entry, then the events are what the list shows."""
    expected = [entry for page in at.pages("/v1/entries", "police") for entry in page["entries"]]
    found = list(events(live, at.bearer("police") | {"last-event-id": "0"}, len(expected) - 1))
    assert found == [(entry["index"], entry) for entry in expected[1:]]


def test_what_is_recorded_meanwhile_comes(at: Readers, live: Client) -> None:
    """Given a stream that waits at the head, when entries are recorded, then they come, once and in order."""
    size = at.store.head().size
    found: list[int] = []
    waiting = threading.Thread(
        target=lambda: found.extend(
            index for index, _ in events(live, at.bearer("auditor"), 5, f"?after={size - 1}")
        )
    )
    waiting.start()
    for year in range(2030, 2035):
        at.say("2025-06-02", "HolidayCalendarPublished", d.calendar_body(year))
    waiting.join(timeout=20)
    assert found == list(range(size, size + 5))


def test_without_a_place_it_begins_with_what_comes_next(at: Readers, live: Client) -> None:
    """Given no id to begin behind, when the stream is opened, then nothing of the past comes."""
    found: list[int] = []
    begun = threading.Event()

    def follow() -> None:
        with live.stream("GET", "/v1/entries/stream", headers=at.bearer("auditor")) as answer:
            lines = answer.iter_lines()
            next(lines)
            begun.set()
            found.append(
                next(
                    int(line[4:])
                    for line in lines
                    if line.startswith("id: ") and next(lines) == "event: entry"
                )
            )

    waiting = threading.Thread(target=follow)
    waiting.start()
    assert begun.wait(20)
    index = at.say("2025-06-02", "HolidayCalendarPublished", d.calendar_body(2040))
    waiting.join(timeout=20)
    assert found == [index]


def test_it_goes_on_at_another_server_without_gap_or_repeat(at: Readers, live: Client) -> None:
    """Given streams cut after a few events, when each goes on at another server, then every entry came once."""
    size, seen = at.store.head().size, list[int]()
    with listening(at, **PROMPT) as other:
        place = "0"
        for turn in range((size - 1 + 3) // 4):
            client = (live, other)[turn % 2]
            most = min(4, size - 1 - len(seen))
            for index, _ in events(client, at.bearer("auditor") | {"last-event-id": place}, most):
                seen.append(index)
                place = str(index)
    assert seen == list(range(1, size))


def test_an_enterprise_follows_its_own_file_alone(at: Readers, live: Client) -> None:
    """Given entries of A and of B, when each firm streams, with B's keys as filters too, then only its own come."""
    for uscc in (A_EXPORTER, B_EXPORTER):
        mine = [
            entry["index"]
            for page in at.pages("/v1/entries", subject=f"enterprise:{uscc}")
            for entry in page["entries"]
        ]
        found = [
            index
            for index, _ in events(live, at.bearer("enterprise", uscc) | {"last-event-id": "0"}, len(mine))
        ]
        assert found == mine
    line = f"{A_BATCH}-2"
    with live.stream(
        "GET", f"/v1/entries/stream?after=0&subject=vin:{B_CAR}", headers=at.bearer("enterprise")
    ) as answer:
        at.say("2025-06-02", "VehicleInfoCopied", d.copied_body(A_CARS[1], line))
        lines = answer.iter_lines()
        first = [next(lines) for _ in range(5)]
    assert not any(line.startswith("data") for line in first)
    assert any(line == ": heartbeat" for line in first)


def test_a_heartbeat_moves_the_place(at: Readers, live: Client) -> None:
    """Given a filter that nothing passes, when the stream has looked, then its ids say how far, each once."""
    size = at.store.head().size
    with live.stream(
        "GET", "/v1/entries/stream?after=0&type=Nothing", headers=at.bearer("auditor")
    ) as answer:
        lines = answer.iter_lines()
        places = [int(line[4:]) for line in iter(lambda: next(lines), f"id: {size - 1}") if line[:2] == "id"]
    # The head is asked for once an interval, so the first look may end before the newest entry.
    assert places == sorted(set(places))
    assert max(places, default=0) < size - 1


def test_each_file_is_on_the_log_once_a_stream(at: Readers, live: Client) -> None:
    """Given a stream with many entries of A, when it is read, then the log has A once for it, before the data."""
    number = at.get("/v1/access-log?limit=1", "auditor").json()["size"]
    list(events(live, at.bearer("customs") | {"last-event-id": "0"}, 20))
    rows = [row for page in at.pages("/v1/access-log") for row in page["reads"] if row["number"] > number]
    subjects = [row["subject"] for row in rows if row["route"] == "/v1/entries/stream"]
    assert f"enterprise:{A_EXPORTER}" in subjects
    assert len(subjects) == len(set(subjects))


def test_a_stream_ends_with_its_token(at: Readers, live: Client) -> None:
    """Given a token with a second left, when a stream is opened with it, then the stream ends by itself."""
    headers = {"authorization": f"Bearer {at.token('auditor', seconds=1)}"}
    with live.stream("GET", "/v1/entries/stream", headers=headers) as answer:
        assert answer.status_code == 200
        lines = list(answer.iter_lines())
    assert lines[0] == "retry: 2000"


def test_a_place_that_is_none_is_refused(at: Readers) -> None:
    """Given an id that is no index, or of an entry that is not there yet, when it is sent, then 422 or 404."""
    for value in ("x", "-1", "1.5", "١", " 7 7", "1" * 30):
        answer = at.client.get(
            "/v1/entries/stream", headers=[*at.bearer("auditor").items(), ("last-event-id", value.encode())]
        )
        problem(answer, 422, "invalid-request")
    problem(at.get(f"/v1/entries/stream?after={at.store.head().size}", "auditor"), 404, "not-found")


def test_streams_are_bounded(at: Readers) -> None:
    """Given as many streams as one process serves, when another is opened, then 503 and later again."""
    with (
        listening(at, streams=1, **PROMPT) as client,
        client.stream("GET", "/v1/entries/stream", headers=at.bearer("auditor")) as first,
    ):
        lines = first.iter_lines()
        next(lines)
        answer = client.get("/v1/entries/stream", headers=at.bearer("auditor"))
        problem(answer, 503, "queue-full")
        assert answer.headers["retry-after"] == "5"
        assert next(lines) == ""  # the first one goes on
