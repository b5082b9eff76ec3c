"""Reports over HTTP: what the command makes, for whom the table serves, within stated bounds."""

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path
from typing import get_args
from zipfile import ZipFile

import pytest

from api.cli import run
from api.cli.keyfiles import CHECKPOINT_KEY
from api.http import reports
from api.http.caller import Role
from api.http.reports import PDF, XLSX
from api.reports import fonts, render_excel, render_pdf
from ledger.stores import AnyStore
from projections.replay import MAX_ENTRIES
from projections.reports import agency_statement, city, dossier, enterprise_statement
from projections.reports.months import Month
from projections.reports.report import Report
from tests.support import domain as d
from tests.support import reading
from tests.support.pages import attachments
from tests.support.reading import (
    A_BATCH,
    A_CARS,
    A_EXPORTER,
    A_PAIR,
    A_UPSTREAM,
    B_BATCH,
    B_CAR,
    B_EXPORTER,
    B_UPSTREAM,
    Readers,
    empty,
    readers,
)
from tests.support.waiting import within_a_minute
from tests.support.web import problem

MONTH = "2025-03"
STATEMENT = f"/v1/reports/enterprises/{A_EXPORTER}/statement?month={MONTH}"
DOSSIER = f"/v1/reports/enterprises/{A_EXPORTER}/dossier"
CUSTOMS = "/v1/reports/agencies/customs/statement?month=2025-04"
CITY = "/v1/reports/city"
WHOLE_LEDGER = (DOSSIER, CUSTOMS, CITY)
COMMANDS = {
    STATEMENT: ["statement", "--enterprise", A_EXPORTER, "--month", MONTH],
    DOSSIER: ["dossier", A_EXPORTER],
    CUSTOMS: ["statement", "--agency", "customs", "--month", "2025-04"],
    CITY: ["city"],
    f"{CITY}?month={MONTH}": ["city", "--month", MONTH],
}
NAMES = {
    STATEMENT: f"enterprise-statement-{A_EXPORTER}-{MONTH}",
    DOSSIER: f"dossier-{A_EXPORTER}",
    CUSTOMS: "agency-statement-customs-2025-04",
    CITY: "city",
    f"{CITY}?month={MONTH}": f"city-{MONTH}",
}


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Readers]:
    with readers(tmp_path) as served:
        yield served


def formed(path: str, form: str) -> str:
    """Return the path that asks for a form."""
    return f"{path}{'&' if '?' in path else '?'}form={form}"


def built(store: AnyStore, path: str) -> Report:
    """Return the report that a path asks for, made without a server."""
    return {
        STATEMENT: lambda: enterprise_statement.build(store, A_EXPORTER, Month.parse(MONTH)),
        DOSSIER: lambda: dossier.build(store, A_EXPORTER),
        CUSTOMS: lambda: agency_statement.build(store, "customs", Month.parse("2025-04")),
        CITY: lambda: city.build(store),
        f"{CITY}?month={MONTH}": lambda: city.build(store, Month.parse(MONTH)),
    }[path]()


def noted(at: Readers, role: str) -> set[tuple[str, str]]:
    """Return (route, whose file) of what a role has read."""
    rows = [row for page in at.pages("/v1/access-log", limit=200) for row in page["reads"]]
    return {(row["route"], row["subject"]) for row in rows if row["role"] == role}


