"""A dry run against a ledger: the verdict of appending, without its writing."""

from pathlib import Path

import pytest

from ledger.dry_run import dry_run
from tests.support import domain as of
from tests.support.desk import desk, enterprise, statement


def test_writes_nothing(url: str, tmp_path: Path) -> None:
    """Given a ledger on either database, when statements are tried, then its head and records stay."""
    with desk(tmp_path, url) as at:
        before = at.store.head()
        size, (preview,) = dry_run(at.store, [enterprise()], at.clock())
        assert (size, preview.code, preview.type) == (1, None, "EnterpriseRegistered")
        after = at.store.head()
        assert (after.size, after.leaf_hash) == (before.size, before.leaf_hash)
        assert not at.store.records(["enterprise:91310115PDY00001XD"])


def test_registration_before_any_policy(tmp_path: Path) -> None:
    """Given no policy, when a registration is tried, then it is accepted and flagged, and no day is due."""
    with desk(tmp_path) as at:
        registered = statement("VehicleRegistered", of.registered_body(of.vin(1), None), agency="police")
        _, (preview,) = dry_run(at.store, [registered], at.clock())
        assert preview.code is None
        assert "no-policy" in preview.flags
        assert preview.due is None


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "malformed"),
        (b'{"type":"Nothing"}', "unknown-type"),
        (b'{"id":1}', "malformed"),
        (b"[" * 10_000, "malformed"),
        (b" " * 45_057, "too-long"),
        (enterprise(ledger="other.example/x"), "wrong-ledger"),
    ],
    ids=["empty", "type", "id", "deep", "long", "ledger"],
)
def test_what_is_no_statement(tmp_path: Path, raw: bytes, code: str) -> None:
    """Given bytes that no entry could hold, when tried, then they are refused with the code of appending."""
    with desk(tmp_path) as at:
        _, (preview,) = dry_run(at.store, [raw], at.clock())
        assert preview.code == code


def test_same_statement_twice(tmp_path: Path) -> None:
    """Given one statement twice, when tried together, then the second is malformed, as in an envelope."""
    with desk(tmp_path) as at:
        _, previews = dry_run(at.store, [enterprise(), enterprise()], at.clock())
        assert [preview.code for preview in previews] == [None, "malformed"]
