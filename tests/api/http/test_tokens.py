"""Tokens: what makes one good, and everything that is tried with one that is not."""

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc import jwt
from joserfc.jwk import KeySet, OKPKey

from api.cli.context import Stop
from api.http.caller import Role
from api.http.tokens import MAX_TOKEN_BYTES, read_issuer_keys
from tests.support.cli import Cli
from tests.support.keys import LEDGER, private_key
from tests.support.reading import A_EXPORTER, ISSUER, Readers, empty
from tests.support.web import problem


@pytest.fixture(scope="module")
def at(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Readers]:
    with empty(tmp_path_factory.mktemp("tokens")) as served:
        yield served


def claims(at: Readers, **changed: Any) -> dict[str, Any]:
    now = int(at.clock.now.timestamp())
    whole = {"iss": ISSUER, "aud": LEDGER, "sub": "zhang", "role": "auditor", "iat": now, "exp": now + 60}
    return {name: value for name, value in (whole | changed).items() if value is not None}


def signed(
    at: Readers, key: OKPKey | None = None, header: dict[str, Any] | None = None, **changed: Any
) -> str:
    return jwt.encode(
        {"alg": "Ed25519"} | (header or {}), claims(at, **changed), key or at.issuer, ["Ed25519"]
    )


def text(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def asked(at: Readers, token: str) -> Any:
    return at.client.get("/v1/access-log", headers={"authorization": f"Bearer {token}"})


def refused(at: Readers, token: str, words: str) -> None:
    answer = asked(at, token)
    found = problem(answer, 401, "unauthenticated")
    assert words in found["detail"]
    assert token not in answer.text
    assert answer.headers["www-authenticate"] == 'Bearer error="invalid_token"'


def test_a_good_token_reads(at: Readers) -> None:
    """Given a token of the issuer for this ledger, when an auditor reads with it, then he is answered."""
    assert asked(at, signed(at)).status_code == 200
    assert asked(at, at.token("auditor")).status_code == 200


def test_an_audience_may_be_one_of_several(at: Readers) -> None:
    """Given a token for two ledgers, when this one is read, then it serves."""
    assert asked(at, signed(at, aud=["other.example", LEDGER])).status_code == 200


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"exp": 1}, "expired"),
        ({"nbf": 2**40}, "not yet valid"),
        ({"iat": 2**40, "exp": 2**41}, "future"),
        ({"iss": "somebody"}, "iss"),
        ({"aud": "other.example/ledger"}, "aud"),
        ({"aud": []}, "aud"),
        ({"role": "root"}, "role"),
        ({"role": ["auditor"]}, "role"),
        ({"role": "enterprise", "sub": "91310115"}, "sub"),
        ({"role": "enterprise", "sub": A_EXPORTER.lower()}, "sub"),
        ({"sub": "a b"}, "sub"),
        ({"sub": 7}, "sub"),
        ({"exp": "tomorrow"}, "exp"),
        ({"exp": True}, ""),
        *(({name: None}, name) for name in ("iss", "aud", "sub", "role", "iat", "exp")),
    ],
)  # fmt: skip
def test_a_claim_that_is_wrong_or_missing_is_refused(
    at: Readers, changed: dict[str, Any], words: str
) -> None:
    """Given a rightly signed token with one claim that will not do, when it is used, then 401 says which."""
    refused(at, signed(at, **changed), words)


def test_a_token_that_lives_too_long_is_refused(at: Readers) -> None:
    """Given a token good for a year, when it is used, then 401: tokens here are short-lived."""
    refused(at, signed(at, exp=int(at.clock.now.timestamp()) + 365 * 86_400), "lives longer")


def test_a_token_expires_while_it_is_used(at: Readers) -> None:
    """Given a token of a minute, when two minutes have passed, then it serves no more."""
    token, before = signed(at), at.clock.now
    assert asked(at, token).status_code == 200
    at.clock.turn(minutes=2)
    refused(at, token, "expired")
    at.clock.now = before