def test_json_is_what_the_command_prints(
    tmp_path: Path, url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Given a store of either kind, when each report is fetched, then the bytes are those of `report … --json`."""
    with readers(tmp_path, url) as at:
        for path, words in COMMANDS.items():
            answer = at.get(path, "auditor")
            assert answer.status_code == 200, answer.text
            assert answer.headers["content-type"] == "application/json"
            assert answer.headers["cache-control"] == "no-store"
            capsys.readouterr()
            assert run(["report", *words, "--json", "--db", url]) == 0
            assert answer.text == capsys.readouterr().out


@pytest.mark.parametrize("path", COMMANDS)
def test_files_are_those_of_the_report_and_are_saved(at: Readers, path: str) -> None:
    """Given a report, when fetched as PDF and workbook, then it is the same document, to be saved under its name."""
    report, size = built(at.store, path), at.store.head().size
    for form, kind, data in (("pdf", PDF, render_pdf(report)), ("xlsx", XLSX, render_excel(report))):
        answer = at.get(formed(path, form), "police")
        assert answer.status_code == 200, answer.text
        assert answer.content == data
        assert answer.headers["content-type"] == kind
        assert answer.headers["content-disposition"] == f'attachment; filename="{NAMES[path]}-{size}.{form}"'
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "no-store"


def test_a_pdf_carries_the_json_and_a_workbook_opens(at: Readers, tmp_path: Path) -> None:
    """Given the forms of one report, when opened, then the PDF carries the bytes of the JSON, the workbook has sheets."""
    target = tmp_path / "city.pdf"
    target.write_bytes(at.get(formed(CITY, "pdf"), "auditor").content)
    assert attachments(target, tmp_path / "carried")["report.json"] == at.get(CITY, "auditor").content
    with ZipFile(BytesIO(at.get(formed(CITY, "xlsx"), "auditor").content)) as book:
        assert "xl/workbook.xml" in book.namelist()


def test_an_enterprise_gets_its_own_statement_and_no_other(at: Readers) -> None:
    """Given both firms of pair A and those of B, when they ask, then each gets its own and of others learns nothing."""
    assert at.get(STATEMENT, "enterprise").content == at.get(STATEMENT, "auditor").content
    assert at.get(STATEMENT.replace(A_EXPORTER, A_UPSTREAM), "enterprise", A_UPSTREAM).status_code == 200
    absent = f"/v1/reports/enterprises/91310000132260250X/statement?month={MONTH}"
    for other in (STATEMENT.replace(A_EXPORTER, B_EXPORTER), absent):
        told = problem(at.get(other, "enterprise"), 404, "not-found")
        assert told["detail"].endswith("not there, or not for this reader")
    problem(at.get(STATEMENT, "enterprise", B_EXPORTER), 404, "not-found")
    problem(at.get(absent, "auditor"), 404, "not-found")
    for path in WHOLE_LEDGER:
        problem(at.get(path, "enterprise"), 403, "forbidden")


@pytest.mark.parametrize("kind", ["road", "other firm"])
def test_what_is_kept_from_an_enterprise_is_in_no_statement_that_it_gets(at: Readers, kind: str) -> None:
    """Given a sighting or another firm's facts in a month, when a firm asks for that month, then 404; others it gets."""
    if kind == "road":
        seen = {
            "vin": A_CARS[1],
            "seen_at": "2025-05-20T09:00:00+08:00",
            "place": "外环",
            "source": "卡口",
        }
        index = at.say("2025-05-20", "RoadUseReported", seen, agency="police")
    else:
        body = d.registered_body(
            A_CARS[1], f"{B_BATCH}-9", "2025-05-22", owner_uscc=B_UPSTREAM, cert_no="310000999999"
        )
        index = at.say("2025-05-22", "VehicleRegistered", body)
    june = STATEMENT.replace(MONTH, "2025-06")
    problem(at.get(june, "enterprise"), 404, "not-found")
    assert at.get(STATEMENT, "enterprise").status_code == 200
    assert index in [one["index"] for one in at.get(june, "investigator").json()["other"]]


@pytest.mark.parametrize(
    "role", [Role.COMMERCE, Role.TRANSPORT, Role.POLICE, Role.CUSTOMS, Role.AUDITOR, Role.INVESTIGATOR]
)
def test_whoever_inspects_reads_every_report(at: Readers, role: Role) -> None:
    """Given an agency, an auditor, an investigator, when they ask for any report, then it is there; others are 403."""
    for path in COMMANDS:
        assert at.get(path, role).status_code == 200
        for other in (Role.WITNESS, Role.OPERATOR):
            problem(at.get(path, other), 403, "forbidden")


def test_the_agencies_are_those_that_have_statements() -> None:
    """Given the values that the path takes, when compared with the reports, then they are the same four."""
    assert get_args(reports.Agency) == tuple(sorted(agency_statement.AGENCIES, key=list(Role).index))


def test_files_that_a_report_shows_are_noted(at: Readers) -> None:
    """Given each report, when read, then the log has every enterprise and car that it shows, and none without it."""
    route = "/v1/reports/enterprises/{uscc}"
    mine = {f"enterprise:{A_EXPORTER}", f"enterprise:{A_UPSTREAM}"}
    assert at.get(formed(STATEMENT, "xlsx"), "commerce").status_code == 200
    found = {subject for where, subject in noted(at, "commerce") if where == f"{route}/statement"}
    assert mine | {f"vin:{A_CARS[0]}", f"vin:{A_CARS[1]}"} <= found
    assert f"vin:{B_CAR}" not in found

    assert at.get(DOSSIER, "police").status_code == 200
    found = {subject for where, subject in noted(at, "police") if where == f"{route}/dossier"}
    assert mine | {f"vin:{car}" for car in A_CARS} <= found
    assert f"enterprise:{B_EXPORTER}" not in found

    assert at.get(CUSTOMS, "customs").status_code == 200
    assert ("/v1/reports/agencies/{agency}/statement", f"vin:{A_CARS[0]}") in noted(at, "customs")

    assert at.get(CITY, "investigator").status_code == 200
    firms = {A_EXPORTER, A_UPSTREAM, B_EXPORTER, B_UPSTREAM}
    assert {(CITY, f"enterprise:{firm}") for firm in firms} <= noted(at, "investigator")


def test_nothing_is_answered_that_cannot_be_noted(at: Readers) -> None:
    """Given an access log that takes no row, when a report is asked for, then 503 and no report."""
    with at.store.view_transaction() as connection:
        connection.execute("DROP TABLE access_log")
    for path in COMMANDS:
        problem(at.get(path, "auditor"), 503, "unavailable")


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("month=2025-13", 422, "invalid-request"),
        ("month=2025-3", 422, "invalid-request"),
        ("month=1999-12", 422, "invalid-request"),
        ("month=2025-03-01", 422, "invalid-request"),
        ("month=", 422, "invalid-request"),
        ("month=2025-07", 404, "not-found"),
        ("month=2999-12", 404, "not-found"),
    ],
)
def test_a_month_that_is_none_or_not_yet(at: Readers, query: str, status: int, code: str) -> None:
    """Given a month that is none, or begins after the ledger ends, when asked for, then the problem names it."""
    for path in (STATEMENT, CUSTOMS, CITY):
        told = problem(at.get(f"{path.partition('?')[0]}?{query}", "auditor"), status, code)
        assert told["detail"].startswith("query.month: ")


