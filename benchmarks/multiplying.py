"""Makes many rows from one, in the database: a school with all that a large organisation has.

The first row of each table is made by the services (tests/isolation/making.py), so that it is as
rows are; the others repeat it, but for what tells them apart. Triggers and checks between tables
are left out meanwhile: what they guard is not asked here.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import psycopg2

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from psycopg2.extensions import cursor as Cursor  # noqa: N812 - a class

# An organisation of so many credentials has that many of the rest.
DAYS, BADGES, COHORTS, OF_A_LIST, OF_A_BATCH, OF_THE_LAST = 400, 150, 300, 100, 500, 20_000
# Seconds between two credentials, and when the one of this number was issued.
AT = f"%(now)s - (%(all)s - n) * (interval '{DAYS} days' / %(all)s)"
# Columns that every row draws for itself.
DRAWN = {
    "uuid": "gen_random_uuid()",
    "token": "left(translate(encode(sha256(random()::text::bytea), 'base64'), '+/=', 'abc'), 22)",
}


class Rows:
    """The rows of one organisation, and the rows that they repeat."""

    def __init__(self, cursor: Cursor, issuer: int, **said: Any) -> None:
        self.cursor, self.said = cursor, {"issuer": issuer, **said}
        self.first: dict[str, int] = {}

    def many(
        self, table: str, number: int, /, where: str = "issuer_id = %(issuer)s", **others: str
    ) -> None:
        """Repeat the first row of a table; `others` say, in SQL, what is otherwise in the n-th."""
        self.cursor.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_name = %s"
            " AND is_generated = 'NEVER' AND is_identity = 'NO' AND table_schema = 'public'",
            [table],
        )
        columns = [name for (name,) in self.cursor.fetchall()]
        drawn = {name: sql for name, sql in DRAWN.items() if name in columns}
        values = {name: f'r."{name}"' for name in columns} | drawn | others
        key = "id" if self._has_id(table) else "issuer_id"
        self.cursor.execute(f"SELECT coalesce(max({key}), 0) + 1 FROM {table}")  # noqa: S608
        [self.first[table]] = self.cursor.fetchone() or [0]
        names = ", ".join(f'"{name}"' for name in values)
        self.cursor.execute(
            f"INSERT INTO {table} ({names}) SELECT {', '.join(values.values())}"  # noqa: S608
            f" FROM (SELECT * FROM {table} WHERE {where} ORDER BY {key} LIMIT 1) r,"
            f" generate_series(1, {number}) AS n",
            self.said | self.first,
        )
        if self.cursor.rowcount != number:
            raise SystemExit(f"{table}: {self.cursor.rowcount} rows are not {number}.")

    def _has_id(self, table: str) -> bool:
        self.cursor.execute(
            "SELECT FROM information_schema.columns WHERE table_name = %s AND column_name = 'id'",
            [table],
        )
        return self.cursor.fetchone() is not None

    def run(self, statement: str) -> None:
        """Run what is not to repeat a row."""
        self.cursor.execute(statement, self.said | self.first)


@contextmanager
def rows(where: Mapping[str, Any], issuer: int, **said: Any) -> Iterator[Rows]:
    """Open a session of whoever runs the server; what is done in it stays.

    Args:
        where: The database, as psycopg2 takes it.
        issuer: The key of the organisation that is to be large.
        said: What statements may name besides.
    """
    opened = psycopg2.connect(**where)
    try:
        with opened.cursor() as cursor:
            cursor.execute("SET session_replication_role = replica; SET synchronous_commit = off")
            yield Rows(cursor, issuer, **said)
        opened.commit()
        opened.autocommit = True
        with opened.cursor() as cursor:
            cursor.execute("VACUUM (ANALYZE)")
    finally:
        opened.close()


def enlarge(of: Rows, count: int, *, last: int) -> None:
    """Give a school `count` credentials, and of everything else what belongs to that many.

    Args:
        of: Its rows.
        count: How many credentials.
        last: The key of a list that the newest of them came with.
    """
    learners = max(count // 5, 1)
    of.said |= {"all": count, "last": last, "of_last": min(count // 10, OF_THE_LAST)}
    _people(of, learners)
    of.many("badges_achievement", BADGES, slug="'badge-' || n", name="'Badge ' || n")
    of.many("credentials_cohort", COHORTS, name="'Cohort ' || n",
            starts_on="%(now)s::date - n", created_at="%(now)s - n * interval '1 day'")  # fmt: skip
    lists = max(count // OF_A_LIST, 1)
    of.many(
        "credentials_intake", lists, file="NULL", table="NULL", checked="NULL", state="'recorded'",
        name="'list-' || n || '.csv'", fingerprint="''", problem="''",
        cohort_id=f"%(credentials_cohort)s + n %% {COHORTS}",
        achievement_id=f"%(badges_achievement)s + n %% {BADGES}", size=str(OF_A_LIST),
        position=str(OF_A_LIST), preparation_id="NULL", recorded_at="%(now)s",
        where="issuer_id = %(issuer)s AND confirmed_at IS NOT NULL",
        created_at=f"%(now)s - ({lists} - n) * (interval '{DAYS} days' / {lists})",
    )  # fmt: skip
    _credentials(of, count, learners, lists)
    _chain(of, count)
    _office(of)


def _people(of: Rows, learners: int) -> None:
    of.many("learners_learner", learners, name="'Prénom' || n || ' Nom' || n %% 5000",
            email="'l' || n || '@example.org'")  # fmt: skip
    of.many("learners_learnerkey", learners, learner_id="%(learners_learner)s + n - 1")
    of.many("issuers_user", 200, email="'colleague' || n || '@example.org'", where="true",
            name="'Colleague ' || n", is_superuser="false", is_staff="false")  # fmt: skip
    of.many("issuers_membership", 200, user_id="%(issuers_user)s + n - 1")
    of.many("issuers_invitation", 60, email="'invited' || n || '@example.org'",
            digest="encode(sha256(random()::text::bytea), 'hex')")  # fmt: skip


def _credentials(of: Rows, count: int, learners: int, lists: int) -> None:
    signed = "issuer_id = %(issuer)s AND state = 'signed' AND revoked_at IS NULL"
    said = {
        "achievement_id": f"%(badges_achievement)s + n / {OF_A_LIST} %% {BADGES}",
        "learner_id": f"%(learners_learner)s + n %% {learners}",
        "status_list_id": "NULL", "status_index": "NULL", "corrects_id": "NULL",
        "suspension_list_id": "NULL", "suspension_index": "NULL",
    }  # fmt: skip
    of.many(
        "credentials_credential", count, where=signed, reference="'g-' || n", issued_at=AT,
        valid_from=AT, sign_after=AT, signed_at=AT, leaf="sha256(('leaf' || n)::bytea)",
        valid_until=f"CASE WHEN n %% 3 = 0 THEN {AT} + interval '390 days' END",
        revoked_at="CASE WHEN n %% 500 = 0 THEN %(now)s END",
        intake_id="CASE WHEN n > %(all)s - %(of_last)s THEN %(last)s"
        f" ELSE %(credentials_intake)s + n / {OF_A_LIST} %% {lists} END", **said,
    )  # fmt: skip
    told = of.first["credentials_credential"]
    few = f"credential_id = {told} + n - 1"
    of.many(
        "credentials_message", count, credential_id=f"{told} + n - 1",
        learner_id=said["learner_id"], asked_at=AT, due_at=AT, settled_at=AT, claimed_at="NULL",
        state="CASE WHEN n %% 100 = 0 THEN 'bounced' WHEN n %% 333 = 0 THEN 'failed'"
        " WHEN n %% 2 = 0 THEN 'sent' ELSE 'delivered' END", kind="'issued'", sent_as="n",
    )  # fmt: skip
    for act, every in (("opened", 3), ("shared", 20), ("linkedin", 25), ("verified", 10)):
        of.run(
            "INSERT INTO credentials_tally (issuer_id, credential_id, day, act, count)"  # noqa: S608
            f" SELECT issuer_id, id, issued_at::date + 1, '{act}', 2 FROM credentials_credential"
            f" WHERE issuer_id = %(issuer)s AND id >= {told} AND id %% {every} = 0"
        )
    of.run(
        "INSERT INTO credentials_holding (credential_id, issuer_id, claimed_at, privacy,"  # noqa: S608
        " shows_name, shows_evidence, shows_results) SELECT id, issuer_id, issued_at, 'unlisted',"
        f" true, true, true FROM credentials_credential WHERE id >= {told} AND id %% 7 = 0"
    )
    of.many("credentials_credentialevent", count, credential_id=few.partition(" = ")[2],
            happened_at=AT)  # fmt: skip
    unsigned = {"sealed": "NULL", "leaf": "NULL", "signed_at": "NULL", "issued_at": "%(now)s"}
    of.many("credentials_preparation", 60, where="issuer_id = %(issuer)s AND state = 'waiting'",
            size="10")  # fmt: skip
    waiting = {
        "held": {"preparation_id": "%(credentials_preparation)s + n %% 60"},
        "due": {},
        "refused": {"refusal": "'validFrom: it is after validUntil.'"},
    }
    for state, more in waiting.items():
        of.many("credentials_credential", 600, where=signed, state=f"'{state}'",
                reference=f"'{state}-' || n", **(said | unsigned | more))  # fmt: skip


def _chain(of: Rows, count: int) -> None:
    """Put all of it on a chain, a batch for every few hundred; the newest wait."""
    batches = max(count // OF_A_BATCH, 1)
    of.many(
        "blockchain_batch", batches, where="state = 'finalized'",
        root="sha256(('root' || n)::bytea)", nonce="n + 1000", levels="'\\x00'",
        transaction="'0x' || encode(sha256(('tx' || n)::bytea), 'hex')", block_number="n + 1000",
        tree_size=str(OF_A_BATCH), sealed_at=f"%(now)s - ({batches} - n) * interval '1 day'",
    )  # fmt: skip
    of.run(
        "INSERT INTO blockchain_commitment (leaf, chain, signer, batch_id, leaf_index,"  # noqa: S608
        " committed_at) SELECT c.leaf, b.chain, b.signer, b.id, n %% "
        f"{OF_A_BATCH}, c.issued_at FROM (SELECT *, row_number() OVER (ORDER BY id) - 1 AS n"
        " FROM credentials_credential WHERE id >= %(credentials_credential)s - %(all)s"
        " AND reference LIKE 'g-%%') c"
        f" JOIN blockchain_batch b ON b.id = %(blockchain_batch)s + c.n / {OF_A_BATCH}"
    )


def _office(of: Rows) -> None:
    """Repeat what people of the organisation write and are asked for."""
    of.many("credentials_keptlook", 29, name="'look ' || n")
    of.many("credentials_export", 20, state="'gone'", secret="NULL")  # noqa: S106 - SQL
    of.many("issuers_unit", 60, name="'Unit ' || n")
    of.many("issuers_trailentry", 50_000, at="%(now)s - n * interval '1 minute'")
    of.many("badges_partnership", 60)
