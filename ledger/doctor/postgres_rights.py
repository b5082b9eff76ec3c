"""Who may do what in a ledger in PostgreSQL, against what ``quota-ledger roles`` gives.

What the two roles may do counts, wherever it comes from: a grant, a role that they are members of, PUBLIC.
Nobody else but the owner is to hold more than a reader. Superusers hold every right; none are looked for.
"""

from typing import Final

from ledger.doctor.examined import Examined
from ledger.doctor.finding import Outcome, failed, ok, warning
from ledger.postgres_roles import READER_RIGHTS, writer_rights

_RIGHTS: Final = ["SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER"]
_TABLES: Final = """
SELECT relname::text, relowner::regrole::text, nspowner::regrole::text
FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace
WHERE nspname = 'quota_ledger' AND relkind IN ('r', 'p', 'f', 'v', 'm') ORDER BY 1
"""
_ROLE: Final = """
SELECT r.rolsuper, pg_has_role(r.oid, n.nspowner, 'MEMBER'), n.nspowner::regrole::text,
       has_schema_privilege(r.oid, n.oid, 'CREATE'), has_schema_privilege(r.oid, n.oid, 'USAGE')
FROM pg_roles r CROSS JOIN pg_namespace n WHERE r.rolname = ? AND n.nspname = 'quota_ledger'
"""
_EFFECTIVE: Final = """
SELECT t.name, w.name FROM unnest(?::text[]) AS t (name) CROSS JOIN unnest(?::text[]) AS w (name)
WHERE CASE WHEN w.name IN ('DELETE', 'TRUNCATE', 'TRIGGER')
      THEN has_table_privilege(?::name, quote_ident(t.name), w.name)
      ELSE has_any_column_privilege(?::name, quote_ident(t.name), w.name) END
"""
_GRANTED: Final = """
SELECT coalesce(r.rolname::text, 'PUBLIC'), g.privilege_type, g.name
FROM (SELECT c.relname::text AS name, c.relnamespace AS schema, c.relowner AS owner, a.*
      FROM pg_class c CROSS JOIN aclexplode(c.relacl) AS a
      UNION SELECT c.relname || '.' || t.attname, c.relnamespace, c.relowner, a.*
      FROM pg_class c JOIN pg_attribute t ON t.attrelid = c.oid CROSS JOIN aclexplode(t.attacl) AS a
      UNION SELECT 'in the schema', n.oid, n.nspowner, a.*
      FROM pg_namespace n CROSS JOIN aclexplode(n.nspacl) AS a) AS g
     LEFT JOIN pg_roles r ON r.oid = g.grantee
WHERE g.schema = 'quota_ledger'::regnamespace AND g.grantee <> g.owner AND g.privilege_type = ANY(?)
      AND NOT coalesce(r.rolname = ANY(?), false)
      AND (g.grantee = 0 OR g.privilege_type NOT IN ('SELECT', 'USAGE'))
ORDER BY 1, 3, 2
"""
_CONNECTED: Final = """
SELECT r.rolname::text, r.rolsuper, pg_has_role(r.oid, n.nspowner, 'USAGE'),
       has_table_privilege('head', 'UPDATE') AND has_table_privilege('entry', 'INSERT'),
       has_table_privilege('entry', 'SELECT')
FROM pg_roles r CROSS JOIN pg_namespace n WHERE r.rolname = current_user AND n.nspname = 'quota_ledger'
"""


def check_rights(store: Examined, writer: str, reader: str) -> Outcome:
    """Compare what writer, reader and everybody else may do with what they should, and say who is asking."""
    owned = store.rows(_TABLES)
    tables = [table for table, _, _ in owned]
    meant = {
        writer: {(table, right) for table in tables for right in writer_rights(table)},
        reader: {(table, right) for table in tables for right in READER_RIGHTS},
    }
    too_many, too_few, absent = list[str](), list[str](), list[str]()
    for role, rights in meant.items():
        known = store.rows(_ROLE, role)
        if not known:
            absent.append(role)
            continue
        superuser, member, owner, creates, uses = known[0]
        if superuser or member:
            too_many.append(f"{role} is {'a superuser' if superuser else f'a member of the owner {owner}'}")
            continue
        held = set(store.rows(_EFFECTIVE, tables, _RIGHTS, role, role))
        too_many += [f"{role} may {right} {table}" for table, right in sorted(held - rights)]
        too_few += [f"{role} may not {right} {table}" for table, right in sorted(rights - held)]
        if creates:
            too_many.append(f"{role} may CREATE in the schema")
        if not uses:
            too_few.append(f"{role} may not use the schema")
    # Whoever else is granted something: more than a reader, and PUBLIC anything at all.
    too_many += [
        f"{grantee} may {right} {name}"
        for grantee, right, name in store.rows(_GRANTED, [*_RIGHTS, "CREATE", "USAGE"], [writer, reader])
    ]
    too_many += [
        f"{table} belongs to {owner}, the schema to {of_schema}"
        for table, owner, of_schema in owned
        if owner != of_schema
    ]
    me = _connected(store)
    if too_many:
        return failed(
            f"{'; '.join(too_many)}; {me}",
            "REVOKE what is too much (a right on a column by that column's name, a membership with"
            " REVOKE ROLE FROM ROLE), then `quota-ledger roles` gives both roles theirs anew and PUBLIC none",
        )
    if too_few:
        return warning(
            f"{'; '.join(too_few)}; {me}", "`quota-ledger roles` gives both roles their rights anew"
        )
    roles = f"no role {' and no role '.join(absent)}; " if absent else "writer and reader have theirs; "
    return ok(f"{roles}nobody has more; {me}")


def _connected(store: Examined) -> str:
    """Say what whoever runs this may do."""
    ((name, superuser, owner, appends, reads),) = store.rows(_CONNECTED)
    if superuser:
        return f"{name} asks: a superuser, whom neither rights nor triggers bind; no server should use it"
    if owner:
        return f"{name} asks: the owner, who can switch triggers off; no server should use it"
    return f"{name} asks: it may {'append' if appends else 'read' if reads else 'neither read nor append'}"
