"""Transcripts, and the auditor's right to read them."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


ROLE = "acquis_auditor"


def statement(verb: str, preposition: str) -> str:
    """Write the statement, for a database that has the role; elsewhere nobody audits apart."""
    return (
        f"DO $$ BEGIN IF EXISTS (SELECT FROM pg_roles WHERE rolname = '{ROLE}') THEN "
        f"{verb} SELECT ON credentials_transcript {preposition} {ROLE}; END IF; END $$"
    )


class Migration(migrations.Migration):

    dependencies = [
        ('credentials', '0004_editions'),
        ('issuers', '0001_initial'),
        ('learners', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Transcript',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(editable=False, unique=True)),
                ('token', models.CharField(editable=False, max_length=22, unique=True)),
                ('reference', models.CharField(max_length=100)),
                ('state', models.CharField(choices=[('due', 'waiting to be signed'), ('signed', 'signed'), ('refused', 'could not be signed')], default='due', max_length=8)),
                ('requested_at', models.DateTimeField(verbose_name='requested')),
                ('signed_at', models.DateTimeField(blank=True, null=True)),
                ('refusal', models.CharField(blank=True, max_length=500)),
                ('status_index', models.PositiveIntegerField(blank=True, null=True)),
                ('sealed', models.BinaryField(blank=True, null=True)),
                ('leaf', models.BinaryField(blank=True, max_length=32, null=True)),
                ('revoked_at', models.DateTimeField(blank=True, null=True, verbose_name='revoked')),
                ('revocation_reason', models.CharField(blank=True, max_length=300, verbose_name='public reason')),
                ('issuer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='issuers.issuer')),
                ('learner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='learners.learner')),
                ('requested_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('revoked_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('status_list', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='credentials.statuslist')),
            ],
            options={
                'verbose_name': 'transcript',
                'verbose_name_plural': 'transcripts',
            },
        ),
        migrations.CreateModel(
            name='TranscriptPart',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField()),
                ('credential', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='credentials.credential')),
                ('issuer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='issuers.issuer')),
                ('transcript', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='parts', to='credentials.transcript')),
            ],
            options={
                'verbose_name': 'part of a transcript',
                'verbose_name_plural': 'parts of a transcript',
            },
        ),
        migrations.AddIndex(
            model_name='transcript',
            index=models.Index(condition=models.Q(('state', 'due')), fields=['requested_at', 'id'], name='transcripts_due'),
        ),
        migrations.AddIndex(
            model_name='transcript',
            index=models.Index(fields=['issuer', '-id'], name='transcripts_of_issuer'),
        ),
        migrations.AddConstraint(
            model_name='transcript',
            constraint=models.UniqueConstraint(fields=('issuer', 'reference'), name='one_transcript_per_reference'),
        ),
        migrations.AddConstraint(
            model_name='transcript',
            constraint=models.UniqueConstraint(fields=('status_list', 'status_index'), name='one_transcript_per_status_index'),
        ),
        migrations.AddConstraint(
            model_name='transcript',
            constraint=models.UniqueConstraint(fields=('leaf',), name='one_transcript_per_leaf'),
        ),
        migrations.AddConstraint(
            model_name='transcript',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('leaf__isnull', True), ('sealed__isnull', True), ('signed_at__isnull', True), ('state__in', ['due', 'refused'])), models.Q(('leaf__isnull', False), ('sealed__isnull', False), ('signed_at__isnull', False), ('state', 'signed'), ('status_index__isnull', False), ('status_list__isnull', False)), _connector='OR'), name='signed_transcript_is_whole'),
        ),
        migrations.AddConstraint(
            model_name='transcriptpart',
            constraint=models.UniqueConstraint(fields=('transcript', 'credential'), name='a_credential_once_per_transcript'),
        ),
        migrations.AddConstraint(
            model_name='transcriptpart',
            constraint=models.UniqueConstraint(fields=('transcript', 'position'), name='one_part_per_position'),
        ),
        migrations.RunSQL(statement("GRANT", "TO"), statement("REVOKE", "FROM")),
    ]
