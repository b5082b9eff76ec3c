"""Everything that goes wrong is a problem after RFC 9457, in the language that was asked for."""

import re
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.testclient import TestClient

from api.http.app import create_app
from api.http.problems import KINDS, Problem, language
from api.http.settings import Settings
from api.http.words import LEDGER_WORDS
from domain.errors import REFUSALS
from ledger.keys import Unauthorised
from ledger.store import StoreError
from tests.support.web import JSON, Web, problem

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("", "en"),
        ("zh", "zh"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("en-GB,zh;q=0.9", "en"),
        ("fr,zh;q=0.1", "zh"),
        ("en;q=0.2,zh;q=0.3", "zh"),
        ("zh;q=0", "en"),
        ("zh;q=x", "en"),
        ("*", "en"),
        ("fr", "en"),
        ("x" * 5_000 + ",zh", "en"),
    ],
)
def test_language(asked: str, told: str) -> None:
    """Given what a client accepts, when a language is chosen, then Chinese or English, English without a wish."""
    headers = [(b"accept-language", asked.encode())] if asked else []
    assert language(Request({"type": "http", "headers": headers})) == told


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nothing", 404, "not-found"),
        ("GET", "/v1/envelopes", 405, "method-not-allowed"),
        ("DELETE", "/checkpoint", 405, "method-not-allowed"),
        ("POST", "/tile/0/000", 405, "method-not-allowed"),
        ("BREW", "/checkpoint", 405, "method-not-allowed"),
        ("GET", "/v1/proof/subject", 401, "unauthenticated"),
        ("POST", "/v1/envelopes", 415, "unsupported-media-type"),
        ("GET", "/redoc", 404, "not-found"),
    ],
)
def test_titles_in_two_languages(at: Web, method: str, path: str, status: int, code: str) -> None:
    """Given a request that fails, when asked in each language, then title and headers follow, code and type stay."""
    titles = {}
    for tongue in ("zh", "en"):
        answer = at.client.request(method, path, headers={"accept-language": tongue})
        titles[tongue] = problem(answer, status, code)["title"]
        assert answer.headers["content-language"] == tongue
        assert answer.headers["vary"] == "Accept-Language"
        assert answer.headers["cache-control"] == "no-store"
    assert titles == {"zh": KINDS[code].zh, "en": KINDS[code].en}
    assert re.search("[一-鿿]", titles["zh"])


def test_allowed_methods_are_named(at: Web) -> None:
    """Given a wrong method, when refused, then Allow names the right one."""
    assert "POST" in at.client.get("/v1/envelopes").headers["allow"]


def test_invalid_parameters_are_named(at: Web) -> None:
    """Given two wrong parameters, when refused, then both are named."""
    content = problem(at.get("/v1/proof/consistency?first=x", "auditor"), 422, "invalid-request")
    assert [one["where"] for one in content["errors"]] == ["query.first", "query.second"]
    assert content["detail"].startswith("query.first: ")


def broken_app(settings: Settings, error: Exception) -> FastAPI:
    app = create_app(settings)

    def broken() -> None:
        raise error

    # In the place of a route that is open: one that the table of access lacks would serve nobody.
    app.router.routes.insert(0, APIRoute("/healthz", broken, methods=["GET"]))
    return app


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (StoreError("ledger: connection to 10.0.0.7 lost"), 503, "unavailable"),
        (RuntimeError("VIN LSVAB6189R2012345"), 500, "internal"),
        (Problem("forked-view", "seen"), 409, "forked-view"),
    ],
)
def test_unexpected(at: Web, error: Exception, status: int, code: str) -> None:
    """Given a route that fails, when it is asked, then a problem that does not say what only the log may."""
    app = broken_app(at.services.settings, error)
    client = TestClient(app)  # not as a context: the ledger is open already
    answer = client.get("/healthz")
    problem(answer, status, code)
    assert "10.0.0.7" not in answer.text
    assert "LSVAB" not in answer.text
    assert re.fullmatch("[0-9a-f]{32}", answer.headers["x-request-id"])


def test_codes_have_words_and_are_documented() -> None:
    """Given every code that can be answered, when looked for, then it has words, and docs/http.md lists it."""
    page = (ROOT / "docs" / "http.md").read_text(encoding="utf-8")
    for code, kind in KINDS.items():
        assert kind.zh
        assert kind.en
        assert f"| `{code}` | {kind.status} |" in page, code
    # The codes of keys are a type; those of the judge are written where they are raised.
    raised = set(re.findall(r'Objection\(\s*"([a-z-]+)"', (ROOT / "ledger" / "judge.py").read_text("utf-8")))
    keys = (ROOT / "ledger" / "keys.py").read_text("utf-8")
    raised |= set(re.findall(r'Unauthorised\(\s*"([a-z-]+)"', keys))
    assert {"stale", "four-eyes", "key-revoked"} <= raised
    assert raised <= LEDGER_WORDS.keys()
    assert not LEDGER_WORDS.keys() & REFUSALS.keys()
    assert Unauthorised("four-eyes", "").code in LEDGER_WORDS


def test_wrong_media_type(at: Web) -> None:
    """Given JSON in another type's name, when sent, then 415; with a parameter behind the right one it is read."""
    for kind in ("text/plain", "application/x-www-form-urlencoded", "application/jsonx", ""):
        answer = at.client.post("/v1/envelopes", content=b"{}", headers={"content-type": kind})
        problem(answer, 415, "unsupported-media-type")
    answer = at.client.post(
        "/v1/envelopes", content=b"{}", headers={"content-type": "Application/JSON; charset=utf-8"}
    )
    problem(answer, 400, "malformed")
    assert JSON["content-type"] == "application/json"
