"""How an enterprise's file and qualification change after they were opened."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Final, Literal

from domain.bodies import EnterpriseChanged, QualificationRenounced, QualificationWithdrawn
from domain.firm import Change, Ending
from domain.rules.draft import Draft
from domain.values import replace

_ROLES: Final = frozenset({"EXPORTER", "UPSTREAM"})
_VALUES: Final[Mapping[str, frozenset[str] | None]] = MappingProxyType(
    {
        "name": None,
        "district": None,
        "in_city": frozenset({"true", "false"}),
        "applicant_kind": frozenset({"MANUFACTURER", "DEALER", "OTHER"}),
        "roles": _ROLES,
    }
)
"""The members of a file that can change, each with its values; None where any text will do."""


def fold_changed(draft: Draft, body: EnterpriseChanged) -> None:
    """Note the new value from its day on; an unknown member or value is flagged and changes nothing."""
    draft.flag_codes(usccs=(body.uscc,))
    enterprise = draft.enterprise(body.uscc)
    if not enterprise.registered:
        draft.flag("unknown-enterprise")
    if body.field not in _VALUES:
        draft.flag("unknown-field")
        return
    if body.value is None or not _is_value(body.field, body.value):
        draft.flag("unknown-value")
        return
    change = Change(draft.index, body.on, body.field, body.value)
    draft.put(f"enterprise:{body.uscc}", replace(enterprise, changes=(*enterprise.changes, change)))


def _is_value(field: str, value: str) -> bool:
    wanted = _VALUES[field]
    stated = value.split(",") if field == "roles" else [value]
    return wanted is None or (wanted.issuperset(stated) and len(set(stated)) == len(stated))


def fold_withdrawn(draft: Draft, body: QualificationWithdrawn) -> None:
    """End the qualification from a day on, until a fresh filing."""
    _end(draft, body.uscc, body.on, "WITHDRAWN")


def fold_renounced(draft: Draft, body: QualificationRenounced) -> None:
    """Freeze the enterprise from a day on; without its declaration the renunciation is flagged."""
    if not any(one.kind == "放弃声明" for one in draft.statement.attachments):
        draft.flag("declaration-missing")
    _end(draft, body.uscc, body.on, body.scope)


def _end(
    draft: Draft, uscc: str, on: date, scope: Literal["WITHDRAWN", "QUALIFICATION", "QUOTA", "BOTH"]
) -> None:
    draft.flag_codes(usccs=(uscc,))
    enterprise = draft.enterprise(uscc)
    if not enterprise.registered:
        draft.flag("unknown-enterprise")
    ending = Ending(draft.index, on, scope)
    draft.put(f"enterprise:{uscc}", replace(enterprise, endings=(*enterprise.endings, ending)))
