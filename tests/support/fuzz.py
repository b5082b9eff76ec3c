"""Requests made from the OpenAPI document, and every answer held against it, in one role."""

import warnings
from collections.abc import Collection, Iterator
from typing import Any

import schemathesis
from schemathesis import SerializationContext, engine
from schemathesis.config import SchemathesisConfig
from schemathesis.engine.events import NonFatalError, ScenarioFinished

from tests.support.reading import Readers

_ACCEPTED = ["2xx", "401", "403", "404", "409"]
# What no schema can say: the bytes have to hash to the path, the text has to be signed, or be a list, one
# number has to be below another, a name has to be one that there is. Such a request is well-formed and still
# refused, with these codes.
_BEYOND_SCHEMAS = {
    "/v1/envelopes": ["400", "422"],
    "/v1/documents/{sha256}": ["400", "415", "416"],
    "/v1/proof/inclusion": ["422"],
    "/v1/reconciliations/preview": ["400", "422"],
    "/v1/proof/consistency": ["422"],
    "/v1/patterns/{name}": ["422"],
    "/v1/findings": ["422"],
    "/v1/explanations/finding": ["422"],
}


@schemathesis.serializer("application/pdf", "image/tiff")
def _scan(context: SerializationContext, value: Any) -> bytes:
    """Send a scan as it is."""
    return value if isinstance(value, bytes) else str(value).encode()


def findings(at: Readers, role: str | None, examples: int, phases: Collection[str]) -> Iterator[str]:
    """Yield each way in which an answer is not what the document promises; all checks are on.

    Phases are examples, coverage and fuzzing: no answer leads to a next request, so there is nothing stateful.
    """
    headers = {} if role is None else {"Authorization": f"Bearer {at.token(role, seconds=36_000)}"}
    config = SchemathesisConfig.from_dict(
        {
            "headers": headers,
            "seed": 1,
            "generation": {"max-examples": examples, "database": "none"},
            "phases": {
                phase: {"enabled": phase in phases}
                for phase in ("examples", "coverage", "fuzzing", "stateful")
            },
            "operations": [
                {
                    "include-path": path,
                    "checks": {"positive_data_acceptance": {"expected-statuses": [*_ACCEPTED, *codes]}},
                }
                for path, codes in _BEYOND_SCHEMAS.items()
            ],
        }
    )
    seen = set()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the tool about itself
        schema = schemathesis.openapi.from_asgi("/openapi.json", at.app, config=config)
        for event in engine.from_schema(schema).execute():
            if isinstance(event, NonFatalError):
                yield f"{event.label}: {event.value}"
            if not isinstance(event, ScenarioFinished):
                continue
            for case, checks in event.recorder.checks.items():
                for check in checks:
                    if check.failure_info is None:
                        continue
                    failure = check.failure_info.failure
                    if (key := (event.recorder.label, check.name, failure.message[:80])) not in seen:
                        seen.add(key)
                        sent = event.recorder.interactions[case]
                        answer = sent.response and (sent.response.status_code, sent.response.content[:300])
                        yield f"{key}: {sent.request.method} {sent.request.uri[:300]} {sent.request.body!r:.300} → {answer}"