def test_another_key_forges_nothing(at: Readers) -> None:
    """Given a token signed by a key that the server was not told of, when it is used, then 401."""
    refused(at, signed(at, OKPKey.import_key(private_key("forger"))), "")


def test_a_changed_claim_breaks_the_signature(at: Readers) -> None:
    """Given a witness' token whose role is changed to auditor, when it is used, then 401."""
    header, _, signature = signed(at, role="witness").split(".")
    refused(at, f"{header}.{text(claims(at))}.{signature}", "")


@pytest.mark.parametrize(
    "alg", ["none", "None", "NONE", "", None, "HS256", "RS256", "ES256", "EdDSA", ["Ed25519"]]
)
def test_another_algorithm_is_refused(at: Readers, alg: Any) -> None:
    """Given a token whose header names another algorithm, with or without a signature, then 401."""
    signature = signed(at).split(".")[2]
    for tail in (signature, ""):
        refused(at, f"{text({'alg': alg, 'typ': 'JWT'})}.{text(claims(at))}.{tail}", "")


def test_the_public_key_is_no_secret(at: Readers) -> None:
    """Given an HMAC made with the public key in its several forms, when it is used as HS256, then 401."""
    public = private_key("issuer").public_key()
    whole = f"{text({'alg': 'HS256', 'typ': 'JWT'})}.{text(claims(at))}"
    for secret in (
        public.public_bytes(Encoding.Raw, PublicFormat.Raw),
        public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
    ):
        mac = hmac.digest(secret, whole.encode(), hashlib.sha256)
        refused(at, f"{whole}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}", "")


@pytest.mark.parametrize("member", ["jwk", "jku", "x5u", "x5c", "crit"])
def test_a_token_does_not_bring_its_own_key(at: Readers, member: str) -> None:
    """Given a header that brings or points to a key, when it is used, then 401 whoever signed it."""
    forger = OKPKey.import_key(private_key("forger"))
    brought = {"jwk": forger.as_dict(private=False), "x5c": [text("x")], "crit": ["exp"]}.get(
        member, "http://x/"
    )
    for key in (at.issuer, forger):
        tail = jwt.encode({"alg": "Ed25519"}, claims(at), key, ["Ed25519"]).split(".")[2]
        refused(
            at, f"{text({'alg': 'Ed25519', 'typ': 'JWT', member: brought})}.{text(claims(at))}.{tail}", ""
        )


def test_a_kid_picks_among_known_keys_alone(at: Readers) -> None:
    """Given a kid that names no key here, a path or a query, when it is used, then 401."""
    for kid in ("nobody", "../../issuer.pem", "' OR 1=1 --", "", 7):
        header, payload = text({"alg": "Ed25519", "kid": kid}), text(claims(at))
        mac = base64.urlsafe_b64encode(private_key("issuer").sign(f"{header}.{payload}".encode()))
        refused(at, f"{header}.{payload}.{mac.rstrip(b'=').decode()}", "")


@pytest.mark.parametrize(
    "value",
    [
        "Bearer",
        "Bearer ",
        "Basic YTpi",
        "Bearer a b",
        "Bearer x",
        "Bearer a.b.c",
        "Bearer ..",
        "Bearer " + "a" * (MAX_TOKEN_BYTES + 1),
    ],
)
def test_what_is_no_token_is_refused(at: Readers, value: str) -> None:
    """Given a header that holds no token, when it is sent, then 401, and nothing of it comes back."""
    problem(at.client.get("/v1/access-log", headers={"authorization": value}), 401, "unauthenticated")


def test_two_tokens_are_one_too_many(at: Readers) -> None:
    """Given two headers with good tokens, when they are sent together, then neither counts."""
    good = ("authorization", f"Bearer {signed(at)}")
    problem(at.client.get("/v1/access-log", headers=[good, good]), 401, "unauthenticated")


def test_a_token_in_the_query_is_none(at: Readers) -> None:
    """Given a good token in the query, where logs would keep it, when it is sent, then 401."""
    problem(at.client.get(f"/v1/access-log?access_token={signed(at)}"), 401, "unauthenticated")


