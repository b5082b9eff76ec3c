"""While a whole ledger is gone through nobody looks for cycles among millions of objects: there are none."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collection_paused() -> Iterator[None]:
    """Do without the collector of cycles, which would take a third of the time, until the block is left."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
