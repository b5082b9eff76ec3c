"""The envelopes of a page: who signed what was entered and what was refused; they lie beside the entries."""

import base64
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final

import orjson

from domain.bodies import SubmissionRefused
from ledger.stores import AnyStore
from projections.view import Folded, Signed

_DIGESTS: Final = 200
"""How many envelopes one query asks for: each may have a few hundred KiB."""

Envelopes = Callable[[Collection[str]], Mapping[str, bytes]]
"""The bytes of envelopes by digest, those that are there."""


def with_envelopes(entries: Sequence[Folded], envelopes: Envelopes) -> list[Folded]:
    """Return the entries of a page, each with the envelope that begins and the one that is refused there.

    What is no envelope says nothing here; ``quota-ledger verify`` says so.
    """
    begun = {one.index: one.header.envelope for one in entries if one.header.item == 1}
    refused = {one.index: digest for one in entries if (digest := _refused(one)) is not None}
    found = envelopes({digest for digest in (*begun.values(), *refused.values()) if digest is not None})
    told = begun.keys() | refused.keys()
    return [
        _with(one, begun.get(one.index), refused.get(one.index), found) if one.index in told else one
        for one in entries
    ]


def stored_envelopes(store: AnyStore) -> Envelopes:
    """Return what reads them from a store, entered and refused ones."""

    def read(digests: Collection[str]) -> dict[str, bytes]:
        wanted, found = sorted(digests), dict[str, bytes]()
        for at in range(0, len(wanted), _DIGESTS):
            some = wanted[at : at + _DIGESTS]
            places = ", ".join("?" * len(some))
            for table in ("envelope", "refused"):
                sql = f"SELECT digest, data FROM {table} WHERE digest IN ({places})"  # noqa: S608  question marks alone
                found.update((digest, bytes(data)) for digest, data in store.view_rows(sql, *some))
        return found

    return read


def _with(one: Folded, begun: str | None, refused: str | None, found: Mapping[str, bytes]) -> Folded:
    signed = (*_signed(begun, found, entered=True), *_signed(refused, found, entered=False))
    return Folded(one.header, one.recorded_at, one.text, one.statement, envelopes=signed)


def _refused(one: Folded) -> str | None:
    if one.statement is None or not isinstance(body := one.statement.body, SubmissionRefused):
        return None
    return body.envelope if body.part == 1 else None


def _signed(digest: str | None, found: Mapping[str, bytes], *, entered: bool) -> Iterable[Signed]:
    if digest is None or digest not in found:
        return
    # Form and signatures were checked before it came into the store; to check again takes ten times as long.
    try:
        lines = base64.b64decode(orjson.loads(found[digest])["payload"]).split(b"\n")
        head = orjson.loads(lines[0])
        signed_at = datetime.fromisoformat(head["signed_at"])
        yield Signed(head["agency"], tuple(head["signers"]), head["seq"], signed_at, len(lines) - 1, entered)
    except (ValueError, LookupError, TypeError):
        return
