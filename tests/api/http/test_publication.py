"""What is published over HTTP: the bytes of an export, under the latest checkpoint, and nothing else."""

import base64
import json
from pathlib import Path

import pytest

from ledger.anchor import read_anchor
from ledger.checkpoint import open_checkpoint
from ledger.entry import parse_entry, parse_statement
from ledger.export import export_bundle
from ledger.heads import verify_head
from ledger.merkle import inclusion_proof, leaf_hash, root, tree_at, verify_consistency, verify_inclusion
from ledger.proof import parse_proof
from ledger.subject_bundle import parse_heads_file
from tests.support.desk import enterprise, statement
from tests.support.domain import enterprise_body, qualification_body
from tests.support.web import Web, problem, web


def grow(at: Web, envelopes: int, each: int) -> None:
    """Enter facts of one enterprise, many envelopes of many statements."""
    for number in range(envelopes):
        made = [
            statement(
                "ExportQualificationFiled",
                qualification_body(),
                id=f"00000000-0000-4000-8000-{number:06d}{one:06d}",
            )
            for one in range(each)
        ]
        at.enter(made, "commerce-1")


def test_same_bytes_as_an_export(url: str, tmp_path: Path) -> None:
    """Given a ledger of 540 entries, when each file of its export is asked for, then the bytes are the same."""
    with web(tmp_path, url) as at:
        compare(at, tmp_path)


def compare(at: Web, tmp_path: Path) -> None:
    """Export and ask."""
    grow(at, 7, 77)
    note = at.store.checkpoint()
    assert note is not None
    size = export_bundle(at.store, note, read_anchor(at.anchor), tmp_path / "bundle")
    assert size == 540
    files = sorted(path for path in (tmp_path / "bundle").rglob("*") if path.is_file())
    names = [str(path.relative_to(tmp_path / "bundle")) for path in files]
    assert {"checkpoint", "tile/0/000", "tile/0/002.p/28", "tile/1/000.p/2", "tile/entries/001"} < set(names)
    for name, path in zip(names, files, strict=True):
        if name != "anchor.json":
            answer = at.get(f"/{name}", "auditor")
            assert (answer.status_code, answer.content) == (200, path.read_bytes()), name


class Remote:
    """Reads tiles as a tlog-tiles client does: full where the tree has it, else of the width it needs."""

    def __init__(self, at: Web) -> None:
        self._at = at

    def read_tile(self, level: int, number: int, width: int) -> bytes:
        name = f"{number:03d}" + ("" if width == 256 else f".p/{width}")
        answer = self._at.get(f"/tile/{level}/{name}")
        if answer.status_code != 200:
            raise KeyError(name)
        return answer.content


def test_client_of_tiles(at: Web) -> None:
    """Given a client that knows only the key, when it reads checkpoint and tiles, then every entry verifies."""
    grow(at, 4, 77)
    key = read_anchor(at.anchor).operator_key
    checkpoint = open_checkpoint(at.get("/checkpoint").content, key)
    assert checkpoint.size == 309
    remote = Remote(at)
    assert tree_at(remote, checkpoint.size).root() == checkpoint.root
    for number, width in ((0, 256), (1, 53)):
        place = f"00{number}" + ("" if width == 256 else f".p/{width}")
        data, entries = at.get(f"/tile/entries/{place}", "auditor").content, []
        while data:
            length = int.from_bytes(data[:2], "big")
            entries.append(data[2 : 2 + length])
            data = data[2 + length :]
        for offset, entry in enumerate(entries):
            index = 256 * number + offset
            path = inclusion_proof(remote, index, checkpoint.size)
            verify_inclusion(leaf_hash(entry), index, checkpoint.size, path, checkpoint.root)


def test_cache_headers(at: Web) -> None:
    """Given published files, when asked for, then tiles may be kept for ever, entries privately, a checkpoint not."""
    at.enter([enterprise()], "commerce-1")
    kept = {
        "/checkpoint": ("no-cache", "text/plain; charset=utf-8"),
        "/tile/0/000.p/2": ("public, max-age=31536000, immutable", "application/octet-stream"),
        "/tile/entries/000.p/2": ("private, max-age=31536000, immutable", "application/octet-stream"),
        "/envelopes/000.p/2": ("private, max-age=31536000, immutable", "application/octet-stream"),
        "/tile/0/000.p/3": ("no-store", "application/problem+json"),
    }
    for path, (cache, kind) in kept.items():
        answer = at.get(path, "auditor")
        assert (answer.headers["cache-control"], answer.headers["content-type"]) == (cache, kind)
        head = at.client.head(path, headers={"x-test-role": "auditor"})
        assert (head.status_code, head.headers["content-length"]) == (
            answer.status_code,
            answer.headers["content-length"],
        )


@pytest.mark.parametrize(
    "path",
    [
        "/tile/0/000.p/2",
        "/tile/0/000.p/256",
        "/tile/0/000.p/0",
        "/tile/0/000.p/01",
        "/tile/0/00",
        "/tile/0/0000",
        "/tile/0/x000/000",
        "/tile/0/001",
        "/tile/0/000/",
        "/tile/0//000",
        "/tile/00/000.p/1",
        "/tile/-1/000.p/1",
        "/tile/64/000.p/1",
        "/tile/１/000.p/1",
        "/tile/0/０００.p/1",
        "/tile/data/000.p/1",
        "/tile/0/..%2f..%2fcheckpoint",
        "/tile/0/%2e%2e/%2e%2e/checkpoint",
        "/tile/0/000.p/1%00",
        "/tile/0/000.p/1%0a",
        "/tile/0/..\\checkpoint",
        "/tile/" + "9" * 5000 + "/000",
        "/tile/0/" + "x999/" * 7 + "999",
        "/tile/0/" + "x999/" * 900 + "999",
        "/checkpoint/",
        "/checkpoint%0a",
        "/healthz%0d%0aX-Injected:%20yes",
        "//checkpoint",
        "/keys/operator-checkpoint.pem",
    ],
)
def test_nothing_at_other_paths(at: Web, path: str) -> None:
    """Given a ledger of one entry, when a path is no file of it, then 404 and a problem."""
    problem(at.get(path), 404, "not-found")