def test_without_keys_nobody_reads(tmp_path: Path) -> None:
    """Given a server that was told of no issuer, when a token comes, then it is closed to all."""
    with empty(tmp_path, token_keys=None) as served:
        problem(asked(served, signed(served)), 401, "unauthenticated")


def test_keys_may_be_a_set_or_one_pem(tmp_path: Path) -> None:
    """Given the issuer's public key in PEM, or a set of two, when it is read, then each is found."""
    one, other = (OKPKey.import_key(private_key(seed)) for seed in ("issuer", "next issuer"))
    pem, both = tmp_path / "one.pem", tmp_path / "two.json"
    pem.write_bytes(one.as_pem(private=False))
    both.write_text(json.dumps(KeySet([one, other]).as_dict(private=False)))
    assert [len(read_issuer_keys(path).keys) for path in (pem, both)] == [1, 2]


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{}",
        '{"keys":[]}',
        '{"keys":[{"kty":"oct","k":"c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0"}]}',
        "[]",
        "null",
        "-----BEGIN X-----",
    ],
)
def test_a_file_without_public_ed25519_keys_stops_the_server(tmp_path: Path, content: str) -> None:
    """Given a file that holds something else, when the server starts, then it says so and stops."""
    path = tmp_path / "keys"
    path.write_text(content)
    with pytest.raises(Stop, match="TOKEN_KEYS"):
        read_issuer_keys(path)


def test_a_private_key_stops_the_server(tmp_path: Path) -> None:
    """Given the issuer's private key where the public one is wanted, when the server starts, then it stops."""
    path = tmp_path / "keys"
    path.write_text(json.dumps(KeySet([OKPKey.import_key(private_key("issuer"))]).as_dict(private=True)))
    with pytest.raises(Stop, match="private key"):
        read_issuer_keys(path)


def test_serve_does_not_start_without_the_keys_it_is_told_of(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given a file of keys that is not there, when the server is started, then a usage error names it."""
    monkeypatch.setenv("QUOTA_LEDGER_TOKEN_KEYS", str(tmp_path / "nowhere.json"))
    assert cli("serve", "--db", cli.db) == 2
    assert "TOKEN_KEYS" in cli.err


def test_the_command_makes_key_and_token(cli: Cli, tmp_path: Path) -> None:
    """Given ``token --new-key`` and then ``token --role``, when the token is used, then it reads."""
    assert cli("token", "--new-key", "--key", "issuer.pem") == 0
    (tmp_path / "issuer.json").write_text(cli.out)
    assert (tmp_path / "issuer.pem").stat().st_mode & 0o777 == 0o600
    reader = ("--role", "enterprise", "--subject", A_EXPORTER, "--audience", LEDGER)
    assert cli("token", "--key", "issuer.pem", *reader) == 0
    key = read_issuer_keys(tmp_path / "issuer.json")
    found = jwt.decode(cli.out.strip(), key, ["Ed25519"]).claims
    assert (found["role"], found["sub"], found["aud"]) == ("enterprise", A_EXPORTER, LEDGER)
    assert found["exp"] - found["iat"] == 3_600


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--role", "king"), "--role"),
        ((), "--role"),
        (("--role", "enterprise"), "--subject"),
        (("--role", "enterprise", "--subject", "x"), "--subject"),
        (("--role", "auditor", "--new-key"), "--new-key"),
    ],
)
def test_the_command_says_what_is_wrong(cli: Cli, arguments: tuple[str, ...], words: str) -> None:
    """Given a role or subject that will not do, when a token is asked for, then a usage error names it."""
    assert cli("token", "--key", "issuer.pem", *arguments) == 2
    assert words in cli.err


def test_every_role_has_a_name_that_tokens_use() -> None:
    """Given the roles, when a token names one, then it is lower-case and says what the reader is."""
    assert {role.value for role in Role} == {
        "commerce", "transport", "police", "customs", "operator", "auditor", "witness", "investigator", "enterprise",
    }  # fmt: skip
