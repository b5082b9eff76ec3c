"""Strict Ed25519: RFC 8032's own examples, and each encoding on which implementations disagree."""

import hashlib

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger.ed25519 import SignatureInvalid, check_public_key, key_id, raw_public_key, verify
from tests.support.keys import private_key

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
Point = tuple[int, int]

# RFC 8032, section 7.1: secret key, public key, message, signature.
RFC_8032 = [
    (
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
        "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
        "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
]


def add(one: Point, two: Point) -> Point:
    """Add two points of the twisted Edwards curve −x² + y² = 1 + dx²y²."""
    (x1, y1), (x2, y2) = one, two
    t = D * x1 * x2 * y1 * y2 % P
    return (x1 * y2 + x2 * y1) * pow(1 + t, -1, P) % P, (y1 * y2 + x1 * x2) * pow(1 - t, -1, P) % P


def times(scalar: int, point: Point) -> Point:
    """Multiply a point by doubling and adding."""
    result = (0, 1)
    while scalar:
        if scalar & 1:
            result = add(result, point)
        point = add(point, point)
        scalar >>= 1
    return result


def lift(y: int, odd: int) -> Point | None:
    """Return the point of this y and sign, None when the curve has none."""
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    if (x * x - square) % P or (x == 0 and odd):
        return None
    return (x if x % 2 == odd else P - x), y


def encode(point: Point) -> bytes:
    """Return the 32 bytes of a point."""
    return (point[1] | (point[0] & 1) << 255).to_bytes(32, "little")


def decode(data: bytes) -> Point:
    """Return the point behind 32 canonical bytes."""
    whole = int.from_bytes(data, "little")
    point = lift(whole & (2**255 - 1), whole >> 255)
    assert point
    return point


BASE = decode(bytes([0x58] + [0x66] * 31))


def small_order_points() -> list[Point]:
    """Return the eight points whose order divides 8, by taking L times points of the whole curve."""
    found: set[Point] = set()
    y = 2
    while len(found) < 8:
        if point := lift(y, 0):
            torsion = times(L, point)
            found |= {times(n, torsion) for n in range(8)}
        y += 1
    return sorted(found)


TORSION = small_order_points()


def challenge(r: bytes, a: bytes, message: bytes) -> int:
    """Return h of RFC 8032, 5.1.7."""
    return int.from_bytes(hashlib.sha512(r + a + message).digest(), "little") % L


@pytest.mark.parametrize(("secret", "public", "message", "signature"), RFC_8032)
def test_the_examples_of_rfc_8032_verify(secret: str, public: str, message: str, signature: str) -> None:
    """Given a published example, then key and signature are made and verified as printed."""
    key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(secret))
    assert raw_public_key(key).hex() == public
    assert key.sign(bytes.fromhex(message)).hex() == signature
    check_public_key(bytes.fromhex(public))
    verify(bytes.fromhex(public), bytes.fromhex(signature), bytes.fromhex(message))
    assert key_id(bytes.fromhex(public)) == hashlib.sha256(bytes.fromhex(public)).hexdigest()


def test_any_flipped_bit_is_found() -> None:
    """Given a signature, when any one bit of it, its message or its key is flipped, then it is refused."""
    key = private_key("police-1")
    public, message = raw_public_key(key), b"message"
    signature = key.sign(message)
    for place in range(512):
        with pytest.raises(SignatureInvalid):
            verify(public, flip(signature, place), message)
    for place in range(256):
        with pytest.raises(SignatureInvalid):
            verify(flip(public, place), signature, message)
    with pytest.raises(SignatureInvalid, match="does not fit"):
        verify(public, signature, b"messagf")


