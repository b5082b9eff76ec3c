"""What a server answers to an envelope that entered, and what a client makes of it."""

from dataclasses import dataclass
from typing import Any

from api.client.errors import problem_of
from ledger.canonical import Malformed, load_object
from ledger.entry import Header


@dataclass(frozen=True, slots=True)
class Proved:
    """A statement that is in the ledger: header, codes of its flags, receipt and statement to keep."""

    header: Header
    flags: tuple[str, ...]
    receipt: bytes
    statement: bytes


@dataclass(frozen=True, slots=True)
class Entered:
    """An envelope that entered; ``replayed`` says that it had entered before it was sent this time."""

    replayed: bool
    receipts: tuple[Proved, ...]


def parse_answer(data: bytes) -> tuple[bool, list[dict[str, Any]]]:
    """Return ``replayed`` and the receipts, each an object with ``flags`` and ``proof`` at least.

    Raises:
        Problem: ``unexpected``: it is no such answer.
    """
    try:
        whole = load_object(data, what="answer")
        receipts = [dict(one) for one in whole["receipts"]]
        if not all(isinstance(one["flags"], list) and "proof" in one for one in receipts):
            raise Malformed("answer: a receipt without flags or proof")
        return bool(whole["replayed"]), receipts
    except (Malformed, KeyError, TypeError, ValueError):
        raise problem_of(200, data) from None
