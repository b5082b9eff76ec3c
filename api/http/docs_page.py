"""``GET /docs``: the interface for people, from the OpenAPI document; nothing is loaded, nothing runs."""

import json
from itertools import groupby
from pathlib import Path
from typing import Any, Final

from fastapi import APIRouter
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request

router = APIRouter()
_TEMPLATE: Final = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"), autoescape=True, undefined=StrictUndefined
).get_template("docs.html")
_HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
    "Cache-Control": "no-cache",
}


@router.get("/docs", include_in_schema=False)
def docs(request: Request) -> HTMLResponse:
    """Return every route with its parameters, an example of its body and its answers."""
    document = request.app.openapi()
    found = sorted(
        (_operation(path, method, one) for path, methods in document["paths"].items()
         for method, one in methods.items()),
        key=lambda one: (one["tag"], one["path"], one["method"]),
    )  # fmt: skip
    groups = [(tag, list(ones)) for tag, ones in groupby(found, key=lambda one: one["tag"])]
    return HTMLResponse(_TEMPLATE.render(document=document, groups=groups), headers=_HEADERS)


def _operation(path: str, method: str, one: dict[str, Any]) -> dict[str, Any]:
    body = one.get("requestBody", {}).get("content", {}).get("application/json", {})
    return {
        "id": one["operationId"],
        "tag": one.get("tags", ["other"])[0],
        "method": method.upper(),
        "path": path,
        "summary": one.get("description") or one.get("summary", ""),
        "parameters": [_parameter(parameter) for parameter in one.get("parameters", [])],
        "body": json.dumps(body["example"], ensure_ascii=False, indent=1) if "example" in body else "",
        "answers": [(status, answer.get("description", "")) for status, answer in one["responses"].items()],
    }


def _parameter(parameter: dict[str, Any]) -> dict[str, Any]:
    return {"description": "", "required": False, **parameter}
