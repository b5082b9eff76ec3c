"""A served ledger with two pairs in it, and readers with real tokens.

Pair A has three cars: one on its way home abroad, one registered, one classified. Pair B has one car of its
own, registered. Nothing of the one concerns the other.
"""

import hashlib
import json
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI
from httpx2 import Client, Response
from joserfc.jwk import KeySet, OKPKey
from starlette.testclient import TestClient

from api.http.app import create_app
from api.http.caller import Role
from api.http.services import Services
from api.http.settings import Settings
from api.http.tokens import issue_token
from domain.catalogue import CATALOGUE
from domain.identifiers import organisation_code_check, uscc_check
from ledger.canonical import canonical_bytes
from ledger.stores import sqlite_file
from tests.support import domain as d
from tests.support.desk import Desk, TurnedClock
from tests.support.keys import LEDGER, private_key
from tests.support.web import lay_keys, lay_ledger

A_EXPORTER, A_UPSTREAM, B_EXPORTER = d.EXPORTER, d.UPSTREAM, d.OTHER
_FOURTH = "91310112PDY00004" + organisation_code_check("PDY00004")
B_UPSTREAM = _FOURTH + uscc_check(_FOURTH)
A_PAIR, A_BATCH = d.PAIR, d.BATCH
B_PAIR = f"{B_EXPORTER}-{B_UPSTREAM}-1"
B_BATCH = f"{B_PAIR}-1"
A_CARS = [d.vin(number) for number in (1, 2, 3)]
B_CAR = d.vin(7)
A_SCAN, B_SCAN = b"%PDF-1.7 of A\n" + b"a" * 1_000, b"%PDF-1.7 of B\n" + b"b" * 1_000
ISSUER = "quota-ledger"
BEGIN = datetime(2024, 11, 1, 1, tzinfo=UTC)
NOW = datetime(2025, 6, 2, 2, tzinfo=UTC)
"""When readers come: after everything that is in the ledger."""

Act = tuple[str, str, dict[str, Any], tuple[dict[str, Any], ...]]


def digest(data: bytes) -> str:
    """Return the name of a document."""
    return hashlib.sha256(data).hexdigest()


def attached(kind: str, data: bytes) -> dict[str, Any]:
    """Return an attachment of these bytes."""
    return {"bytes": len(data), "kind": kind, "media_type": "application/pdf", "sha256": digest(data)}


def acts() -> Iterator[Act]:
    """Yield (day, type, body, attachments) of the two histories."""
    yield "2024-11-01", "PolicyVersionPublished", d.policy_body(), ()
    yield "2024-11-01", "HolidayCalendarPublished", d.calendar_body(2025, d.NATIONAL_DAY_2025), ()
    for pair, scan in ((A_PAIR, A_SCAN), (B_PAIR, B_SCAN)):
        exporter, upstream = pair.split("-")[:2]
        yield "2024-12-01", "EnterpriseRegistered", d.enterprise_body(exporter, "EXPORTER"), ()
        yield "2024-12-01", "EnterpriseRegistered", d.enterprise_body(upstream, "UPSTREAM"), ()
        yield "2024-12-01", "ExportQualificationFiled", d.qualification_body(exporter), ()
        letter = (attached("承诺书", scan), *d.LETTER_ATTACHMENTS[1:])
        yield "2024-12-02", "CommitmentLetterSigned", d.letter_body(pair), letter
        yield "2024-12-02", "TotalQuotaApplicationReceived", d.application_body(f"{pair}-q1"), ()
        yield "2024-12-05", "QuotaGranted", d.grant_body(f"{pair}-q1"), ()
    for batch, cars in ((A_BATCH, A_CARS), (B_BATCH, [B_CAR])):
        yield (
            "2025-02-10",
            "UseApplicationReceived",
            d.use_body(cars, batch),
            (d.attachment("申请表", batch),),
        )
        yield "2025-02-12", "UseApplicationApproved", d.approval_body(cars, batch), ()
        yield "2025-02-13", "UsageNumberSent", d.sent_body(cars, batch), ()
        yield "2025-02-17", "QuotaAttributeClassified", d.classified_body(cars, batch), ()
    for car, line in ((A_CARS[0], f"{A_BATCH}-1"), (A_CARS[1], f"{A_BATCH}-2")):
        yield "2025-03-03", "VehicleRegistered", d.registered_body(car, line), ()
        yield "2025-03-04", "VehicleInfoCopied", d.copied_body(car, line), ()
    theirs = d.registered_body(B_CAR, f"{B_BATCH}-1", owner_uscc=B_UPSTREAM)
    yield "2025-03-05", "VehicleRegistered", theirs, ()
    car, line = A_CARS[0], f"{A_BATCH}-1"
    yield "2025-03-10", "PendingExportTransferRecorded", d.transfer_body(car, line), ()
    yield "2025-03-11", "TransferProofSubmitted", d.proof_body(car, line), (d.attachment("登记证书", car),)
    yield "2025-03-12", "TransferProofAccepted", d.acceptance_body(car, line), ()
    yield "2025-04-10", "CustomsExportConfirmed", d.customs_body(car), ()
    yield "2025-05-10", "VehicleDeregistered", d.deregistered_body(car), ()


