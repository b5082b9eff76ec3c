"""Who asks: the one place where a route learns it. Closed unless somebody says otherwise.

Writing needs no caller: officers' signatures speak for an envelope. Reading what is not published does. A
route says which roles it serves with ``Depends(require(...))``; the application is told with which function a
request is read.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Final

from fastapi import Depends
from starlette.requests import Request

from api.http.problems import Problem


class Role(StrEnum):
    """What a caller is to the ledger."""

    COMMERCE = "commerce"
    TRANSPORT = "transport"
    POLICE = "police"
    CUSTOMS = "customs"
    OPERATOR = "operator"
    AUDITOR = "auditor"
    WITNESS = "witness"
    INVESTIGATOR = "investigator"
    ENTERPRISE = "enterprise"


AGENCIES: Final = frozenset({Role.COMMERCE, Role.TRANSPORT, Role.POLICE, Role.CUSTOMS})


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody known; ``subject`` names him within his role: an officer's pseudonym, an enterprise's code."""

    role: Role
    subject: str


Authenticate = Callable[[Request], Caller | None]
"""Reads who sent a request, None for nobody known; raises a Problem for a token that is no good."""


def nobody(request: Request) -> Caller | None:
    """Know no caller: what a server does that is told of no tokens."""
    return None


def caller_of(request: Request) -> Caller | None:
    """Return who sent the request, once per request."""
    authenticate: Authenticate = request.app.state.authenticate
    return authenticate(request)


MaybeCaller = Annotated[Caller | None, Depends(caller_of)]


def require(*roles: Role) -> Callable[[MaybeCaller], Caller]:
    """Return a dependency that lets these roles pass and gives the caller.

    The dependency raises:
        Problem: ``unauthenticated`` (401) without a known caller, ``forbidden`` (403) for another role.
    """

    def known(caller: MaybeCaller) -> Caller:
        if caller is None:
            raise Problem(
                "unauthenticated", "this is not open to everyone", headers={"WWW-Authenticate": "Bearer"}
            )
        if caller.role not in roles:
            raise Problem("forbidden", f"role {caller.role.value} has no access to this")
        return caller

    return known
