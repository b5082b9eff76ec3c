"""Keys of the demonstration: they follow from the seed, so anybody can make them and they protect nothing."""

import base64
from collections.abc import Sequence
from datetime import date, datetime
from hashlib import sha256
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from api.demo.acts import Act
from ledger.clock import format_instant
from ledger.ed25519 import key_id, raw_public_key
from ledger.keys import OFFICER_AGENCIES

ORIGIN: Final = "demo.example/export-quota"
OFFICERS: Final = tuple(f"{agency}-{number}" for agency in OFFICER_AGENCIES for number in (1, 2, 3, 4))
"""Those that open the demonstration, four of each agency."""
CLERK: Final = "police-5"
"""An officer whose key is registered in the course of the season, and revoked again."""


def demo_keys(seed: int, names: Sequence[str]) -> dict[str, Ed25519PrivateKey]:
    """Return a private key for each name. Anybody can make them: they protect nothing."""
    return {
        name: Ed25519PrivateKey.from_private_bytes(
            sha256(f"quota-ledger demo {seed} {name}".encode()).digest()
        )
        for name in names
    }


def season_keys(seed: int) -> dict[str, Ed25519PrivateKey]:
    """Return the keys of all who sign in a season, the operator's two included."""
    return demo_keys(seed, (*OFFICERS, CLERK, "checkpoint", "housekeeping"))


def key_registered(seed: int, at: datetime) -> Act:
    """Return the registration of the clerk's key, by two officers of its agency."""
    key = demo_keys(seed, [CLERK])[CLERK]
    agency = CLERK.partition("-")[0]
    keyid = key_id(raw_public_key(key))
    message = f"quota-ledger/possession/v1\n{ORIGIN}\n{agency}\n{CLERK}\n{keyid}\n"
    body = {
        "event_types": ["ReconciliationStatementFiled"],
        "officer": CLERK,
        "possession": base64.b64encode(key.sign(message.encode())).decode(),
        "public_key": raw_public_key(key).hex(),
        "valid_from": format_instant(at),
        "valid_to": None,
    }
    return Act(at, agency, "AgencyKeyRegistered", body, officers=2)


def key_revoked(seed: int, at: datetime) -> Act:
    """Return the revocation of the clerk's key."""
    keyid = key_id(raw_public_key(demo_keys(seed, [CLERK])[CLERK]))
    body = {"keyid": keyid, "reason": "岗位调整（虚构）"}
    return Act(at, CLERK.partition("-")[0], "AgencyKeyRevoked", body)


def clerk_until(first: date) -> date:
    """Return the day on which the clerk's key is revoked: ten months later."""
    return date.fromordinal(first.toordinal() + 300)
