"""Fixtures for the client."""

from tests.api.http.conftest import at, untold

__all__ = ["at", "untold"]
