"""The answer key through the commands, on either database: what was planted is what ``verify`` finds."""

import json

from tests.support.cli import Cli


def test_the_commands_answer_as_the_key_says(cli: Cli, url: str) -> None:
    """Given a season played through signatures and store, when verified, then the answers are the key's."""
    files = ("--key", "key.json", "--anchor", "anchor.json")
    cli.json("demo", "--faults", "--vehicles", "120", "--db", url, *files)
    planted: dict[str, set[int]] = {}
    for violation in json.loads((cli.directory / "key.json").read_text("utf-8"))["violations"]:
        for code, entries in violation["codes"].items():
            planted.setdefault(code, set()).update(entries)

    assert cli("verify", "--db", url, "--anchor", "anchor.json", "--json") == 5, cli.err
    told = json.loads(cli.out)
    assert told["integrity"] == {"verdict": "INTACT", "breaks": []}
    assert told["books"] == {"verdict": "BALANCED", "breaks": []}
    assert {one["code"]: set(one["entries"]) for one in told["statements"] if one["entries"]} == planted
    assert {one["code"] for one in told["statements"] if one["verdict"] == "REFUTED"} == planted.keys()
    assert told["headline"]["exceptions"] == len(planted["C36"])
