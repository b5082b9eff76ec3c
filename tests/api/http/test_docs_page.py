"""``GET /docs``: the interface for people, from the OpenAPI document and from nowhere else."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.reading import Readers, readers


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Readers]:
    with readers(tmp_path) as served:
        yield served


def test_the_page_names_every_route_and_loads_nothing(at: Readers) -> None:
    """Given the page, then every operation stands in it, and nothing in it runs or comes from elsewhere."""
    page = at.get("/docs")
    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    for path, methods in at.get("/openapi.json").json()["paths"].items():
        for method in methods:
            assert f"<code>{method.upper()} {path}</code>" in page.text
    assert "<script" not in page.text
    assert 'src="' not in page.text
    assert "//" not in page.text.partition("<body>")[0]
    assert page.headers["content-security-policy"].startswith("default-src 'none'")
