"""A receipt: with the statement at hand it proves offline that the ledger holds it.

``{"flags", "format": "quota-ledger-receipt/1", "header", "proof", "statement_sha256"}``: ``header`` is the
entry's header line, ``proof`` a C2SP tlog-proof with a checkpoint, null while no checkpoint is released.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from ledger.canonical import Malformed, load_object
from ledger.checkpoint import parse_checkpoint_text
from ledger.entry import parse_entry
from ledger.envelope import statement_hash
from ledger.merkle import TileReader, inclusion_proof
from ledger.note import parse_note
from ledger.proof import encode_proof
from ledger.store import Reader

FORMAT = "quota-ledger-receipt/1"
MAX_RECEIPT_BYTES = 2 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a submitter holds; ``flags`` are codes, derived and not part of the proof."""

    header: bytes
    statement_sha256: str
    flags: tuple[str, ...]
    proof: str | None

    def to_object(self) -> dict[str, object]:
        """Return the receipt as a JSON object."""
        return {
            "format": FORMAT,
            "header": self.header.decode(),
            "statement_sha256": self.statement_sha256,
            "flags": list(self.flags),
            "proof": self.proof,
        }


def parse_receipt(data: bytes) -> Receipt:
    """Return the receipt in ``data``; nothing is verified.

    Raises:
        Malformed: it is none.
    """
    if len(data) > MAX_RECEIPT_BYTES:
        raise Malformed(f"receipt: {len(data)} bytes, at most {MAX_RECEIPT_BYTES} are allowed")
    whole = load_object(data, what="receipt")
    if (
        whole.keys() != {"format", "header", "statement_sha256", "flags", "proof"}
        or whole["format"] != FORMAT
    ):
        raise Malformed(f"receipt: not of the format {FORMAT}")
    header, digest, flags, proof = (whole[n] for n in ("header", "statement_sha256", "flags", "proof"))
    if not isinstance(header, str) or not isinstance(digest, str) or not isinstance(proof, str | None):
        raise Malformed("receipt: header and statement_sha256 are texts, proof is a text or null")
    if not isinstance(flags, list) or not all(isinstance(flag, str) for flag in flags):
        raise Malformed("receipt: flags is not a list of texts")
    try:
        "".join([header, digest, proof or "", *flags]).encode()
    except UnicodeEncodeError:
        raise Malformed("receipt: it holds a lone surrogate") from None
    return Receipt(header.encode(), digest, tuple(flags), proof)


def make_receipt(reader: Reader, index: int, note: bytes | None) -> Receipt:
    """Return the receipt of entry ``index`` under the checkpoint ``note`` (null proof without one).

    Raises:
        KeyError: the ledger has no such entry.
    """
    return _receipt(reader, reader, index, note)


def make_receipts(reader: Reader, indexes: Sequence[int]) -> tuple[Receipt, ...]:
    """Return the receipts of entries that are there, under the latest checkpoint.

    Those of one envelope stand side by side, so a tile is read once for all of them.
    """
    note, tiles = reader.checkpoint(), _Remembered(reader)
    return tuple(_receipt(reader, tiles, index, note) for index in indexes)


class _Remembered:
    """Tiles, each read once."""

    def __init__(self, tiles: TileReader) -> None:
        self._tiles = tiles
        self._read: dict[tuple[int, int, int], bytes] = {}

    def read_tile(self, level: int, number: int, width: int) -> bytes:
        key = level, number, width
        if key not in self._read:
            self._read[key] = self._tiles.read_tile(*key)
        return self._read[key]


def _receipt(reader: Reader, tiles: TileReader, index: int, note: bytes | None) -> Receipt:
    data = next(iter(reader.entries(index, index + 1)), None)
    if data is None:
        raise KeyError(index)
    proof = None
    if note is not None:
        size = parse_checkpoint_text(parse_note(note).text).size
        if index < size:
            proof = encode_proof(index, inclusion_proof(tiles, index, size), note)
    header = data.partition(b"\n")[0]
    flags = load_object(b'{"flags":%b}' % reader.flags(index).encode(), what="flags")["flags"]
    return Receipt(header, statement_hash(parse_entry(data).statement), tuple(flags), proof)
