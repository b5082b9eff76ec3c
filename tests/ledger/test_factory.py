"""The library's factory: a DCB application finds the ledger store by its environment."""

from contextlib import closing
from pathlib import Path

import pytest
from eventsourcing.dcb.api import DCBEvent
from eventsourcing.dcb.application import DCBApplication
from eventsourcing.dcb.persistence import DCBInfrastructureFactory
from eventsourcing.persistence import InfrastructureFactoryError, OperationalError
from eventsourcing.utils import Environment

from ledger.factory import LedgerFactory
from ledger.recorder import LedgerRecorder
from ledger.stores import open_store
from tests.support.postgres import Server


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PERSISTENCE_MODULE", "QUOTA_LEDGER_DB", "CREATE_TABLE"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    return {"PERSISTENCE_MODULE": "ledger.factory", "QUOTA_LEDGER_DB": f"sqlite:///{tmp_path}/app.db"}


@pytest.fixture
def either(url: str) -> dict[str, str]:
    """The settings for a store of either kind."""
    return {"PERSISTENCE_MODULE": "ledger.factory", "QUOTA_LEDGER_DB": url}


def test_an_application_keeps_its_events_in_the_store(either: dict[str, str]) -> None:
    """Given the settings, when an application appends and is opened anew, then its event is there, and chained."""
    with DCBApplication(either) as application:
        assert isinstance(application.recorder, LedgerRecorder)
        assert application.recorder.append([DCBEvent("Noted", b"one", ["t"])]) == 1
    with DCBApplication(either | {"CREATE_TABLE": "no"}) as application:
        (found,) = application.recorder.read()
        assert (found.position, found.event) == (1, DCBEvent("Noted", b"one", ["t"]))
    with closing(open_store(either["QUOTA_LEDGER_DB"], read_only=True)) as store:
        assert store.head().size == 1


def test_the_name_of_the_application_goes_before_a_setting(env: dict[str, str], tmp_path: Path) -> None:
    """Given a setting with the application's name in front, then it counts, and the general one does not."""
    with DCBApplication(env | {"DCBAPPLICATION_QUOTA_LEDGER_DB": f"sqlite:///{tmp_path}/own.db"}):
        assert [path.name for path in tmp_path.glob("*.db")] == ["own.db"]


def test_recorders_of_a_factory_share_its_store(either: dict[str, str]) -> None:
    """Given two recorders of one factory, then one reads what the other appended, until the factory is closed."""
    factory = DCBInfrastructureFactory.construct(Environment("App", either))
    assert isinstance(factory, LedgerFactory)
    one, other = factory.dcb_recorder(), factory.dcb_recorder()
    one.append([DCBEvent("Noted", b"")])
    assert [found.position for found in other.read()] == [1]
    assert factory.store.head().size == 1
    factory.close()
    with pytest.raises(OperationalError, match="closed"):
        other.read()


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"QUOTA_LEDGER_DB": ""}, "QUOTA_LEDGER_DB is not set; sqlite:///PATH or postgresql://HOST/DATABASE"),
        ({"CREATE_TABLE": "perhaps"}, "CREATE_TABLE: .*perhaps.*; yes or no is wanted"),
    ],
)
def test_a_setting_without_meaning_is_named(env: dict[str, str], settings: dict[str, str], says: str) -> None:
    """Given a setting that is missing or means nothing, then the factory is not made and says which."""
    with pytest.raises(InfrastructureFactoryError, match=says):
        LedgerFactory(env | settings)


def test_a_store_that_is_not_there_is_made_only_on_request(env: dict[str, str], tmp_path: Path) -> None:
    """Given CREATE_TABLE=no and no file, then opening fails and leaves none behind."""
    with pytest.raises(OperationalError, match="no such file"):
        LedgerFactory(env | {"CREATE_TABLE": "no"})
    assert list(tmp_path.iterdir()) == []


def test_a_schema_that_is_not_there_is_made_only_on_request(postgres: Server) -> None:
    """Given CREATE_TABLE=no and an empty PostgreSQL database, then opening fails and makes no schema in it."""
    env = {"PERSISTENCE_MODULE": "ledger.factory", "QUOTA_LEDGER_DB": postgres.database()}
    for _ in range(2):
        with pytest.raises(OperationalError, match="no ledger"):
            LedgerFactory(env | {"CREATE_TABLE": "no"})


def test_a_file_of_somebody_else_is_left_alone(env: dict[str, str], tmp_path: Path) -> None:
    """Given another file under that name, then opening fails and the file is as it was."""
    (tmp_path / "app.db").write_bytes(b"a letter")
    with pytest.raises(OperationalError, match="not a SQLite file"):
        LedgerFactory(env)
    assert (tmp_path / "app.db").read_bytes() == b"a letter"


@pytest.mark.parametrize("named", ["app.db", "sqlite://app.db", "sqlite:///", "mysql://host/db"])
def test_another_form_of_url_is_refused(named: str) -> None:
    """Given what names neither kind of store, then the error says what is wanted."""
    with pytest.raises(OperationalError, match="sqlite:///PATH or postgresql://HOST/DATABASE"):
        LedgerFactory({"QUOTA_LEDGER_DB": named})
