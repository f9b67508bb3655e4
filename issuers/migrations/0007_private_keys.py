"""The private halves of keys, in a table that who serves pages cannot read."""

import django.db.models.deletion
from django.db import migrations, models

MOVE = """
    INSERT INTO issuers_privatekey (key_id, issuer_id, wrapped_dek, sealed_private)
    SELECT id, issuer_id, wrapped_dek, sealed_private FROM issuers_signingkey
"""


class Migration(migrations.Migration):
    dependencies = [("issuers", "0006_invitations")]

    operations = [
        migrations.CreateModel(
            name="PrivateKey",
            fields=[
                ("key", models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name="+", serialize=False, to="issuers.signingkey")),
                ("wrapped_dek", models.BinaryField()),
                ("sealed_private", models.BinaryField()),
                ("issuer", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="issuers.issuer")),
            ],
            options={"verbose_name": "private key", "verbose_name_plural": "private keys"},
        ),
        migrations.RunSQL(MOVE, migrations.RunSQL.noop),
        # The foreign key was just filled: its check must not wait for the end, where the table is altered.
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop),
        migrations.RemoveField("signingkey", "wrapped_dek"),
        migrations.RemoveField("signingkey", "sealed_private"),
    ]
