"""The HTTP interface in this process: a ledger of its own, officers who sign, a client that sends."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from httpx2 import Response
from starlette.requests import Request
from starlette.testclient import TestClient

from api.cli.keyfiles import CHECKPOINT_KEY, HOUSEKEEPING_KEY, write_key
from api.http.app import create_app
from api.http.caller import Caller, Role
from api.http.services import Services
from api.http.settings import Settings
from ledger.anchor import Anchor, write_anchor
from ledger.checkpoint import NoteSigner
from ledger.stores import open_store
from ledger.submission import encode_submission
from tests.support.desk import Desk, TurnedClock, open_desk_ledger
from tests.support.keys import LEDGER, private_key

ROLE = "x-test-role"
JSON = {"content-type": "application/json"}


def told_role(request: Request) -> Caller | None:
    """Believe the role that a test's request claims."""
    claimed = request.headers.get(ROLE)
    return None if claimed is None else Caller(Role(claimed), "somebody")


def lay_keys(folder: Path) -> Path:
    """Write the operator's two keys as ``init`` does and return their directory."""
    keys = folder / "keys"
    keys.mkdir(mode=0o700)
    write_key(keys / CHECKPOINT_KEY, private_key("operator"))
    write_key(keys / HOUSEKEEPING_KEY, private_key("housekeeping"))
    return keys


def lay_ledger(url: str, clock: TurnedClock) -> bytes:
    """Open a ledger at ``url`` and return the leaf hash of entry 0."""
    store = open_store(url, create=True)
    open_desk_ledger(store, clock)
    leaf = next(iter(store.leaf_hashes(0, 1)))
    store.close()
    return leaf


def lay_anchor(folder: Path, leaf: bytes) -> Path:
    """Write the anchor of such a ledger."""
    path = folder / "anchor.json"
    write_anchor(path, Anchor(LEDGER, NoteSigner(LEDGER, private_key("operator")).verifier_key, leaf.hex()))
    return path


class Web(Desk):
    """A desk whose officers send over HTTP."""

    def __init__(self, app: FastAPI, client: TestClient, clock: TurnedClock, anchor: Path) -> None:
        self.services: Services = app.state.services
        super().__init__(self.services.store, clock, self.services.sequencer, self.services.settings.db)
        self.client = client
        self.anchor = anchor

    def post(self, envelope: bytes, statements: Sequence[bytes], **headers: str) -> Response:
        """Send an envelope with its statements."""
        content = encode_submission(envelope, statements)
        return self.client.post("/v1/envelopes", content=content, headers=JSON | headers)

    def enter(self, statements: Sequence[bytes], *officers: str, **head: Any) -> dict[str, Any]:
        """Sign and send what must enter; return the answer."""
        answer = self.post(self.envelope(statements, *officers, **head), statements)
        assert answer.status_code == 201, answer.text
        content: dict[str, Any] = answer.json()
        return content

    def get(self, path: str, role: str | None = None, **headers: str) -> Response:
        """Ask for a path, in a role."""
        return self.client.get(path, headers=headers if role is None else headers | {ROLE: role})


@contextmanager
def web(folder: Path, url: str | None = None, **told: Any) -> Iterator[Web]:
    """Open a new ledger and serve it; ``told`` are settings."""
    clock = TurnedClock()
    url = url or f"sqlite:///{folder}/ledger.db"
    anchor = lay_anchor(folder, lay_ledger(url, clock))
    settings = Settings(db=url, keys=lay_keys(folder), **told)
    app = create_app(settings, clock=clock, authenticate=told_role)
    with TestClient(app, raise_server_exceptions=False) as client:
        yield Web(app, client, clock, anchor)


def problem(answer: Response, status: int, code: str) -> dict[str, Any]:
    """Return the problem that an answer must be."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    content: dict[str, Any] = answer.json()
    assert (content["status"], content["code"]) == (status, code), content
    assert content["type"] == f"urn:quota-ledger:problem:{code}"
    assert content["title"]
    return content
