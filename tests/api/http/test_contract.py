"""The OpenAPI document: checked in, with examples that hold, and kept by every answer."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog
from jsonschema_rs import Draft202012Validator

from api.http.caller import Role
from api.http.openapi import ANSWERS
from api.http.write_docs import documents
from tests.support.fuzz import findings
from tests.support.reading import A_SCAN, Readers, readers

DOCS = Path(__file__).parents[3] / "docs"
ROLES = [None, *Role]


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Readers]:
    with readers(tmp_path, stream_seconds=0.01) as served:
        served.put(A_SCAN)
        # A log line a request would be thousands.
        structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
        yield served
        structlog.reset_defaults()


@pytest.fixture(scope="module")
def openapi() -> dict[str, Any]:
    whole: dict[str, Any] = json.loads((DOCS / "openapi.json").read_text(encoding="utf-8"))
    return whole


@pytest.mark.parametrize("name", ["openapi.json", "access.md"])
def test_what_is_checked_in_is_what_the_code_says(name: str) -> None:
    """Given a document made from the code, when it is made anew, then it is the same: `make docs` writes it."""
    assert (DOCS / name).read_text(encoding="utf-8") == documents()[name]


def test_it_is_openapi_3_1_of_every_route(openapi: dict[str, Any]) -> None:
    """Given the document, when its operations are counted, then each has its answers and a purpose."""
    assert openapi["openapi"].startswith("3.1")
    found = {(method, path) for path, methods in openapi["paths"].items() for method in methods}
    assert found == set(ANSWERS)
    for methods in openapi["paths"].values():
        for operation in methods.values():
            assert operation["summary"]
            assert "default" not in operation["responses"]


def test_every_example_holds(openapi: dict[str, Any]) -> None:
    """Given every parameter, body and answer, when its example is checked, then it fits its schema."""

    def check(place: str, schema: dict[str, Any], example: Any) -> None:
        whole = {**schema, "components": openapi["components"]}
        assert not list(Draft202012Validator(whole).iter_errors(example)), place

    for path, methods in openapi["paths"].items():
        for method, operation in methods.items():
            for parameter in operation.get("parameters", ()):
                check(f"{method} {path} {parameter['name']}", parameter["schema"], parameter["example"])
            bodies = [operation.get("requestBody", {}), *operation["responses"].values()]
            for body in bodies:
                for kind, content in body.get("content", {}).items():
                    check(f"{method} {path} {kind}", content["schema"], content["example"])
    for status, response in openapi["components"]["responses"].items():
        for content in response["content"].values():
            check(status, content["schema"], content["example"])


@pytest.mark.parametrize("role", [None, "police", "auditor", "enterprise"])
def test_answers_keep_to_the_document(at: Readers, role: str | None) -> None:
    """Given requests made from the document, when a role sends them, then every answer is a documented one."""
    assert list(findings(at, role, 2, ("examples", "fuzzing"))) == []


@pytest.mark.fuzz
@pytest.mark.parametrize("role", ROLES)
def test_thousands_of_answers_keep_to_the_document(at: Readers, role: str | None) -> None:
    """Given thousands of requests, right and wrong, when each role sends them, then none finds anything."""
    examples = int(os.environ.get("QUOTA_LEDGER_FUZZ", "100"))
    assert list(findings(at, role, examples, ("examples", "coverage", "fuzzing"))) == []
