"""Readers' tokens: short-lived JSON Web Tokens, signed with Ed25519 (RFC 7519, RFC 8037, RFC 9864).

A token says ``iss``, ``aud`` (the ledger), ``iat``, ``exp``, perhaps ``nbf``, ``role`` (one of
:class:`api.http.caller.Role`) and ``sub``: the code of an enterprise, else the pseudonym of who reads. It is
taken from the header ``Authorization: Bearer`` alone. Which key verifies is said by the keys that the server
was told of and never by the token: ``jwk``, ``jku``, ``x5c`` and any ``alg`` but Ed25519 are refused.
"""

import json
import re
from pathlib import Path
from typing import Any, Final, NoReturn

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import GuestProtocol, KeySet, OKPKey
from joserfc.jws import JWSRegistry
from starlette.requests import Request

from api.cli.context import USAGE, Stop, read_file
from api.http.caller import Authenticate, Caller, Role, nobody
from api.http.problems import Problem
from api.http.settings import PREFIX, Settings
from domain.identifiers import USCC_PATTERN

ALGORITHMS: Final = ("Ed25519",)
"""The full name alone: RFC 9864 deprecates ``EdDSA``, which leaves the curve open."""
MAX_TOKEN_BYTES: Final = 4_096
LEEWAY_SECONDS: Final = 30
_SUBJECT: Final = re.compile(r"[A-Za-z0-9._@-]{1,64}")
_BEARER: Final = re.compile(r"bearer +(\S+) *", re.IGNORECASE)
_HEADER_MEMBERS: Final = frozenset({"alg", "typ", "kid"})


def token_reader(settings: Settings) -> Authenticate:
    """Return what reads who sent a request, from the keys that the settings name.

    Raises:
        Stop: the file of keys cannot be read, or holds something else than public Ed25519 keys.
    """
    if settings.token_keys is None:
        return nobody
    keys = read_issuer_keys(settings.token_keys)

    def authenticate(request: Request) -> Caller | None:
        token = _bearer(request)
        if token is None:
            return None
        services = request.app.state.services
        audience = settings.token_audience or services.origin
        now = int(services.clock().timestamp())
        claims = verify_token(
            token, keys, issuer=settings.token_issuer, audience=audience, now=now,
            most_seconds=settings.token_seconds,
        )  # fmt: skip
        request.state.token_expires = claims["exp"]
        return Caller(Role(claims["role"]), claims["sub"])

    return authenticate


def read_issuer_keys(path: Path) -> KeySet:
    """Return the public keys in a file: a JWK set (RFC 7517), or one key in PEM.

    Raises:
        Stop: usage: it is neither, or a private key, which no server needs.
    """
    name = f"{PREFIX}TOKEN_KEYS {path}"
    data = read_file(path, f"{PREFIX}TOKEN_KEYS")
    try:
        keys = (
            KeySet([OKPKey.import_key(data)])
            if data.startswith(b"-----")
            else KeySet.import_key_set(json.loads(data))
        )
    except (JoseError, ValueError, TypeError, KeyError) as error:
        raise Stop(USAGE, f"{name}: a JWK set or a public key in PEM is wanted: {error}") from None
    for key in keys.keys:
        if not isinstance(key, OKPKey) or key.curve_name != "Ed25519":
            raise Stop(USAGE, f"{name}: every key has to be of the type OKP on the curve Ed25519")
        if key.is_private:
            raise Stop(USAGE, f"{name}: a private key; a server that reads tokens is given the public one")
    if not keys.keys:
        raise Stop(USAGE, f"{name}: no keys in it")
    return keys


def verify_token(
    token: str, keys: KeySet, *, issuer: str, audience: str, now: int, most_seconds: int
) -> dict[str, Any]:
    """Return the claims of a token that is genuine, for this ledger, and valid ``now`` (Unix seconds).

    Raises:
        Problem: ``unauthenticated``, saying what is wrong, never repeating the token.
    """
    if len(token) > MAX_TOKEN_BYTES:
        _refuse(f"longer than {MAX_TOKEN_BYTES} bytes")
    try:
        found = jwt.decode(
            token, _picker(keys), algorithms=ALGORITHMS, registry=JWSRegistry(algorithms=ALGORITHMS)
        )
        jwt.JWTClaimsRegistry(
            now=now,
            leeway=LEEWAY_SECONDS,
            iss={"essential": True, "value": issuer},
            aud={"essential": True, "value": audience},
            sub={"essential": True},
            iat={"essential": True},
            exp={"essential": True},
            role={"essential": True, "values": [role.value for role in Role]},
        ).validate(found.claims)
    except (JoseError, ValueError, TypeError, RecursionError) as error:
        _refuse(str(error) if isinstance(error, JoseError) else "it is no JSON Web Token")
    if found.header.keys() - _HEADER_MEMBERS:
        _refuse("its header may hold alg, typ and kid alone")
    claims = found.claims
    if not isinstance(claims["role"], str):
        _refuse("role is one text")
    if not claims["exp"] - claims["iat"] <= most_seconds:
        _refuse(f"it lives longer than {most_seconds} seconds")
    if not subject_holds(Role(claims["role"]), claims["sub"]):
        _refuse("sub is the code of an enterprise, else 1 to 64 of A-Z a-z 0-9 . _ @ -")
    return claims


def issue_token(
    key: OKPKey, role: Role, subject: str, *, issuer: str, audience: str, now: int, seconds: int
) -> str:
    """Return a token that ``key`` signs, valid from ``now`` (Unix seconds) for ``seconds``."""
    header = {"alg": ALGORITHMS[0], "kid": key.thumbprint()}
    claims = {
        "iss": issuer,
        "aud": audience,
        "sub": subject,
        "role": role.value,
        "iat": now,
        "exp": now + seconds,
    }
    return jwt.encode(header, claims, key, algorithms=ALGORITHMS)


def subject_holds(role: Role, subject: str) -> bool:
    """Say whether ``subject`` may stand in a token of this role."""
    return re.fullmatch(USCC_PATTERN if role is Role.ENTERPRISE else _SUBJECT, subject) is not None


def _bearer(request: Request) -> str | None:
    values = request.headers.getlist("authorization")
    if not values:
        return None
    match = _BEARER.fullmatch(values[0])
    if len(values) > 1 or match is None:
        _refuse("one header `Authorization: Bearer <token>` is wanted")
    return match[1]


def _picker(keys: KeySet) -> Any:
    def pick(guest: GuestProtocol) -> OKPKey:
        kid = guest.headers().get("kid")
        found = [key for key in keys.keys if kid in (None, key.kid, key.thumbprint())]
        if len(found) != 1:
            raise ValueError("kid names no key that this server knows")
        key = found[0]
        assert isinstance(key, OKPKey)
        return key

    return pick


def _refuse(why: str) -> NoReturn:
    raise Problem(
        "unauthenticated", f"token: {why}", headers={"WWW-Authenticate": 'Bearer error="invalid_token"'}
    )
