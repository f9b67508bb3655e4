"""What the database keeps of the wall: which statements it takes to stand as it should.

Read from the catalogue of the database, so that a table is walled because it has an `issuer_id`,
whoever made it: a model, a history, a plug-in. `manage.py migrate` raises the wall after each run;
where it stands already, nothing is executed.

The roles are those of config/embedded/roles.sql. One that this server does not have is left out.
"""

# ruff: noqa: SLF001 - `_meta` is Django's documented interface
# ruff: noqa: S608 - names of tables and columns, from the catalogue itself

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Protocol

from django.apps import apps
from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from issuers.scope import keys
from issuers.scope.policies import AUDITOR, ISSUERS, WEB, WORKER, Policy, policies_for
from issuers.scope.rows import RIGHTS, Wall, wall_of

# Whether a trigger of django-pgtrigger's is to look away. Its own function asks a setting that any
# session may make (pgtrigger.ignore), so that who serves pages could switch off what the triggers
# forbid; ours says no. A migration that lays such a trigger puts the other back: we come after it.
IGNORER = "_pgtrigger_should_ignore(name)"
IGNORER_HEAD = "_pgtrigger_should_ignore(trigger_name name)"
FUNCTIONS = {
    IGNORER: "RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$SELECT false$$",
    "acquis_issuer()": """RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE AS
$$SELECT NULLIF(pg_catalog.current_setting('acquis.issuer', true), '')::bigint$$""",
    "acquis_person()": """RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE AS
$$SELECT NULLIF(pg_catalog.current_setting('acquis.person', true), '')::bigint$$""",
    "acquis_across()": """RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE AS
$$SELECT coalesce(pg_catalog.current_setting('acquis.across', true), '') = 'on'$$""",
    "acquis_operator()": """RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE AS
$$SELECT NULLIF(pg_catalog.current_setting('acquis.operator', true), '')::bigint$$""",
    "acquis_opened()": """RETURNS boolean LANGUAGE plpgsql STABLE PARALLEL SAFE AS
$$BEGIN RETURN EXISTS (SELECT FROM public.issuers_breakglass AS glass
WHERE glass.issuer_id = public.acquis_issuer() AND glass.operator_id = public.acquis_operator()
AND glass.until > statement_timestamp() AND NOT EXISTS (SELECT FROM public.issuers_glassend AS early
WHERE early.glass_id = glass.id)); END$$""",
    "acquis_suspended()": """RETURNS boolean LANGUAGE plpgsql STABLE PARALLEL SAFE AS
$$BEGIN RETURN EXISTS (SELECT FROM public.issuers_issuer AS one
WHERE one.id = public.acquis_issuer() AND one.suspended_at IS NOT NULL); END$$""",
}
FINDER = "acquis_issuer_of(text,text)"
KNOWER = "acquis_issuers_knowing(text,text)"
COUNTER = "acquis_figures(text,timestamp with time zone)"
WAITER = "acquis_waiting(text)"
HOLDERS = "acquis_holders(text)"


class Asked(Protocol):
    """What can be asked: a connection of Django's, or a snapshot of one."""

    def cursor(self) -> Any:
        """Return a cursor, as a context."""


class Catalogue:
    """What the database says of itself."""

    def __init__(self, connection: Asked) -> None:
        self._connection = connection
        self.roles = {name for (name,) in self.ask("SELECT rolname FROM pg_roles")}
        self.owners = {table: owner for table, owner in self.ask(_TABLES)}  # noqa: C416
        self.walled: list[str] = sorted(name for (name,) in self.ask(_WALLED))
        self.walls = walls()

    def ask(self, question: str) -> list[tuple[str, ...]]:
        """Return the rows of an answer."""
        with self._connection.cursor() as cursor:
            cursor.execute(question)
            return list(cursor.fetchall())

    def columns(self) -> list[tuple[str, ...]]:
        """Return table, name and type of every column."""
        return self.ask(_NAMES)

    def policies(self) -> dict[str, dict[str, Policy]]:
        """Return the policies of each table by their names."""
        found: dict[str, dict[str, Policy]] = {}
        for table, name, command, roles, using, check, kind in self.ask(_POLICIES):
            policy = Policy(
                name, command, tuple(sorted(roles)), using, check,
                is_restrictive=kind == "RESTRICTIVE",
            )  # fmt: skip
            found.setdefault(table, {})[name] = policy
        return found


