"""Does the wall stand? Read from the database's own catalogue, whoever made its tables.

What `manage.py migrate` would still have to do is a problem; so is whatever it cannot mend: a table
of which nobody said whose rows it holds, a view that shows what its owner sees, a role that
row-level security does not hold for. Each is told with the remedy. `manage.py fsck` asks it of a
running installation (I12), the tests of a fresh one.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from issuers.scope import policies, walls
from issuers.scope.rows import Wall

# Tables that hold no issuer's rows, and why; those of a package by how their names begin.
WITHOUT_ISSUER = {
    "credentials_pile": "what anybody gave to be verified together, sealed, for some days",
    "issuers_installationkey": "of the installation, not of an issuer: public",
    "issuers_installationsecret": "as above, private: for workers alone",
    "issuers_issuer": "the issuers themselves: public, each changes its own (walls.py)",
    "issuers_livehost": "which host is whose, as the DNS tells everybody",
    "issuers_trailmark": "how far everybody's audit trail is sealed: one row of numbers",
    "issuers_user": "people; what they are for an issuer is in issuers_membership",
    "issuers_user_groups": "as above; nobody is in a group",
    "issuers_user_user_permissions": "as above",
}
WITHOUT_ISSUER_BEGIN = {
    "blockchain_": "leaves and transactions: it knows no issuer (docs/architecture.md)",
    "account_": "addresses of people (django-allauth)",
    "auth_": "Django's permissions; none are given",
    "learners_wallet": "a person's own: addresses as fingerprints, and sealed (docs/wallet.md)",
    "django_": "Django's own: sessions, migrations, content types",
    "mfa_": "second factors of people (django-allauth)",
    "socialaccount_": "accounts of people elsewhere (django-allauth)",
    "usersessions_": "sessions of people (django-allauth)",
}
# Functions that see more than who calls them, and why.
DEFINERS = {
    walls.FINDER: "an unguessable name in, the issuer's number out",
    "credentials_fingerprints(character varying[])": "unguessable names in, fingerprints out",
    walls.KNOWER: "an address that somebody proved in, the numbers of the issuers out",
    walls.COUNTER: "how many rows each issuer has, for operators",
    walls.HOLDERS: "a domain in, the numbers of the issuers that proved it out: their pages say so",
    walls.WAITER: "how many rows wait, for operators",
}
# The same for triggers, by how their names begin: nobody can call one.
DEFINING_TRIGGERS_BEGIN = {"trail_": "entries of the audit trail, which nobody else may write"}
MIGRATE = "run `manage.py migrate` as the owner"


@dataclass(frozen=True, slots=True)
class Problem:
    """One hole in the wall.

    Attributes:
        subject: The table, view, function or role.
        problem: What is wrong with it.
        remedy: What to do.
    """

    subject: str
    problem: str
    remedy: str


def problems(connection: walls.Asked) -> Iterator[Problem]:
    """Return every hole in the wall of a database; none where it stands."""
    catalogue = walls.Catalogue(connection)
    yield from _standing(connection)
    yield from _tables(catalogue)
    yield from _views(catalogue)
    yield from _functions(catalogue)
    yield from _elsewhere(catalogue)
    yield from _roles(catalogue)
    yield from _unique(catalogue)


def _standing(connection: walls.Asked) -> Iterator[Problem]:
    for statement in walls.missing(connection):
        first = statement.split("\n", 1)[0]
        yield Problem("the wall", f"it lacks: {first}"[:300], MIGRATE)


def _tables(catalogue: walls.Catalogue) -> Iterator[Problem]:
    walled = set(catalogue.walled)
    for table in sorted(catalogue.owners.keys() - walled):
        said = table in WITHOUT_ISSUER or table.startswith(tuple(WITHOUT_ISSUER_BEGIN))
        if not said:
            yield Problem(
                f"table {table}",
                "it has no issuer_id, and nobody said why",
                "give it `issuer = ForeignKey(Issuer)` and `objects = "
                "scope.IssuerScopedManager()`, or name it in issuers/scope/catalogue.py with the "
                "reason",
            )
    for name, source, target in catalogue.ask(_OUTSIDE):
        if target in walled and source not in walled:
            yield Problem(
                f"table {source}",
                f"{name} points from outside the wall to {target}",
                "give it an issuer_id, or let the issuer's row point to it",
            )
    for table, name in catalogue.ask(_UNPROVEN):
        yield Problem(
            f"table {table}",
            f"{name} was not checked against the rows that are there",
            f'ALTER TABLE "{table}" VALIDATE CONSTRAINT "{name}"',
        )
    for (table,) in catalogue.ask(_NULLABLE):
        yield Problem(
            f"table {table}",
            "its issuer_id may be empty: such a row is nobody's, and its foreign keys are not kept",
            "make the column NOT NULL",
        )
    for table, kind in catalogue.ask(_ODD):
        yield Problem(
            f"table {table}",
            {"f": "a foreign table has no row-level security"}.get(
                kind, "it inherits, or is a part"
            ),
            "keep issuers' rows in plain tables",
        )


def _views(catalogue: walls.Catalogue) -> Iterator[Problem]:
    for view, kind, options in catalogue.ask(_VIEWS):
        if kind == "m":
            yield Problem(
                f"view {view}",
                "a materialized view has no row-level security",
                "keep a table instead",
            )
        elif "security_invoker" not in (options or ""):
            yield Problem(
                f"view {view}",
                "it shows what its owner sees",
                f'ALTER VIEW "{view}" SET (security_invoker = true)',
            )


def _functions(catalogue: walls.Catalogue) -> Iterator[Problem]:
    for function, pinned, is_trigger in catalogue.ask(_DEFINERS):
        known = is_trigger and function.startswith(tuple(DEFINING_TRIGGERS_BEGIN))
        if function not in DEFINERS and not known:
            yield Problem(
                f"function {function}",
                "it sees what its owner sees (SECURITY DEFINER)",
                "make it SECURITY INVOKER, or name it in issuers/scope/catalogue.py, and why",
            )
        elif not pinned:
            yield Problem(
                f"function {function}", "whoever calls it chooses its search_path", MIGRATE
            )


def _elsewhere(catalogue: walls.Catalogue) -> Iterator[Problem]:
    """Find what no policy is asked about: another schema, and rules, which act as the owner."""
    for schema, name in catalogue.ask(_ELSEWHERE):
        yield Problem(
            f"{schema}.{name}",
            "it is in a schema that the wall does not know, and a role of ours may go there",
            f"put it into the schema public, or REVOKE ALL ON SCHEMA {schema}",
        )
    for table, name in catalogue.ask(_RULES):
        yield Problem(
            f"table {table}",
            f"its rule {name} does what its owner may do",
            f'DROP RULE "{name}" ON "{table}"',
        )


def _roles(catalogue: walls.Catalogue) -> Iterator[Problem]:
    bounded = (policies.WEB, policies.WORKER, policies.AUDITOR)
    for role in bounded:
        if role not in catalogue.roles:
            yield Problem(
                f"role {role}",
                "it is not there, and without it row-level security holds for nobody",
                "make the roles of config/embedded/roles.sql, and name them in DATABASE_URL",
            )
    for role, is_super in catalogue.ask(_ABOVE):
        if role in bounded or role in catalogue.owners.values():
            what = "is a superuser" if is_super else "bypasses row-level security"
            remedy = f"ALTER ROLE {role} NOSUPERUSER NOBYPASSRLS"
            yield Problem(f"role {role}", f"it {what}", remedy)
    for table, owner in sorted(catalogue.owners.items()):
        if owner in bounded:
            yield Problem(
                f"table {table}",
                f"{owner} owns it, and may take its wall away",
                "let the owner role own it: ALTER TABLE ... OWNER TO acquis_owner",
            )
    for member, role in catalogue.ask(_MEMBERS):
        if member in bounded:
            yield Problem(f"role {member}", f"it may become {role}", f"REVOKE {role} FROM {member}")
    for table, right in catalogue.ask(_PUBLIC):
        yield Problem(
            f"table {table}",
            f"everybody has the right to {right}",
            f"REVOKE ALL ON {table} FROM PUBLIC",
        )


def _unique(catalogue: walls.Catalogue) -> Iterator[Problem]:
    for index, table, columns, is_primary in catalogue.ask(_UNIQUE):
        wall = catalogue.walls.get(table, Wall())
        hidden = {*wall.names, *wall.unguessable}
        if is_primary or columns[0] == "issuer_id" or set(columns) <= hidden:
            continue
        yield Problem(
            f"index {index} on {table}",
            f"that {', '.join(columns)} is unique tells one issuer what another has",
            "let it begin with the issuer, or say in its model's Wall that nobody can guess it",
        )


_OUTSIDE = """
SELECT conname, source.relname, target.relname
FROM pg_constraint JOIN pg_class source ON source.oid = conrelid
                   JOIN pg_class target ON target.oid = confrelid
