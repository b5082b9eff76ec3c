"""Document and code say the same: the worked example verifies, the table of subjects and tags is what is derived."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest
from pydantic import BaseModel

from domain.catalogue import CATALOGUE
from domain.policy import PolicyParams
from ledger.anchor import parse_anchor
from ledger.bundle import open_bundle
from ledger.entry import derive
from ledger.tiles import encode_entries, encode_envelopes
from ledger.verification import verify_receipt, verify_source
from tests.support.spec import blocks, type_rows, values

E, U = "91310115PDY00001XD", "91310114PDY000028Y"
PAIR = f"{E}-{U}-1"
CASE = "case.1"
PROBES = (E, "LSVAB6189R2012345", PAIR, f"{PAIR}-1", f"{PAIR}-1-1", f"{PAIR}-q1", CASE, "ledger:policy")
COLUMNS = {"enterprise": 1, "vin": 2, "pair": 4, "batch": 5, "case": 6}
OTHER_KEYS = 3


def write_bundle(folder: Path) -> None:
    text, hexes = blocks(), values()
    entries = [f"{text[f'header {i}']}\n{text[f'statement {i}']}".encode() for i in range(3)]
    files = {
        "checkpoint": text["checkpoint"].encode() + b"\n",
        "tile/0/000.p/3": b"".join(bytes.fromhex(hexes[f"leaf hash {i}"]) for i in range(3)),
        "tile/entries/000.p/3": encode_entries(entries),
        "envelopes/000.p/3": encode_envelopes([text["envelope 0"].encode(), text["envelope 1"].encode()]),
    }
    for path, data in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)


def test_the_worked_example_verifies(tmp_path: Path) -> None:
    """Given the example as a bundle, when it is verified under its anchor, then it is INTACT."""
    write_bundle(tmp_path)
    found = verify_source(
        open_bundle(tmp_path),
        anchor=parse_anchor(blocks()["anchor"].encode()),
        trusted=[],
        unanchored=False,
        lenient=False,
        types=CATALOGUE,
    )
    assert (found.integrity, found.breaks, found.size) == ("INTACT", (), 3)


def test_the_worked_receipt_verifies() -> None:
    """Given the example's receipt and statement, when verified under the anchor, then it is included."""
    text = blocks()
    anchor = parse_anchor(text["anchor"].encode())
    found = verify_receipt(text["receipt 1"].encode(), text["statement 1"].encode(), anchor)
    assert (found.exit_code, found.breaks) == (0, ())


def test_the_table_names_every_type_with_its_signers() -> None:
    """Given the catalogue, then the table has exactly its types, with signers and † as there."""
    rows = type_rows()
    assert rows.keys() == CATALOGUE.keys()
    for name, spec in CATALOGUE.items():
        four_eyes, cells = rows[name]
        signers = set(cells[0].split(", "))
        if signers == {"all four"}:
            signers = {"commerce", "transport", "police", "customs"}
        assert (four_eyes, signers) == (spec.four_eyes, set(spec.agencies)), name


@pytest.mark.parametrize("name", CATALOGUE)
def test_the_table_says_what_is_derived(name: str) -> None:
    """Given a type, when each member of its body holds each kind of id, then the table names the sources."""
    cells = type_rows()[name][1]
    own = derive({"type": name, "body": {}}).subjects
    found: dict[str, set[str]] = {kind: set() for kind in COLUMNS}
    for path in members(CATALOGUE[name].body):
        if path == "concerns":
            assert cells[OTHER_KEYS] == "the keys in `concerns`"
            assert derive({"type": name, "body": {"concerns": [f"enterprise:{E}"]}}).subjects == (
                f"enterprise:{E}",
            )
            continue
        for probe in PROBES:
            derived = derive({"type": name, "body": body_with(path, probe)})
            for key in {*derived.subjects, *derived.tags} - set(own):
                found[key.split(":")[0]].add(path)
    for kind, column in COLUMNS.items():
        assert sources(cells[column]) == found[kind], kind
    if "concerns" not in CATALOGUE[name].body.model_fields:
        assert sources(cells[OTHER_KEYS]) == set(own)


def sources(cell: str) -> set[str]:
    return set() if cell == "–" else {part.strip("`") for part in cell.split(", ")}


def members(model: type[BaseModel], prefix: str = "") -> Iterator[str]:
    """Yield the paths of a body's members, ``[]`` after a list of objects."""
    hints = get_type_hints(model)
    for name, field in model.model_fields.items():
        inner = next(models_in(hints[name]), None)
        if inner is None or inner is PolicyParams:
            yield prefix + (field.alias or name)
        else:
            yield from members(inner, f"{prefix}{name}[].")


def models_in(hint: Any) -> Iterator[type[BaseModel]]:
    if isinstance(hint, type) and issubclass(hint, BaseModel):
        yield hint
    for argument in get_args(hint):
        yield from models_in(argument)


def body_with(path: str, value: str) -> dict[str, Any]:
    first, _, rest = path.partition("[].")
    return {first: [body_with(rest, value)]} if rest else {first: value}