def flip(data: bytes, place: int) -> bytes:
    changed = bytearray(data)
    changed[place // 8] ^= 1 << place % 8
    return bytes(changed)


def test_there_are_eight_points_of_small_order_and_none_is_a_key() -> None:
    """Given the points of order 1, 2, 4 and 8, computed from the curve, then each is refused as a key."""
    assert len(TORSION) == 8
    for point in TORSION:
        with pytest.raises(SignatureInvalid, match="public key is of small order"):
            check_public_key(encode(point))


def test_no_signature_has_a_small_order_r() -> None:
    """Given signatures whose equation holds with an R of small order, then they are refused."""
    # r = 0 gives R = identity and S = h·a: OpenSSL alone would take it.
    secret = 123456789
    public, message = encode(times(secret, BASE)), b"message"
    check_public_key(public)
    identity = encode((0, 1))
    s = challenge(identity, public, message) * secret % L
    with pytest.raises(SignatureInvalid, match="R is of small order"):
        verify(public, identity + s.to_bytes(32, "little"), message)
    for point in TORSION:
        with pytest.raises(SignatureInvalid, match="R is of small order"):
            verify(public, encode(point) + bytes(32), message)


@pytest.mark.parametrize("y", [*range(P, 2**255), *(y + 2**255 for y in range(P, 2**255))])
def test_a_y_not_below_p_is_refused(y: int) -> None:
    """Given each of the 38 encodings with y ≥ p, then it is neither a key nor an R."""
    encoded = y.to_bytes(32, "little")
    with pytest.raises(SignatureInvalid, match="not canonical"):
        check_public_key(encoded)
    with pytest.raises(SignatureInvalid, match="not canonical"):
        verify(raw_public_key(private_key("police-1")), encoded + bytes(32), b"")


@pytest.mark.parametrize("y", [1, P - 1])
def test_a_sign_where_x_is_0_is_refused(y: int) -> None:
    """Given y = ±1 with the sign bit set, then it is no key."""
    with pytest.raises(SignatureInvalid):
        check_public_key((y | 1 << 255).to_bytes(32, "little"))


def test_a_y_off_the_curve_is_no_key() -> None:
    """Given small y, then exactly those that the curve has a point for are keys."""
    for y in range(2, 40):
        encoded = y.to_bytes(32, "little")
        if lift(y, 0):
            check_public_key(encoded)
        else:
            with pytest.raises(SignatureInvalid, match="not a point"):
                check_public_key(encoded)


@pytest.mark.parametrize("size", [0, 31, 33])
def test_a_key_has_32_bytes(size: int) -> None:
    """Given another length, then it is no key."""
    with pytest.raises(SignatureInvalid, match="32 bytes"):
        check_public_key(bytes(size))


@pytest.mark.parametrize("size", [0, 63, 65])
def test_a_signature_has_64_bytes(size: int) -> None:
    """Given another length, then it is no signature."""
    with pytest.raises(SignatureInvalid, match="64 bytes"):
        verify(raw_public_key(private_key("police-1")), bytes(size), b"")


def test_s_is_below_the_group_order() -> None:
    """Given a signature, when L is added to its S, then it is refused though the equation still holds."""
    key = private_key("police-1")
    signature = key.sign(b"message")
    s = int.from_bytes(signature[32:], "little")
    for more in range(L, 2**256 - s, L):
        with pytest.raises(SignatureInvalid, match="S is not below"):
            verify(raw_public_key(key), signature[:32] + (s + more).to_bytes(32, "little"), b"message")


def test_the_equation_is_the_one_without_the_cofactor() -> None:
    """Given a key with a part of order 8, then only the signatures that hold without the cofactor verify."""
    secret, nonce = 987654321, 192837465
    torsion = next(point for point in TORSION if times(4, point) != (0, 1))
    public = encode(add(times(secret, BASE), torsion))
    check_public_key(public)
    r = encode(times(nonce, BASE))
    kept = {True: 0, False: 0}
    for number in range(24):
        message = str(number).encode()
        h = challenge(r, public, message)
        signature = r + ((nonce + h * secret) % L).to_bytes(32, "little")
        # S·B = R + h·A fails by h·torsion, which is nothing when 8 divides h; times 8 it always holds.
        holds = h % 8 == 0
        kept[holds] += 1
        if holds:
            verify(public, signature, message)
        else:
            with pytest.raises(SignatureInvalid, match="does not fit"):
                verify(public, signature, message)
    assert all(kept.values())
