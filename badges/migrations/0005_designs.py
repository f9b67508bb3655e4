from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('badges', '0004_partnerships'),
    ]

    operations = [
        migrations.AddField(
            model_name='achievement',
            name='look',
            field=models.JSONField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='achievement',
            name='needs_evidence',
            field=models.BooleanField(default=False, verbose_name='every award needs evidence'),
        ),
    ]