WHERE contype = 'f' AND connamespace = 'public'::regnamespace ORDER BY conname
"""
_UNPROVEN = """
SELECT conrelid::regclass::text, conname FROM pg_constraint
WHERE NOT convalidated AND connamespace = 'public'::regnamespace ORDER BY 1, 2
"""
_NULLABLE = """
SELECT relname FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid
WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
  AND attname = 'issuer_id' AND NOT attisdropped AND NOT attnotnull ORDER BY relname
"""
_ODD = """
SELECT relname, relkind::text FROM pg_class
WHERE relnamespace = 'public'::regnamespace
  AND (relkind = 'f' OR relkind IN ('r', 'p')
       AND (relispartition OR oid IN (SELECT inhrelid FROM pg_inherits))) ORDER BY relname
"""
_VIEWS = """
SELECT relname, relkind::text, array_to_string(reloptions, ' ') FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind IN ('v', 'm') ORDER BY relname
"""
_DEFINERS = """
SELECT oid::regprocedure::text, proconfig::text LIKE '%search_path%',
       prorettype = 'trigger'::regtype FROM pg_proc
WHERE pronamespace = 'public'::regnamespace AND prosecdef ORDER BY 1
"""
# Where a role that is bounded may go at all; what PostgreSQL keeps is its own.
_ELSEWHERE = f"""
WITH elsewhere AS (
    SELECT oid, nspname FROM pg_namespace
    WHERE nspname NOT IN ('public', 'information_schema') AND nspname !~ '^pg_' AND EXISTS (
        SELECT FROM pg_roles
        WHERE rolname IN {policies.WEB, policies.WORKER, policies.AUDITOR}
          AND has_schema_privilege(pg_roles.oid, pg_namespace.oid, 'USAGE'))
)
SELECT nspname, relname FROM elsewhere JOIN pg_class ON relnamespace = elsewhere.oid
WHERE relkind IN ('r', 'p', 'f', 'v', 'm')
UNION ALL
SELECT nspname, pg_proc.oid::regprocedure::text
FROM elsewhere JOIN pg_proc ON pronamespace = elsewhere.oid WHERE prosecdef ORDER BY 1, 2
"""  # noqa: S608 - the names of our own roles
_RULES = """
SELECT relname, rulename FROM pg_rewrite JOIN pg_class ON pg_class.oid = ev_class
WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') ORDER BY 1, 2
"""
_ABOVE = """
SELECT rolname, rolsuper FROM pg_roles WHERE rolsuper OR rolbypassrls ORDER BY rolname
"""
_MEMBERS = """
SELECT pg_get_userbyid(member), pg_get_userbyid(roleid) FROM pg_auth_members ORDER BY 1, 2
"""
_PUBLIC = """
SELECT relname, privilege_type FROM pg_class, aclexplode(relacl)
WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm') AND grantee = 0
ORDER BY 1, 2
"""
_UNIQUE = """
SELECT index.relname, source.relname,
       ARRAY(SELECT coalesce(attname::text, '(an expression)')
             FROM unnest(indkey) WITH ORDINALITY AS k (number, place)
             LEFT JOIN pg_attribute ON attrelid = indrelid AND attnum = number ORDER BY place),
       indisprimary
FROM pg_index JOIN pg_class index ON index.oid = indexrelid
              JOIN pg_class source ON source.oid = indrelid
              JOIN pg_attribute whose ON whose.attrelid = indrelid AND whose.attname = 'issuer_id'
WHERE indisunique AND source.relnamespace = 'public'::regnamespace ORDER BY 1
"""
