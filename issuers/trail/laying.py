"""Lay the trail: a function and a trigger for each table and each way to change it.

One trigger per statement, not per row: it sees all rows that the statement changed (transition
tables), and rows that changed alike become one entry with all their keys. To issue a thousand
badges is one line for a reader, and microseconds for each badge.

The functions run as the owner of the tables (SECURITY DEFINER): who serves pages and who works
has no right to write an entry, and can neither call them nor change them. They are laid by
`manage.py migrate` after each run, from the models that there are, so that a new table is never
without; where everything lies already, nothing is executed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from django.db import transaction

from issuers.trail import kept

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.backends.base.base import BaseDatabaseWrapper

    from issuers.trail.kept import Column, Table

ENTRIES, SEALS, MARK = "issuers_trailentry", "issuers_trailseal", "issuers_trailmark"
WEB, WORKER, AUDITOR = "acquis", "acquis_worker", "acquis_auditor"
# What each role may do, and no more; one that this server does not have is left out. Where there
# is no worker's role, the web's is the worker's as well.
RIGHTS = {
    (ENTRIES, WEB): {"SELECT"},
    (ENTRIES, WORKER): {"SELECT"},
    (ENTRIES, AUDITOR): {"SELECT"},
    (SEALS, WEB): {"SELECT"},
    (SEALS, WORKER): {"SELECT", "INSERT"},
    (SEALS, AUDITOR): {"SELECT"},
    (MARK, WEB): set(),
    (MARK, WORKER): {"SELECT", "INSERT", "UPDATE"},
}
ADDED, CHANGED, REMOVED = "added", "changed", "removed"
OPERATIONS = {ADDED: "INSERT", CHANGED: "UPDATE", REMOVED: "DELETE"}
TRANSITIONS = {
    ADDED: "NEW TABLE AS trail_new",
    CHANGED: "OLD TABLE AS trail_old NEW TABLE AS trail_new",
    REMOVED: "OLD TABLE AS trail_old",
}
ATTRIBUTES = (
    "LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET timezone = 'UTC'"
)
# As pg_trigger says that a trigger fires: in ordinary sessions, and in all.
FIRING = {"O", "A"}
STAYS = "trail_stays"
STAYS_BODY = """
BEGIN
    RAISE EXCEPTION 'the audit trail is never changed: % on %', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END
"""


class Asked(Protocol):
    """What can be asked: a connection of Django's, or a snapshot of one."""

    def cursor(self) -> Any:
        """Return a cursor, as a context."""


def lay(connection: BaseDatabaseWrapper) -> int:
    """Lay what is missing, as the owner of the tables; return how many statements it took."""
    with transaction.atomic(using=connection.alias):
        statements = list(missing(connection))
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
    return len(statements)


def missing(connection: Asked) -> Iterator[str]:
    """Return the statements that it takes; none where the trail lies as it should.

    A function of another body, or one that runs as whoever calls it, is as good as none, and so
    is a trigger that was switched off.
    """
    with connection.cursor() as cursor:
        cursor.execute(_TABLES)
        present = {name for (name,) in cursor.fetchall()}
        cursor.execute(_FUNCTIONS)
        functions = {name: " ".join(source.split()) for name, source in cursor.fetchall()}
        cursor.execute(_TRIGGERS)
        triggers = {(table, name): fires for table, name, fires in cursor.fetchall()}
    if not {ENTRIES, SEALS} <= present:  # before the migration that makes them
        return
    wanted: set[tuple[str, str]] = set()
    for name, body, table, trigger in _wanted(present):
        wanted.add((table, name))
        if functions.get(name) != " ".join(body.split()):
            yield (
                f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger {ATTRIBUTES} "
                f"AS $trail${body}$trail$"
            )
            yield f"REVOKE ALL ON FUNCTION {name}() FROM PUBLIC"
        if (table, name) not in triggers:
            yield trigger
        elif triggers[table, name] not in FIRING:
            yield f'ALTER TABLE "{table}" ENABLE TRIGGER {name}'
    for table, name in sorted(triggers.keys() - wanted):
        yield f'DROP TRIGGER {name} ON "{table}"'
    yield from _missing_rights(connection)


