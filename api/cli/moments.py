"""Days and moments as people write them in options."""

from datetime import date
from typing import Annotated, Final

import typer

from api.cli.context import USAGE, Stop
from domain.shapes import parse_day

_MAX_INDEX_DIGITS: Final = 15

AsKnownAt = Annotated[
    str | None, typer.Option(metavar="INDEX|DATE", help="Only entries up to this one, or this day.")
]
AsOf = Annotated[str | None, typer.Option(metavar="DATE", help="Only what took effect by this day.")]


def moment_of(option: str, text: str) -> int | date:
    """Return the index or the day that an option names.

    Raises:
        Stop: usage: it is neither.
    """
    if text.isascii() and text.isdigit() and len(text) <= _MAX_INDEX_DIGITS:
        return int(text)
    return day_of(option, text, also="an index or ")


def day_of(option: str, text: str, also: str = "") -> date:
    """Return the day that an option names.

    Raises:
        Stop: usage: it is none.
    """
    try:
        return parse_day(text)
    except ValueError:
        raise Stop(USAGE, f"{option} {text}: {also}a day YYYY-MM-DD is wanted") from None
