"""``POST /v1/reconciliations/preview``: an agency's own list against the ledger; nothing is written."""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from httpx2 import Response

from tests.support import domain as d
from tests.support.reading import A_BATCH, A_CARS, B_BATCH, B_CAR, B_EXPORTER, Readers, readers
from tests.support.web import problem

PERIOD = "period_from=2025-01-01&period_to=2025-12-31"
POLICE = (
    f"车辆识别代码,注册登记日期\n{A_CARS[0]},2025-03-03\n{A_CARS[1]},2025-03-03\n{d.vin(99)},2025-03-09\n"
)


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Readers]:
    with readers(tmp_path) as served:
        yield served


def sent(
    at: Readers, text: str | bytes, role: str = "police", query: str = PERIOD, kind: str = "text/csv"
) -> Response:
    data = text.encode() if isinstance(text, str) else text
    headers = at.bearer(role) | {"content-type": kind}
    return at.client.post(f"/v1/reconciliations/preview?{query}", content=data, headers=headers)


def test_a_list_is_matched_and_nothing_is_written(at: Readers) -> None:
    """Given the police's list in GB18030, when previewed, then differences by line and entry, and the ledger as it was."""
    size, data = at.store.head().size, POLICE.encode("gb18030")
    answer = sent(at, data)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    assert [(one["side"], one["line"]) for one in told["differences"]] == [("extract", 4), ("ledger", None)]
    assert told["differences"][1]["what"].startswith(B_CAR)
    assert (told["counts"], told["rows"], told["size"]) == ({"registered": 3}, 3, size)
    assert told["list_sha256"] == told["statement"]["body"]["list_sha256"] == hashlib.sha256(data).hexdigest()
    assert at.store.head().size == size
    rows = [row for page in at.pages("/v1/access-log") for row in page["reads"]]
    assert {row["subject"] for row in rows if row["role"] == "police"} == {f"vin:{B_CAR}"}


def test_the_statement_of_the_preview_enters_as_it_is(at: Readers) -> None:
    """Given the statement of a preview, when an officer signs it, then it enters."""
    statement = sent(at, POLICE).json()["statement"]
    index = at.say("2025-06-02", statement["type"], statement["body"], agency=statement["agency"])
    assert at.bodies()[index]["body"]["counts"] == {"registered": 3}


def test_each_agency_previews_its_own_list(at: Readers) -> None:
    """Given a transport and a customs list, when their agencies preview them, then each answers; no other may."""
    transport = sent(at, f"batch_id,units\n{A_BATCH},3\n{B_BATCH},2\n", "transport")
    assert [one["side"] for one in transport.json()["differences"]] == ["both"]
    rows = [row for page in at.pages("/v1/access-log") for row in page["reads"]]
    assert f"enterprise:{B_EXPORTER}" in {row["subject"] for row in rows if row["role"] == "transport"}
    customs = sent(
        at, f"vin,declaration_no,released_on\n{A_CARS[0]},{d.declaration(1)},2025-04-10\n", "customs"
    )
    assert customs.json()["differences"] == []
    for role in ("commerce", "auditor", "enterprise", "operator"):
        problem(sent(at, POLICE, role), 403, "forbidden")


def test_what_is_no_list_or_no_period_is_refused(at: Readers, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given wrong lists, periods and media types, when previewed, then each is a problem that says where."""
    for text, role in (
        (POLICE, "customs"),
        ("vin,registered_on\nLSVAB6185R2000001,2025-13-01\n", "police"),
        ("", "police"),
        (b"\xff", "police"),
    ):
        problem(sent(at, text, role), 400, "malformed")
    other = sent(at, "vin,registered_on\nLSVAB6185R2000001,2025-13-01\n").json()["detail"]
    assert "line 2, registered_on" in other
    for query in (
        "",
        "period_from=2025-01-01",
        "period_from=2025-02-01&period_to=2025-01-01",
        "period_from=x&period_to=y",
    ):
        problem(sent(at, POLICE, query=query), 422, "invalid-request")
    problem(sent(at, POLICE, kind="application/json"), 415, "unsupported-media-type")
    monkeypatch.setattr("api.http.reconciliations.MAX_ENTRIES", 2)
    problem(sent(at, POLICE), 409, "replay-too-long")
