"""Keys for tests: made from a seed text, so that every run and every file sees the same ones."""

import base64
import hashlib
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger.ed25519 import key_id, raw_public_key
from ledger.keys import OFFICER_AGENCIES, possession_message
from ledger.note import NoteSigner

LEDGER = "test.example/export-quota"
AGENCIES = OFFICER_AGENCIES


def private_key(seed: str) -> Ed25519PrivateKey:
    """Return the key whose 32-byte secret is the SHA-256 of ``seed``."""
    return Ed25519PrivateKey.from_private_bytes(hashlib.sha256(seed.encode()).digest())


def public_hex(seed: str) -> str:
    """Return the public half in hex, as bodies write it."""
    return raw_public_key(private_key(seed)).hex()


def keyid(seed: str) -> str:
    """Return the keyid of the key of ``seed``."""
    return key_id(raw_public_key(private_key(seed)))


def officer_seeds() -> list[str]:
    """Return the seeds (and pseudonyms) of the eight officers of entry 0, in their order."""
    return [f"{agency}-{number}" for agency in AGENCIES for number in (1, 2)]


def officer_keys() -> list[Ed25519PrivateKey]:
    """Return the eight officers' keys, in the order that entry 0 wants."""
    return [private_key(seed) for seed in officer_seeds()]


def opening_body(ledger: str = LEDGER) -> dict[str, Any]:
    """Return a lawful body of LedgerOpened: two officers of each agency."""
    return {
        "format": "quota-ledger/1",
        "housekeeping_key": public_hex("housekeeping"),
        "officers": [
            {"agency": seed.split("-")[0], "officer": seed, "public_key": public_hex(seed)}
            for seed in officer_seeds()
        ],
        "operator_key": str(NoteSigner(ledger, private_key("operator")).verifier_key),
        "policy_document_sha256": hashlib.sha256(b"policy").hexdigest(),
        "predecessor": None,
    }


def registration_body(
    seed: str,
    agency: str = "police",
    *,
    officer: str = "police-3",
    event_types: tuple[str, ...] = ("VehicleRegistered",),
    valid_from: str | None = "2026-01-05T00:00:00Z",
    valid_to: str | None = None,
    ledger: str = LEDGER,
) -> dict[str, Any]:
    """Return a body of AgencyKeyRegistered for the key of ``seed``, with its proof of possession."""
    message = possession_message(ledger, agency, officer, keyid(seed))
    return {
        "event_types": list(event_types),
        "officer": officer,
        "possession": base64.b64encode(private_key(seed).sign(message)).decode(),
        "public_key": public_hex(seed),
        "valid_from": valid_from,
        "valid_to": valid_to,
    }
