"""Give every commitment and batch its lane: the one chain that there was, and the shared account.

What waits for a batch goes to the chain of the settings, as it would have before.
"""

from django.conf import settings
from django.db import migrations, models


def fill(apps, schema_editor):
    chain = f"eip155:{settings.CHAIN_ID}"
    with schema_editor.connection.cursor() as cursor:
        # Or the table could not be altered any more in this transaction.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(
            "UPDATE blockchain_commitment SET chain = coalesce((SELECT chain FROM blockchain_batch"
            " WHERE blockchain_batch.id = batch_id), %s)",
            [chain],
        )


class Migration(migrations.Migration):
    dependencies = [
        ("blockchain", "0002_batch_manifests"),
    ]

    operations = [
        migrations.AddField(
            model_name="sender",
            name="signer",
            field=models.CharField(blank=True, default="", max_length=60, verbose_name="name of its key"),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="sender",
            name="balance",
            field=models.DecimalField(blank=True, decimal_places=0, max_digits=40, null=True, verbose_name="balance, wei"),
        ),
        migrations.AddField(
            model_name="sender",
            name="balance_at",
            field=models.DateTimeField(null=True, verbose_name="when it was seen"),
        ),
        migrations.CreateModel(
            name="Sight",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("chain", models.CharField(max_length=41, unique=True, verbose_name="chain")),
                ("asked_at", models.DateTimeField(verbose_name="last asked")),
                ("answered_at", models.DateTimeField(null=True, verbose_name="last answered")),
                ("trouble", models.CharField(blank=True, max_length=200, verbose_name="why it did not answer")),
                ("head", models.PositiveBigIntegerField(null=True, verbose_name="last block")),
                ("head_time", models.DateTimeField(null=True, verbose_name="time of the last block")),
                ("finalized", models.PositiveBigIntegerField(null=True, verbose_name="last final block")),
            ],
            options={
                "verbose_name": "sight of a chain",
                "verbose_name_plural": "sights of chains",
            },
        ),
        migrations.AddField(
            model_name="batch",
            name="signer",
            field=models.CharField(blank=True, default="", max_length=60, verbose_name="name of the submitter's key"),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="commitment",
            name="chain",
            field=models.CharField(default="", max_length=41, verbose_name="chain"),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="commitment",
            name="signer",
            field=models.CharField(blank=True, default="", max_length=60, verbose_name="name of the submitter's key"),
            preserve_default=False,
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="batch",
            name="root",
            field=models.BinaryField(max_length=32, verbose_name="root"),
        ),
        migrations.AlterField(
            model_name="commitment",
            name="leaf",
            field=models.BinaryField(max_length=32, verbose_name="leaf"),
        ),
        migrations.RemoveIndex(model_name="commitment", name="commitment_waiting"),
        migrations.AddIndex(
            model_name="commitment",
            index=models.Index(
                condition=models.Q(("batch__isnull", True)),
                fields=["chain", "signer", "id"],
                name="commitment_waits",
            ),
        ),
        migrations.AddConstraint(
            model_name="batch",
            constraint=models.UniqueConstraint(
                fields=("root", "chain", "signer"), name="batch_root_is_once_in_a_lane"
            ),
        ),
        migrations.AddConstraint(
            model_name="commitment",
            constraint=models.UniqueConstraint(
                fields=("leaf", "chain", "signer"), name="commitment_is_once_in_a_lane"
            ),
        ),
        migrations.AddConstraint(
            model_name="commitment",
            constraint=models.CheckConstraint(
                condition=models.Q(("chain__regex", "^eip155:[1-9][0-9]*$")), name="commitment_has_a_chain"
            ),
        ),
    ]
