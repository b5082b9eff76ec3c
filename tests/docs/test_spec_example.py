"""The worked example of docs/spec/ledger-format.md, computed a second time by code of its own.

Only json, hashlib, base64 and cryptography are used: nothing of the ledger's own code.
"""

import base64
import json
from collections.abc import Iterator
from hashlib import sha256
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from tests.support.spec import blocks, values

TEXT = blocks()
HEX = values()
STATEMENTS = [TEXT[f"statement {i}"].encode() for i in range(3)]
HEADERS = [TEXT[f"header {i}"].encode() for i in range(3)]
ENVELOPES = [TEXT[f"envelope {i}"].encode() for i in range(2)]
ENTRIES = [header + b"\n" + statement for header, statement in zip(HEADERS, STATEMENTS, strict=True)]
ZEROS = "0" * 64


def private_key(name: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(sha256(f"quota-ledger/spec/{name}".encode()).digest())


def public_key(name: str) -> bytes:
    return private_key(name).public_key().public_bytes_raw()


def canonical(value: Any) -> bytes:
    """RFC 8785 within the profile: sorted names, no white space, UTF-8."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def leaf(data: bytes) -> bytes:
    return sha256(b"\x00" + data).digest()


def node(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


LEAVES = [leaf(entry) for entry in ENTRIES]
ROOT = node(node(LEAVES[0], LEAVES[1]), LEAVES[2])


def pae(payload: bytes) -> bytes:
    kind = b"application/vnd.quota-ledger.envelope"
    return (
        b"DSSEv1 "
        + str(len(kind)).encode()
        + b" "
        + kind
        + b" "
        + str(len(payload)).encode()
        + b" "
        + payload
    )


def key_id(name: str, public: bytes) -> bytes:
    return sha256(name.encode() + b"\n\x01" + public).digest()[:4]


def base64_text(data: bytes) -> str:
    return base64.b64encode(data).decode()


@pytest.mark.parametrize(
    "name",
    [name for name in TEXT if name.split()[0] in {"statement", "envelope", "header", "anchor", "receipt"}],
)
def test_objects_are_their_own_canonical_form(name: str) -> None:
    """Given a JSON block, when it is written canonically again, then the bytes are the same."""
    assert canonical(json.loads(TEXT[name])) == TEXT[name].encode()


def test_keys_follow_from_their_names() -> None:
    """Given the rule for test keys, then the table and the opening name their public halves."""
    assert HEX["commerce-1 public key"] == public_key("commerce-1").hex()
    assert HEX["commerce-1 keyid"] == sha256(public_key("commerce-1")).hexdigest()
    body = json.loads(STATEMENTS[0])["body"]
    assert body["housekeeping_key"] == public_key("housekeeping").hex()
    assert len(body["officers"]) == 8
    for officer in body["officers"]:
        assert officer["public_key"] == public_key(officer["officer"]).hex()


def test_statement_hashes_are_those_of_the_table_and_the_payloads() -> None:
    """Given the statements, when they are hashed, then table and payload lines hold the digests in order."""
    digests = [sha256(statement).hexdigest() for statement in STATEMENTS]
    assert digests == [HEX[f"statement {i} sha256"] for i in range(3)]
    payloads = [base64.b64decode(json.loads(envelope)["payload"], validate=True) for envelope in ENVELOPES]
    assert payloads[0].decode().split("\n")[1:] == digests[:1]
    assert payloads[1].decode().split("\n")[1:] == digests[1:]
    assert payloads[1].decode() == TEXT["payload 1"]


def test_every_signature_is_by_its_key_over_the_pae() -> None:
    """Given the envelopes, when each signature is checked over the PAE, then the named key made it."""
    names = {sha256(public_key(name)).hexdigest(): name for name in officer_names()}
    for number, raw in enumerate(ENVELOPES):
        envelope = json.loads(raw)
        payload = base64.b64decode(envelope["payload"], validate=True)
        head = json.loads(payload.split(b"\n")[0])
        assert canonical(head) == payload.split(b"\n")[0]
        assert head["signers"] == [signature["keyid"] for signature in envelope["signatures"]]
        for signature in envelope["signatures"]:
            raw_signature = base64.b64decode(signature["sig"], validate=True)
            public = public_key(names[signature["keyid"]])
            Ed25519PublicKey.from_public_bytes(public).verify(raw_signature, pae(payload))
        assert sha256(raw).hexdigest() == HEX[f"envelope {number} digest"]
    assert [names[keyid] for keyid in opening_head()["signers"]] == list(officer_names())
    assert pae(TEXT["payload 1"].encode()).decode() == TEXT["pae 1"]
    assert sha256(TEXT["pae 1"].encode()).hexdigest() == HEX["pae 1 sha256"]
    assert private_key("commerce-1").sign(TEXT["pae 1"].encode()).hex() == HEX["signature 1"]


def test_heads_place_the_envelopes_in_the_ledger() -> None:
    """Given both head lines, then the first opens and the second has seen entry 0 and takes the next seq."""
    assert (opening_head()["agency"], opening_head()["seq"], opening_head()["seen"]) == ("operator", 1, None)
    head = json.loads(TEXT["payload 1"].split("\n")[0])
    assert head["seen"] == [0, LEAVES[0].hex()]
    assert (head["signers"], head["seq"]) == ([HEX["commerce-1 keyid"]], 2)


def test_headers_chain_the_entries_and_their_subjects() -> None:
    """Given the entries, when they are hashed, then prev and every subject link are the hashes before."""
    last: dict[str, tuple[int, str]] = {}
    prev = ZEROS
    for index, (line, entry) in enumerate(zip(HEADERS, LEAVES, strict=True)):
        header = json.loads(line)
        assert entry.hex() == HEX[f"leaf hash {index}"]
        assert (header["index"], header["prev"], header["v"]) == (index, prev, 1)
        assert header["type"] == json.loads(STATEMENTS[index])["type"]
        assert header["envelope"] == HEX[f"envelope {min(index, 1)} digest"]
        assert header["item"] == (1, 1, 2)[index]
        for key, number, link in header["subjects"]:
            before = last.get(key, (0, ZEROS))
            assert (number, link) == (before[0] + 1, before[1])
            last[key] = (number, entry.hex())
        prev = entry.hex()
    assert json.loads(HEADERS[2])["tags"] == [f"pair:{json.loads(STATEMENTS[2])['body']['pair_id']}"]


def test_tree_and_heads_have_the_stated_roots() -> None:
    """Given the leaf hashes, when tree and heads are made, then the roots are those of the table."""
    assert node(LEAVES[0], LEAVES[1]).hex() == HEX["node 0-1"]
    assert ROOT.hex() == HEX["root"]
    last: dict[str, tuple[int, str]] = {}
    for line, entry in zip(HEADERS, LEAVES, strict=True):
        last.update({key: (number, entry.hex()) for key, number, _ in json.loads(line)["subjects"]})
    data = [f"quota-ledger/head/v1\n{key}\n{last[key][0]}\n{last[key][1]}\n" for key in sorted(last)]
    leaves = [leaf(text.encode()) for text in data]
    assert data[0] == TEXT["head data 0"] + "\n"
    assert [one.hex() for one in leaves] == TEXT["head leaves"].split("\n")
    assert node(node(leaves[0], leaves[1]), leaves[2]).hex() == HEX["heads root"]


def test_checkpoint_is_signed_by_the_key_that_anchor_and_opening_name() -> None:
    """Given the note, when its lines are made anew, then text, key ID and signature are the same."""
    text, signatures = TEXT["checkpoint"].split("\n\n")
    origin, public = "spec.example/export-quota", public_key("checkpoint")
    assert text == f"{origin}\n3\n{base64_text(ROOT)}"
    signed = key_id(origin, public) + private_key("checkpoint").sign(f"{text}\n".encode())
    assert signatures == f"— {origin} {base64_text(signed)}"
    vkey = f"{origin}+{key_id(origin, public).hex()}+{base64_text(bytes([1]) + public)}"
    anchor = {
        "format": "quota-ledger-anchor/1",
        "genesis": LEAVES[0].hex(),
        "operator_key": vkey,
        "origin": origin,
    }
    assert json.loads(TEXT["anchor"]) == anchor
    assert json.loads(STATEMENTS[0])["body"]["operator_key"] == vkey


def test_receipt_proves_entry_1_under_the_checkpoint() -> None:
    """Given the receipt and the statement, when the proof is followed, then it ends in the root."""
    receipt = json.loads(TEXT["receipt 1"])
    assert receipt["format"] == "quota-ledger-receipt/1"
    assert receipt["statement_sha256"] == sha256(STATEMENTS[1]).hexdigest()
    assert receipt["proof"] == TEXT["proof 1"] + "\n"
    first, index, left, right, empty, *note = TEXT["proof 1"].split("\n")
    assert (first, index, empty) == ("c2sp.org/tlog-proof@v1", "index 1", "")
    assert "\n".join(note) == TEXT["checkpoint"]
    entry = leaf(receipt["header"].encode() + b"\n" + STATEMENTS[1])
    below = node(base64.b64decode(left, validate=True), entry)
    assert node(below, base64.b64decode(right, validate=True)) == ROOT


def test_bundle_files_have_the_stated_bytes() -> None:
    """Given the parts, when the files are put together, then length and digest are those listed."""
    stated = {path: (digest, int(size)) for digest, size, path in map(str.split, TEXT["files"].split("\n"))}
    files = {
        "checkpoint": TEXT["checkpoint"].encode() + b"\n",
        "tile/0/000.p/3": b"".join(LEAVES),
        "tile/entries/000.p/3": b"".join(records(ENTRIES, 2)),
        "envelopes/000.p/3": b"".join(records(ENVELOPES, 4)),
    }
    assert stated == {path: (sha256(data).hexdigest(), len(data)) for path, data in files.items()}


def records(parts: list[bytes], length_bytes: int) -> Iterator[bytes]:
    for part in parts:
        yield len(part).to_bytes(length_bytes, "big") + part


def officer_names() -> tuple[str, ...]:
    return tuple(f"{agency}-{n}" for agency in ("commerce", "transport", "police", "customs") for n in (1, 2))


def opening_head() -> dict[str, Any]:
    payload = base64.b64decode(json.loads(ENVELOPES[0])["payload"], validate=True)
    head: dict[str, Any] = json.loads(payload.split(b"\n")[0])
    return head
