"""``python -m api.http.write_docs DIR`` writes what is made from the code: access.md and openapi.json."""

import json
import sys
from pathlib import Path

from api.http.access import as_markdown
from api.http.app import create_app
from api.http.settings import Settings


def documents() -> dict[str, str]:
    """Return the texts of the documents by their names."""
    whole = create_app(Settings(token_keys=None)).openapi()
    return {
        "access.md": as_markdown(),
        "openapi.json": json.dumps(whole, ensure_ascii=False, indent=1, sort_keys=True) + "\n",
    }


def write_docs(folder: Path) -> None:
    """Write the documents."""
    for name, text in documents().items():
        (folder / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write_docs(Path(sys.argv[1]))
