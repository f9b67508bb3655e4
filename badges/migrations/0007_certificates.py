from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('badges', '0006_samples'),
    ]

    operations = [
        migrations.AddField(
            model_name='achievement',
            name='layout',
            field=models.CharField(choices=[('landscape', 'landscape'), ('portrait', 'portrait')], db_default='landscape', default='landscape', max_length=10, verbose_name='layout of the certificate'),
        ),
        migrations.AddField(
            model_name='achievement',
            name='signatory',
            field=models.CharField(blank=True, db_default='', max_length=80, verbose_name='who signs the certificate'),
        ),
        migrations.AddField(
            model_name='achievement',
            name='signatory_role',
            field=models.CharField(blank=True, db_default='', max_length=80, verbose_name='as what'),
        ),
    ]
