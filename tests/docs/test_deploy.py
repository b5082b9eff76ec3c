"""The examples of deployment against the program: options, limits, and what must not be open."""

import re
from pathlib import Path

from typer.main import get_command

from api.cli import app
from api.http.limits import MAX_BODY_BYTES, MAX_DOCUMENT_BYTES
from api.http.settings import Settings
from ledger.postgres_connections import CONNECTIONS

DEPLOY = Path(__file__).parents[2] / "docs" / "deploy"


def test_unit_starts_what_there_is() -> None:
    """Given the systemd unit, when its command and settings are read, then the program knows each of them."""
    unit = (DEPLOY / "quota-ledger.service").read_text(encoding="utf-8")
    found = re.search(r"^ExecStart=\S+/quota-ledger (\w+) (.*)$", unit, re.MULTILINE)
    assert found is not None
    command = get_command(app).commands[found[1]]  # type: ignore[attr-defined]
    known = {option for parameter in command.params for option in parameter.opts}
    assert {word for word in found[2].split() if word.startswith("--")} <= known
    names = {f"QUOTA_LEDGER_{name.upper()}" for name in Settings.model_fields}
    assert set(re.findall(r"QUOTA_LEDGER_[A-Z_]+", unit)) <= names
    stop = re.search(r"^TimeoutStopSec=(\d+)$", unit, re.MULTILINE)
    assert stop is not None
    assert int(stop[1]) > Settings().drain_seconds + Settings().answer_seconds


def test_unit_is_hardened() -> None:
    """Given the systemd unit, when read, then it runs as nobody special, without rights, on a read-only system."""
    unit = (DEPLOY / "quota-ledger.service").read_text(encoding="utf-8").splitlines()
    for line in (
        "User=quota-ledger", "NoNewPrivileges=yes", "CapabilityBoundingSet=", "ProtectSystem=strict",
        "ProtectHome=yes", "PrivateTmp=yes", "StateDirectoryMode=0700", "SystemCallFilter=@system-service",
    ):  # fmt: skip
        assert line in unit, line


def test_proxy_lets_the_limits_speak() -> None:
    """Given the proxy's configuration, when read, then its limits lie above the application's, and metrics are shut."""
    proxy = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    size = re.search(r"client_max_body_size (\d+)m;", proxy)
    assert size is not None
    assert int(size[1]) * 1024 * 1024 > max(MAX_BODY_BYTES, MAX_DOCUMENT_BYTES)
    read = re.search(r"proxy_read_timeout (\d+)s;", proxy)
    assert read is not None
    assert int(read[1]) > Settings().answer_seconds
    assert "location = /metrics { return 404; }" in proxy
    assert "proxy_next_upstream off;" in proxy
    assert not re.search(r"log_format .*\$(request|uri|args|request_uri|remote_addr|http_)\b", proxy)


def test_database_acknowledges_what_two_machines_hold() -> None:
    """Given the database's configuration, when read, then commits are synchronous and the workers' pools fit."""
    cluster = (DEPLOY / "patroni.yml").read_text(encoding="utf-8")
    for line in ("synchronous_mode: true", "synchronous_mode_strict: true", "maximum_lag_on_failover: 0"):
        assert f"    {line}\n" in cluster
    assert 'synchronous_commit: "on"' in cluster
    assert "target_session_attrs=read-write" in cluster
    assert f"# {CONNECTIONS} for each worker" in cluster
