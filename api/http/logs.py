"""Logs of a server: one JSON object a line on stderr, without bodies, names, codes of cars or enterprises.

An exception is written as its type and the places it passed; its message may quote a statement.
"""

import logging
import sys
import traceback
from typing import Any, Final

import structlog
from structlog.typing import EventDict, WrappedLogger

_QUIET: Final = ("uvicorn.access", "httptools", "asyncio")


def configure(level: str) -> None:
    """Send what this process logs to stderr as JSON, whoever logs it."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        where_it_failed,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(ensure_ascii=False, sort_keys=True),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


def where_it_failed(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """Replace an exception by its type and the places it passed."""
    found: Any = event.pop("exc_info", None)
    if found is True:
        found = sys.exc_info()
    error = found[1] if isinstance(found, tuple) else found
    if isinstance(error, BaseException):
        event["error"] = type(error).__qualname__
        places = traceback.extract_tb(error.__traceback__)
        event["passed"] = [f"{place.filename}:{place.lineno} {place.name}" for place in places]
    return event