def statement_bytes(
    day: str,
    kind: str,
    body: dict[str, Any],
    attachments: Sequence[dict[str, Any]],
    number: int,
    agency: str | None = None,
) -> bytes:
    """Return a statement of this ledger, which happened at ten o'clock of a day."""
    if agency is None:
        agency = "customs" if kind == "CustomsExportConfirmed" else min(CATALOGUE[kind].agencies)
    whole = d.statement_object(
        kind, body, number=number, agency=agency, attachments=attachments, occurred_at=f"{day}T10:00:00+08:00"
    )
    return canonical_bytes({**whole, "ledger": LEDGER})


class Readers(Desk):
    """The served ledger; ``get`` asks in a role, with a token that is good for a minute."""

    def __init__(self, app: FastAPI, client: TestClient, clock: TurnedClock, issuer: OKPKey) -> None:
        self.app = app
        self.services: Services = app.state.services
        super().__init__(self.services.store, clock, self.services.sequencer, self.services.settings.db)
        self.client = client
        self.issuer = issuer
        self._number = 0

    def play(self, history: Iterator[Act]) -> None:
        """Enter each act at noon of its day; none is refused."""
        for day, kind, body, attachments in history:
            self.clock.now = max(self.clock.now, d.at(day))
            self.say(day, kind, body, attachments)

    def say(
        self,
        day: str,
        kind: str,
        body: dict[str, Any],
        attachments: Sequence[dict[str, Any]] = (),
        agency: str | None = None,
    ) -> int:
        """Enter one statement and return its index."""
        self._number += 1
        raw = statement_bytes(day, kind, body, attachments, self._number, agency)
        agency = json.loads(raw)["agency"]
        officers = [f"{agency}-1", f"{agency}-2"][: 2 if CATALOGUE[kind].four_eyes else 1]
        outcome = self.send([raw], *officers)
        assert outcome.__class__.__name__ == "Entered", outcome
        return int(outcome.indexes[0])

    def token(self, role: str, subject: str | None = None, seconds: int = 60) -> str:
        """Return a token of this ledger's issuer."""
        name = subject or (A_EXPORTER if role == Role.ENTERPRISE else "somebody")
        now = int(self.clock.now.timestamp())
        return issue_token(
            self.issuer, Role(role), name, issuer=ISSUER, audience=LEDGER, now=now, seconds=seconds
        )

    def bearer(self, role: str, subject: str | None = None) -> dict[str, str]:
        """Return the header that carries a token."""
        return {"authorization": f"Bearer {self.token(role, subject)}"}

    def get(self, path: str, role: str | None = None, subject: str | None = None, **headers: str) -> Response:
        """Ask for a path, in a role or without a token."""
        known = {} if role is None else self.bearer(role, subject)
        return self.client.get(path, headers=headers | known)

    def put(self, data: bytes, name: str | None = None, role: str = "commerce", **headers: str) -> Response:
        """Hand in a document."""
        told = {"content-type": "application/pdf"} | self.bearer(role) | headers
        return self.client.put(f"/v1/documents/{name or digest(data)}", content=data, headers=told)

    def pages(self, path: str, role: str = "auditor", **query: Any) -> list[Any]:
        """Return every page of a list."""
        found: list[Any] = []
        cursor: dict[str, Any] = {}
        while True:
            answer = self.client.get(path, params=query | cursor, headers=self.bearer(role))
            assert answer.status_code == 200, answer.text
            found.append(answer.json())
            if found[-1]["next"] is None:
                return found
            cursor = {"cursor": found[-1]["next"]}


@dataclass
class Issuer:
    """Who issues tokens, and the file in which the server finds the public key."""

    folder: Path
    key: OKPKey = field(default_factory=lambda: OKPKey.import_key(private_key("issuer")))

    def file(self) -> Path:
        """Write the JWK set."""
        path = self.folder / "issuer.json"
        path.write_text(json.dumps(KeySet([self.key]).as_dict(private=False)), encoding="utf-8")
        return path


@contextmanager
def empty(folder: Path, url: str | None = None, **told: Any) -> Iterator[Readers]:
    """Serve a ledger that holds entry 0 alone."""
    clock = TurnedClock(BEGIN)
    url = url or f"sqlite:///{folder}/ledger.db"
    lay_ledger(url, clock)
    issuer = Issuer(folder)
    told = {"documents": folder / "documents", "token_keys": issuer.file()} | told
    app = create_app(Settings(db=url, keys=lay_keys(folder), **told), clock=clock)
    with TestClient(app, raise_server_exceptions=False) as client:
        yield Readers(app, client, clock, issuer.key)


@contextmanager
def listening(served: Readers, **told: Any) -> Iterator[Client]:
    """Serve the same ledger by another process' worth of server, on a port of its own."""
    settings = served.services.settings.model_copy(update=told)
    app = create_app(settings, clock=served.clock)
    config = uvicorn.Config(app, port=0, http="h11", ws="none", log_config=None, timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        until = time.monotonic() + 30
        while not server.started:
            assert thread.is_alive(), "the server has not started"
            assert time.monotonic() < until, "the server does not start"
            time.sleep(0.02)
        port = server.servers[0].sockets[0].getsockname()[1]
        with Client(base_url=f"http://127.0.0.1:{port}", timeout=20) as client:
            yield client
    finally:
        server.should_exit = True
        thread.join(timeout=30)


@contextmanager
def readers(folder: Path, url: str | None = None, **told: Any) -> Iterator[Readers]:
    """Serve the ledger with both histories in it."""
    with empty(folder, url, **told) as served:
        served.play(acts())
        served.clock.now = NOW
        yield served


def sqlite_path(served: Readers) -> str:
    """Return the file of a SQLite ledger."""
    path = sqlite_file(served.url)
    assert path is not None
    return path
