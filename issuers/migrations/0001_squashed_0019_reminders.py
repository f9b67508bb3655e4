"""The tables of this app as they came to be, made at once where there are none yet.

Where some of them are, what this replaces brings the others.
"""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.text
import issuers.migrations._together
import pgtrigger.compiler
import pgtrigger.migrations
import uuid
from django.conf import settings
from django.db import migrations, models


ROLE = "acquis_auditor"
# What `manage.py fsck` examines: whole tables of hashes, states and sealed bytes, or some columns.
READABLE = (
    "issuers_signingkey (kind, public_jwk, valid_from, expires_at, revoked_at)",
    "issuers_keyorder (id, issuer_id, state, ordered_at)",
    "issuers_arrival",
    "issuers_earliertrail",
    "issuers_earliertrailpiece",
)


def statement(verb, preposition):
    lines = []
    for each in READABLE:
        table, _space, columns = each.partition(" ")
        lines.append(f"{verb} SELECT {columns} ON {table} {preposition} {ROLE};")
    return (
        f"DO $$ BEGIN IF EXISTS (SELECT FROM pg_roles WHERE rolname = '{ROLE}') THEN "
        + " ".join(lines)
        + " END IF; END $$"
    )


# Who serves pages may cancel an order that waits; the trigger says what may be done with it.
CANCELS = """DO $$ BEGIN IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'acquis') THEN EXECUTE 'GRANT UPDATE ON issuers_keyorder TO acquis'; END IF; END $$"""
CANCELS_NOT = """DO $$ BEGIN IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'acquis') THEN EXECUTE 'REVOKE UPDATE ON issuers_keyorder FROM acquis'; END IF; END $$"""


