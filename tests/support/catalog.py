"""What the catalogs say of schemas that were just made; run as a program, it records that beside the SQL."""

from contextlib import closing
from pathlib import Path

from api.access_log import SCHEMA, prepare_access_log
from ledger.doctor.objects import Objects
from ledger.doctor.postgres import ExaminedDatabase
from ledger.doctor.postgres_catalog import RECORDED, objects, to_json
from ledger.store_postgres import PostgresStore
from projections.runner import prepare
from tests.support.postgres import Server, any_server

ROOT = Path(__file__).parents[2]
LEDGER = ROOT / "ledger" / "schema" / "postgres" / RECORDED
VIEWS = ROOT / "projections" / "schema" / "postgres" / RECORDED
ACCESS_LOG = SCHEMA / "postgres" / RECORDED


def made(server: Server) -> dict[Path, str]:
    """Return the text of each record, from a new database."""
    url = server.database()
    with closing(PostgresStore(url, create=True)) as store:
        ledger = _objects(url)
        prepare(store)
        viewed = _objects(url)
        prepare_access_log(store)
        whole = _objects(url)
    views = {key: text for key, text in viewed.items() if key not in ledger}
    log = {key: text for key, text in whole.items() if key not in viewed}
    return {LEDGER: to_json(ledger), VIEWS: to_json(views), ACCESS_LOG: to_json(log)}


def _objects(url: str) -> Objects:
    with closing(ExaminedDatabase(url)) as store:
        return objects(store.rows)


if __name__ == "__main__":
    with any_server() as one:
        for path, text in made(one).items():
            path.write_text(text, encoding="utf-8")
