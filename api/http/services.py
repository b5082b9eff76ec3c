"""What the routes of one server process share: the store, the sequencer, the clock."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, cast

from fastapi import Depends
from starlette.requests import Request

from api.cli.context import files_of
from api.cli.keyfiles import checkpoint_signer, housekeeping_key, keys_directory
from api.http.settings import Settings
from ledger import stores
from ledger.clock import Clock
from ledger.opening import load_ring
from ledger.sequencer import Sequencer
from ledger.stores import AnyStore


@dataclass(slots=True)
class Services:
    """Made when the process starts, closed when it ends."""

    settings: Settings
    store: AnyStore
    sequencer: Sequencer
    origin: str
    clock: Clock

    def close(self) -> None:
        """Write what waits, then give back every connection."""
        self.sequencer.close()
        self.store.close()


def open_services(settings: Settings, clock: Clock) -> Services:
    """Open the ledger and begin to write.

    Raises:
        StoreError: the database cannot be opened.
        NotOpened: it holds no ledger yet.
        Stop: the operator's keys are not there, or not as they should be.
    """
    directory = keys_directory(Path(files_of(settings.db)), settings.keys)
    store = stores.open_store(settings.db)
    try:
        ring, _ = load_ring(store)
        signer = checkpoint_signer(ring.origin, directory) if ring.origin else None
        sequencer = Sequencer(
            store, housekeeping_key(directory), clock=clock, signer=signer, max_queue=settings.queue
        )
    except BaseException:
        store.close()
        raise
    assert ring.origin is not None, "the sequencer refuses a ledger that is not opened"
    return Services(settings, store, sequencer, ring.origin, clock)


def _services(request: Request) -> Services:
    return cast("Services", request.app.state.services)


Shared = Annotated[Services, Depends(_services)]
