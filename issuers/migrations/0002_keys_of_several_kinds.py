"""Keys of several kinds; and let the auditor's role read what names and dates them."""

from django.db import migrations, models

ROLE = "acquis_auditor"
# The name of a key is granted by credentials/0002, and a grant follows its column.
COLUMNS = "kind, public_jwk, valid_from, expires_at, revoked_at"


def statement(verb, preposition):
    return (
        f"DO $$ BEGIN IF EXISTS (SELECT FROM pg_roles WHERE rolname = '{ROLE}') THEN "
        f"{verb} SELECT ({COLUMNS}) ON issuers_signingkey {preposition} {ROLE}; END IF; END $$"
    )


class Migration(migrations.Migration):
    dependencies = [("issuers", "0001_initial")]

    operations = [
        migrations.RenameField("signingkey", "multikey", "kid"),
        migrations.RenameField("signingkey", "sealed_seed", "sealed_private"),
        migrations.AddField(
            "signingkey",
            "kind",
            models.CharField(
                choices=[("ed25519", "Ed25519"), ("p256", "P-256"), ("rsa", "RSA")],
                default="ed25519",
                max_length=10,
            ),
        ),
        migrations.AddField(
            "signingkey", "public_jwk", models.JSONField(blank=True, null=True)
        ),
        migrations.AddConstraint(
            "signingkey",
            models.CheckConstraint(
                name="key_without_multikey_shows_its_jwk",
                condition=models.Q(("kind", "rsa"), ("public_jwk__isnull", False))
                | models.Q(("kind__in", ["ed25519", "p256"]), ("public_jwk__isnull", True)),
            ),
        ),
        migrations.RunSQL(statement("GRANT", "TO"), statement("REVOKE", "FROM")),
    ]
