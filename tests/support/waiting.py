"""Waiting for what another process does in its own time."""

import time
from collections.abc import Callable


def within_a_minute(done: Callable[[], bool]) -> bool:
    """Return whether it is done, as soon as it is; after a minute, that it is not."""
    deadline = time.monotonic() + 60
    while not done():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True
