"""Answers that are for their caller alone."""

from collections.abc import Mapping
from typing import Any

from fastapi.responses import Response

from api.cli.context import json_text


def private_json(content: Mapping[str, Any], language: str | None = None) -> Response:
    """Return JSON that no cache keeps; ``language`` is that of the words in it."""
    headers = {"Cache-Control": "no-store"}
    if language is not None:
        headers |= {"Content-Language": language, "Vary": "Accept-Language"}
    return Response(json_text(content), headers=headers, media_type="application/json")
