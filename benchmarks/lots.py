"""What the benchmarks enter: signed envelopes of cheap statements about ever more enterprises.

A hundred enterprises are registered by one envelope and file nine times by the next nine, so every history
has the same length and is spread over a thousand entries.
"""

from collections.abc import Sequence
from hashlib import sha256
from uuid import UUID

from api.demo.keys import season_keys
from domain.identifiers import organisation_code_check, uscc_check
from ledger.canonical import canonical_bytes
from ledger.clock import format_instant, system_clock
from ledger.envelope import Seen, sign_envelope

ORIGIN = "demo.example/growth"
KEYS = season_keys(0)
LOT = 100  # statements an envelope
HISTORY = 10  # entries an enterprise: its registration and nine filings, one an envelope


def enterprise(number: int) -> str:
    """Return the code of the ``number``-th enterprise, check characters and all (a million of them)."""
    first_17 = f"91{number:06d}PDY00001"
    first_17 += organisation_code_check(first_17[8:16])
    return first_17 + uscc_check(first_17)


def statement(kind: str, number: int, name: str, ledger: str = ORIGIN) -> bytes:
    """Return a statement about the ``number``-th enterprise; its id follows from ``name``."""
    uscc = enterprise(number)
    registration = {
        "applicant_kind": "DEALER", "district": None, "in_city": True, "name": f"示例企业{number}",
        "org_code": uscc[8:17], "roles": ["EXPORTER"], "uscc": uscc,
    }  # fmt: skip
    filing = {"filing_no": name, "uscc": uscc, "valid_from": "2025-01-01", "valid_to": "2025-12-31"}
    return canonical_bytes(
        {
            "agency": "commerce",
            "attachments": [],
            "body": registration if kind == "EnterpriseRegistered" else filing,
            "id": str(UUID(bytes=sha256(name.encode()).digest()[:16], version=4)),
            "ledger": ledger,
            "occurred_at": "2026-01-05T10:00:00+08:00",
            "type": kind,
            "version": 1,
        }
    )


def signed(officer: str, seq: int, seen: Seen, statements: Sequence[bytes]) -> bytes:
    """Return an envelope of commerce."""
    now = format_instant(system_clock())
    return sign_envelope("commerce", ORIGIN, seen, seq, now, statements, [KEYS[officer]])


def lot(number: int, ledger: str = ORIGIN) -> list[bytes]:
    """Return the statements of the ``number``-th envelope: 100 enterprises are registered, then file."""
    kind = "EnterpriseRegistered" if number % HISTORY == 0 else "ExportQualificationFiled"
    first = number // HISTORY * LOT
    return [statement(kind, first + item, f"lot-{number}-{item}", ledger) for item in range(LOT)]
