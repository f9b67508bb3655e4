"""The tables of this app as they came to be, made at once where there are none yet.

Where some of them are, what this replaces brings the others.
"""

import django.core.validators
import django.db.models.deletion
import issuers.migrations._together
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('badges', '0001_initial'), ('badges', '0002_parts'), ('badges', '0003_drawings'), ('badges', '0004_partnerships'), ('badges', '0005_designs'), ('badges', '0006_samples')]

    initial = True

    dependencies = [
        ('issuers', '0001_squashed_0019_reminders'),
    ]

    operations = [
        issuers.migrations._together.Together(
            operations=[
                migrations.CreateModel(
                    name='Achievement',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ('slug', models.SlugField(max_length=80, verbose_name='short name')),
                        ('version', models.PositiveIntegerField(default=1, verbose_name='version')),
                        ('state', models.CharField(choices=[('draft', 'draft'), ('published', 'published'), ('retired', 'retired')], default='draft', max_length=10)),
                        ('name', models.CharField(max_length=200, verbose_name='name')),
                        ('description', models.TextField(verbose_name='description')),
                        ('criteria', models.TextField(verbose_name='criteria')),
                        ('achievement_type', models.CharField(default='MicroCredential', max_length=40, verbose_name='kind')),
                        ('language', models.CharField(default='en', max_length=10, verbose_name='language')),
                        ('tags', models.JSONField(blank=True, default=list, verbose_name='tags')),
                        ('validity_months', models.PositiveIntegerField(blank=True, null=True, verbose_name='validity in months')),
                        ('image', models.BinaryField(verbose_name='image (PNG)')),
                        ('document', models.TextField(blank=True)),
                        ('created_at', models.DateTimeField()),
                        ('published_at', models.DateTimeField(blank=True, null=True)),
                        ('retired_at', models.DateTimeField(blank=True, null=True)),
                        ('issuer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='issuers.issuer')),
                        ('block', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='achievements', to='badges.competencyblock')),
                        ('creator', models.JSONField(blank=True, null=True, verbose_name='who conceived it')),
                        ('credits_available', models.DecimalField(blank=True, decimal_places=2, max_digits=8, null=True, validators=[django.core.validators.MinValueValidator(0)], verbose_name='credits')),
                        ('criteria_url', models.URLField(blank=True, max_length=500, verbose_name='page of the criteria')),
                        ('field_of_study', models.CharField(blank=True, max_length=200, verbose_name='field of study')),
                        ('human_code', models.CharField(blank=True, max_length=100, verbose_name='code that people know it by')),
                        ('identifiers', models.JSONField(blank=True, default=list, verbose_name='other identifiers')),
                        ('image_caption', models.CharField(blank=True, max_length=300, verbose_name='what the image shows')),
                        ('result_descriptions', models.JSONField(blank=True, default=list, verbose_name='possible results')),
                        ('specialization', models.CharField(blank=True, max_length=200, verbose_name='specialization')),
                        ('standing', models.CharField(choices=[('revocable', 'can be revoked'), ('suspendable', 'can be revoked, or suspended for a time'), ('final', 'stands for good: cannot be revoked')], default='revocable', max_length=12, verbose_name='after it was issued')),
                        ('translates', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='translations', to='badges.achievement')),
                        ('drawing', models.BinaryField(blank=True, null=True, verbose_name='image (SVG)')),
                        ('certificateur', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='issuers.issuer')),
                        ('unit', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='issuers.unit')),
                        ('habilitation', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='badges.habilitation')),
                        ('look', models.JSONField(blank=True, null=True)),
                        ('needs_evidence', models.BooleanField(default=False, verbose_name='every award needs evidence')),
                        ('is_sample', models.BooleanField(db_default=False, default=False, editable=False, verbose_name='sample')),
                    ],
                    options={
                        'verbose_name': 'badge',
                        'verbose_name_plural': 'badges',
                        'constraints': [models.UniqueConstraint(fields=('issuer', 'slug', 'version'), name='one_achievement_per_version'), models.CheckConstraint(condition=models.Q(('state', 'draft'), models.Q(('document', ''), _negated=True), _connector='OR'), name='published_achievement_has_document'), models.CheckConstraint(condition=models.Q(models.Q(('certificateur', None), ('habilitation', None)), models.Q(('block', None), ('certificateur__isnull', False), ('habilitation__isnull', False)), _connector='OR'), name='habilitation_says_who_certifies')],
                    },
                ),
                migrations.CreateModel(
                    name='Alignment',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('target_name', models.CharField(max_length=300, verbose_name='name')),
                        ('target_url', models.URLField(max_length=500, verbose_name='address')),
                        ('target_framework', models.CharField(blank=True, max_length=100, verbose_name='framework')),
                        ('target_code', models.CharField(blank=True, max_length=100, verbose_name='code')),
                        ('target_type', models.CharField(blank=True, max_length=60, verbose_name='type')),
                        ('target_description', models.TextField(blank=True, verbose_name='description')),
                        ('achievement', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='alignments', to='badges.achievement')),
                        ('issuer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='issuers.issuer')),
                    ],
                    options={
                        'verbose_name': 'alignment',
                        'verbose_name_plural': 'alignments',
                    },
                ),
                migrations.CreateModel(
                    name='Certification',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('code', models.CharField(max_length=20, verbose_name='code')),
                        ('title', models.CharField(max_length=300, verbose_name='title')),
                        ('level', models.CharField(blank=True, max_length=20, verbose_name='level')),
                        ('url', models.URLField(blank=True, verbose_name='address')),
                        ('issuer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='issuers.issuer')),
                    ],
                    options={
                        'verbose_name': 'certification',
                        'verbose_name_plural': 'certifications',
                        'constraints': [models.UniqueConstraint(fields=('issuer', 'code'), name='one_certification_per_code')],
                    },
                ),
                migrations.CreateModel(
                    name='CompetencyBlock',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('code', models.CharField(max_length=30, verbose_name='code')),
                        ('title', models.CharField(max_length=500, verbose_name='title')),
                        ('certification', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='blocks', to='badges.certification')),
                        ('issuer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='issuers.issuer')),
                    ],
                    options={
                        'verbose_name': 'competency block',
                        'verbose_name_plural': 'competency blocks',
                        'constraints': [models.UniqueConstraint(fields=('issuer', 'code'), name='one_block_per_code')],
                    },
                ),
                migrations.CreateModel(
                    name='Partnership',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ('agreement', models.CharField(blank=True, max_length=100, verbose_name='reference of the agreement')),
                        ('start_date', models.DateField(verbose_name='from')),
                        ('end_date', models.DateField(blank=True, null=True, verbose_name='until')),
                        ('proposed_at', models.DateTimeField()),
                        ('accepted_at', models.DateTimeField(blank=True, null=True)),
                        ('declined_at', models.DateTimeField(blank=True, null=True)),
                        ('ended_at', models.DateTimeField(blank=True, null=True)),
                        ('issuer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='issuers.issuer')),
                        ('partner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='issuers.issuer')),
                    ],
                    options={
                        'verbose_name': 'partnership',
                        'verbose_name_plural': 'partnerships',
                        'indexes': [models.Index(fields=['partner'], name='partnerships_with')],
                        'constraints': [models.CheckConstraint(condition=models.Q(('issuer', models.F('partner')), _negated=True), name='nobody_is_their_own_partner'), models.CheckConstraint(condition=models.Q(('end_date', None), ('end_date__gte', models.F('start_date')), _connector='OR'), name='partnership_ends_after_it_began'), models.CheckConstraint(condition=models.Q(('accepted_at', None), ('declined_at', None), _connector='OR'), name='partnership_is_answered_once')],
                    },
                ),
                migrations.CreateModel(
                    name='Habilitation',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ('code', models.CharField(blank=True, max_length=30, verbose_name='code')),
                        ('title', models.CharField(max_length=500, verbose_name='title')),
                        ('whole', models.CharField(blank=True, max_length=400)),
                        ('url', models.URLField(blank=True, max_length=500)),
                        ('achievement', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='badges.achievement')),
                        ('block', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='badges.competencyblock')),
                        ('issuer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='issuers.issuer')),
                        ('partner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='issuers.issuer')),
                        ('partnership', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='habilitations', to='badges.partnership')),
                    ],
                    options={
                        'verbose_name': 'habilitation',
                        'verbose_name_plural': 'habilitations',
                        'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('achievement__isnull', False), ('block', None)), models.Q(('achievement', None), ('block__isnull', False)), _connector='OR'), name='habilitation_names_one_thing'), models.UniqueConstraint(fields=('issuer', 'partnership', 'block', 'achievement'), name='one_habilitation_of_a_thing', nulls_distinct=False)],
                    },
                ),
            ],
        ),
    ]
