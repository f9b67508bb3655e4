"""Let the auditor's role read what `manage.py fsck` examines, and nothing else.

A later table or column that an invariant needs is granted in the migration that brings it.
"""

from django.db import migrations

ROLE = "acquis_auditor"
# Whole tables of hashes, states and sealed bytes; of the others, the columns that name keys.
READABLE = (
    "blockchain_sender",
    "blockchain_batch",
    "blockchain_commitment",
    "blockchain_attempt",
    "credentials_credential",
    "credentials_statuslist",
    "issuers_issuer (id, did)",
    "learners_learnerkey (learner_id, wrapped_dek)",
)


def statement(verb: str, preposition: str) -> str:
    """Write the statements, for a database that has the role; elsewhere nobody audits apart."""
    lines = []
    for each in READABLE:
        table, _space, columns = each.partition(" ")
        lines.append(f"{verb} SELECT {columns} ON {table} {preposition} {ROLE};")
    # The name of a key is called otherwise from issuers/0002 on, which may come before or after.
    lines.append(
        f"EXECUTE (SELECT format('{verb} SELECT (issuer_id, %I) ON issuers_signingkey {preposition}"
        f" {ROLE}', attname) FROM pg_attribute WHERE attrelid = 'issuers_signingkey'::regclass"
        " AND attname IN ('multikey', 'kid'));"
    )
    return (
        f"DO $$ BEGIN IF EXISTS (SELECT FROM pg_roles WHERE rolname = '{ROLE}') THEN "
        + " ".join(lines)
        + " END IF; END $$"
    )


class Migration(migrations.Migration):
    dependencies = [
        ("blockchain", "0002_batch_manifests"),
        ("credentials", "0001_initial"),
        ("issuers", "0001_initial"),
        ("learners", "0001_initial"),
    ]

    operations = [
        migrations.RunSQL(statement("GRANT", "TO"), statement("REVOKE", "FROM")),
    ]
