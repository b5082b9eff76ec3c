"""Strict Ed25519 (RFC 8032): every verifier says the same of every signature.

OpenSSL checks the equation without the cofactor and refuses S ≥ L, but takes some encodings on which
implementations disagree. So besides: A and R must be canonical (y < p, and no sign bit where x = 0)
and not of small order. A small-order A would make one signature fit many messages.
"""

import hashlib

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

PUBLIC_KEY_SIZE = 32
SIGNATURE_SIZE = 64

_P = 2**255 - 19
_L = 2**252 + 27742317777372353535851937790883648493
_Y_MASK = 2**255 - 1
# The y coordinates of the eight points whose order divides 8 (orders 4, 1, 2 and 8, 8).
_SMALL_ORDER_Y = {
    0,
    1,
    _P - 1,
    int.from_bytes(
        bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"), "little"
    ),
    int.from_bytes(
        bytes.fromhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"), "little"
    ),
}


class SignatureInvalid(ValueError):
    """A public key or signature that is not strictly valid; the message says which rule it breaks."""


def check_public_key(public_key: bytes) -> None:
    """Refuse a key that is not 32 bytes, not canonical, not on the curve or of small order.

    Raises:
        SignatureInvalid: it breaks one of these rules.
    """
    if len(public_key) != PUBLIC_KEY_SIZE:
        raise SignatureInvalid(f"a public key has {PUBLIC_KEY_SIZE} bytes, not {len(public_key)}")
    _check_point(public_key, "public key")
    if not _on_curve(public_key):
        raise SignatureInvalid("public key: not a point of the curve")


def verify(public_key: bytes, signature: bytes, message: bytes) -> None:
    """Verify one signature; ``public_key`` has passed :func:`check_public_key`.

    Raises:
        SignatureInvalid: the signature is not strictly valid for this key and message.
    """
    if len(signature) != SIGNATURE_SIZE:
        raise SignatureInvalid(f"a signature has {SIGNATURE_SIZE} bytes, not {len(signature)}")
    if int.from_bytes(signature[32:], "little") >= _L:
        raise SignatureInvalid("signature: S is not below the group order")
    _check_point(signature[:32], "signature: R")
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, message)
    except (InvalidSignature, ValueError):
        raise SignatureInvalid("signature: does not fit the key and the message") from None


def raw_public_key(private_key: Ed25519PrivateKey) -> bytes:
    """Return the 32 bytes of the public half."""
    return private_key.public_key().public_bytes_raw()


def key_id(public_key: bytes) -> str:
    """Return the lower-case hex SHA-256 of the raw public key."""
    return hashlib.sha256(public_key).hexdigest()


def _check_point(encoded: bytes, what: str) -> None:
    # Points with x = 0 have y = ±1 and are of small order, so a stray sign bit falls with them.
    y = int.from_bytes(encoded, "little") & _Y_MASK
    if y >= _P:
        raise SignatureInvalid(f"{what} is not canonical")
    if y in _SMALL_ORDER_Y:
        raise SignatureInvalid(f"{what} is of small order")


def _on_curve(encoded: bytes) -> bool:
    """Say whether x² = (y² − 1) / (dy² + 1) has a root, by Euler's criterion."""
    y = int.from_bytes(encoded, "little") & _Y_MASK
    d = -121665 * pow(121666, -1, _P) % _P
    square = (y * y - 1) * pow(d * y * y + 1, -1, _P) % _P
    return square == 0 or pow(square, (_P - 1) // 2, _P) == 1