def _missing_rights(connection: Asked) -> Iterator[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolname FROM pg_roles")
        roles = {name for (name,) in cursor.fetchall()}
        cursor.execute(_RIGHTS)
        held: dict[tuple[str, str], set[str]] = {}
        for table, role, right in cursor.fetchall():
            held.setdefault((table, role), set()).add(right)
    for (table, role), rights in RIGHTS.items():
        if role not in roles:
            continue
        wanted = set(rights)
        if role == WEB and WORKER not in roles:
            wanted |= RIGHTS[table, WORKER]
        has = held.get((table, role), set())
        if has - wanted:
            yield f'REVOKE {", ".join(sorted(has - wanted))} ON "{table}" FROM {role}'
        if wanted - has:
            yield f'GRANT {", ".join(sorted(wanted - has))} ON "{table}" TO {role}'


def _wanted(present: set[str]) -> Iterator[tuple[str, str, str, str]]:
    """Return each function with its body, its table, and the statement that makes its trigger."""
    for table in kept.tables():
        if table.name not in present:  # its migration is yet to come
            continue
        for act, body in bodies(table).items():
            name = f"trail_{act}_{table.name}"[:63]
            yield (
                name,
                body,
                table.name,
                (
                    f'CREATE TRIGGER {name} AFTER {OPERATIONS[act]} ON "{table.name}" REFERENCING '
                    f"{TRANSITIONS[act]} FOR EACH STATEMENT EXECUTE FUNCTION {name}()"
                ),
            )
    for record in (ENTRIES, SEALS):
        yield (
            STAYS,
            STAYS_BODY,
            record,
            (
                f'CREATE TRIGGER {STAYS} BEFORE UPDATE OR DELETE ON "{record}" '
                f"FOR EACH ROW EXECUTE FUNCTION {STAYS}()"
            ),
        )


def bodies(table: Table) -> dict[str, str]:
    """Return the bodies of a table's functions by what they write down."""
    found = {CHANGED: _changed(table), REMOVED: _one_sided(table, REMOVED, "trail_old")}
    if table.additions:
        found[ADDED] = _one_sided(table, ADDED, "trail_new")
    return found


def _one_sided(table: Table, act: str, rows: str) -> str:
    """Return the body for rows that come or go: those with the same values are one entry."""
    columns = [f"{_value('r', column)} AS v{place}" for place, column in enumerate(table.shown)]
    names = [f"v{place}" for place in range(len(table.shown))]
    values = ", ".join(
        f"{_literal(column.name)}, g.v{place}" for place, column in enumerate(table.shown)
    )
    told = f"jsonb_build_object({values})"
    before, after = ("NULL::jsonb", told) if act == ADDED else (told, "NULL::jsonb")
    return _body(
        table,
        act,
        before=before,
        after=after,
        noted="ARRAY[]::text[]",
        groups=(
            f'SELECT r."{table.issuer}" AS issuer, {", ".join([*columns, _keys(table, "r")])} '
            f"FROM {rows} r GROUP BY {', '.join(['issuer', *names])}"
        ),
    )


def _changed(table: Table) -> str:
    """Return the body for rows that change: those whose values change alike are one entry.

    What is the same before and after is null on both sides; what differs has a value on one of
    them. A row whose key changes has no partner, and is written down whole.
    """
    shown = list(table.shown)
    if table.issuer != table.key:
        shown.append(kept.Column(table.issuer, as_text=False))
    columns: list[str] = []
    names: list[str] = []
    before: list[str] = []
    after: list[str] = []
    differs: list[str] = []
    for place, column in enumerate(shown):
        distinct = _distinct(column.name)
        for side, told in (("o", before), ("n", after)):
            name = f"{side}{place}"
            columns.append(f"CASE WHEN {distinct} THEN {_value(side, column)} END AS {name}")
            names.append(name)
            told.append(
                f"CASE WHEN g.o{place} IS NOT NULL OR g.n{place} IS NOT NULL THEN "
                f"jsonb_build_object({_literal(column.name)}, g.{name}) ELSE '{{}}' END"
            )
        differs += [f"g.o{place} IS NOT NULL", f"g.n{place} IS NOT NULL"]
    bits = [
        f"CASE WHEN {_distinct(name)} THEN {1 << place}::bigint ELSE 0 END"
        for place, name in enumerate(table.noted)
    ]
    noted = [
        f"CASE WHEN g.mask & {1 << place} <> 0 THEN {_literal(name)} END"
        for place, name in enumerate(table.noted)
    ]
    columns.append(f"{' + '.join(bits) or '0::bigint'} AS mask")
    groups = ", ".join(["issuer", *names, "mask"])
    return _body(
        table,
        CHANGED,
        before=" || ".join(before) or "'{}'::jsonb",
        after=" || ".join(after) or "'{}'::jsonb",
        noted=f"array_remove(ARRAY[{', '.join(noted)}]::text[], NULL)",
        groups=(
            f"SELECT {groups}, array_agg(key ORDER BY key) AS keys FROM ("
            f'SELECT coalesce(o."{table.issuer}", n."{table.issuer}") AS issuer, '
            f'coalesce(n."{table.key}", o."{table.key}") AS key, {", ".join(columns)} '
            f'FROM trail_old o FULL JOIN trail_new n ON o."{table.key}" = n."{table.key}"'
            f") AS r GROUP BY {groups}"
        ),
        condition=" OR ".join(["g.mask <> 0", *differs]),
    )


def _body(
    table: Table,
    act: str,
    *,
    before: str,
    after: str,
    noted: str,
    groups: str,
    condition: str = "true",
) -> str:
    return f"""
BEGIN
    INSERT INTO public.{ENTRIES}
        (issuer_id, at, user_id, door, role, subject, act, rows, before, after, noted)
    SELECT g.issuer, clock_timestamp(),
        nullif(current_setting('acquis.actor', true), '')::bigint,
        coalesce(current_setting('acquis.door', true), ''),
        CASE current_setting('role') WHEN 'none' THEN session_user
             ELSE current_setting('role') END,
        {_literal(table.subject)}, '{act}', g.keys, {before}, {after}, {noted}
    FROM ({groups}) AS g WHERE {condition};
    RETURN NULL;
END
"""


def _value(alias: str, column: Column) -> str:
    return f'{alias}."{column.name}"' + ("::text" if column.as_text else "")


def _distinct(name: str) -> str:
    return f'o."{name}" IS DISTINCT FROM n."{name}"'


def _keys(table: Table, alias: str) -> str:
    return f'array_agg({alias}."{table.key}" ORDER BY {alias}."{table.key}") AS keys'


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


_RIGHTS = """
SELECT relname, pg_get_userbyid(grantee), privilege_type FROM pg_class, aclexplode(relacl)
WHERE relnamespace = 'public'::regnamespace AND relname LIKE 'issuers\\_trail%'
"""
_TABLES = """
SELECT relname FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
"""
_FUNCTIONS = """
SELECT proname,
       CASE WHEN prosecdef AND proconfig::text LIKE '%search\\_path%' THEN prosrc ELSE '' END
FROM pg_proc
WHERE pronamespace = 'public'::regnamespace AND proname LIKE 'trail\\_%'
"""
_TRIGGERS = """
SELECT relname, tgname, tgenabled::text FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
WHERE relnamespace = 'public'::regnamespace AND tgname LIKE 'trail\\_%' AND NOT tgisinternal
"""
