"""Subject bundles over HTTP: what is sent verifies without the server, and holds nothing that is kept from its reader."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from api.http import bundles
from domain.catalogue import CATALOGUE
from ledger.bundle_files import open_files
from ledger.opening import anchor_of, load_ring
from ledger.verification import verify_subject
from projections.proof.subject_answer import answer_subject
from tests.support import domain as d
from tests.support.reading import (
    A_BATCH,
    A_CARS,
    A_EXPORTER,
    A_UPSTREAM,
    B_BATCH,
    B_CAR,
    B_UPSTREAM,
    Readers,
    readers,
)
from tests.support.web import problem

BUNDLE = f"/v1/enterprises/{A_EXPORTER}/bundle"


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Readers]:
    with readers(tmp_path) as served:
        served.sequencer.commit_heads()
        yield served


def verdict(at: Readers, data: bytes, folder: Path) -> str:
    """Return the verdict of ``verify`` on what was sent, as an auditor who holds the anchor gives it."""
    path = folder / f"{len(list(folder.iterdir()))}.zip"
    path.write_bytes(data)
    files = open_files(path)
    anchor = anchor_of(at.store, load_ring(at.store)[0])
    verification = verify_subject(
        files, anchor=anchor, trusted=[], unanchored=False, lenient=False, types=CATALOGUE
    )
    return str(answer_subject(verification, files).to_json()["integrity"]["verdict"])


def test_a_bundle_verifies_without_the_server(at: Readers, tmp_path: Path) -> None:
    """Given histories, when their bundles are fetched, then each verifies, is named, and says its length."""
    size = at.store.head().size - 1
    for path, name in (
        (BUNDLE, f"{A_EXPORTER}-{size}.zip"),
        (f"/v1/vehicles/{B_CAR}/bundle", f"{B_CAR}-{size}.zip"),
    ):
        answer = at.get(path, "police")
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"] == "application/zip"
        assert answer.headers["content-disposition"] == f'attachment; filename="{name}"'
        assert int(answer.headers["content-length"]) == len(answer.content)
        assert verdict(at, answer.content, tmp_path) == "INTACT"
    flipped = bytearray(at.get(BUNDLE, "auditor").content)
    flipped[len(flipped) // 2] ^= 1
    assert verdict(at, bytes(flipped), tmp_path) != "INTACT"


def test_an_enterprise_gets_its_own_whole_history(at: Readers, tmp_path: Path) -> None:
    """Given an exporter whose cars nobody else has, when it asks for its bundle, then it is the one of the auditor."""
    mine = at.get(BUNDLE, "enterprise")
    assert mine.status_code == 200, mine.text
    assert mine.content == at.get(BUNDLE, "auditor").content
    assert at.get(f"/v1/vehicles/{A_CARS[0]}/bundle", "enterprise").status_code == 200
    partner = at.get(f"/v1/enterprises/{A_UPSTREAM}/bundle", "enterprise", A_UPSTREAM)
    assert partner.status_code == 200, partner.text


@pytest.mark.parametrize("kind", ["road", "other firm"])
def test_what_is_kept_from_an_enterprise_is_in_no_bundle_that_it_gets(at: Readers, kind: str) -> None:
    """Given a sighting or another firm's facts about its car, when it asks for bundles with it, then there are none."""
    car = A_CARS[1]
    if kind == "road":
        body = {"vin": car, "seen_at": "2025-05-20T09:00:00+08:00", "place": "外环", "source": "卡口"}
        at.say("2025-05-20", "RoadUseReported", body, agency="police")
    else:
        body = d.registered_body(
            car, f"{B_BATCH}-9", "2025-05-22", owner_uscc=B_UPSTREAM, cert_no="310000999999"
        )
        at.say("2025-05-22", "VehicleRegistered", body)
    at.sequencer.commit_heads()
    for path in (BUNDLE, f"/v1/vehicles/{car}/bundle"):
        problem(at.get(path, "enterprise"), 404, "not-found")
        assert at.get(path, "investigator").status_code == 200
    assert at.get(f"/v1/vehicles/{A_CARS[0]}/bundle", "enterprise").status_code == 200


def test_there_is_no_bundle_without_history_or_heads(tmp_path: Path) -> None:
    """Given no heads below the checkpoint, or a car that nobody named, when a bundle is asked for, then 404."""
    with readers(tmp_path) as at:
        problem(at.get(BUNDLE, "auditor"), 404, "not-found")
        at.sequencer.commit_heads()
        problem(at.get(f"/v1/vehicles/{d.vin(99)}/bundle", "auditor"), 404, "not-found")
        late = A_CARS[2]
        at.say("2025-06-02", "VehicleRegistered", d.registered_body(late, f"{A_BATCH}-3", "2025-06-02"))
        assert at.get(BUNDLE, "auditor").status_code == 200


def test_a_bundle_beyond_the_limit_is_refused(at: Readers, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given more bytes of entries and envelopes than a bundle may have, when it is asked for, then 409."""
    monkeypatch.setattr(bundles, "MAX_BUNDLE_BYTES", 10_000)
    told = problem(at.get(BUNDLE, "auditor"), 409, "replay-too-long")
    assert "10000 bytes" in told["detail"]


def test_the_cars_of_a_bundle_are_in_the_access_log(at: Readers) -> None:
    """Given a bundle of an enterprise, when it is fetched, then the log names the firm and each of its cars."""
    assert at.get(BUNDLE, "customs").status_code == 200
    rows = [row for page in at.pages("/v1/access-log", limit=200) for row in page["reads"]]
    noted = {row["subject"] for row in rows if row["role"] == "customs"}
    assert {f"enterprise:{A_EXPORTER}", *(f"vin:{car}" for car in A_CARS)} <= noted
