"""Let the auditor's role read which lanes were promised."""

from django.db import migrations

ROLE = "acquis_auditor"


def statement(verb, preposition):
    return (
        f"DO $$ BEGIN IF EXISTS (SELECT FROM pg_roles WHERE rolname = '{ROLE}') THEN"
        f" {verb} SELECT ON issuers_anchoringlane {preposition} {ROLE}; END IF; END $$"
    )


class Migration(migrations.Migration):
    dependencies = [
        ("credentials", "0008_disclosure"),
        ("issuers", "0003_anchoringlane"),
    ]

    operations = [
        migrations.RunSQL(statement("GRANT", "TO"), statement("REVOKE", "FROM")),
    ]
