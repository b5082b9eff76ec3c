"""Settings of ``quota-ledger serve``, from the environment: ``QUOTA_LEDGER_<NAME>`` (docs/operations.md)."""

from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from api.http.limits import BODY_SECONDS
from ledger.sequencer import QUEUE_ENVELOPES

PREFIX: Final = "QUOTA_LEDGER_"


class Settings(BaseSettings):
    """What a server process is told; a wrong value stops it before it listens."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, extra="ignore", frozen=True, hide_input_in_errors=True
    )

    db: str = "sqlite:///./quota-ledger.db"
    """The ledger: `sqlite:///PATH` or `postgresql://…` (several hosts allowed)."""
    keys: Path | None = None
    """The operator's key directory; by default `<database>.keys`."""
    housekeeping_key: SecretStr | None = None
    """The housekeeping key itself, in PEM, instead of its file."""
    checkpoint_key: SecretStr | None = None
    """The checkpoint key itself, in PEM, instead of its file; the signer's memory stays in `keys`."""
    queue: Annotated[int, Field(ge=1, le=100_000)] = QUEUE_ENVELOPES
    """How many envelopes may wait in one process before 503."""
    body_seconds: Annotated[float, Field(gt=0, le=3600)] = BODY_SECONDS
    """In how many seconds a request's body must have arrived."""
    answer_seconds: Annotated[float, Field(gt=0, le=3600)] = 30.0
    """How many seconds an append waits for its commit before it is told to ask again."""
    drain_seconds: Annotated[int, Field(ge=1, le=3600)] = 30
    """How many seconds a server that ends waits for requests; what is queued is written in any case."""
    connections: Annotated[int, Field(ge=1, le=100_000)] = 1_000
    """How many connections one process serves at a time before 503."""
    token_keys: Path | None = None
    """Public keys of those who issue readers' tokens: a JWK set, or one key in PEM; without, nobody reads."""
    token_issuer: Annotated[str, Field(min_length=1, max_length=200)] = "quota-ledger"  # noqa: S105  a name
    """What `iss` of a token must say."""
    token_audience: Annotated[str | None, Field(min_length=1, max_length=200)] = None
    """What `aud` of a token must hold; by default the ledger's name."""
    token_seconds: Annotated[int, Field(ge=60, le=86_400)] = 43_200
    """The longest life of a token, from `iat` to `exp`."""
    documents: Path | None = None
    """The folder of scans; by default `<database>.documents`."""
    streams: Annotated[int, Field(ge=1, le=10_000)] = 100
    """How many live streams one process serves before 503."""
    poll_seconds: Annotated[float, Field(gt=0, le=60)] = 1.0
    """How often a process with live streams looks whether the ledger has grown."""
    stream_seconds: Annotated[float, Field(gt=0, le=86_400)] = 3_600.0
    """How long a live stream lasts before its reader has to come back."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    """The least severe log lines that are written."""
