"""The form of statements that the ledger itself relies on; bodies of the catalogue are not looked into."""

import re
from typing import Any, Final

from ledger.canonical import Malformed
from ledger.entry import Entry, parse_statement
from ledger.envelope import AGENCIES, parse_instant

_MEMBERS: Final = {"agency", "attachments", "body", "id", "ledger", "occurred_at", "type", "version"}
_HASH = re.compile(r"[0-9a-f]{64}\Z")
_KEY = re.compile(r"[a-z]+:[!-~]{1,150}\Z")
_CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*\Z")
PLAIN_ID: Final = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_PLAIN_DAY: Final = (
    "(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31)"
)
PLAIN_INSTANT: Final = (
    f"[12][0-9]{{3}}-{_PLAIN_DAY}T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]"
    "(?:\\.[0-9]{1,6})?(?:Z|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])"
)
"""Any day of these is one, whatever the year and the offset: most instants need no closer look."""
_ID = re.compile(rf"{PLAIN_ID}\Z")
_PLAIN_INSTANT = re.compile(rf"{PLAIN_INSTANT}\Z")
_REFUSED_MEMBERS: Final = {"concerns", "envelope", "items", "part", "parts", "seq", "signer"}
_MAX_ITEMS: Final = 150
_MAX_CONCERNS: Final = 250


def checked_statement(entry: Entry) -> dict[str, Any]:
    """Return the statement of an entry, its outer members checked.

    Raises:
        Malformed: not canonical, members missing or unknown, or one of the wrong form.
    """
    statement = parse_statement(entry.statement)
    if statement.keys() != _MEMBERS:
        raise Malformed(f"statement: members {sorted(statement.keys() ^ _MEMBERS)} are missing or unknown")
    for name in ("ledger", "type", "occurred_at"):
        if not isinstance(statement[name], str):
            raise Malformed(f"statement: {name} is not a text")
    if not isinstance(statement["id"], str) or not _ID.match(statement["id"]):
        raise Malformed("statement: id is not a lower-case UUID")
    if statement["agency"] not in AGENCIES:
        raise Malformed(f"statement: agency is none of {', '.join(AGENCIES)}")
    if not is_whole(statement["version"], 1):
        raise Malformed("statement: version is not a whole number from 1")
    if not isinstance(statement["attachments"], list) or not isinstance(statement["body"], dict):
        raise Malformed("statement: attachments is not a list, or body not an object")
    parse_instant(statement["occurred_at"])
    if statement["type"] != entry.header.type:
        raise Malformed(f"the header says {entry.header.type!r}, the statement {statement['type']!r}")
    return statement


def has_plain_members(statement: dict[str, Any]) -> bool:
    """Say whether the outer members of a statement are plainly as ``checked_statement`` wants them."""
    if statement.keys() != _MEMBERS:
        return False
    occurred_at, number, version = statement["occurred_at"], statement["id"], statement["version"]
    if not (
        type(occurred_at) is type(number) is type(statement["ledger"]) is type(statement["type"]) is str
        and type(version) is int
        and type(statement["attachments"]) is list
        and type(statement["body"]) is dict
        and version >= 1
    ):
        return False
    return (
        statement["agency"] in AGENCIES
        and _ID.match(number) is not None
        and _PLAIN_INSTANT.match(occurred_at) is not None
    )


def statement_number(statement: dict[str, Any]) -> int:
    """Return the id as a number of 128 bits, which takes less room than its text."""
    return int(statement["id"].replace("-", ""), 16)


def check_refusal(body: dict[str, Any]) -> None:
    """Check the form of a SubmissionRefused.

    Raises:
        Malformed: a member is missing, unknown or of the wrong form, items out of order, or too many.
    """
    if body.keys() != _REFUSED_MEMBERS:
        raise Malformed(f"members {sorted(body.keys() ^ _REFUSED_MEMBERS)} are missing or unknown")
    for name in ("envelope", "signer"):
        if not is_hash(body[name]):
            raise Malformed(f"{name} is not 64 lower-case hex digits")
    if not is_whole(body["seq"], 1) or not is_whole(body["part"], 1) or not is_whole(body["parts"], 1):
        raise Malformed("seq, part and parts are whole numbers from 1")
    if body["part"] > body["parts"]:
        raise Malformed(f"part {body['part']} of {body['parts']}")
    items, concerns = body["items"], body["concerns"]
    if not isinstance(items, list) or len(items) > _MAX_ITEMS:
        raise Malformed(f"items is not a list of {_MAX_ITEMS} at most")
    if not isinstance(concerns, list) or len(concerns) > _MAX_CONCERNS:
        raise Malformed(f"concerns is not a list of {_MAX_CONCERNS} at most")
    last = 0
    for item in items:
        if not isinstance(item, dict) or item.keys() != {"code", "item", "sha256"}:
            raise Malformed("an item has not exactly the members code, item and sha256")
        if not isinstance(item["code"], str) or not _CODE.match(item["code"]) or not is_hash(item["sha256"]):
            raise Malformed("an item's code or sha256 is not of the form")
        if not is_whole(item["item"], last + 1):
            raise Malformed("items are not in ascending order from 1")
        last = item["item"]
    if not all(isinstance(key, str) and _KEY.match(key) for key in concerns):
        raise Malformed("concerns holds what is no subject key")
    if len(set(concerns)) != len(concerns):
        raise Malformed("concerns names a key twice")


def is_whole(value: object, least: int) -> bool:
    """Say whether a JSON value is a whole number of at least ``least``."""
    return isinstance(value, int) and not isinstance(value, bool) and value >= least


def is_hash(value: object) -> bool:
    """Say whether a JSON value is a hash: 64 lower-case hex digits."""
    return isinstance(value, str) and _HASH.match(value) is not None
