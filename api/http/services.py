"""What the routes of one server process share: the store, the sequencer, the clock."""

import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, cast

from anyio import CapacityLimiter
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastapi import Depends
from starlette.requests import Request

from api.access_log import prepare_access_log
from api.cli.context import REFUSED, Stop, beside, files_of
from api.cli.keyfiles import CHECKPOINT_MEMORY, checkpoint_signer, housekeeping_key, keys_directory, parse_key
from api.http.bodies import make_limiter
from api.http.document_store import DocumentStore, FolderStore
from api.http.head_watch import HeadWatch
from api.http.metrics import Metrics
from api.http.settings import PREFIX, Settings
from ledger import stores
from ledger.clock import Clock
from ledger.ed25519 import key_id, raw_public_key
from ledger.keys import KeyRing
from ledger.opening import load_ring
from ledger.sequencer import Sequencer, Written, release_checkpoint
from ledger.signer import CheckpointSigner
from ledger.stores import AnyStore
from projections.live import Projector
from projections.runner import prepare

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Services:
    """Made when the process starts, closed when it ends."""

    settings: Settings
    store: AnyStore
    sequencer: Sequencer
    origin: str
    clock: Clock
    metrics: Metrics
    parsing: CapacityLimiter
    """Keeps the parsers of long bodies apart."""
    documents: DocumentStore
    """Where scans lie."""
    heads: HeadWatch
    """How far the ledger has come, for live streams."""
    counting: CapacityLimiter
    """Lets one request at a time go through every subject key."""
    rendering: CapacityLimiter
    """Makes one PDF or workbook at a time."""
    projector: Projector
    """Keeps the views current."""

    def close(self) -> None:
        """Write what waits, then give back every connection."""
        self.sequencer.close()
        self.projector.close()
        self.store.close()


def open_services(settings: Settings, clock: Clock, metrics: Metrics) -> Services:
    """Open the ledger and begin to write.

    Raises:
        StoreError: the database cannot be opened.
        NotOpened: it holds no ledger yet.
        ReleaseRefused: it is older than, or forked from, the last checkpoint released.
        Stop: the operator's keys are not there, or not as they should be.
    """
    store = stores.open_store(settings.db)
    projector: Projector | None = None
    try:
        ring, _ = load_ring(store)
        key, signer = operator_keys(settings, ring)
        prepare(store)
        prepare_access_log(store)
        if signer is not None:
            # Before anything is appended: a database that lacks what was promised is not built upon.
            release_checkpoint(store, signer)
        told = projector = Projector(store, _views_are_troubled)

        def watch(written: Written) -> None:
            metrics.written(written)
            told.tell()

        sequencer = Sequencer(store, key, clock=clock, signer=signer, max_queue=settings.queue, watch=watch)
    except BaseException:
        if projector is not None:
            projector.close()
        store.close()
        raise
    assert ring.origin is not None, "the sequencer refuses a ledger that is not opened"
    return Services(
        settings, store, sequencer, ring.origin, clock, metrics, make_limiter(),
        FolderStore(settings.documents or beside(files_of(settings.db), ".documents")),
        HeadWatch(store, settings.poll_seconds, settings.streams),
        CapacityLimiter(1), CapacityLimiter(1), projector,
    )  # fmt: skip


def _views_are_troubled(reason: str) -> None:
    _log.error("the views do not get on: %s", reason)


def operator_keys(settings: Settings, ring: KeyRing) -> tuple[Ed25519PrivateKey, CheckpointSigner | None]:
    """Return the housekeeping key and the checkpoint signer, None where this process is not to sign.

    Raises:
        Stop: a key is missing, readable by others, no key, or not the one that entry 0 names.
    """
    directory = keys_directory(Path(files_of(settings.db)), settings.keys)
    if settings.housekeeping_key is None:
        key = housekeeping_key(directory)
    else:
        key = parse_key(settings.housekeeping_key.get_secret_value().encode(), f"{PREFIX}HOUSEKEEPING_KEY")
    if ring.origin is None:
        return key, None
    if settings.checkpoint_key is None:
        signer = checkpoint_signer(ring.origin, directory)
    else:
        told = parse_key(settings.checkpoint_key.get_secret_value().encode(), f"{PREFIX}CHECKPOINT_KEY")
        signer = CheckpointSigner(ring.origin, told, directory / CHECKPOINT_MEMORY)
    if key_id(raw_public_key(key)) != ring.housekeeping_keyid:
        raise Stop(REFUSED, "the housekeeping key is not the one that entry 0 names")
    if signer is not None and str(signer.verifier_key) != ring.operator_key:
        raise Stop(REFUSED, f"the checkpoint key is not the one that entry 0 names, {ring.operator_key}")
    return key, signer


def _services(request: Request) -> Services:
    return cast("Services", request.app.state.services)


Shared = Annotated[Services, Depends(_services)]
