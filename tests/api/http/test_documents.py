"""Scans: what is taken, what is given to whom, and what is tried with their names."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from api.http.document_store import MAX_BYTES, FolderStore
from tests.support import domain as d
from tests.support.reading import A_SCAN, B_EXPORTER, B_SCAN, Readers, attached, digest, empty, readers
from tests.support.web import problem

KINDS = {
    "application/pdf": b"%PDF-1.4 x",
    "image/jpeg": b"\xff\xd8\xff\xe0 x",
    "image/png": b"\x89PNG\r\n\x1a\n x",
    "image/tiff": b"II*\x00 x",
}


@pytest.fixture(scope="module")
def at(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Readers]:
    with readers(tmp_path_factory.mktemp("documents")) as served:
        for scan in (A_SCAN, B_SCAN):
            assert served.put(scan).status_code == 201
        yield served


def files(at: Readers) -> list[Path]:
    folder = at.services.settings.documents
    assert folder is not None
    return sorted(path for path in folder.rglob("*") if path.is_file())


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_is_kept_and_given_back(at: Readers, kind: str) -> None:
    """Given a scan of a kind that is taken, when it is handed in twice, then 201, 200, and the same bytes."""
    scan = KINDS[kind]
    first, again = (at.put(scan, **{"content-type": kind}) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.headers["location"] == f"/v1/documents/{digest(scan)}"
    answer = at.get(f"/v1/documents/{digest(scan)}", "police")
    assert answer.content == scan
    assert answer.headers["content-type"] == kind


def test_a_scan_is_saved_and_never_shown(at: Readers) -> None:
    """Given a scan, when it is fetched, then the headers keep a browser from guessing, showing and keeping it."""
    headers = at.get(f"/v1/documents/{digest(A_SCAN)}", "auditor").headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-disposition"] == f'attachment; filename="{digest(A_SCAN)}.pdf"'
    assert "sandbox" in headers["content-security-policy"]
    assert headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("header", "start", "stop"),
    [("bytes=0-0", 0, 1), ("bytes=5-9", 5, 10), ("bytes=1000-", 1_000, None), ("bytes=-14", -14, None), ("bytes=-99999", 0, None), ("bytes=5-99999", 5, None)],
)  # fmt: skip
def test_a_range_is_that_part(at: Readers, header: str, start: int, stop: int | None) -> None:
    """Given one range, when it is asked for, then 206 with these bytes and where they stand."""
    answer = at.get(f"/v1/documents/{digest(A_SCAN)}", "auditor", range=header)
    assert answer.status_code == 206
    assert answer.content == A_SCAN[start:stop]
    first = len(A_SCAN) + start if start < 0 else start
    assert answer.headers["content-range"] == f"bytes {first}-{first + len(answer.content) - 1}/{len(A_SCAN)}"


@pytest.mark.parametrize(
    "header", ["bytes=0-1,5-6", "lines=0-1", "bytes=9-5", "bytes=", "bytes=a-b", "bytes=--5"]
)
def test_what_is_not_one_range_gives_the_whole(at: Readers, header: str) -> None:
    """Given several ranges, another unit or nonsense, when it is asked for, then 200 with everything."""
    answer = at.get(f"/v1/documents/{digest(A_SCAN)}", "auditor", range=header)
    assert (answer.status_code, answer.content) == (200, A_SCAN)


@pytest.mark.parametrize("header", ["bytes=99999-", "bytes=1014-1014", "bytes=-0"])
def test_a_range_beyond_the_end_cannot_be_had(at: Readers, header: str) -> None:
    """Given a range that begins behind the last byte, when it is asked for, then 416 with the length."""
    answer = at.get(f"/v1/documents/{digest(A_SCAN)}", "auditor", range=header)
    problem(answer, 416, "range-not-satisfiable")
    assert answer.headers["content-range"] == f"bytes */{len(A_SCAN)}"


def test_an_enterprise_fetches_what_is_attached_to_its_entries(at: Readers) -> None:
    """Given a scan of A's letter and one of B's, when each firm asks for both, then each has its own alone."""
    assert at.get(f"/v1/documents/{digest(A_SCAN)}", "enterprise").content == A_SCAN
    assert at.get(f"/v1/documents/{digest(B_SCAN)}", "enterprise", B_EXPORTER).content == B_SCAN
    problem(at.get(f"/v1/documents/{digest(B_SCAN)}", "enterprise"), 404, "not-found")
    problem(at.get(f"/v1/documents/{digest(A_SCAN)}", "enterprise", B_EXPORTER), 404, "not-found")


def test_a_scan_that_no_entry_names_is_for_no_enterprise(at: Readers) -> None:
    """Given a scan handed in before anything is signed, when A asks, then 404; an agency has it."""
    scan = b"%PDF-1.7 not signed yet"
    at.put(scan)
    problem(at.get(f"/v1/documents/{digest(scan)}", "enterprise"), 404, "not-found")
    assert at.get(f"/v1/documents/{digest(scan)}", "transport").status_code == 200


def test_a_digest_that_stands_elsewhere_in_an_entry_attaches_nothing(tmp_path: Path) -> None:
    """Given B's scan whose digest A's entry names as the text of its letter, when A asks, then 404."""
    with readers(tmp_path) as at:
        at.put(B_SCAN)
        at.say("2025-06-02", "CommitmentLetterSigned", d.letter_body(letter_text_sha256=digest(B_SCAN)))
        problem(at.get(f"/v1/documents/{digest(B_SCAN)}", "enterprise"), 404, "not-found")
        at.say("2025-06-02", "CommitmentLetterSigned", d.letter_body(), [attached("承诺书", B_SCAN)])
        assert at.get(f"/v1/documents/{digest(B_SCAN)}", "enterprise").status_code == 200


def test_other_bytes_than_those_named_are_refused(at: Readers) -> None:
    """Given bytes under another document's name, when they are handed in, then 400 and nothing is kept."""
    before = files(at)
    problem(at.put(b"%PDF-1.7 forged", digest(A_SCAN)), 400, "document-mismatch")
    problem(at.put(b"", "0" * 64), 400, "document-mismatch")
    assert files(at) == before
    assert at.get(f"/v1/documents/{digest(A_SCAN)}", "auditor").content == A_SCAN


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"<html><script>alert(1)</script>", "application/pdf"),
        (b"<html>", "text/html"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml"),
        (b"MZ\x90\x00", "application/pdf"),
        (b"PK\x03\x04", "application/zip"),
        (KINDS["image/png"], "image/jpeg"),
        (KINDS["application/pdf"], "application/octet-stream"),
        (b" %PDF-1.4", "application/pdf"),
        (b"%PD", "application/pdf"),
        (b"", "application/pdf"),
    ],
)
def test_another_kind_is_refused(at: Readers, data: bytes, kind: str) -> None:
    """Given bytes that are not of the kind announced, or of no kind that is taken, then 415, nothing kept."""
    before = files(at)
    problem(at.put(data, **{"content-type": kind}), 415, "unsupported-media-type")
    assert files(at) == before


