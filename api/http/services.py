"""What the routes of one server process share: the store, the sequencer, the clock."""

from dataclasses import dataclass
from typing import Annotated, cast

from fastapi import Depends
from starlette.requests import Request

from api.http.settings import Settings
from ledger.clock import Clock
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


def _services(request: Request) -> Services:
    return cast("Services", request.app.state.services)


Shared = Annotated[Services, Depends(_services)]
