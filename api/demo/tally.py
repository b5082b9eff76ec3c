"""The agencies' own counts by month, for their statements of account (对账单)."""

from collections import Counter
from datetime import date, datetime, timedelta
from typing import Any, Final

from api.demo.acts import Act, digest
from domain.calendar import SHANGHAI
from domain.catalogue import CATALOGUE

_COUNTED: Final = {
    "QuotaAttributeClassified": (("transport", "classified"),),
    "VehicleRegistered": (("police", "registered"), ("commerce", "registered")),
    "RegistrationAnnulled": (("police", "registered"), ("commerce", "registered")),
    "PendingExportTransferRecorded": (("police", "transferred"),),
    "VehicleDeregistered": (("police", "deregistered"),),
    "CustomsExportConfirmed": (("customs", "released"),),
    "PortLoadingConfirmed": (("customs", "loaded"),),
    "QuotaGranted": (("commerce", "granted"),),
    "UseApplicationApproved": (("commerce", "approved"),),
    "TransferProofAccepted": (("commerce", "proved"),),
}
_LEFT_OUT: Final = {
    # Whether a count is net of these is a matter of reading, so an agency does not state it for such a month.
    "QuotaToppedUp": ("commerce", "granted"),
    "QuotaReduced": ("commerce", "granted"),
    "TransferReversed": ("police", "transferred"),
    "TransferProofRevoked": ("commerce", "proved"),
}
AGENCIES: Final = ("commerce", "transport", "police", "customs")


class Tally:
    """Counts acts under the month of their effective date."""

    def __init__(self) -> None:
        self._counts: dict[tuple[int, int], Counter[tuple[str, str]]] = {}
        self._left_out: set[tuple[int, int, tuple[str, str]]] = set()

    def note(self, act: Act) -> None:
        """Count an act that the ledger will take."""
        if act.refused:
            return
        if act.type in _LEFT_OUT:
            self._left_out.add((act.at.year, act.at.month, _LEFT_OUT[act.type]))
        for name in _COUNTED.get(act.type, ()):
            day = _effective(act)
            counts = self._counts.setdefault((day.year, day.month), Counter())
            counts[name] += _units(act)

    def take(self, year: int, month: int) -> dict[str, dict[str, int]]:
        """Return the counts of a month by agency, and forget them."""
        counts = self._counts.pop((year, month), Counter())
        return {
            agency: {
                name: count
                for (of, name), count in sorted(counts.items())
                if of == agency and (year, month, (of, name)) not in self._left_out
            }
            for agency in AGENCIES
        }


def _effective(act: Act) -> date:
    field = CATALOGUE[act.type].effective_field
    if field:
        return date.fromisoformat(act.body[field][:10])
    return (act.occurred_at or act.at).astimezone(SHANGHAI).date()


def _units(act: Act) -> int:
    match act.type:
        case "RegistrationAnnulled":
            return -1 if act.body["kind"] == "CLERICAL" else 0
        case "UseApplicationApproved":
            return len(act.body["lines"])
        case "QuotaGranted" | "QuotaAttributeClassified":
            return int(act.body["units"])
        case _:
            return 1


def statement(agency: str, by: tuple[str, ...], first: date, counts: dict[str, int], at: datetime) -> Act:
    """Return 对账单 of the month that begins on ``first``."""
    last = (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    body: dict[str, Any] = {
        "counts": counts,
        "differences": None,
        "list_sha256": digest(f"demo {agency} {first} {sorted(counts.items())}"),
        "period_from": first.isoformat(),
        "period_to": last.isoformat(),
    }
    return Act(at, agency, "ReconciliationStatementFiled", body, by=by)
