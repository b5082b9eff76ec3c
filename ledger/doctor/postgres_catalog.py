"""What the schema ``quota_ledger`` is made of, as PostgreSQL's catalogs describe it, and as it is recorded.

The server rewrites SQL when it stores it, so a schema cannot be compared with the text that made it. What the
catalogs say of a schema that was just made is recorded beside the SQL, in ``objects.json``; a test makes it
anew. Owners and rights, storage parameters, statistics and tablespaces are not part of it.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from ledger.doctor.objects import Objects, normalised

RECORDED: Final = "objects.json"
GUARDS: Final = ("trigger", "function")
"""The kinds that keep the tables append-only."""

Rows = Callable[[str], list[tuple[Any, ...]]]
"""A query without parameters → its rows; names are written out for a search path of ``quota_ledger``."""

_KINDS: Final = {
    "r": "table", "p": "partitioned table", "f": "foreign table", "v": "view", "m": "materialized view",
    "S": "sequence",
}  # fmt: skip
_RELATIONS: Final = """
SELECT oid::bigint, relname::text, relkind::text, relpersistence::text, relrowsecurity OR relforcerowsecurity,
       CASE WHEN relkind IN ('v', 'm') THEN pg_get_viewdef(oid) END
FROM pg_class WHERE relnamespace = 'quota_ledger'::regnamespace
      AND relkind IN ('r', 'p', 'f', 'v', 'm', 'S') ORDER BY relname
"""
_COLUMNS: Final = """
SELECT c.oid::bigint, concat_ws(' ', a.attname, format_type(a.atttypid, a.atttypmod),
       CASE WHEN a.attcollation <> t.typcollation THEN 'COLLATE ' || l.collname END,
       CASE WHEN a.attnotnull THEN 'NOT NULL' END,
       CASE WHEN a.attidentity <> '' THEN 'IDENTITY' END,
       CASE WHEN a.attgenerated <> '' THEN 'GENERATED' END,
       'DEFAULT ' || pg_get_expr(d.adbin, d.adrelid))
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_type t ON t.oid = a.atttypid
     LEFT JOIN pg_collation l ON l.oid = a.attcollation
     LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE c.relnamespace = 'quota_ledger'::regnamespace AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY c.oid, a.attnum
"""
# NOT NULL is a constraint of its own since PostgreSQL 18, and a property of the column in every version.
_CONSTRAINTS: Final = """
SELECT conrelid::bigint, 'CONSTRAINT ' || conname || ' ' || pg_get_constraintdef(oid)
FROM pg_constraint
WHERE connamespace = 'quota_ledger'::regnamespace AND conrelid <> 0 AND contype NOT IN ('n', 't')
ORDER BY conrelid, conname
"""
_OTHERS: Final = """
SELECT 'index', i.relname::text, pg_get_indexdef(i.oid)
       || CASE WHEN x.indisvalid THEN '' ELSE ' INVALID' END
FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid
WHERE i.relnamespace = 'quota_ledger'::regnamespace
      AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.oid)
UNION ALL
SELECT 'rule', c.relname || '.' || r.rulename, pg_get_ruledef(r.oid)
FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class
WHERE c.relnamespace = 'quota_ledger'::regnamespace AND r.rulename <> '_RETURN'
UNION ALL
SELECT 'policy', c.relname || '.' || p.polname, ''
FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid
WHERE c.relnamespace = 'quota_ledger'::regnamespace
UNION ALL
SELECT 'child table', i.inhrelid::regclass::text, 'of ' || c.relname
FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhparent
WHERE c.relnamespace = 'quota_ledger'::regnamespace AND c.relkind <> 'I'
UNION ALL
SELECT 'trigger', c.relname || '.' || t.tgname, pg_get_triggerdef(t.oid)
FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
WHERE c.relnamespace = 'quota_ledger'::regnamespace AND NOT t.tgisinternal
ORDER BY 1, 2
"""
_FUNCTIONS: Final = """
SELECT oid::regprocedure::text, concat_ws(' ', 'RETURNS', pg_get_function_result(oid),
       'LANGUAGE', (SELECT lanname FROM pg_language WHERE oid = prolang),
       CASE WHEN prosecdef THEN 'SECURITY DEFINER' END, array_to_string(proconfig, ' ')), prosrc
FROM pg_proc WHERE pronamespace = 'quota_ledger'::regnamespace ORDER BY 1
"""


def objects(rows: Rows) -> Objects:
    """Return what the schema of a database holds."""
    found: dict[tuple[str, str], str] = {}
    parts: dict[int, list[str]] = {}
    for relation, line in [*rows(_COLUMNS), *rows(_CONSTRAINTS)]:
        parts.setdefault(relation, []).append(line)
    for relation, name, kind, persistence, secured, view in rows(_RELATIONS):
        lines = parts.get(relation, [])
        if persistence != "p":
            lines.append("UNLOGGED")
        if secured:
            lines.append("ROW SECURITY")
        found[_KINDS[kind], name] = "\n".join(lines if view is None else [*lines, normalised(view)])
    found |= {(kind, name): text for kind, name, text in rows(_OTHERS)}
    found |= {("function", name): f"{head} {normalised(body)}" for name, head, body in rows(_FUNCTIONS)}
    return found


def recorded(directories: Iterable[Path]) -> Objects:
    """Return what the SQL of the directories makes, as it is recorded beside it."""
    return dict(_recorded(directories))


def to_json(made: Objects) -> str:
    """Return the text of a record: kind → name → lines."""
    tree: dict[str, dict[str, list[str]]] = {}
    for kind, name in sorted(made):
        tree.setdefault(kind, {})[name] = made[kind, name].split("\n")
    return json.dumps(tree, indent=1, ensure_ascii=False) + "\n"


def _recorded(directories: Iterable[Path]) -> Iterator[tuple[tuple[str, str], str]]:
    for directory in directories:
        tree: Mapping[str, Mapping[str, list[str]]] = json.loads((directory / RECORDED).read_bytes())
        for kind, names in tree.items():
            for name, lines in names.items():
                yield (kind, name), "\n".join(lines)
