"""What caches must forget, written down by the database itself."""

import django.db.models.deletion
from django.db import migrations, models

TRIGGERS = """
CREATE FUNCTION credentials_purge_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO credentials_purge (issuer_id, token, due_at)
    SELECT NEW.issuer_id, NEW.token, clock_timestamp() + again
    FROM unnest(ARRAY[interval '0', interval '10 seconds']) AS again;
    RETURN NULL;
END $$;
CREATE TRIGGER credentials_purge_changed AFTER UPDATE OF revoked_at, suspended_at, revocation_reason
    ON credentials_credential FOR EACH ROW
    WHEN (OLD.revoked_at IS DISTINCT FROM NEW.revoked_at
        OR OLD.suspended_at IS DISTINCT FROM NEW.suspended_at
        OR OLD.revocation_reason IS DISTINCT FROM NEW.revocation_reason)
    EXECUTE FUNCTION credentials_purge_changed();

CREATE FUNCTION credentials_purge_erased() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO credentials_purge (issuer_id, token, due_at)
    SELECT found.issuer_id, found.token, clock_timestamp() + again
    FROM credentials_credential AS found,
        unnest(ARRAY[interval '0', interval '10 seconds']) AS again
    WHERE found.learner_id = OLD.learner_id;
    RETURN NULL;
END $$;
CREATE TRIGGER credentials_purge_erased AFTER DELETE ON learners_learnerkey FOR EACH ROW
    EXECUTE FUNCTION credentials_purge_erased();
"""
WITHOUT = """
DROP TRIGGER credentials_purge_erased ON learners_learnerkey;
DROP FUNCTION credentials_purge_erased();
DROP TRIGGER credentials_purge_changed ON credentials_credential;
DROP FUNCTION credentials_purge_changed();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("credentials", "0013_four_eyes"),
        ("issuers", "0005_organisations"),
        ("learners", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Purge",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("token", models.CharField(max_length=22)),
                ("due_at", models.DateTimeField()),
                (
                    "issuer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="issuers.issuer",
                    ),
                ),
            ],
            options={
                "verbose_name": "purge",
                "verbose_name_plural": "purges",
                "indexes": [models.Index(fields=["due_at", "id"], name="purges_due")],
            },
        ),
        migrations.RunSQL(TRIGGERS, WITHOUT),
    ]
