"""``quota-ledger token``: a reader's token, and the key that signs it, where there is no other issuer."""

import json
from pathlib import Path
from typing import Annotated

import typer

from api.cli.context import DEFAULT_DB, USAGE, Db, Stop, open_store, origin_of
from api.cli.keyfiles import read_key, write_key
from ledger.clock import system_clock

_DAY = 86_400


def token(
    key: Annotated[Path, typer.Option(help="The issuer's private key, in PEM.")],
    role: Annotated[str | None, typer.Option(help="What the reader is to the ledger.")] = None,
    subject: Annotated[str | None, typer.Option(help="An enterprise's USCC; else who reads.")] = None,
    ttl: Annotated[int, typer.Option(min=1, max=_DAY, help="Seconds until it expires.")] = 3_600,
    issuer: Annotated[str, typer.Option(help="Its iss.")] = "quota-ledger",
    audience: Annotated[str | None, typer.Option(help="Its aud; default the name of the ledger.")] = None,
    new_key: Annotated[
        bool, typer.Option("--new-key", help="Make the key and print its public half, a JWK set.")
    ] = False,
    db: Db = DEFAULT_DB,
) -> None:
    """Print a token for a reader; the server is told of the issuer by QUOTA_LEDGER_TOKEN_KEYS."""
    # Imported here: no other command needs these libraries.
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from joserfc.jwk import KeySet, OKPKey

    from api.http.caller import Role
    from api.http.tokens import issue_token, subject_holds

    if new_key:
        if role is not None:
            raise Stop(USAGE, "--new-key: makes a key alone; ask for a token afterwards")
        made = Ed25519PrivateKey.generate()
        write_key(key, made)
        public = OKPKey.import_key(made.public_key())
        whole = KeySet([public]).as_dict()
        whole["keys"] = [{**one, "kid": public.thumbprint()} for one in whole["keys"]]
        typer.echo(json.dumps(whole))
        return
    if role not in set(Role):
        raise Stop(USAGE, f"--role: one of {', '.join(Role)} is wanted")
    reader = Role(role)
    if subject is None and reader is Role.ENTERPRISE:
        raise Stop(USAGE, "--subject: the USCC of the enterprise is wanted")
    name = subject or reader.value
    if not subject_holds(reader, name):
        raise Stop(USAGE, "--subject: the USCC of an enterprise, else 1 to 64 of A-Z a-z 0-9 . _ @ -")
    if audience is None:
        with open_store(db, read_only=True) as store:
            audience = origin_of(store)
    signing = OKPKey.import_key(read_key(key))
    now = int(system_clock().timestamp())
    typer.echo(issue_token(signing, reader, name, issuer=issuer, audience=audience, now=now, seconds=ttl))