def test_a_statement_is_of_a_month_and_of_an_agency(at: Readers) -> None:
    """Given no month, a form or an agency that there is not, when asked for, then 422; a month before all is empty."""
    for path, where in (
        (STATEMENT.partition("?")[0], "query.month"),
        (CUSTOMS.partition("?")[0], "query.month"),
        (f"{CITY}?form=doc", "query.form"),
        (f"{DOSSIER}?month={MONTH}", "query.'month'"),
        (CUSTOMS.replace("customs", "operator"), "path.agency"),
    ):
        told = problem(at.get(path, "auditor"), 422, "invalid-request")
        assert told["detail"].startswith(where)
    before = at.get(CUSTOMS.replace("2025-04", "2000-01"), "auditor").json()
    assert (before["lines"], before["city"]["moved"]) == ([], [])


def test_bounds_are_the_stated_ones() -> None:
    """Given docs/http.md, when its limits are read, then they are those of the code."""
    text = (Path(__file__).parents[3] / "docs" / "http.md").read_text(encoding="utf-8")
    assert (
        f"| a report that reads the whole ledger | {MAX_ENTRIES:,} entries | 409 `replay-too-long` |" in text
    )
    assert f"| a report as PDF | {reports.MAX_PDF_ROWS:,} rows; one PDF or workbook a process" in text


