"""Bodies about the suspension (暂停) of an enterprise, its notice (送达) and its end (恢复)."""

from typing import Annotated, Literal

from pydantic import Field

from domain.shapes import BodyModel, Instant, Name, Reference, Uscc

Scope = Literal["APPLY", "USE"]


class EnterpriseSuspended(BodyModel):
    """暂停: commerce stops an enterprise from applying for quota, from using it, or both."""

    basis: Literal["INTERIM", "FINAL"]
    case_id: Reference | None
    effective_at: Instant
    scope: Annotated[tuple[Scope, ...], Field(strict=False, max_length=2)]
    suspension_id: Reference
    uscc: Uscc


class EnterpriseReinstated(BodyModel):
    """恢复: commerce ends one suspension."""

    effective_at: Instant
    suspension_id: Reference
    uscc: Uscc


class SuspensionNoticeServed(BodyModel):
    """送达: the suspension or its end was made known to ``to``, an agency or the enterprise."""

    kind: Literal["SUSPEND", "REINSTATE"]
    served_at: Instant
    suspension_id: Reference
    to: Name
    uscc: Uscc
