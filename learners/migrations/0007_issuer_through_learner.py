"""That a key's issuer exists, the learner's row says: it is checked once."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("issuers", "0013_key_orders"), ("learners", "0006_collections")]

    operations = [
        migrations.AlterField(
            model_name="learnerkey",
            name="issuer",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="issuers.issuer",
            ),
        ),
    ]