def test_more_entries_than_a_report_reads_are_refused(at: Readers, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given one entry more than the bound, when a report of all is asked for, then 409; at the bound it is made."""
    size = at.store.head().size
    monkeypatch.setattr(reports, "MAX_ENTRIES", size - 1)
    for path in WHOLE_LEDGER:
        for form in ("json", "pdf", "xlsx"):
            told = problem(at.get(formed(path, form), "auditor"), 409, "replay-too-long")
            assert told["detail"] == (
                f"{size} entries would be read, {size - 1} at most; `quota-ledger report` makes it"
            )
    assert at.get(STATEMENT, "auditor").status_code == 200  # of one enterprise's own file
    monkeypatch.setattr(reports, "MAX_ENTRIES", size)
    assert [at.get(path, "auditor").status_code for path in WHOLE_LEDGER] == [200, 200, 200]
    monkeypatch.setattr(reports, "MAX_ENTRIES", 5)
    told = problem(at.get(STATEMENT, "auditor"), 409, "replay-too-long")
    assert told["detail"].endswith("`quota-ledger report` makes it")


def test_a_pdf_of_too_many_rows_is_refused(at: Readers, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given more rows than a PDF has over HTTP, when asked for, then 409 at once; the other forms are made."""
    monkeypatch.setattr(reports, "MAX_PDF_ROWS", 3)
    for path in COMMANDS:
        told = problem(at.get(formed(path, "pdf"), "auditor"), 409, "too-many-rows")
        assert "rows on paper, 3 at most" in told["detail"]
        assert told["detail"].endswith("`quota-ledger report` makes it")
        assert at.get(formed(path, "xlsx"), "auditor").status_code == 200
        assert at.get(path, "auditor").status_code == 200


def test_files_are_made_one_at_a_time(at: Readers) -> None:
    """Given a file in the making, when two more are asked for, then they wait and JSON does not; then both come."""
    limiter, portal = at.services.rendering, at.client.portal
    assert portal is not None
    portal.call(limiter.acquire_on_behalf_of, "another")

    def waiting() -> int:
        assert portal is not None
        return portal.call(limiter.statistics).tasks_waiting

    with ThreadPoolExecutor(2) as pool:
        asked = [
            pool.submit(at.get, formed(path, form), "auditor")
            for path, form in ((CITY, "xlsx"), (CUSTOMS, "pdf"))
        ]
        assert within_a_minute(lambda: waiting() == 2)
        assert at.get(CITY, "auditor").status_code == 200
        assert not any(one.done() for one in asked)
        portal.call(limiter.release_on_behalf_of, "another")
        assert [one.result().status_code for one in asked] == [200, 200]


def test_a_machine_without_what_a_page_needs_says_so(
    at: Readers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given no fontconfig, when a PDF is asked for, then 503 names what the operator installs; a workbook is made."""
    fonts._characters.cache_clear()
    monkeypatch.setenv("PATH", str(tmp_path))
    told = problem(at.get(formed(CITY, "pdf"), "auditor"), 503, "unavailable")
    assert told["detail"].startswith("no PDF is made here, the operator has to install what is missing: ")
    assert f"apt-get install {fonts.PACKAGES}" in told["detail"]
    assert at.get(formed(CITY, "xlsx"), "auditor").status_code == 200


def test_balances_that_differ_make_no_report(at: Readers) -> None:
    """Given a stored balance that somebody changed, when reports are asked for, then 503 and a word in the log alone."""
    assert at.get(CITY, "auditor").status_code == 200
    with at.store.view_transaction() as connection:
        connection.execute("UPDATE balance SET av = av + 1, iss = iss - 1 WHERE pair = ?", (A_PAIR,))
    for path in COMMANDS:
        told = problem(at.get(path, "auditor"), 503, "unavailable")
        assert told["detail"] == "views-differ: no report can be vouched for; the operator has to act"
    own = STATEMENT.replace(A_EXPORTER, B_EXPORTER)
    assert at.get(own, "auditor").status_code == 200  # of a pair that nobody touched


def test_there_is_no_report_before_a_checkpoint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given a server that signs no checkpoints, when a report is asked for, then 404 says how one is released."""

    def lay_one_key(folder: Path) -> Path:
        keys = lay_keys(folder)
        (keys / CHECKPOINT_KEY).unlink()
        return keys

    lay_keys = reading.lay_keys
    monkeypatch.setattr(reading, "lay_keys", lay_one_key)
    with empty(tmp_path) as at:
        told = problem(at.get(CITY, "auditor"), 404, "not-found")
        assert "checkpoint --release" in told["detail"]


def test_a_report_stands_on_the_latest_checkpoint(at: Readers) -> None:
    """Given an entry more, when a report is fetched again, then it takes it in and names the new size."""
    size = at.get(CITY, "auditor").json()["basis"]["size"]
    at.say("2025-06-02", "VehicleRegistered", d.registered_body(A_CARS[2], f"{A_BATCH}-3", "2025-06-02"))
    assert at.get(CITY, "auditor").json()["basis"]["size"] == size + 1


def test_the_server_starts_without_the_makers_of_files() -> None:
    """Given the application, when it is imported, then no maker of pages or workbooks is loaded, nor Pango."""
    code = "import sys, api.http.app; print(sorted({'weasyprint', 'xlsxwriter', 'PIL'} & sys.modules.keys()))"
    ran = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert ran.stdout.strip() == "[]"
