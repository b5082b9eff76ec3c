"""A second, plain way to make a ledger and its bundle: hashlib, json and cryptography, nothing of ``ledger``.

``Builder`` writes what an operator would write, and on request what a lying one would: a header may be told
other members (``lie``), the head line of an envelope too, and all that follows is hashed and signed again over
the lie. So a break that remains is one that the operator could not cover up.
"""

import base64
import hashlib
import json
import uuid
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

ORIGIN = "plain.example/export-quota"
AGENCIES = ("commerce", "transport", "police", "customs")
OFFICERS = [f"{agency}-{number}" for agency in AGENCIES for number in (1, 2)]
EXPORTER, UPSTREAM = "91310115PDY00001XD", "91310114PDY000028Y"
START = datetime(2026, 1, 5, 2, 0, tzinfo=UTC)
ZEROS = "0" * 64

Header = dict[str, Any]
Lie = Callable[[Header], None]


def canonical(value: object) -> bytes:
    """Return canonical JSON; the texts used here need nothing that ``json`` does not do."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def key(seed: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(hashlib.sha256(f"plain {seed}".encode()).digest())


def public(seed: str) -> bytes:
    return key(seed).public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def keyid(seed: str) -> str:
    return hashlib.sha256(public(seed)).hexdigest()


def instant(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def leaf(data: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + data).digest()


def merkle_root(leaves: Sequence[bytes]) -> bytes:
    """Return MTH of RFC 6962, by its recursive definition."""
    if len(leaves) < 2:
        return leaves[0] if leaves else hashlib.sha256(b"").digest()
    k = _split(len(leaves))
    return hashlib.sha256(b"\x01" + merkle_root(leaves[:k]) + merkle_root(leaves[k:])).digest()


def audit_path(index: int, leaves: Sequence[bytes]) -> list[bytes]:
    """Return PATH of RFC 6962, by its recursive definition."""
    if len(leaves) < 2:
        return []
    k = _split(len(leaves))
    if index < k:
        return [*audit_path(index, leaves[:k]), merkle_root(leaves[k:])]
    return [*audit_path(index - k, leaves[k:]), merkle_root(leaves[:k])]


def vkey(name: str, seed: str) -> str:
    return f"{name}+{_note_key_id(name, seed).hex()}+{base64.b64encode(bytes([1]) + public(seed)).decode()}"


def note(text: str, name: str = ORIGIN, seed: str = "operator") -> bytes:
    """Return a signed note with one signature."""
    signed = base64.b64encode(_note_key_id(name, seed) + key(seed).sign(text.encode())).decode()
    return f"{text}\n— {name} {signed}\n".encode()


class Builder:
    """A ledger in memory; every method writes at its end."""

    def __init__(self, origin: str = ORIGIN) -> None:
        self.origin = origin
        self.now = START
        self.entries: list[bytes] = []
        self.envelopes: list[tuple[int, bytes]] = []
        """(index of the first entry, envelope)."""
        self.chains: dict[str, tuple[int, str]] = {}
        self.seqs: dict[str, int] = {}

    @property
    def leaves(self) -> list[bytes]:
        return [leaf(data) for data in self.entries]

    def statement(self, kind: str, body: dict[str, Any], agency: str = "commerce", **members: Any) -> bytes:
        """Return a statement; its id follows from how many entries there are and from its content."""
        seed = hashlib.sha256(f"{len(self.entries)} {kind} {sorted(body.items())}".encode()).digest()
        whole = {
            "agency": agency, "attachments": [], "body": body, "id": str(uuid.UUID(bytes=seed[:16])),
            "ledger": self.origin, "occurred_at": "2026-01-05T10:00:00+08:00", "type": kind, "version": 1,
        }  # fmt: skip
        return canonical(whole | members)

    def envelope(self, statements: Sequence[bytes], officers: Sequence[str], **head: Any) -> bytes:
        """Return an envelope signed by these officers; ``head`` replaces members of the head line."""
        first = officers[0]
        self.seqs[first] = self.seqs.get(first, 0) + 1
        line = {
            "agency": "operator" if first == "housekeeping" else first.split("-")[0],
            "ledger": self.origin,
            "seen": [len(self.entries) - 1, self.leaves[-1].hex()] if self.entries else None,
            "seq": self.seqs[first],
            "signed_at": instant(self.now),
            "signers": [keyid(officer) for officer in officers],
            "v": 1,
        } | head
        hashes = [hashlib.sha256(statement).hexdigest().encode() for statement in statements]
        payload = b"\n".join([canonical(line), *hashes])
        kind = b"application/vnd.quota-ledger.envelope"
        signed = b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)
        return canonical(
            {
                "payload": base64.b64encode(payload).decode(),
                "payloadType": kind.decode(),
                "signatures": [
                    {"keyid": keyid(officer), "sig": base64.b64encode(key(officer).sign(signed)).decode()}
                    for officer in officers
                ],
            }
        )

    def enter(
        self,
        statements: Sequence[bytes],
        officers: Sequence[str],
        *,
        lie: Lie | None = None,
        envelope: bytes | None = None,
        minutes: float = 1,
        **head: Any,
    ) -> None:
        """Enter an envelope's statements. ``lie`` changes the header of each entry before it is hashed."""
        self.now += timedelta(minutes=minutes)
        raw = envelope or self.envelope(statements, officers, **head)
        self.envelopes.append((len(self.entries), raw))
        for item, statement in enumerate(statements, start=1):
            self.append(statement, hashlib.sha256(raw).hexdigest(), item, lie)

    def append(self, statement: bytes, digest: str | None, item: int | None, lie: Lie | None = None) -> None:
        """Chain one entry."""
        subjects, tags = _whom(statement)
        header: Header = {
            "envelope": digest,
            "index": len(self.entries),
            "item": item,
            "prev": self.leaves[-1].hex() if self.entries else ZEROS,
            "recorded_at": instant(self.now),
            "subjects": [
                [name, self.chains.get(name, (0, ZEROS))[0] + 1, self.chains.get(name, (0, ZEROS))[1]]
                for name in subjects
            ],
            "tags": tags,
            "type": json.loads(statement)["type"],
            "v": 1,
        }
        if lie is not None:
            lie(header)
        data = canonical(header) + b"\n" + statement
        self.entries.append(data)
        for name, number, _ in header["subjects"]:
            self.chains[name] = (number, leaf(data).hex())

    def open(self, body: dict[str, Any] | None = None, **head: Any) -> None:
        """Enter entry 0, signed by the eight officers; ``body`` replaces members of its body."""
        whole = {
            "format": "quota-ledger/1",
            "housekeeping_key": public("housekeeping").hex(),
            "officers": [
                {"agency": name.split("-")[0], "officer": name, "public_key": public(name).hex()}
                for name in OFFICERS
            ],
            "operator_key": vkey(self.origin, "operator"),
            "policy_document_sha256": ZEROS,
            "predecessor": None,
        } | (body or {})
        line = {"agency": "operator"} | head
        self.enter([self.statement("LedgerOpened", whole, "operator")], OFFICERS, **line)

    def register_key(
        self, name: str, officer: str, signers: Sequence[str], agency: str | None = None, **body: Any
    ) -> None:
        """Enter a key of ``officer``, made from the seed ``name``, signed by officers of its agency."""
        agency = agency or signers[0].split("-")[0]
        message = f"quota-ledger/possession/v1\n{self.origin}\n{agency}\n{officer}\n{keyid(name)}\n".encode()
        whole = {
            "event_types": ["EnterpriseRegistered", "QuotaReduced"],
            "officer": officer,
            "possession": base64.b64encode(key(name).sign(message)).decode(),
            "public_key": public(name).hex(),
            "valid_from": "2026-01-01T00:00:00Z",
            "valid_to": None,
        } | body
        self.enter([self.statement("AgencyKeyRegistered", whole, agency)], signers, agency=agency)

    def revoke_key(self, name: str, signer: str) -> None:
        body = {"keyid": keyid(name), "reason": "示例"}
        self.enter([self.statement("AgencyKeyRevoked", body, signer.split("-")[0])], [signer])

    def enterprise(self, uscc: str = EXPORTER, **members: Any) -> bytes:
        """Return a statement that one commerce officer may make."""
        return self.statement(
            "EnterpriseRegistered", {"name": f"示例 {len(self.entries)}", "uscc": uscc}, **members
        )

    def reduction(self) -> bytes:
        """Return a statement that two commerce officers must sign, with a tag."""
        return self.statement(
            "QuotaReduced", {"pair_id": f"{EXPORTER}-{UPSTREAM}-1", "reason": "示例", "units": 1}
        )

    def policy(self, **params: Any) -> bytes:
        body = {"document_sha256": ZEROS, "from": "2026-01-05", "params": params, "policy_version": 1}
        return self.statement("PolicyVersionPublished", body)

    def refuse(self, envelope: bytes, officer: str, seq: int, **body: Any) -> None:
        """Put a refused envelope of one statement on record."""
        whole = {
            "concerns": [f"enterprise:{EXPORTER}"],
            "envelope": hashlib.sha256(envelope).hexdigest(),
            "items": [{"code": "no-policy", "item": 1, "sha256": ZEROS}],
            "part": 1,
            "parts": 1,
            "seq": seq,
            "signer": keyid(officer),
        } | body
        self.enter([self.statement("SubmissionRefused", whole, "operator")], ["housekeeping"])

    def commit_heads(self, **body: Any) -> None:
        """Enter HeadsCommitted over the chains as they are; ``body`` replaces members."""
        data = [
            f"quota-ledger/head/v1\n{k}\n{n}\n{h}\n".encode() for k, (n, h) in sorted(self.chains.items())
        ]
        root = merkle_root([leaf(line) for line in data]).hex()
        whole = {"count": len(data), "root": root, "size": len(self.entries)} | body
        self.enter([self.statement("HeadsCommitted", whole, "operator")], ["housekeeping"])

    def checkpoint(self, size: int | None = None, **signer: str) -> bytes:
        """Return the signed checkpoint of the first ``size`` entries."""
        leaves = self.leaves[:size]
        root = base64.b64encode(merkle_root(leaves)).decode()
        return note(f"{self.origin}\n{len(leaves)}\n{root}\n", **({"name": self.origin} | signer))

    def anchor(self) -> bytes:
        whole = {
            "format": "quota-ledger-anchor/1", "genesis": self.leaves[0].hex(),
            "operator_key": vkey(self.origin, "operator"), "origin": self.origin,
        }  # fmt: skip
        return canonical(whole)

    def files(self) -> dict[str, bytes]:
        """Return the bundle, by path."""
        files = {"checkpoint": self.checkpoint()}
        hashes, level = self.leaves, 0
        while hashes:
            for number, start in enumerate(range(0, len(hashes), 256)):
                tile = hashes[start : start + 256]
                files[f"tile/{level}/{_place(number, len(tile))}"] = b"".join(tile)
            whole = len(hashes) // 256 * 256
            hashes = [merkle_root(hashes[start : start + 256]) for start in range(0, whole, 256)]
            level += 1
        for number, start in enumerate(range(0, len(self.entries), 256)):
            entries = self.entries[start : start + 256]
            place = _place(number, len(entries))
            files[f"tile/entries/{place}"] = _bundle(entries, 2)
            first = [raw for index, raw in self.envelopes if start <= index < start + 256]
            files[f"envelopes/{place}"] = _bundle(first, 4)
        return files

    def first(self, size: int) -> "Builder":
        """Return the ledger as it was after its first entries, to be verified, not to be written on."""
        earlier = Builder(self.origin)
        earlier.entries = self.entries[:size]
        earlier.envelopes = [(index, raw) for index, raw in self.envelopes if index < size]
        return earlier

    def write(self, folder: Path) -> Path:
        """Write the bundle below ``folder``."""
        for path, data in self.files().items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(data)
        return folder


