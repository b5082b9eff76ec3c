"""The table of access, walked: every role at every route that the application has."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from api.http.access import ACCESS, Row, as_markdown
from api.http.caller import Role
from tests.support.reading import A_BATCH, A_CARS, A_EXPORTER, A_PAIR, A_SCAN, Readers, digest, readers
from tests.support.web import problem

DOCS = Path(__file__).parents[3] / "docs"
VALUES = {
    "uscc": A_EXPORTER, "pair_id": A_PAIR, "batch_id": A_BATCH, "vin": A_CARS[0], "index": "5", "level": "0",
    "place:path": "000.p/1", "sha256": digest(A_SCAN), "case_id": "K-1",
    "name": "same-scan", "agency": "customs",
}  # fmt: skip


@pytest.fixture(scope="module")
def at(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Readers]:
    with readers(tmp_path_factory.mktemp("access"), stream_seconds=0.01) as served:
        assert served.put(A_SCAN).status_code == 201
        yield served


def path_of(row: Row) -> str:
    path = row.route
    for name, value in VALUES.items():
        path = path.replace(f"{{{name}}}", value)
    assert "{" not in path, path
    return path


def actual_routes(at: Readers) -> set[tuple[str, str]]:
    found, waiting = set(), list(at.app.routes)
    while waiting:
        route = waiting.pop()
        router = getattr(route, "original_router", None)
        if router is not None:
            waiting += router.routes
            continue
        methods = {"GET" if method == "HEAD" else method for method in route.methods or ()}
        found |= {(method, route.path) for method in methods}
    return found


def test_the_table_has_every_route_and_no_other(at: Readers) -> None:
    """Given the routes that the application really has, when the table is compared, then neither has more."""
    assert actual_routes(at) == set(ACCESS)


@pytest.mark.parametrize("row", ACCESS.values(), ids=lambda row: f"{row.method} {row.route}")
def test_each_role_is_served_as_the_table_says(at: Readers, row: Row) -> None:
    """Given a route, when each role and somebody without a token asks, then 401 and 403 fall as the table says."""
    for role in (None, *Role):
        headers = {} if role is None else at.bearer(role)
        answer = at.client.request(row.method, path_of(row), headers=headers)
        if row.roles is None or role in row.roles:
            assert answer.status_code not in {401, 403}, (role, answer.text)
        elif role is None:
            problem(answer, 401, "unauthenticated")
            assert answer.headers["www-authenticate"].startswith("Bearer")
        else:
            problem(answer, 403, "forbidden")


def test_a_route_that_the_table_lacks_serves_nobody(at: Readers) -> None:
    """Given a route that somebody forgot to put in the table, when an auditor asks, then 403."""
    at.app.add_api_route("/v1/forgotten", lambda: "secret")
    try:
        problem(at.get("/v1/forgotten", "auditor"), 403, "forbidden")
    finally:
        at.app.router.routes.pop()


def test_who_has_no_access_learns_nothing_of_what_is_there(at: Readers) -> None:
    """Given paths of what is there, what is not, and what is malformed, when a stranger asks, then all are 401."""
    for path in (
        f"/v1/enterprises/{A_EXPORTER}",
        "/v1/enterprises/X",
        "/v1/entries/5",
        "/v1/entries/99999",
        "/v1/entries?limit=x",
    ):
        problem(at.get(path), 401, "unauthenticated")
        problem(at.get(path, "witness"), 403, "forbidden")


def test_another_method_is_told_all_that_are_allowed(at: Readers) -> None:
    """Given a path with two methods, when a third is tried, then 405 names both."""
    answer = at.client.delete(f"/v1/documents/{digest(A_SCAN)}", headers=at.bearer("auditor"))
    problem(answer, 405, "method-not-allowed")
    assert answer.headers["allow"] == "GET, PUT"
    problem(at.client.post("/openapi.json"), 405, "method-not-allowed")


def test_an_unknown_or_doubled_parameter_is_refused(at: Readers) -> None:
    """Given a filter that is misspelt or stands twice, when a list is asked for, then 422 and no list."""
    for query in ("subjects=enterprise:X", "limit=5&limit=6", "as_knownat=3"):
        problem(at.get(f"/v1/entries?{query}", "auditor"), 422, "invalid-request")


def test_the_document_shows_the_table() -> None:
    """Given docs/access.md, when it is made anew, then it says the same: `make docs` writes it."""
    assert (DOCS / "access.md").read_text(encoding="utf-8") == as_markdown()
