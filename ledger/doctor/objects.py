"""What a database is made of, compared with what this program makes."""

import re
from collections.abc import Mapping
from hashlib import sha256
from typing import Final

Objects = Mapping[tuple[str, str], str]
"""(kind, such as table or trigger; its name) → what defines it."""

_TOKEN: Final = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|--[^\n]*|/\*.*?\*/|\s+|\w+|.", re.DOTALL)


def differences(required: Objects, allowed: Objects, stored: Objects) -> list[str]:
    """Name what is missing, what is changed (by its lines where there are several) and what nobody knows."""
    return [
        *(f"{kind} {name} is missing" for kind, name in required if (kind, name) not in stored),
        *(
            f"{kind} {name} is {_changed(allowed[kind, name], text)}"
            if (kind, name) in allowed
            else f"{kind} {name} is not of this program"
            for (kind, name), text in stored.items()
            if allowed.get((kind, name)) != text
        ),
    ]


def _changed(wanted: str, stored: str) -> str:
    old, new = wanted.split("\n"), stored.split("\n")
    if len(old) == 1:
        return "changed"
    lines = [f"it has: {line}" for line in new if line not in old]
    lines += [f"it lacks: {line}" for line in old if line not in new]
    return f"changed ({', '.join(lines) or 'in its order'})"


def fingerprint(objects: Objects) -> str:
    """Return the first 16 hex digits of the SHA-256 over the objects in the order of their names."""
    return sha256("\n".join(f"{key}: {objects[key]}" for key in sorted(objects)).encode()).hexdigest()[:16]


def normalised(sql: str) -> str:
    """Return SQL without comments, its tokens one space apart."""
    tokens = (match[0] for match in _TOKEN.finditer(sql))
    return " ".join(token for token in tokens if not token.isspace() and token[:2] not in ("--", "/*"))


def of_kinds(objects: Objects, *kinds: str) -> Objects:
    """Return the objects of these kinds."""
    return {key: text for key, text in objects.items() if key[0] in kinds}
