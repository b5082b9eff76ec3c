"""Runs command lines in this process, and reads what they print."""

import json
from pathlib import Path
from typing import Any

import pytest

from api.cli import run

ORIGIN = "test.example/export-quota"


class Cli:
    """A command line with a ledger of its own in a directory of its own."""

    def __init__(self, directory: Path, capture: pytest.CaptureFixture[str]) -> None:
        self.directory = directory
        self.database = directory / "ledger.db"
        self.db = f"sqlite:///{self.database}"
        self.keys = directory / "keys"
        self.anchor = directory / "ledger.db.anchor.json"
        self.out = ""
        self.err = ""
        self._capture = capture

    def __call__(self, *arguments: str | Path) -> int:
        """Run one command line; ``out`` and ``err`` hold what it printed."""
        self._capture.readouterr()
        code = run([str(argument) for argument in arguments])
        self.out, self.err = self._capture.readouterr()
        return code

    def json(self, *arguments: str | Path) -> Any:
        """Run a command line that must succeed and return the JSON that it printed."""
        code = self(*arguments, "--json")
        assert code == 0, self.err
        return json.loads(self.out)

    def init(self) -> None:
        """Open the ledger with keys for a trial."""
        assert self("init", "--origin", ORIGIN, "--db", self.db, "--keys", self.keys) == 0, self.err

    def draft(self, kind: str, body: dict[str, Any], **members: Any) -> Path:
        """Write a statement file as an officer would, indented and without the members that are filled in."""
        path = self.directory / f"{kind}-{len(list(self.directory.iterdir()))}.json"
        path.write_text(json.dumps({"type": kind, "body": body} | members, indent=1), encoding="utf-8")
        return path

    def signed(self, *statements: Path, officers: tuple[str, ...] = ("commerce-1",)) -> Path:
        """Sign statement files with officers' keys and return the submission file."""
        path = self.directory / f"signed-{len(list(self.directory.iterdir()))}.json"
        keys = [word for name in officers for word in ("--key", str(self.keys / f"{name}.pem"))]
        assert self("sign", *statements, *keys, "--db", self.db, "--out", path) == 0, self.err
        return path

    def submit(self, submission: Path, *more: str | Path) -> int:
        """Submit a submission file."""
        return self("submit", submission, "--db", self.db, "--keys", self.keys, *more)


def enterprise_body(**members: Any) -> dict[str, Any]:
    """Return the body of an EnterpriseRegistered."""
    return {
        "applicant_kind": "DEALER",
        "district": "浦东新区",
        "in_city": True,
        "name": "示例出口有限公司",
        "org_code": "PDY00001X",
        "roles": ["EXPORTER"],
        "uscc": "91310115PDY00001XD",
    } | members