def test_a_scan_is_25_mib_at_most(at: Readers) -> None:
    """Given a scan one byte too long, when it is handed in, then 413 and nothing is kept; at the limit it is."""
    before = files(at)
    longest = b"%PDF-" + bytes(MAX_BYTES - 5)
    problem(at.put(longest + b"\0"), 413, "too-long")
    assert files(at) == before
    assert at.put(longest).status_code == 201


def test_a_body_that_breaks_off_leaves_nothing(tmp_path: Path) -> None:
    """Given an upload that is left half-way, when it ends, then no part of it stays in the folder."""
    store = FolderStore(tmp_path / "documents")
    with store.upload(digest(A_SCAN), "application/pdf") as upload:
        upload.write(A_SCAN[:100])
    assert [path for path in (tmp_path / "documents").rglob("*") if path.is_file()] == []


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/passwd", "..%2f..%2fetc%2fpasswd", "%2e%2e%2f%2e%2e%2fledger.db", "..", ".", "a" * 63, "a" * 65,
        "A" * 64, "g" * 64, f"{'a' * 62}/a", f"{'a' * 64}%00", f"{'a' * 64}%0a", f"{'a' * 64}.pdf", "%2Fetc%2Fpasswd",
        "issuer.json", f"{'a' * 62}%2f.", f"{'ａ' * 64}",
    ],
)  # fmt: skip
@pytest.mark.parametrize("method", ["GET", "PUT"])
def test_a_name_is_a_digest_and_no_path(at: Readers, name: str, method: str) -> None:
    """Given a name that climbs, ends early or is no digest, when it is asked for or written, then 404 or 422."""
    before = files(at)
    headers = at.bearer("commerce") | {"content-type": "application/pdf"}
    content = A_SCAN if method == "PUT" else None
    answer = at.client.request(method, f"/v1/documents/{name}", headers=headers, content=content)
    assert answer.status_code in {404, 405, 422}, answer.text
    assert b"root:" not in answer.content
    assert files(at) == before


def test_a_link_in_the_folder_is_not_followed_to_other_kinds(tmp_path: Path) -> None:
    """Given a file of the folder that is none of the four kinds, when it is asked for, then it is not there."""
    with empty(tmp_path) as at:
        name = "ab" * 32
        place = tmp_path / "documents" / "ab" / name
        place.parent.mkdir(parents=True)
        place.symlink_to(tmp_path / "issuer.json")
        problem(at.get(f"/v1/documents/{name}", "auditor"), 404, "not-found")


def test_files_are_for_their_owner_alone(at: Readers) -> None:
    """Given kept scans, when the folder is looked at, then nobody but the server may read it."""
    assert {path.stat().st_mode & 0o777 for path in files(at)} == {0o600}
    folder = at.services.settings.documents
    assert folder is not None
    assert folder.stat().st_mode & 0o777 == 0o700
