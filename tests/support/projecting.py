"""A projector process: keeps the views of a ledger up to date, a page of some entries at a time, until it ends.

Run as ``python -m tests.support.projecting URL PAGE [rebuild]``; writes ``ready``, then a line a page.
"""

import sys
from contextlib import closing

from ledger.stores import open_store
from projections import runner


def main(url: str, page: str, *how: str) -> None:
    runner.PAGE = runner.REBUILD_PAGE = int(page)
    with closing(open_store(url)) as store:
        _tell("ready")
        work = runner.rebuild if how else runner.catch_up
        work(store, lambda done, _size: _tell(str(done)))


def _tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