def walls() -> dict[str, Wall]:
    """Return what the models say of their walls, by table."""
    models = apps.get_models(include_auto_created=True)
    return {each._meta.db_table: wall_of(each) for each in models}


def raise_walls(connection: BaseDatabaseWrapper) -> int:
    """Make the wall stand as it should; return how many statements it took.

    As the owner of the tables, and in one transaction: there is no moment at which a table has a
    part of its wall.
    """
    with transaction.atomic(using=connection.alias):
        statements = list(missing(connection))
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
    return len(statements)


def missing(connection: Asked) -> Iterator[str]:
    """Return the statements that it takes; none where the wall stands."""
    catalogue = Catalogue(connection)
    if ISSUERS not in catalogue.owners:  # before the first migration, or after it was undone
        return
    yield from _missing_functions(catalogue)
    yield from _missing_policies(catalogue)
    yield from keys.missing(catalogue)
    yield from _missing_rights(catalogue)


# -- row-level security ----------------------------------------------------------------------------
def _missing_policies(catalogue: Catalogue) -> Iterator[str]:
    present = catalogue.policies()
    guarded = {table: (on, forced) for table, on, forced in catalogue.ask(_GUARDED)}
    for table in [ISSUERS, *catalogue.walled]:
        on, forced = guarded[table]
        if not on:
            yield f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY'
        if not forced:
            yield f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY'
        wanted = policies_for(
            table,
            wall=catalogue.walls.get(table, Wall()),
            owner=catalogue.owners[table],
            roles=sorted(catalogue.roles),
        )
        there = present.get(table, {})
        for name in sorted(there.keys() - wanted.keys()):
            yield f'DROP POLICY "{name}" ON "{table}"'
        for name, policy in wanted.items():
            if there.get(name) != policy:
                if name in there:
                    yield f'DROP POLICY "{name}" ON "{table}"'
                yield policy.create(table)


# -- finding an issuer by the name of one of its rows ----------------------------------------------
def _missing_functions(catalogue: Catalogue) -> Iterator[str]:
    texts: Mapping[str, str] = {
        name: " ".join(source.split()) for name, source in catalogue.ask(_FUNCTIONS)
    }
    for name, rest in FUNCTIONS.items():
        body = " ".join(rest.split("$$")[1].split())
        if texts.get(name) != body:
            head = IGNORER_HEAD if name == IGNORER else name
            yield f"CREATE OR REPLACE FUNCTION {head} {rest}"
    for name, (head, body, served) in {
        FINDER: (_FINDS, _finder(catalogue), (WEB, WORKER)),
        KNOWER: (_KNOWS, _knower(catalogue), (WEB, WORKER)),
        COUNTER: (_COUNTS, _for_operators(_counts(catalogue)), (WEB,)),
        WAITER: (_WAITS, _for_operators(_waits(catalogue)), (WEB,)),
        HOLDERS: (_HOLDS, _HOLDING, (WEB, WORKER)),
    }.items():
        if texts.get(name) != " ".join(body.split()):
            yield (
                f"CREATE OR REPLACE FUNCTION {head} LANGUAGE plpgsql STABLE SECURITY DEFINER "
                f"SET search_path = pg_catalog, pg_temp AS $wall${body}$wall$"
            )
            yield f"REVOKE ALL ON FUNCTION {name} FROM PUBLIC"
            for role in served:
                if role in catalogue.roles:
                    yield f"GRANT EXECUTE ON FUNCTION {name} TO {role}"