def history() -> Builder:
    """Return a ledger of eight entries of every kind.

    0 opened, 1 key registered, 2 and 3 one envelope, 4 a † statement, 5 a refusal, 6 the key revoked, 7 heads.
    """
    made = Builder()
    made.open()
    made.register_key("commerce-3", "commerce-3", ["commerce-1", "commerce-2"])
    made.enter([made.enterprise(EXPORTER), made.enterprise(UPSTREAM)], ["commerce-3"])
    made.enter([made.reduction()], ["commerce-1", "commerce-2"])
    made.refuse(b"refused", "commerce-2", 1)
    made.revoke_key("commerce-3", "commerce-1")
    made.commit_heads()
    return made


def _split(count: int) -> int:
    k = 1
    while k * 2 < count:
        k *= 2
    return k


def _note_key_id(name: str, seed: str) -> bytes:
    return hashlib.sha256(name.encode() + b"\n\x01" + public(seed)).digest()[:4]


def _place(number: int, width: int) -> str:
    return f"{number:03}" if width == 256 else f"{number:03}.p/{width}"


def _bundle(records: Sequence[bytes], length_bytes: int) -> bytes:
    return b"".join(len(record).to_bytes(length_bytes, "big") + record for record in records)


def _whom(statement: bytes) -> tuple[list[str], list[str]]:
    """Return subjects and tags, for the few kinds of statement that the builder makes."""
    whole = json.loads(statement)
    kind, body = whole["type"], whole["body"] or {}
    subjects, tags = [], []
    if kind in {"LedgerOpened", "AgencyKeyRegistered", "AgencyKeyRevoked"}:
        subjects.append("ledger:keys")
    if kind == "PolicyVersionPublished":
        subjects.append("ledger:policy")
    if "uscc" in body:
        subjects.append(f"enterprise:{body['uscc']}")
    subjects.extend(body.get("concerns", []))
    if "pair_id" in body:
        subjects.extend(f"enterprise:{uscc}" for uscc in body["pair_id"].split("-")[:2])
        tags.append(f"pair:{body['pair_id']}")
    return sorted(subjects), tags
