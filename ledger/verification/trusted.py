"""A checkpoint that the verifier holds, under the name by which the verifier knows it."""

from typing import NamedTuple

from ledger.checkpoint import parse_checkpoint_text, parse_note


class Trusted(NamedTuple):
    """A note that the verifier trusts, and what the answer is to call it."""

    name: str
    note: bytes

    @classmethod
    def read(cls, name: str, note: bytes) -> "Trusted":
        """Return the note if it is of the form of a checkpoint, whoever signed it.

        Raises:
            Malformed: it is no signed note, or its text is no checkpoint.
        """
        parse_checkpoint_text(parse_note(note).text)
        return cls(name, note)