class Migration(migrations.Migration):

    replaces = [('issuers', '0001_initial'), ('issuers', '0002_keys_of_several_kinds'), ('issuers', '0003_anchoringlane'), ('issuers', '0004_people_settings'), ('issuers', '0005_organisations'), ('issuers', '0006_invitations'), ('issuers', '0007_private_keys'), ('issuers', '0008_identity_providers'), ('issuers', '0009_arrivals'), ('issuers', '0010_suspension'), ('issuers', '0011_trail'), ('issuers', '0012_operating'), ('issuers', '0013_key_orders'), ('issuers', '0014_earlier_trails'), ('issuers', '0015_settled_in'), ('issuers', '0016_cancelled_key_orders'), ('issuers', '0017_ends_of_looks'), ('issuers', '0018_installation_keys'), ('issuers', '0019_reminders')]

    initial = True

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
    ]

    operations = [
        issuers.migrations._together.Together(
            operations=[
                migrations.CreateModel(
                    name='Issuer',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ('slug', models.SlugField(max_length=60, unique=True, verbose_name='short name in addresses')),
                        ('name', models.CharField(max_length=200, verbose_name='name')),
                        ('legal_name', models.CharField(blank=True, max_length=200, verbose_name='legal name')),
                        ('description', models.TextField(blank=True, verbose_name='description')),
                        ('url', models.URLField(blank=True, verbose_name='website')),
                        ('email', models.EmailField(blank=True, max_length=254, verbose_name='contact e-mail')),
                        ('country', models.CharField(blank=True, max_length=2, verbose_name='country')),
                        ('region', models.CharField(blank=True, max_length=100, verbose_name='region')),
                        ('language', models.CharField(default='en', max_length=10, verbose_name='language')),
                        ('registration', models.CharField(blank=True, max_length=40, verbose_name='registration number')),
                        ('logo', models.BinaryField(blank=True, null=True, verbose_name='logo (PNG)')),
                        ('did', models.CharField(max_length=255, unique=True, verbose_name='DID')),
                        ('created_at', models.DateTimeField()),
                        ('four_eyes', models.BooleanField(default=False, verbose_name='awards wait for a second person')),
                        ('second_factor', models.BooleanField(default=False, verbose_name='a second factor is required')),
                        ('colour', models.CharField(blank=True, max_length=7, verbose_name='colour')),
                        ('declaration', models.CharField(blank=True, max_length=11, verbose_name='declaration of activity')),
                        ('is_name_compared', models.BooleanField(default=False, editable=False)),
                        ('kind', models.CharField(blank=True, choices=[('certifying_body', 'certifying body'), ('training_organisation', 'training organisation'), ('school', 'school, college or university'), ('employer', 'employer'), ('association', 'association')], max_length=24, verbose_name='kind')),
                        ('languages', models.JSONField(blank=True, default=list, verbose_name='languages')),
                        ('linkedin_id', models.CharField(blank=True, max_length=20, verbose_name='LinkedIn organisation number')),
                        ('qualiopi', models.JSONField(blank=True, default=list, verbose_name='Qualiopi')),
                        ('siret', models.CharField(blank=True, max_length=14, verbose_name='SIRET')),
                        ('suspended_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='suspended')),
                        ('suspended_for', models.CharField(blank=True, editable=False, max_length=500, verbose_name='reason')),
                        ('settled_in_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='settled in')),
                        ('reminds_after', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='days until learners are reminded')),
                        ('reminds_most', models.PositiveSmallIntegerField(db_default=1, default=1, verbose_name='reminders of a badge at most')),
                        ('reminds_since', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='reminded of what they were told since')),
                    ],
                    options={
                        'verbose_name': 'issuer',
                        'verbose_name_plural': 'issuers',
                        'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('suspended_at', None), ('suspended_for', '')), models.Q(('suspended_at__isnull', False), models.Q(('suspended_for', ''), _negated=True)), _connector='OR'), name='suspended_issuer_is_told_why')],
                    },
                ),
                migrations.CreateModel(
                    name='User',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('password', models.CharField(max_length=128, verbose_name='password')),
                        ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                        ('is_superuser', models.BooleanField(default=False, help_text='Designates that this user has all permissions without explicitly assigning them.', verbose_name='superuser status')),
                        ('email', models.EmailField(max_length=254, unique=True, verbose_name='e-mail')),
                        ('name', models.CharField(blank=True, max_length=200, verbose_name='name')),
                        ('is_active', models.BooleanField(default=True, verbose_name='active')),
                        ('is_staff', models.BooleanField(default=False, verbose_name='operates this installation')),
                        ('groups', models.ManyToManyField(blank=True, help_text='The groups this user belongs to. A user will get all permissions granted to each of their groups.', related_name='user_set', related_query_name='user', to='auth.group', verbose_name='groups')),
                        ('user_permissions', models.ManyToManyField(blank=True, help_text='Specific permissions for this user.', related_name='user_set', related_query_name='user', to='auth.permission', verbose_name='user permissions')),
                    ],
                    options={
                        'verbose_name': 'member',
                        'verbose_name_plural': 'members',
                    },
                ),
                migrations.CreateModel(
                    name='AcceptedSubmitter',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('account', models.CharField(max_length=120)),
                        ('accepted_at', models.DateTimeField()),
                        ('issuer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='issuers.issuer')),
                    ],
                    options={
                        'verbose_name': 'accepted submitter',
                        'verbose_name_plural': 'accepted submitters',
                        'constraints': [models.UniqueConstraint(fields=('issuer', 'account'), name='one_acceptance_per_account')],
                    },
                ),
                migrations.CreateModel(
                    name='Membership',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('role', models.CharField(choices=[('administrator', 'administrator'), ('designer', 'designer'), ('issuer', 'issuer of credentials'), ('approver', 'approver'), ('viewer', 'viewer'), ('auditor', 'auditor')], max_length=20, verbose_name='role')),
                        ('issuer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='issuers.issuer')),
                        ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'verbose_name': 'membership',
                        'verbose_name_plural': 'memberships',
                        'constraints': [models.UniqueConstraint(fields=('issuer', 'user'), name='one_role_per_member')],
                    },
                ),
                migrations.CreateModel(
                    name='SigningKey',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('multikey', models.CharField(max_length=60, unique=True)),
                        ('valid_from', models.DateTimeField()),
                        ('expires_at', models.DateTimeField(blank=True, null=True)),
                        ('revoked_at', models.DateTimeField(blank=True, null=True)),
                        ('issuer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='issuers.issuer')),
                        ('kind', models.CharField(choices=[('ed25519', 'Ed25519'), ('p256', 'P-256'), ('rsa', 'RSA')], default='ed25519', max_length=10)),
                        ('public_jwk', models.JSONField(blank=True, null=True)),
                    ],
                    options={
                        'verbose_name': 'signing key',
                        'verbose_name_plural': 'signing keys',
                        'indexes': [models.Index(fields=['issuer', '-valid_from'], name='issuers_sig_issuer__3f98a1_idx')],
                        'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('kind', 'rsa'), ('public_jwk__isnull', False)), models.Q(('kind__in', ['ed25519', 'p256']), ('public_jwk__isnull', True)), _connector='OR'), name='key_without_multikey_shows_its_jwk')],
                    },
                ),
                migrations.CreateModel(
                    name='AnchoringLane',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('chain', models.CharField(max_length=41, verbose_name='chain')),
                        ('signer', models.CharField(blank=True, max_length=60, verbose_name="name of the submitter's key")),
                        ('active_from', models.DateTimeField(verbose_name='from')),
                        ('active_until', models.DateTimeField(blank=True, null=True, verbose_name='until')),
                        ('issuer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='issuers.issuer')),
                    ],
                    options={
                        'verbose_name': 'anchoring lane',
                        'verbose_name_plural': 'anchoring lanes',
                        'constraints': [models.UniqueConstraint(condition=models.Q(('active_until__isnull', True)), fields=('issuer', 'chain', 'signer'), name='lane_is_chosen_once'), models.CheckConstraint(condition=models.Q(('active_until__isnull', True), ('active_until__gte', models.F('active_from')), _connector='OR'), name='lane_ends_after_it_began')],
                    },
                ),
                migrations.CreateModel(
                    name='LiveHost',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('name', models.CharField(max_length=253, unique=True)),
                        ('token', models.CharField(max_length=43)),
                        ('since', models.DateTimeField()),
                        ('confirmed_at', models.DateTimeField()),
                        ('owner', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='issuers.issuer')),
                    ],
                    options={
                        'verbose_name': 'live host',
                        'verbose_name_plural': 'live hosts',
                    },
                ),
                migrations.CreateModel(
                    name='Domain',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('name', models.CharField(max_length=253, verbose_name='domain')),
                        ('token', models.CharField(max_length=43)),
                        ('method', models.CharField(blank=True, choices=[('dns', 'a DNS record'), ('file', 'a file on its site')], max_length=4, verbose_name='proven by')),
                        ('asked_at', models.DateTimeField()),
                        ('verified_at', models.DateTimeField(blank=True, null=True)),
                        ('confirmed_at', models.DateTimeField(blank=True, null=True)),
                        ('checked_at', models.DateTimeField(blank=True, null=True)),
                        ('failure', models.CharField(blank=True, max_length=200)),
                        ('lapsed_at', models.DateTimeField(blank=True, null=True)),
                        ('issuer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='issuers.issuer')),
                    ],
                    options={
                        'verbose_name': 'domain',
                        'verbose_name_plural': 'domains',
                        'constraints': [models.UniqueConstraint(fields=('issuer', 'name'), name='one_row_per_domain'), models.CheckConstraint(condition=models.Q(models.Q(('confirmed_at', None), ('method', ''), ('verified_at', None)), models.Q(('confirmed_at__isnull', False), ('verified_at__isnull', False)), _connector='OR'), name='verified_domain_was_confirmed')],
                    },
                ),
                migrations.CreateModel(
                    name='Host',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('name', models.CharField(max_length=253, verbose_name='host name')),
                        ('token', models.CharField(max_length=43)),
                        ('asked_at', models.DateTimeField()),
                        ('checked_at', models.DateTimeField(blank=True, null=True)),
                        ('failure', models.CharField(blank=True, max_length=200)),
                        ('stopped_at', models.DateTimeField(blank=True, null=True)),
                        ('issuer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='issuers.issuer')),
                    ],
                    options={
                        'verbose_name': 'address of public pages',
                        'verbose_name_plural': 'addresses of public pages',
                        'constraints': [models.UniqueConstraint(fields=('issuer', 'name'), name='one_row_per_host')],
                    },
                ),
                migrations.CreateModel(
                    name='LookAlike',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('name', models.CharField(max_length=200)),
                        ('other_name', models.CharField(max_length=200)),
                        ('likeness', models.CharField(max_length=12)),
                        ('found_at', models.DateTimeField()),
                        ('judgement', models.CharField(choices=[('open', 'to be judged'), ('harmless', 'harmless'), ('confirmed', 'confirmed')], default='open', max_length=10)),
                        ('judged_at', models.DateTimeField(blank=True, null=True)),
                        ('issuer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='issuers.issuer')),
                        ('resembles', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='issuers.issuer')),
                        ('judged_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('note', models.CharField(blank=True, max_length=500, verbose_name='note')),
                    ],
                    options={
                        'verbose_name': 'look-alike name',
                        'verbose_name_plural': 'look-alike names',
                        'constraints': [models.UniqueConstraint(fields=('issuer', 'resembles', 'name', 'other_name'), name='one_row_per_likeness')],
                    },
                ),
                migrations.CreateModel(
                    name='Unit',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ('kind', models.CharField(choices=[('campus', 'campus or site'), ('faculty', 'faculty or school'), ('department', 'department'), ('team', 'team')], max_length=12, verbose_name='kind')),
                        ('name', models.CharField(max_length=200, verbose_name='name')),
                        ('place', models.CharField(blank=True, max_length=100, verbose_name='place')),
                        ('created_at', models.DateTimeField()),
                        ('closed_at', models.DateTimeField(blank=True, null=True)),
                        ('issuer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='issuers.issuer')),
                        ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='issuers.unit')),
                    ],
                    options={
                        'verbose_name': 'unit',
                        'verbose_name_plural': 'units',
                        'constraints': [models.UniqueConstraint(fields=('issuer', 'parent', 'name'), name='one_unit_of_a_name', nulls_distinct=False)],
                    },
                ),
                migrations.CreateModel(
                    name='Invitation',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ('email', models.EmailField(max_length=254, verbose_name='e-mail')),
                        ('role', models.CharField(choices=[('administrator', 'administrator'), ('designer', 'designer'), ('issuer', 'issuer of credentials'), ('approver', 'approver'), ('viewer', 'viewer'), ('auditor', 'auditor')], max_length=20, verbose_name='role')),
                        ('language', models.CharField(default='en', max_length=10, verbose_name='language')),
                        ('digest', models.CharField(max_length=64, unique=True)),
                        ('sent_at', models.DateTimeField(verbose_name='sent')),
                        ('expires_at', models.DateTimeField(verbose_name='expires')),
                        ('accepted_at', models.DateTimeField(blank=True, null=True, verbose_name='accepted')),
                        ('withdrawn_at', models.DateTimeField(blank=True, null=True, verbose_name='withdrawn')),
                        ('invited_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('issuer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='issuers.issuer')),
                    ],
                    options={
                        'verbose_name': 'invitation',
                        'verbose_name_plural': 'invitations',
                        'constraints': [models.UniqueConstraint(condition=models.Q(('accepted_at__isnull', True), ('withdrawn_at__isnull', True)), fields=('issuer', 'email'), name='one_open_invitation_per_address'), models.CheckConstraint(condition=models.Q(('accepted_at__isnull', True), ('withdrawn_at__isnull', True), _connector='OR'), name='invitation_is_accepted_or_withdrawn'), models.CheckConstraint(condition=models.Q(('email', django.db.models.functions.text.Lower('email'))), name='invited_address_is_in_small_letters')],
                    },
                ),
                migrations.CreateModel(
                    name='PrivateKey',
                    fields=[
                        ('key', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='+', serialize=False, to='issuers.signingkey')),
                        ('wrapped_dek', models.BinaryField()),
                        ('sealed_private', models.BinaryField()),
                        ('issuer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='issuers.issuer')),
                    ],
                    options={
                        'verbose_name': 'private key',
                        'verbose_name_plural': 'private keys',
                    },
                ),
                migrations.CreateModel(
                    name='IdentityProvider',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('key', models.SlugField(editable=False, max_length=32, unique=True)),
                        ('kind', models.CharField(choices=[('oidc', 'OpenID Connect'), ('saml', 'SAML 2.0')], max_length=4, verbose_name='kind')),
                        ('name', models.CharField(max_length=80, verbose_name='name on the button')),
                        ('url', models.URLField(max_length=500, verbose_name='address')),
                        ('identifier', models.CharField(max_length=500, verbose_name='identifier')),
                        ('sealed_secret', models.BinaryField(blank=True, null=True)),
                        ('certificate', models.TextField(blank=True, max_length=10000, verbose_name='certificate')),
                        ('is_active', models.BooleanField(default=True, verbose_name='in use')),
                        ('just_in_time', models.BooleanField(default=False, verbose_name='people join without an invitation')),
                        ('created_at', models.DateTimeField()),
                        ('issuer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='issuers.issuer')),
                    ],
                    options={
                        'verbose_name': 'identity provider',
                        'verbose_name_plural': 'identity providers',
                        'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('kind', 'oidc'), ('sealed_secret__isnull', False)), models.Q(('kind', 'saml'), ('sealed_secret__isnull', True), models.Q(('certificate', ''), _negated=True)), _connector='OR'), name='identity_provider_is_whole')],
                    },
                ),
                migrations.CreateModel(
                    name='Arrival',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('archive', models.UUIDField(unique=True)),
                        ('came_from', models.CharField(max_length=500, verbose_name='from')),
                        ('made_at', models.DateTimeField(verbose_name='archive made')),
                        ('arrived_at', models.DateTimeField(verbose_name='arrived')),
                        ('with_keys', models.BooleanField(default=False, verbose_name='with its signing keys')),
                        ('issuer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='issuers.issuer')),
                    ],
                    options={
                        'verbose_name': 'arrival',
                        'verbose_name_plural': 'arrivals',
                    },
                ),
                migrations.CreateModel(
                    name='TrailMark',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('entry', models.BigIntegerField(default=0)),
                        ('horizon', models.BigIntegerField(default=0)),
                        ('sealed', models.BigIntegerField(default=0)),
                    ],
                    options={
                        'verbose_name': 'mark of the audit trail',
                        'verbose_name_plural': 'marks of the audit trail',
                    },
                ),
                migrations.CreateModel(
                    name='TrailEntry',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('at', models.DateTimeField()),
                        ('user_id', models.BigIntegerField(blank=True, null=True)),
                        ('door', models.CharField(blank=True, max_length=100)),
                        ('role', models.CharField(max_length=63)),
                        ('subject', models.CharField(max_length=80)),
                        ('act', models.CharField(choices=[('added', 'added'), ('changed', 'changed'), ('removed', 'removed')], max_length=7)),
                        ('rows', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
                        ('before', models.JSONField(blank=True, null=True)),
                        ('after', models.JSONField(blank=True, null=True)),
                        ('noted', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=63), size=None)),
                        ('issuer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='issuers.issuer')),
                    ],
                    options={
                        'verbose_name': 'entry of the audit trail',
                        'verbose_name_plural': 'audit trail',
                        'indexes': [models.Index(fields=['issuer', '-id'], name='trail_of_issuer'), models.Index(fields=['issuer', 'user_id', '-id'], name='trail_of_person'), models.Index(fields=['issuer', 'subject', '-id'], name='trail_of_subject')],
                    },
                ),
                migrations.CreateModel(
                    name='TrailSeal',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('sequence', models.PositiveIntegerField()),
                        ('last', models.BigIntegerField()),
                        ('entries', models.PositiveIntegerField()),
                        ('digest', models.BinaryField(max_length=32)),
                        ('sealed_at', models.DateTimeField()),
                        ('issuer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='issuers.issuer')),
                    ],
                    options={
                        'verbose_name': 'seal of the audit trail',
                        'verbose_name_plural': 'seals of the audit trail',
                        'constraints': [models.UniqueConstraint(fields=('issuer', 'sequence'), name='one_seal_per_sequence')],
                    },
                ),
                migrations.CreateModel(
                    name='Quota',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('kind', models.CharField(choices=[('credentials', 'credentials in a month'), ('people', 'people, and invitations that are open'), ('storage', 'files of evidence, in megabytes')], max_length=12, verbose_name='quota')),
                        ('most', models.PositiveIntegerField(verbose_name='at most')),
                        ('issuer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='issuers.issuer')),
                    ],
                    options={
                        'verbose_name': 'quota',
                        'verbose_name_plural': 'quotas',
                        'constraints': [models.UniqueConstraint(fields=('issuer', 'kind'), name='one_quota_of_a_kind')],
                    },
                ),
                migrations.CreateModel(
                    name='BreakGlass',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('reason', models.CharField(max_length=500, verbose_name='reason')),
                        ('minutes', models.PositiveSmallIntegerField(verbose_name='minutes')),
                        ('opened_at', models.DateTimeField(editable=False, null=True, verbose_name='opened')),
                        ('until', models.DateTimeField(editable=False, null=True, verbose_name='until')),
                        ('issuer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='issuers.issuer')),
                        ('operator', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'verbose_name': 'look inside',
                        'verbose_name_plural': 'looks inside',
                        'indexes': [models.Index(fields=['issuer', 'operator', 'until'], name='glass_that_is_open')],
                        'constraints': [models.CheckConstraint(condition=models.Q(('minutes__gte', 5), ('minutes__lte', 60), ('opened_at__isnull', False), ('until__isnull', False)), name='glass_closes_by_itself'), models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='glass_has_a_reason')],
                    },
                ),
                migrations.CreateModel(
                    name='KeyOrder',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('act', models.CharField(choices=[('rotate', 'new key'), ('retire', 'retire'), ('disown', 'declare stolen')], max_length=6, verbose_name='act')),
                        ('kind', models.CharField(blank=True, choices=[('ed25519', 'Ed25519'), ('p256', 'P-256'), ('rsa', 'RSA')], max_length=10, verbose_name='kind')),
                        ('since', models.DateTimeField(blank=True, null=True, verbose_name='stolen since')),
                        ('ordered_at', models.DateTimeField(verbose_name='ordered on')),
                        ('state', models.CharField(choices=[('waiting', 'waiting for a worker'), ('done', 'done'), ('refused', 'not done'), ('cancelled', 'cancelled')], default='waiting', max_length=9)),
                        ('refusal', models.CharField(blank=True, choices=[('no-key', 'The key is not there.'), ('ended', 'The key had ended before.'), ('impossible', 'The key cannot have been stolen then.')], max_length=10, verbose_name='why it was not done')),
                        ('ended_at', models.DateTimeField(blank=True, null=True)),
                        ('trouble', models.CharField(blank=True, choices=[('service', 'The service that wraps keys does not answer.'), ('no-kek', 'The worker holds no key to wrap others with (SIGNING_KEK).')], max_length=7)),
                        ('tried_at', models.DateTimeField(blank=True, null=True)),
                        ('issuer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='issuers.issuer')),
                        ('key', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='issuers.signingkey', verbose_name='signing key')),
                        ('ordered_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='ordered by')),
                    ],
                    options={
                        'verbose_name': 'order about keys',
                        'verbose_name_plural': 'orders about keys',
                        'indexes': [models.Index(fields=['issuer', '-id'], name='key_orders_of_issuer'), models.Index(condition=models.Q(('state', 'waiting')), fields=['id'], name='key_orders_waiting')],
                        'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('act', 'rotate'), ('key__isnull', True), ('since__isnull', True), models.Q(('kind', ''), _negated=True)), models.Q(('act', 'retire'), ('key__isnull', False), ('kind', ''), ('since__isnull', True)), models.Q(('act', 'disown'), ('key__isnull', False), ('kind', ''), ('since__isnull', False)), _connector='OR'), name='key_order_says_what_to_do'), models.UniqueConstraint(condition=models.Q(('act', 'rotate'), ('state', 'waiting')), fields=('issuer', 'kind'), name='one_new_key_at_a_time'), models.UniqueConstraint(condition=models.Q(('act', 'retire'), ('state', 'waiting')), fields=('issuer', 'key'), name='one_retirement_at_a_time'), models.UniqueConstraint(condition=models.Q(('act', 'disown'), ('state', 'waiting')), fields=('issuer', 'key'), name='one_disowning_at_a_time'), models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', True), ('refusal', ''), ('state', 'waiting')), models.Q(('ended_at__isnull', False), ('refusal', ''), ('state__in', ['done', 'cancelled'])), models.Q(('ended_at__isnull', False), ('state', 'refused'), models.Q(('refusal', ''), _negated=True)), _connector='OR'), name='key_order_ends_once')],
                    },
                ),
                migrations.CreateModel(
                    name='EarlierTrail',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('entries', models.PositiveIntegerField(verbose_name='entries')),
                        ('seals', models.PositiveIntegerField(verbose_name='seals')),
                        ('digest', models.BinaryField(max_length=32)),
                        ('arrival', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='issuers.arrival')),
                        ('issuer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='issuers.issuer')),
                    ],
                    options={
                        'verbose_name': 'earlier audit trail',
                        'verbose_name_plural': 'earlier audit trails',
                        'constraints': [models.UniqueConstraint(fields=('issuer', 'arrival'), name='one_earlier_trail_per_arrival')],
                    },
                ),
                migrations.CreateModel(
                    name='EarlierTrailPiece',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('number', models.PositiveIntegerField()),
                        ('content', models.BinaryField()),
                        ('earlier', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='issuers.earliertrail')),
                        ('issuer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='issuers.issuer')),
                    ],
                    options={
                        'verbose_name': 'piece of an earlier audit trail',
                        'verbose_name_plural': 'pieces of earlier audit trails',
                        'constraints': [models.UniqueConstraint(fields=('issuer', 'earlier', 'number'), name='one_earlier_piece_per_number')],
                    },
                ),
                migrations.CreateModel(
                    name='GlassEnd',
                    fields=[
                        ('glass', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='end', serialize=False, to='issuers.breakglass', verbose_name='look inside')),
                        ('ended_at', models.DateTimeField(editable=False, null=True, verbose_name='ended')),
                        ('issuer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='issuers.issuer')),
                    ],
                    options={
                        'verbose_name': 'end of a look inside',
                        'verbose_name_plural': 'ends of looks inside',
                        'constraints': [models.CheckConstraint(condition=models.Q(('ended_at__isnull', False)), name='glass_ends_at_an_instant')],
                    },
                ),
                migrations.CreateModel(
                    name='InstallationKey',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('kid', models.CharField(max_length=48, unique=True)),
                        ('valid_from', models.DateTimeField()),
                    ],
                    options={
                        'verbose_name': 'key of the installation',
                        'verbose_name_plural': 'keys of the installation',
                    },
                ),
                migrations.CreateModel(
                    name='InstallationSecret',
                    fields=[
                        ('key', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='+', serialize=False, to='issuers.installationkey')),
                        ('wrapped_dek', models.BinaryField()),
                        ('sealed_private', models.BinaryField()),
                    ],
                    options={
                        'verbose_name': 'private key of the installation',
                        'verbose_name_plural': 'private keys of the installation',
                    },
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='issuer',
                    trigger=pgtrigger.compiler.Trigger(name='only_the_operator_suspends', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n        IF current_user <> 'acquis' THEN\n            RETURN NEW;\n        END IF;\n        IF acquis_operator() IS NULL\n            AND (NEW.suspended_at, NEW.suspended_for)\n                IS DISTINCT FROM (OLD.suspended_at, OLD.suspended_for) THEN\n            RAISE EXCEPTION 'only an operator suspends an organisation'\n                USING ERRCODE = 'insufficient_privilege';\n        END IF;\n        IF acquis_operator() IS NOT NULL\n            AND to_jsonb(NEW) - ARRAY['suspended_at', 'suspended_for']\n                IS DISTINCT FROM to_jsonb(OLD) - ARRAY['suspended_at', 'suspended_for'] THEN\n            RAISE EXCEPTION 'an operator changes nothing else of an organisation'\n                USING ERRCODE = 'insufficient_privilege';\n        END IF;\n        RETURN NEW;\n    ", hash='0b7c29589e9f246f620d311af350332f4b0e056d', operation='UPDATE', pgid='pgtrigger_only_the_operator_suspends_61f87', table='issuers_issuer', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='breakglass',
                    trigger=pgtrigger.compiler.Trigger(name='the_database_opens_it', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n        IF current_user = 'acquis' THEN\n            NEW.operator_id := acquis_operator();\n        END IF;\n        NEW.opened_at := statement_timestamp();\n        NEW.until := NEW.opened_at + make_interval(mins => NEW.minutes);\n        RETURN NEW;\n    ", hash='c782ee54c6dbab332ae0238f427847c3c81e6fdc', operation='INSERT', pgid='pgtrigger_the_database_opens_it_587c7', table='issuers_breakglass', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='keyorder',
                    trigger=pgtrigger.compiler.Trigger(name='who_serves_pages_only_cancels', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n        IF current_user = 'acquis' AND NOT (\n            OLD.state = 'waiting' AND NEW.state = 'cancelled' AND OLD.act <> 'disown'\n            AND to_jsonb(NEW) - ARRAY['state', 'ended_at', 'trouble']\n                = to_jsonb(OLD) - ARRAY['state', 'ended_at', 'trouble']\n        ) THEN\n            RAISE EXCEPTION 'permission denied: an order that waits can be cancelled, no more'\n                USING ERRCODE = 'insufficient_privilege';\n        END IF;\n        RETURN NEW;\n    ", hash='9238be1427d78490df1ed3b2d9a86b39bd65590e', operation='UPDATE', pgid='pgtrigger_who_serves_pages_only_cancels_93e09', table='issuers_keyorder', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='glassend',
                    trigger=pgtrigger.compiler.Trigger(name='the_database_ends_it', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n        NEW.ended_at := statement_timestamp();\n        IF current_user = 'acquis' AND NOT EXISTS (\n            SELECT FROM issuers_breakglass AS glass\n            WHERE glass.id = NEW.glass_id AND glass.operator_id = acquis_operator()\n                AND glass.until > NEW.ended_at\n        ) THEN\n            RAISE EXCEPTION 'no look of this operator is open there'\n                USING ERRCODE = 'check_violation';\n        END IF;\n        RETURN NEW;\n    ", hash='eac55d6c2b0b50dc3e6617115c833d784bcb7f8f', operation='INSERT', pgid='pgtrigger_the_database_ends_it_693a0', table='issuers_glassend', when='BEFORE')),
                ),
            ],
        ),
        migrations.RenameField('signingkey', 'multikey', 'kid'),  # what is named after it keeps its name
        migrations.RunSQL(statement("GRANT", "TO"), statement("REVOKE", "FROM")),
        migrations.RunSQL(CANCELS, CANCELS_NOT),
    ]
