"""Health, readiness and metrics of a server, and what it is told: settings, keys, the state of its database."""

import re
import shutil
import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pydantic import ValidationError
from starlette.testclient import TestClient

from api.cli.context import Stop
from api.cli.keyfiles import CHECKPOINT_KEY, CHECKPOINT_MEMORY, HOUSEKEEPING_KEY, read_key, write_key
from api.http.app import create_app
from api.http.metrics import Metrics
from api.http.services import open_services
from api.http.settings import PREFIX, Settings
from ledger.checkpoint import parse_checkpoint_text
from ledger.note import parse_note
from ledger.signer import StaleStore
from ledger.store import StoreError
from projections.folding import ViewStopped
from projections.runner import catch_up
from projections.view import Page, Written
from projections.views.timeline import Timeline
from tests.support.cli import Cli
from tests.support.desk import TurnedClock, enterprise, policy
from tests.support.keys import private_key
from tests.support.web import Web, lay_keys, lay_ledger, problem, told_role, web

ROOT = Path(__file__).parents[3]


def pem_of(seed: str) -> str:
    return private_key(seed).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def test_ready(url: str, tmp_path: Path) -> None:
    """Given a server on either database, when asked, then it tells how far ledger and views have come."""
    with web(tmp_path, url) as at:
        assert at.get("/healthz").json() == {"status": "ok"}
        at.enter([enterprise()], "commerce-1")
        catch_up(at.store)
        views = {"size": 2, "stopped": None}
        assert at.get("/readyz").json() == {"status": "ok", "size": 2, "waiting": 0, "views": views}


def test_views_that_stop_are_told_of(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Given a view that cannot take an entry, when asked, then /readyz, metrics and log say so, and appending goes on."""
    monkeypatch.setattr(Timeline, "rows", _unable)
    with web(tmp_path, url) as at:
        with pytest.raises(ViewStopped):
            catch_up(at.store)
        answer = at.get("/readyz").json()
        assert (answer["status"], answer["views"]) == (
            "views-stopped",
            {"size": 0, "stopped": "timeline: ValueError: unable"},
        )
        assert "quota_ledger_views_stopped 1.0" in at.get("/metrics").text
        assert "quota_ledger_views_entries 0.0" in at.get("/metrics").text
        at.enter([enterprise()], "commerce-1")
        problem(at.get("/v1/balances", "auditor"), 503, "unavailable")
    assert "the views do not get on: the views stop before entry 0" in caplog.text


def _unable(_self: Timeline, _page: Page) -> Written:
    raise ValueError("unable")


def test_not_ready_without_its_sequencer(at: Web) -> None:
    """Given a sequencer that has stopped, when asked, then alive but not ready."""
    at.sequencer.close()
    assert at.get("/healthz").status_code == 200
    problem(at.get("/readyz"), 503, "unavailable")


def test_not_ready_without_its_database(at: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given a database that is gone, when asked, then 503 with Retry-After, and no word of where it is."""
    at.store.close()
    answer = at.get("/readyz")
    problem(answer, 503, "unavailable")
    assert answer.headers["retry-after"] == "5"
    assert "ledger.db" not in answer.text
    problem(at.get("/checkpoint"), 503, "unavailable")
    assert at.get("/healthz").status_code == 200


def metrics_of(at: Web) -> dict[str, float]:
    lines = at.get("/metrics").text.splitlines()
    return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines if line[0] != "#")}


