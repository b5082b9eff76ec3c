"""Requests made from the OpenAPI document by the hundred: nothing fails inside, every no is a problem."""

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode

from tests.support.desk import enterprise
from tests.support.web import ROLE, Web, web


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    with web(tmp_path_factory.mktemp("served")) as at:
        at.enter([enterprise()], "commerce-1")
        yield at


EXPECTED = (
    "application/json",
    "application/octet-stream",
    "text/plain; charset=utf-8",
    "text/plain; version=0.0.4; charset=utf-8",
)


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_every_answer_is_expected_or_a_problem(served: Web, mode: GenerationMode) -> None:
    """Given any request that the document allows, or does not, when sent, then no failure, or a problem."""
    document = schemathesis.openapi.from_asgi("/openapi.json", served.client.app)
    size, asked = served.store.head().size, 0
    for found in document.get_all_operations():
        operation = found.ok()
        if mode is GenerationMode.NEGATIVE and not (operation.body or operation.query):
            continue  # nothing that could be wrong

        @given(case=operation.as_strategy(generation_mode=mode))
        @settings(max_examples=12, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
        def ask(case: schemathesis.Case) -> None:
            nonlocal asked
            asked += 1
            for role in (None, "auditor", "commerce"):
                check(case.call(headers=None if role is None else {ROLE: role}))

        ask()
    assert asked > 50
    assert served.store.head().size == size  # nobody has signed anything


def check(answer: Any) -> None:
    """An answer is one of the expected kinds, or a problem that is no failure of the server."""
    assert answer.status_code < 500, answer.text
    kind = answer.headers["content-type"][0]
    if answer.status_code < 400:
        assert kind in EXPECTED
        return
    assert kind == "application/problem+json"
    told = answer.json()
    code = f"urn:quota-ledger:problem:{told['code']}"
    assert (told["status"], told["type"]) == (answer.status_code, code)


def test_document_says_what_else_may_come(served: Web) -> None:
    """Given the document, when read, then each operation has a summary, and answers with problems by default."""
    paths = served.get("/openapi.json").json()["paths"]
    assert {"/v1/envelopes", "/v1/dry-run", "/checkpoint", "/v1/proof/subject", "/readyz"} <= paths.keys()
    for path, operations in paths.items():
        for operation in operations.values():
            assert operation["description"], path
            assert "application/problem+json" in operation["responses"]["default"]["content"], path
