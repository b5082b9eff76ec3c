"""The catalogue of statement types: who may sign which, whether it decides or reports, and its own date.

A stored type name is looked up here and nowhere else; it is never a path into code.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType
from typing import Final

from domain import bodies
from domain.bodies import Body


class Kind(Enum):
    """A decision is refused when a rule forbids it; a fact is accepted and flagged."""

    DECISION = "DECISION"
    FACT = "FACT"


@dataclass(frozen=True, slots=True)
class TypeSpec:
    """One row: ``effective_field`` names the body's own date, None where ``occurred_at`` serves."""

    name: str
    zh: str
    agencies: frozenset[str]
    kind: Kind
    four_eyes: bool
    effective_field: str | None
    body: type[Body]


_SIGNERS: Final = {
    "SC": ("commerce",),
    "ST": ("transport",),
    "PS": ("police",),
    "CU|SC": ("customs", "commerce"),
    "OP": ("operator",),
    "OWN": ("commerce", "transport", "police", "customs"),
}
_DEC: Final = Kind.DECISION
_FACT: Final = Kind.FACT


def _row(
    body: type[Body],
    zh: str,
    signers: str,
    kind: Kind,
    effective_field: str | None = None,
    *,
    four_eyes: bool = False,
) -> TypeSpec:
    return TypeSpec(body.__name__, zh, frozenset(_SIGNERS[signers]), kind, four_eyes, effective_field, body)


_ROWS: Final = (
    _row(bodies.LedgerOpened, "建账", "OP", _DEC),
    _row(bodies.AgencyKeyRegistered, "密钥登记", "OWN", _DEC, four_eyes=True),
    _row(bodies.AgencyKeyRevoked, "密钥注销", "OWN", _DEC),
    _row(bodies.HeadsCommitted, "链首承诺", "OP", _FACT),
    _row(bodies.SubmissionRefused, "拒收记录", "OP", _FACT),
    _row(bodies.PolicyVersionPublished, "政策版本", "SC", _DEC, four_eyes=True),
    _row(bodies.HolidayCalendarPublished, "节假日", "SC", _DEC),
    _row(bodies.EnterpriseRegistered, "企业建档", "SC", _DEC),
    _row(bodies.ExportQualificationFiled, "备案", "SC", _FACT, "valid_from"),
    _row(bodies.CommitmentLetterSigned, "承诺书", "SC", _FACT, "signed_on"),
    _row(bodies.TotalQuotaApplicationReceived, "总量申请", "SC", _FACT, "applied_on"),
    _row(bodies.QuotaGranted, "核定总量", "SC", _DEC, four_eyes=True),
    _row(bodies.UseApplicationReceived, "使用申请", "SC", _FACT),
    _row(bodies.UseApplicationApproved, "核定使用", "SC", _DEC),
    _row(bodies.UsageNumberSent, "提交使用数量", "SC", _DEC),
    _row(bodies.QuotaAttributeClassified, "额度属性分类", "ST", _DEC),
    _row(bodies.VehicleRegistered, "注册登记", "PS", _FACT, "registered_on"),
    _row(bodies.VehicleInfoCopied, "抄告", "PS", _FACT, "copied_on"),
    _row(bodies.PendingExportTransferRecorded, "转让待出口", "PS", _FACT, "transferred_on"),
    _row(bodies.TransferProofSubmitted, "提交证明", "SC", _FACT),
    _row(bodies.TransferProofAccepted, "核收", "SC", _DEC),
    _row(bodies.CustomsExportConfirmed, "放行/结关", "CU|SC", _FACT, "released_on"),
    _row(bodies.VehicleDeregistered, "注销登记", "PS", _FACT, "deregistered_on"),
    _row(bodies.EnterpriseSuspended, "暂停", "SC", _DEC, four_eyes=True),
    _row(bodies.EnterpriseReinstated, "恢复", "SC", _DEC, four_eyes=True),
)

CATALOGUE: Final[Mapping[str, TypeSpec]] = MappingProxyType({row.name: row for row in _ROWS})