def test_metrics(at: Web) -> None:
    """Given what was sent, when the metrics are read, then envelopes, refusals, commits, head and checkpoint count."""
    one = at.envelope([enterprise()], "commerce-1")
    for _ in range(2):
        at.post(one, [enterprise()])
    at.post(at.envelope([policy()], "commerce-1"), [policy()])
    at.post(b"{}", [])
    at.get("/vin/LSVAB6189R2012345")
    at.clock.turn(minutes=10)
    found = metrics_of(at)
    wanted = {
        'quota_ledger_envelopes_total{outcome="entered"}': 1,
        'quota_ledger_envelopes_total{outcome="replayed"}': 1,
        'quota_ledger_envelopes_total{outcome="refused"}': 1,
        'quota_ledger_refusals_total{code="four-eyes"}': 1,
        'quota_ledger_not_accepted_total{code="malformed"}': 1,
        "quota_ledger_group_envelopes_count": 3,
        "quota_ledger_group_statements_sum": 3,
        "quota_ledger_commit_seconds_count": 3,
        "quota_ledger_waiting_envelopes": 0,
        "quota_ledger_head_entries": 3,
        "quota_ledger_checkpoint_entries": 3,
        "quota_ledger_checkpoint_age_seconds": 600,
        'quota_ledger_requests_total{method="POST",route="/v1/envelopes",status="201"}': 1,
        'quota_ledger_requests_total{method="GET",route="unknown",status="404"}': 1,
    }
    assert {name: found[name] for name in wanted} == wanted
    assert not any("LSVAB" in name for name in found)
    page = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    for name in {re.sub(r"(_total|_count|_sum|_bucket|_created)?(\{.*)?$", "", name) for name in found}:
        assert f"`{name}" in page, name


def test_settings_are_documented() -> None:
    """Given the table of settings, when compared with the class, then names, defaults and words agree."""
    page = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(QUOTA_LEDGER_[A-Z_]+)` \| (.*) \| (.*) \|$", page, re.MULTILINE)
    source = (ROOT / "api" / "http" / "settings.py").read_text(encoding="utf-8")
    words = dict(re.findall(r'^    (\w+): .*\n    """(.*)"""$', source, re.MULTILINE))
    wanted = []
    for name, field in Settings.model_fields.items():
        default = (
            ""
            if field.default is None
            else f"`{field.default:g}`"
            if isinstance(field.default, float)
            else f"`{field.default}`"
        )
        wanted.append((f"{PREFIX}{name.upper()}", default, words[name]))
    assert rows == wanted


@pytest.mark.parametrize(
    ("name", "value"),
    [("QUEUE", "0"), ("QUEUE", "many"), ("BODY_SECONDS", "0"), ("CONNECTIONS", "-1"), ("LOG_LEVEL", "loud")],
)
def test_wrong_setting(cli: Cli, monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    """Given a setting that cannot be, when the server is started, then one line names it and nothing listens."""
    cli.init()
    monkeypatch.setenv(f"QUOTA_LEDGER_{name}", value)
    assert cli("serve", "--db", cli.db, "--keys", cli.keys) == 2
    assert cli.err.count("\n") == 1
    assert f"QUOTA_LEDGER_{name}: " in cli.err


def test_settings_show_no_key() -> None:
    """Given keys among the settings, when they are shown or fail, then the keys are not in it."""
    pem = pem_of("housekeeping")
    shown = repr(Settings(housekeeping_key=pem, checkpoint_key=pem))
    assert pem.splitlines()[1] not in shown
    with pytest.raises(ValidationError) as caught:
        Settings(housekeeping_key=pem, queue=0)
    assert pem.splitlines()[1] not in str(caught.value)


def test_keys_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given both keys in the environment and no file, when served, then entries and checkpoints are signed."""
    (tmp_path / "memory").mkdir()
    url = f"sqlite:///{tmp_path}/ledger.db"
    leaf = lay_ledger(url, TurnedClock())
    monkeypatch.setenv("QUOTA_LEDGER_HOUSEKEEPING_KEY", pem_of("housekeeping"))
    monkeypatch.setenv("QUOTA_LEDGER_CHECKPOINT_KEY", pem_of("operator"))
    app = create_app(Settings(db=url, keys=tmp_path / "memory"), clock=TurnedClock(), authenticate=told_role)
    with TestClient(app) as client:
        assert parse_checkpoint_text(parse_note(client.get("/checkpoint").content).text).size == 1
        assert client.get("/tile/0/000.p/1").content == leaf
    assert (tmp_path / "memory" / CHECKPOINT_MEMORY).is_file()


@pytest.mark.parametrize(
    "value", ["", "no key", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"]
)
def test_no_key_in_the_environment(cli: Cli, monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    """Given something else in place of a key, when the server is started, then one line names the variable."""
    cli.init()
    monkeypatch.setenv("QUOTA_LEDGER_HOUSEKEEPING_KEY", value)
    assert cli("serve", "--db", cli.db, "--keys", cli.keys) == 1
    assert cli.err.startswith("quota-ledger: QUOTA_LEDGER_HOUSEKEEPING_KEY: an Ed25519 private key")
    assert cli.err.count("\n") == 1


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o666, 0o601])
@pytest.mark.parametrize("name", [HOUSEKEEPING_KEY, CHECKPOINT_KEY])
def test_key_that_others_may_read(cli: Cli, name: str, mode: int) -> None:
    """Given a key file open to others, when the server is started, then one line names file, mode and remedy."""
    cli.init()
    (cli.keys / name).chmod(mode)
    assert cli("serve", "--db", cli.db, "--keys", cli.keys) == 1
    assert f"{name}: mode {mode:04o} opens it to others; `chmod 600" in cli.err
    assert cli.err.count("\n") == 1
    with pytest.raises(Stop, match="opens it to others"):
        read_key(cli.keys / name)


