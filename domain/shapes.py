"""The vocabulary of statements: strict field types with a stated bound each.

Nothing is coerced: no bool for an int, no number for a text, no date in another form. Days are
``YYYY-MM-DD``, instants RFC 3339 with ``Z`` or ``±hh:mm`` and up to six decimals; both between the years
1970 and 9000, so that no calendar sum can overflow. Control characters were refused by the canonical form.

Bounds: a name 200 characters, a text 2,000, a code 64; 200 vehicles a statement.
"""

import re
from datetime import date, datetime
from functools import lru_cache
from typing import Annotated, Final, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from domain.identifiers import (
    APPLICATION_ID_PATTERN,
    BATCH_ID_PATTERN,
    LINE_ID_PATTERN,
    ORGANISATION_CODE_PATTERN,
    PAIR_ID_PATTERN,
    REFERENCE_PATTERN,
    USCC_PATTERN,
    VIN_PATTERN,
)

MAX_VEHICLES: Final = 200
MAX_UNITS: Final = 10_000_000

_REMEMBERED: Final = 10_000
"""Days that are not looked at again: a ledger names the same ones over and over."""
_FIRST_YEAR: Final = 1970
_LAST_YEAR: Final = 9000
_DAY_LENGTH: Final = len("YYYY-MM-DD")
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_INSTANT: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?(Z|[+-][0-9]{2}:[0-5][0-9])"
)
_DAY_WANTED: Final = "a day YYYY-MM-DD between the years 1970 and 9000 is wanted"
_INSTANT_WANTED: Final = (
    "an instant YYYY-MM-DDThh:mm:ss with at most six decimals and Z or ±hh:mm, "
    "between the years 1970 and 9000, is wanted"
)


def parse_day(value: object) -> date:
    """Return the date that a text ``YYYY-MM-DD`` names; anything else is refused."""
    if isinstance(value, str) and len(value) == _DAY_LENGTH and (day := _day(value)) is not None:
        return day
    raise PydanticCustomError("day", _DAY_WANTED)


@lru_cache(_REMEMBERED)
def _day(text: str) -> date | None:
    if not _DAY.fullmatch(text):
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:  # a day that no calendar has, such as the 30th of February
        return None
    return day if _FIRST_YEAR <= day.year <= _LAST_YEAR else None


def parse_instant(value: object) -> datetime:
    """Return the aware datetime that an RFC 3339 text names, in the offset it was written with."""
    if isinstance(value, str) and (match := _INSTANT.fullmatch(value)):
        if fraction := match[1]:  # fromisoformat wants three decimals or six
            value = value.replace(fraction, fraction.ljust(7, "0"), 1)
        try:
            instant = datetime.fromisoformat(value)
        except ValueError:  # an hour 24, a leap second, an offset of a day
            pass
        else:
            if _FIRST_YEAR <= instant.year <= _LAST_YEAR:
                return instant
    raise PydanticCustomError("instant", _INSTANT_WANTED)


class BodyModel(BaseModel):
    """A frozen object with exactly the members that its class names."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid", validate_by_alias=True)


Day = Annotated[date, BeforeValidator(parse_day)]
Instant = Annotated[datetime, BeforeValidator(parse_instant)]

Uscc = Annotated[str, Field(pattern=USCC_PATTERN)]
OrganisationCode = Annotated[str, Field(pattern=ORGANISATION_CODE_PATTERN)]
Vin = Annotated[str, Field(pattern=VIN_PATTERN)]
PairIdText = Annotated[str, Field(pattern=PAIR_ID_PATTERN)]
BatchIdText = Annotated[str, Field(pattern=BATCH_ID_PATTERN)]
LineIdText = Annotated[str, Field(pattern=LINE_ID_PATTERN)]
ApplicationIdText = Annotated[str, Field(pattern=APPLICATION_ID_PATTERN)]
Reference = Annotated[str, Field(pattern=REFERENCE_PATTERN)]

Sha256 = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
Name = Annotated[str, Field(min_length=1, max_length=200)]
Text = Annotated[str, Field(min_length=1, max_length=2000)]
Code = Annotated[str, Field(min_length=1, max_length=64)]
Units = Annotated[int, Field(ge=0, le=MAX_UNITS)]
Number = Annotated[int, Field(ge=1, le=1_000_000_000)]
Year = Annotated[int, Field(ge=_FIRST_YEAR, le=_LAST_YEAR)]

# JSON has lists where the models hold tuples; nothing else is let through by this leniency.
UsccPair = Annotated[tuple[Uscc, ...], Field(strict=False, max_length=2)]
Usccs = Annotated[tuple[Uscc, ...], Field(strict=False, max_length=MAX_VEHICLES)]
Vins = Annotated[tuple[Vin, ...], Field(strict=False, max_length=MAX_VEHICLES)]
Days = Annotated[tuple[Day, ...], Field(strict=False, max_length=366)]

Agency = Literal["commerce", "transport", "police", "customs", "operator"]
