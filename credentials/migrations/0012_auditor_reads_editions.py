"""Let the auditor's role read which editions wait, and since when; not what they say."""

from django.db import migrations

ROLE = "acquis_auditor"
COLUMNS = "id, credential_id, kind, state, requested_at"


def statement(verb, preposition):
    return (
        f"DO $$ BEGIN IF EXISTS (SELECT FROM pg_roles WHERE rolname = '{ROLE}') THEN"
        f" {verb} SELECT ({COLUMNS}) ON credentials_edition {preposition} {ROLE}; END IF; END $$"
    )


class Migration(migrations.Migration):
    dependencies = [("credentials", "0011_statements")]

    operations = [
        migrations.RunSQL(statement("GRANT", "TO"), statement("REVOKE", "FROM")),
    ]
