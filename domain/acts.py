"""Acts: what the entries say about one car, each in the shortest form from which its state follows.

A car's state is a pure function of its acts in recorded order (``domain.derive``), so that taking one back is
dropping it and deriving again. An *observation* hangs on the car alone: no other act stands on it, and it
stands in the way of no correction.

Every act carries the ``index`` of the entry that states it; a replacement carries that of its correction.
"""

from datetime import date, datetime
from typing import Annotated, Final, Literal

from pydantic import Field

from domain.values import value


@value(frozen=True, slots=True)
class Approved:
    """A unit was bound to the line: AV→A."""

    index: int
    line_id: str
    act: Literal["APPROVED"] = "APPROVED"


@value(frozen=True, slots=True)
class Classified:
    """A→C; a registration dated ``on`` or later that waits for this line takes the unit at once."""

    index: int
    line_id: str
    on: date
    act: Literal["CLASSIFIED"] = "CLASSIFIED"


@value(frozen=True, slots=True)
class Freed:
    """The unit of an unregistered line went back: A or C→AV."""

    index: int
    line_id: str
    act: Literal["FREED"] = "FREED"


@value(frozen=True, slots=True)
class Registered:
    """注册登记 under ``cert_no``, on a line or on none."""

    index: int
    line_id: str | None
    cert_no: str
    on: date
    act: Literal["REGISTERED"] = "REGISTERED"


@value(frozen=True, slots=True)
class Copied:
    """抄告 of the registration ``cert_no``."""

    index: int
    cert_no: str
    on: date
    act: Literal["COPIED"] = "COPIED"


@value(frozen=True, slots=True)
class Transferred:
    """转让待出口 of the registration ``cert_no``."""

    index: int
    cert_no: str
    from_uscc: str
    to_uscc: str
    on: date
    temp_plate_to: date | None
    act: Literal["TRANSFERRED"] = "TRANSFERRED"


@value(frozen=True, slots=True)
class TransferStruck:
    """撤销转让 of the registration ``cert_no``."""

    index: int
    cert_no: str
    act: Literal["TRANSFER_STRUCK"] = "TRANSFER_STRUCK"


@value(frozen=True, slots=True)
class Submitted:
    """A transfer proof was handed in."""

    index: int
    submission_id: str
    line_id: str | None
    cert_no: str
    at: datetime
    invoice_on: date | None
    act: Literal["SUBMITTED"] = "SUBMITTED"


@value(frozen=True, slots=True)
class Judged:
    """核收, 退回 or 撤销核收 of a submitted proof; ``late`` belongs to an acceptance."""

    index: int
    submission_id: str
    verdict: Literal["ACCEPTED", "REJECTED", "REVOKED"]
    late: bool | None = None
    act: Literal["JUDGED"] = "JUDGED"


@value(frozen=True, slots=True)
class Released:
    """放行/结关: customs confirmed a declaration."""

    index: int
    declaration_no: str
    exporter_uscc: str
    on: date
    status: str
    evidence: str
    act: Literal["RELEASED"] = "RELEASED"


@value(frozen=True, slots=True)
class ReleaseReversed:
    """退关/删单/复进口 of a declaration."""

    index: int
    declaration_no: str
    act: Literal["RELEASE_REVERSED"] = "RELEASE_REVERSED"


@value(frozen=True, slots=True)
class Deregistered:
    """注销登记 of the registration ``cert_no``; ``exit_record`` says whether the police hold one."""

    index: int
    cert_no: str
    on: date
    reason: Literal["EXPORT", "OTHER"]
    exit_record: bool
    act: Literal["DEREGISTERED"] = "DEREGISTERED"


@value(frozen=True, slots=True)
class Annulled:
    """更正/撤销 of the registration ``cert_no``."""

    index: int
    cert_no: str
    kind: Literal["CLERICAL", "FRAUD"]
    act: Literal["ANNULLED"] = "ANNULLED"


@value(frozen=True, slots=True)
class Regularised:
    """补正: the car's unbacked registration takes the unit of the line."""

    index: int
    line_id: str
    act: Literal["REGULARISED"] = "REGULARISED"


@value(frozen=True, slots=True)
class Determined:
    """认定未用于出口 of the registration that holds the line's unit."""

    index: int
    line_id: str
    case_id: str
    act: Literal["DETERMINED"] = "DETERMINED"


@value(frozen=True, slots=True)
class Overturned:
    """撤销认定 of that determination."""

    index: int
    line_id: str
    act: Literal["OVERTURNED"] = "OVERTURNED"


@value(frozen=True, slots=True)
class Substituted:
    """变更出口企业: this exporter takes the car over."""

    index: int
    exporter_uscc: str
    act: Literal["SUBSTITUTED"] = "SUBSTITUTED"


@value(frozen=True, slots=True)
class Loaded:
    """装船离境; an observation."""

    index: int
    on: date
    evidence: str
    act: Literal["LOADED"] = "LOADED"


@value(frozen=True, slots=True)
class UsedAtHome:
    """境内使用; an observation."""

    index: int
    kind: str
    on: date
    act: Literal["USED_AT_HOME"] = "USED_AT_HOME"


@value(frozen=True, slots=True)
class SeenOnRoad:
    """上路线索 of a Shanghai day; an observation."""

    index: int
    on: date
    act: Literal["SEEN_ON_ROAD"] = "SEEN_ON_ROAD"


@value(frozen=True, slots=True)
class InCase:
    """立案 of a case about the car; an observation."""

    index: int
    case_id: str
    act: Literal["IN_CASE"] = "IN_CASE"


Observation = Loaded | UsedAtHome | SeenOnRoad | InCase
Act = (
    Approved
    | Classified
    | Freed
    | Registered
    | Copied
    | Transferred
    | TransferStruck
    | Submitted
    | Judged
    | Released
    | ReleaseReversed
    | Deregistered
    | Annulled
    | Regularised
    | Determined
    | Overturned
    | Substituted
    | Observation
)
StoredAct = Annotated[Act, Field(discriminator="act")]

OBSERVATIONS: Final = (Loaded, UsedAtHome, SeenOnRoad, InCase)