def _finder(catalogue: Catalogue) -> str:
    """Return the body of the one function that sees all rows: a name in, the issuer's id out."""
    types = {(table, column): kind for table, column, kind in catalogue.columns()}
    cases = [
        f"WHEN '{table}.{column}' THEN RETURN (SELECT found.issuer_id FROM public.\"{table}\" "
        f'AS found WHERE found."{column}" = name_asked::{types[table, column]});'
        for table in catalogue.walled
        for column in catalogue.walls.get(table, Wall()).names
        if (table, column) in types
    ]
    return "\n".join(
        [
            "BEGIN CASE place_asked",
            *cases,
            "ELSE RAISE EXCEPTION 'nothing is found by %', place_asked; END CASE; END",
        ]
    )


def _knower(catalogue: Catalogue) -> str:
    """Return the body of the function that says which issuers know somebody, and shows no row."""
    columns = {(table, column) for table, column, _kind in catalogue.columns()}
    cases = [
        f"WHEN '{table}.{column}' THEN RETURN QUERY SELECT DISTINCT one.issuer_id "
        f'FROM public."{table}" AS one WHERE one."{column}" = value_asked;'
        for table in catalogue.walled
        if (table, column := catalogue.walls.get(table, Wall()).known_by) in columns
    ]
    return "\n".join(
        [
            "BEGIN CASE place_asked",
            *cases,
            "ELSE RAISE EXCEPTION 'nobody is known by %', place_asked; END CASE; END",
        ]
    )


def _counts(catalogue: Catalogue) -> Iterator[str]:
    columns = {(table, column) for table, column, _kind in catalogue.columns()}
    for table in catalogue.walled:
        column = catalogue.walls.get(table, Wall()).counted_by
        if (table, column) in columns:
            yield (
                f"WHEN '{table}' THEN RETURN QUERY SELECT one.issuer_id, count(*), "
                f'count(*) FILTER (WHERE one."{column}" >= since), max(one."{column}") '
                f'FROM public."{table}" AS one GROUP BY one.issuer_id;'
            )


def _waits(catalogue: Catalogue) -> Iterator[str]:
    columns = {(table, column) for table, column, _kind in catalogue.columns()}
    for table in catalogue.walled:
        column = catalogue.walls.get(table, Wall()).waits_since
        if {(table, column), (table, "state")} <= columns:
            yield (
                f"WHEN '{table}' THEN RETURN QUERY SELECT count(*), min(one.\"{column}\") "
                f"FROM public.\"{table}\" AS one WHERE one.state = 'due';"
            )


def _for_operators(cases: Iterator[str]) -> str:
    """Return the body of a function that counts rows for an operator, and shows none."""
    return "\n".join(
        [
            "BEGIN IF public.acquis_operator() IS NULL THEN",
            "RAISE EXCEPTION 'figures are for operators' USING ERRCODE = 'insufficient_privilege';",
            "END IF; CASE table_asked",
            *cases,
            "ELSE RAISE EXCEPTION '% is not counted', table_asked; END CASE; END",
        ]
    )