def test_nothing_beyond_the_checkpoint(at: Web) -> None:
    """Given entries that no checkpoint covers, when their tile is asked for, then 404 until one does."""
    assert at.get("/tile/0/000.p/1").status_code == 200
    at.sequencer._signer, kept = None, at.sequencer._signer
    at.enter([enterprise(1)], "commerce-1")
    problem(at.get("/tile/0/000.p/2"), 404, "not-found")
    problem(at.get("/tile/entries/000.p/2", "auditor"), 404, "not-found")
    problem(at.get("/v1/proof/inclusion?index=1&size=2", "auditor"), 404, "not-found")
    at.sequencer._signer = kept
    at.enter([enterprise(2)], "commerce-1")
    assert at.get("/tile/0/000.p/2").status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/tile/entries/000.p/1",
        "/envelopes/000.p/1",
        "/v1/proof/inclusion?index=0",
        "/v1/proof/consistency?first=1&second=1",
        "/v1/proof/subject?key=ledger:keys",
    ],
)
def test_closed_by_default(at: Web, path: str) -> None:
    """Given what is not open, when nobody known asks, then 401; another role 403; an auditor or witness has it."""
    nobody = at.get(path)
    problem(nobody, 401, "unauthenticated")
    assert nobody.headers["www-authenticate"] == "Bearer"
    for role in ("enterprise", "commerce", "investigator"):
        problem(at.get(path, role), 403, "forbidden")
    for role in ("auditor", "witness"):
        assert at.get(path, role).status_code in {200, 404}


def test_proof_of_inclusion(at: Web) -> None:
    """Given entries, when a proof is asked for at each size, then it leads to the root; now with a tlog-proof."""
    for number in (1, 2, 3):
        at.enter([enterprise(number)], "commerce-1")
    leaves = list(at.store.leaf_hashes(0, 4))
    for size in (1, 2, 3, 4):
        for index in range(size):
            told = at.get(f"/v1/proof/inclusion?index={index}&size={size}", "auditor").json()
            path = [base64.b64decode(text) for text in told["hashes"]]
            assert base64.b64decode(told["leaf"]) == leaves[index]
            verify_inclusion(leaves[index], index, size, path, root(leaves[:size]))
            assert (told["proof"] is not None) == (size == 4)
    told = at.get("/v1/proof/inclusion?index=2", "witness").json()
    assert told["size"] == 4
    parse_proof(told["proof"]).verify(leaves[2], read_anchor(at.anchor).operator_key)


def test_proof_of_consistency(at: Web) -> None:
    """Given a ledger that grew, when consistency is asked for between any sizes, then it is shown."""
    for number in (1, 2, 3):
        at.enter([enterprise(number)], "commerce-1")
    leaves = list(at.store.leaf_hashes(0, 4))
    for second in (1, 2, 3, 4):
        for first in range(1, second + 1):
            told = at.get(f"/v1/proof/consistency?first={first}&second={second}", "witness").json()
            path = [base64.b64decode(text) for text in told["hashes"]]
            verify_consistency(first, second, path, root(leaves[:first]), root(leaves[:second]))


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("inclusion?index=1&size=1", "invalid-request"),
        ("inclusion?index=-1", "invalid-request"),
        ("inclusion?index=x", "invalid-request"),
        ("inclusion", "invalid-request"),
        ("inclusion?index=0&size=9007199254740992", "invalid-request"),
        ("consistency?first=0&second=1", "invalid-request"),
        ("consistency?first=2&second=1", "invalid-request"),
        ("subject?key=nothing", "invalid-request"),
        ("subject?key=" + "vin:" + "X" * 151, "invalid-request"),
        ("inclusion?index=0&size=2", "not-found"),
        ("consistency?first=1&second=2", "not-found"),
    ],
)
def test_proofs_that_cannot_be(at: Web, query: str, code: str) -> None:
    """Given a ledger of one entry, when a proof is asked for that it cannot have, then a problem says why."""
    content = problem(at.get(f"/v1/proof/{query}", "auditor"), 404 if code == "not-found" else 422, code)
    assert content["detail"]


def test_completeness_of_a_subject(at: Web) -> None:
    """Given committed heads, when a subject is asked for, then its end is shown, or that it has no history."""
    key = f"enterprise:{enterprise_body('91310115PDY00001XD', 'EXPORTER')['uscc']}"
    problem(at.get(f"/v1/proof/subject?key={key}", "auditor"), 404, "not-found")
    at.enter([enterprise(1)], "commerce-1")
    committed = at.sequencer.commit_heads()
    body = parse_statement(parse_entry(next(at.store.entries(committed, committed + 1))).statement)["body"]
    for asked, number in ((key, 1), ("vin:LSVAB6189R2012345", None)):
        file = parse_heads_file(at.get(f"/v1/proof/subject?key={asked}", "auditor").content)
        assert (file.subject, file.proof.index) == (asked, committed)
        file.proof.verify(
            next(at.store.leaf_hashes(committed, committed + 1)), read_anchor(at.anchor).operator_key
        )
        (chain,) = file.chains
        shown = verify_head(asked, chain.heads, body["count"], bytes.fromhex(body["root"]))
        assert (shown and shown[0]) == number
    assert (
        json.loads(at.get("/v1/proof/subject?key=ledger:keys", "witness").content)["subject"] == "ledger:keys"
    )
