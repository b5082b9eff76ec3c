"""A desk at which officers sign and send: real keys, a real store, a clock that the test turns."""

import hashlib
import json
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from domain.policy import DEFAULT_PARAMS
from ledger.canonical import canonical_bytes
from ledger.envelope import Seen, sign_envelope
from ledger.opening import open_ledger
from ledger.refusal import operator_statement
from ledger.sequencer import Sequencer
from ledger.signer import CheckpointSigner
from ledger.store_audit import PostgresSource, StoreSource
from ledger.store_sqlite import SqliteStore
from ledger.stores import AnyStore, open_store, sqlite_file
from tests.support.keys import LEDGER, officer_keys, opening_body, private_key

START = datetime(2026, 1, 5, 2, 0, tzinfo=UTC)


class TurnedClock:
    """A clock that stands still until the test turns it."""

    def __init__(self, now: datetime = START) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def turn(self, **span: float) -> None:
        self.now += timedelta(**span)


class Desk:
    """An opened ledger with its sequencer; ``statement`` and ``envelope`` make what officers send."""

    def __init__(self, store: AnyStore, clock: TurnedClock, sequencer: Sequencer, url: str = "") -> None:
        self.url = url
        self.store = store
        self.clock = clock
        self.sequencer = sequencer
        self._seqs: dict[str, int] = {"commerce-1": 1}

    def seen(self) -> Seen:
        head = self.store.head()
        return Seen(head.size - 1, head.leaf_hash.hex())

    def next_seq(self, officer: str) -> int:
        self._seqs[officer] = self._seqs.get(officer, 0) + 1
        return self._seqs[officer]

    def envelope(
        self, statements: Sequence[bytes], *officers: str, agency: str | None = None, **head: Any
    ) -> bytes:
        """Sign ``statements`` by these officers (seeds of their keys)."""
        return sign_envelope(
            agency or officers[0].split("-")[0],
            head.get("ledger", LEDGER),
            head.get("seen", self.seen()),
            head.get("seq") or self.next_seq(officers[0]),
            head.get("signed_at") or self.clock.now.isoformat(),
            statements,
            [private_key(officer) for officer in officers],
        )

    def send(self, statements: Sequence[bytes], *officers: str, **head: Any) -> Any:
        """Sign, append and return the outcome."""
        return self.sequencer.append(self.envelope(statements, *officers, **head), statements)

    def bodies(self) -> list[dict[str, Any]]:
        """Return every statement in the ledger, as objects."""
        size = self.store.head().size
        return [json.loads(data.partition(b"\n")[2]) for data in self.store.entries(0, size)]


def statement(kind: str, body: dict[str, Any], agency: str = "commerce", **members: Any) -> bytes:
    """Return a statement's bytes; the id follows from its content unless given."""
    seed = hashlib.sha256(repr((kind, sorted(body.items()), agency)).encode()).digest()[:16]
    whole = {
        "agency": agency,
        "attachments": [],
        "body": body,
        "id": str(uuid.UUID(bytes=seed)),
        "ledger": LEDGER,
        "occurred_at": "2026-01-05T10:00:00+08:00",
        "type": kind,
        "version": 1,
    }
    return canonical_bytes(whole | members)


def enterprise(number: int = 1, **members: Any) -> bytes:
    """Return a decision that one commerce officer may make: EnterpriseRegistered."""
    uscc = ("91310115PDY00001XD", "91310114PDY000028Y", "91310000PDY000036B")[number - 1]
    body = {
        "applicant_kind": "DEALER",
        "district": "浦东新区",
        "in_city": True,
        "name": "示例有限公司",
        "org_code": uscc[8:17],
        "roles": ["EXPORTER"],
        "uscc": uscc,
    }
    return statement("EnterpriseRegistered", body | members.pop("body", {}), **members)


def policy(number: int = 1) -> bytes:
    """Return a † decision: PolicyVersionPublished with every default."""
    body = {
        "document_sha256": "0" * 64,
        "from": "2026-01-01",
        "params": dict(DEFAULT_PARAMS),
        "policy_version": number,
    }
    return statement("PolicyVersionPublished", body)


def open_desk_ledger(store: AnyStore, clock: TurnedClock) -> None:
    """Write entry 0, signed by the eight officers."""
    opening = operator_statement(
        "LedgerOpened", opening_body(), str(uuid.UUID(int=1)), LEDGER, "2026-01-05T10:00:00+08:00"
    )
    raw = sign_envelope("operator", LEDGER, None, 1, clock.now.isoformat(), [opening], officer_keys())
    open_ledger(store, raw, opening, clock=clock)


@contextmanager
def desk(
    folder: Path, url: str | None = None, *, signer: bool = True, kind: type[SqliteStore] | None = None
) -> Iterator[Desk]:
    """Open a new ledger, a file below ``folder`` unless ``url`` says where, and a desk at it."""
    clock = TurnedClock()
    url = url or f"sqlite:///{folder}/ledger.db"
    store = open_store(url, create=True) if kind is None else kind(folder / "ledger.db", create=True)
    open_desk_ledger(store, clock)
    checkpoints = CheckpointSigner(LEDGER, private_key("operator"), folder / "operator.memory")
    with Sequencer(
        store, private_key("housekeeping"), clock=clock, signer=checkpoints if signer else None
    ) as sequencer:
        yield Desk(store, clock, sequencer, url)
    store.close()


def rows_of(url: str) -> StoreSource | PostgresSource:
    """Return the ledger at ``url`` as a verifier reads it, row by row."""
    path = sqlite_file(url)
    return PostgresSource(url) if path is None else StoreSource(path)