@pytest.mark.parametrize("mode", [0o600, 0o400])
def test_key_of_its_owner_alone(tmp_path: Path, mode: int) -> None:
    """Given a key file that its owner alone may read, when read, then it is the key."""
    write_key(tmp_path / "key.pem", private_key("a"))
    (tmp_path / "key.pem").chmod(mode)
    assert stat.S_IMODE((tmp_path / "key.pem").stat().st_mode) == mode
    assert read_key(tmp_path / "key.pem").private_bytes_raw() == private_key("a").private_bytes_raw()


@pytest.mark.parametrize("name", [HOUSEKEEPING_KEY, CHECKPOINT_KEY])
def test_key_of_another_ledger(cli: Cli, name: str) -> None:
    """Given a key that entry 0 does not name, when the server is started, then it is refused in one line."""
    cli.init()
    (cli.keys / name).unlink()
    write_key(cli.keys / name, Ed25519PrivateKey.generate())
    assert cli("serve", "--db", cli.db, "--keys", cli.keys) == 1
    assert "is not the one that entry 0 names" in cli.err
    assert cli.err.count("\n") == 1


def test_no_ledger_to_serve(cli: Cli) -> None:
    """Given no database, no key, or no ledger, when the server is started, then 3 and one line."""
    assert cli("serve", "--db", cli.db) == 3
    assert cli.err.count("\n") == 1
    cli.init()
    (cli.keys / HOUSEKEEPING_KEY).unlink()
    assert cli("serve", "--db", cli.db, "--keys", cli.keys) == 3
    assert "--keys names the operator's key directory" in cli.err


def test_database_that_lost_entries(tmp_path: Path) -> None:
    """Given a database restored from before the last checkpoint, when served, then it does not start."""
    url = f"sqlite:///{tmp_path}/ledger.db"
    lay_ledger(url, TurnedClock())
    shutil.copy(tmp_path / "ledger.db", tmp_path / "old.db")
    settings = Settings(db=url, keys=lay_keys(tmp_path))
    with TestClient(create_app(settings, clock=TurnedClock(), authenticate=told_role)) as client:
        served = Web(client.app, client, TurnedClock(), tmp_path)  # type: ignore[arg-type]
        served.enter([enterprise()], "commerce-1")
    with pytest.raises(StaleStore):
        open_services(
            settings.model_copy(update={"db": f"sqlite:///{tmp_path}/old.db"}), TurnedClock(), Metrics()
        )


def test_closed_store_is_named() -> None:
    """Given a file that is no ledger, when opened, then it is an error of the store: what the CLI makes exit 3 of."""
    with pytest.raises(StoreError):
        open_services(Settings(db="sqlite:////nowhere/ledger.db"), TurnedClock(), Metrics())
