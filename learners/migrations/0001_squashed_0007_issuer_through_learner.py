"""The tables of this app as they came to be, made at once where there are none yet.

Where some of them are, what this replaces brings the others.
"""

import django.db.models.deletion
import django.db.models.functions.text
import issuers.migrations._together
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('learners', '0001_initial'), ('learners', '0002_fewer_indexes'), ('learners', '0003_sought'), ('learners', '0004_corrections'), ('learners', '0005_wallets'), ('learners', '0006_collections'), ('learners', '0007_issuer_through_learner')]

    initial = True

    dependencies = [
        ('issuers', '0001_squashed_0019_reminders'),
    ]

    operations = [
        issuers.migrations._together.Together(
            operations=[
                migrations.CreateModel(
                    name='Learner',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ('name', models.CharField(max_length=200, verbose_name='name')),
                        ('email', models.EmailField(max_length=254, verbose_name='e-mail')),
                        ('language', models.CharField(default='en', max_length=10, verbose_name='language')),
                        ('created_at', models.DateTimeField()),
                        ('issuer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='issuers.issuer')),
                        ('sought', models.GeneratedField(db_persist=True, expression=models.Func(django.db.models.functions.text.Lower('name'), models.Value('àáâãäåçèéêëìíîïñòóôõöùúûüýÿÀÁÂÃÄÅÇÈÉÊËÌÍÎÏÑÒÓÔÕÖÙÚÛÜÝŸ'), models.Value('aaaaaaceeeeiiiinooooouuuuyyaaaaaaceeeeiiiinooooouuuuyy'), function='translate'), output_field=models.CharField(db_collation='C', max_length=400))),
                        ('sought_last', models.GeneratedField(db_persist=True, expression=models.Func(models.Func(django.db.models.functions.text.Lower('name'), models.Value('àáâãäåçèéêëìíîïñòóôõöùúûüýÿÀÁÂÃÄÅÇÈÉÊËÌÍÎÏÑÒÓÔÕÖÙÚÛÜÝŸ'), models.Value('aaaaaaceeeeiiiinooooouuuuyyaaaaaaceeeeiiiinooooouuuuyy'), function='translate'), models.Value('^(.*)\\s(\\S+)$'), models.Value('\\2 \\1'), function='regexp_replace'), output_field=models.CharField(db_collation='C', max_length=400))),
                        ('former_names', models.JSONField(blank=True, editable=False, null=True)),
                    ],
                    options={
                        'verbose_name': 'learner',
                        'verbose_name_plural': 'learners',
                        'indexes': [models.Index(fields=['issuer', 'sought'], name='learners_by_name'), models.Index(fields=['issuer', 'sought_last'], name='learners_by_last_name'), models.Index(fields=['email'], name='learners_by_address')],
                        'constraints': [models.UniqueConstraint(fields=('issuer', 'email'), name='one_learner_per_address')],
                    },
                ),
                migrations.CreateModel(
                    name='LearnerKey',
                    fields=[
                        ('learner', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='key', serialize=False, to='learners.learner')),
                        ('wrapped_dek', models.BinaryField()),
                        ('issuer', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='issuers.issuer')),
                    ],
                    options={
                        'verbose_name': "learner's key",
                        'verbose_name_plural': "learners' keys",
                    },
                ),
                migrations.CreateModel(
                    name='Wallet',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ('created_at', models.DateTimeField()),
                        ('wrapped_dek', models.BinaryField()),
                    ],
                    options={
                        'verbose_name': 'wallet',
                        'verbose_name_plural': 'wallets',
                    },
                ),
                migrations.CreateModel(
                    name='WalletAddress',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('mark', models.CharField(max_length=64, unique=True)),
                        ('sealed', models.BinaryField()),
                        ('proven_at', models.DateTimeField()),
                        ('wallet', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='addresses', to='learners.wallet')),
                    ],
                    options={
                        'verbose_name': 'address of a wallet',
                        'verbose_name_plural': 'addresses of wallets',
                    },
                ),
                migrations.CreateModel(
                    name='WalletCode',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ('mark', models.CharField(max_length=64)),
                        ('digest', models.CharField(max_length=64)),
                        ('asked_at', models.DateTimeField()),
                        ('tries', models.PositiveSmallIntegerField(default=0)),
                        ('used_at', models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        'verbose_name': 'code of a wallet',
                        'verbose_name_plural': 'codes of wallets',
                        'indexes': [models.Index(fields=['mark', 'asked_at'], name='wallet_codes_of_address'), models.Index(fields=['asked_at'], name='wallet_codes_by_age')],
                    },
                ),
                migrations.CreateModel(
                    name='WalletSession',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('digest', models.CharField(max_length=64, unique=True)),
                        ('began_at', models.DateTimeField()),
                        ('ends_at', models.DateTimeField()),
                        ('wallet', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='sessions', to='learners.wallet')),
                    ],
                    options={
                        'verbose_name': 'session of a wallet',
                        'verbose_name_plural': 'sessions of wallets',
                        'indexes': [models.Index(fields=['ends_at'], name='wallet_sessions_by_end')],
                    },
                ),
                migrations.CreateModel(
                    name='WalletCollection',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('token', models.CharField(max_length=22, unique=True)),
                        ('sealed', models.BinaryField()),
                        ('is_shown', models.BooleanField(default=True)),
                        ('created_at', models.DateTimeField()),
                        ('wallet', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='collections', to='learners.wallet')),
                    ],
                    options={
                        'verbose_name': 'collection of a wallet',
                        'verbose_name_plural': 'collections of wallets',
                    },
                ),
                migrations.CreateModel(
                    name='WalletImport',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ('sealed', models.BinaryField()),
                        ('said', models.BinaryField()),
                        ('added_at', models.DateTimeField()),
                        ('verdict', models.CharField(blank=True, max_length=12)),
                        ('checked_at', models.DateTimeField(blank=True, null=True)),
                        ('wallet', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='imports', to='learners.wallet')),
                    ],
                    options={
                        'verbose_name': 'badge from elsewhere',
                        'verbose_name_plural': 'badges from elsewhere',
                    },
                ),
                migrations.CreateModel(
                    name='WalletCollectionItem',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('credential', models.UUIDField()),
                        ('place', models.PositiveSmallIntegerField()),
                        ('collection', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='items', to='learners.walletcollection')),
                    ],
                    options={
                        'verbose_name': 'badge in a collection',
                        'verbose_name_plural': 'badges in collections',
                        'constraints': [models.UniqueConstraint(fields=('collection', 'credential'), name='a_badge_once_in_a_collection')],
                    },
                ),
            ],
        ),
    ]
