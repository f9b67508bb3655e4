"""That a credential's issuer exists, the learner's row says: it is checked once.

And nobody looks for tokens that begin alike: the second index of theirs was written twice for each.
"""

import django.db.models.deletion
from django.db import migrations, models

LIKE = "credentials_credential_token_54f6fefd_like"


class Migration(migrations.Migration):
    dependencies = [
        ("credentials", "0037_what_was_signed"),
        ("issuers", "0013_key_orders"),
        ("learners", "0007_issuer_through_learner"),
    ]

    operations = [
        migrations.AlterField(
            model_name="credential",
            name="issuer",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="issuers.issuer",
            ),
        ),
        migrations.AlterField(
            model_name="credentialevent",
            name="issuer",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="issuers.issuer",
            ),
        ),
        migrations.AlterField(
            model_name="message",
            name="issuer",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="issuers.issuer",
            ),
        ),
        migrations.RunSQL(
            f"DROP INDEX IF EXISTS {LIKE}",
            f"CREATE INDEX {LIKE} ON credentials_credential (token varchar_pattern_ops)",
        ),
    ]