# -- rights ----------------------------------------------------------------------------------------
def _missing_rights(catalogue: Catalogue) -> Iterator[str]:
    """Let workers do what the web may; what is secret is theirs alone, what is a record stays."""
    if not {WEB, WORKER} <= catalogue.roles:
        return
    held = _held(catalogue.ask(_RIGHTS))
    # A right to a column is a right; taken away from the table, it is gone as well.
    any_of = _held([*catalogue.ask(_RIGHTS), *catalogue.ask(_RIGHTS_TO_COLUMNS)])
    for table in sorted(catalogue.owners):
        wall = catalogue.walls.get(table, Wall())
        for role in (WEB, WORKER, AUDITOR):
            # To empty a table, or to hang a trigger on it, asks no policy.
            if beyond := any_of.get((table, role), set()) - set(RIGHTS):
                yield f'REVOKE {", ".join(sorted(beyond))} ON "{table}" FROM {role}'
        web, worker = held.get((table, WEB), set()), held.get((table, WORKER), set())
        taken = set(RIGHTS) if wall.is_secret else set(RIGHTS) - set(wall.web_may)
        kept = {"UPDATE", "DELETE"} if wall.is_record else set()
        if spare := any_of.get((table, WEB), set()) & (taken | kept):
            yield f'REVOKE {_rights(spare)} ON "{table}" FROM {WEB}'
        wanted = (set(RIGHTS) if taken - kept else web & set(RIGHTS)) - kept
        if wanted - worker:
            yield f'GRANT {_rights(wanted - worker)} ON "{table}" TO {WORKER}'
        if spare := any_of.get((table, WORKER), set()) & kept:
            yield f'REVOKE {_rights(spare)} ON "{table}" FROM {WORKER}'
    if catalogue.ask(_SEQUENCES):
        yield f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {WORKER}"


def _held(rights: Iterable[tuple[str, ...]]) -> dict[tuple[str, str], set[str]]:
    """Return the rights of each role to each table."""
    found: dict[tuple[str, str], set[str]] = {}
    for table, role, right in rights:
        found.setdefault((table, role), set()).add(right)
    return found


def _rights(rights: set[str]) -> str:
    return ", ".join(right for right in RIGHTS if right in rights)


# -- what sees more than who calls it --------------------------------------------------------------
_FINDS = "acquis_issuer_of(place_asked text, name_asked text) RETURNS bigint"
_KNOWS = "acquis_issuers_knowing(place_asked text, value_asked text) RETURNS SETOF bigint"
_COUNTS = (
    "acquis_figures(table_asked text, since timestamp with time zone) RETURNS TABLE"
    "(issuer_id bigint, rows_all bigint, rows_since bigint, latest timestamp with time zone)"
)
_HOLDS = "acquis_holders(domain_asked text) RETURNS SETOF bigint"
# Who proved a domain, once or still: their own pages tell everybody.
_HOLDING = """BEGIN RETURN QUERY SELECT found.issuer_id FROM public.issuers_domain AS found
WHERE found.name = domain_asked AND found.verified_at IS NOT NULL ORDER BY 1 LIMIT 20; END"""
_WAITS = (
    "acquis_waiting(table_asked text) RETURNS TABLE"
    "(rows_all bigint, oldest timestamp with time zone)"
)

# -- what is asked of the catalogue ----------------------------------------------------------------
_TABLES = """
SELECT relname, pg_get_userbyid(relowner) FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
"""
_WALLED = """
SELECT relname FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid
WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
  AND attname = 'issuer_id' AND NOT attisdropped
"""
_GUARDED = """
SELECT relname, relrowsecurity, relforcerowsecurity FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
"""
_POLICIES = """
SELECT tablename, policyname, cmd, roles::text[], qual, with_check, permissive FROM pg_policies
WHERE schemaname = 'public'
"""
_FUNCTIONS = """
SELECT oid::regprocedure::text, prosrc FROM pg_proc
WHERE pronamespace = 'public'::regnamespace
  AND (proname LIKE 'acquis%' OR proname = '_pgtrigger_should_ignore')
"""
_NAMES = """
SELECT relname, attname, format_type(atttypid, NULL)
FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid
WHERE relnamespace = 'public'::regnamespace AND attnum > 0 AND NOT attisdropped
"""
_RIGHTS = """
SELECT relname, pg_get_userbyid(grantee), privilege_type
FROM pg_class, aclexplode(relacl)
WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
"""
_RIGHTS_TO_COLUMNS = """
SELECT relname, pg_get_userbyid(grantee), privilege_type
FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid, aclexplode(attacl)
WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT attisdropped
"""
_SEQUENCES = f"""
SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace
  AND CASE WHEN relkind = 'S' THEN NOT has_sequence_privilege('{WORKER}', oid, 'USAGE') END
"""
