"""Settings of ``quota-ledger serve``, from the environment: ``QUOTA_LEDGER_<NAME>`` (docs/operations.md)."""

from pathlib import Path
from typing import Annotated

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from ledger.sequencer import QUEUE_ENVELOPES


class Settings(BaseSettings):
    """What a server process is told; a wrong value stops it before it listens."""

    model_config = SettingsConfigDict(env_prefix="QUOTA_LEDGER_", extra="ignore", frozen=True)

    db: str = "sqlite:///./quota-ledger.db"
    """The ledger: ``sqlite:///PATH`` or ``postgresql://…`` (several hosts allowed)."""
    keys: Path | None = None
    """The operator's key directory; by default beside the database."""
    queue: Annotated[int, Field(ge=1, le=100_000)] = QUEUE_ENVELOPES
    """How many envelopes may wait in one process before 503."""
    body_seconds: Annotated[float, Field(gt=0, le=3600)] = 60.0
    """In how many seconds a request's body must have arrived."""
