"""The tables of this app as they came to be, made at once where there are none yet.

Where some of them are, what this replaces brings the others.
"""

import django.contrib.postgres.fields
import django.db.models.deletion
import issuers.migrations._together
import pgtrigger.compiler
import pgtrigger.migrations
import uuid
from django.conf import settings
from django.db import migrations, models


ROLE = "acquis_auditor"
# What `manage.py fsck` examines: whole tables of hashes, states and sealed bytes, or some columns.
READABLE = (
    "blockchain_sender",
    "blockchain_batch",
    "blockchain_commitment",
    "blockchain_attempt",
    "credentials_credential",
    "credentials_statuslist",
    "issuers_issuer (id, did)",
    "issuers_signingkey (issuer_id, kid)",
    "learners_learnerkey (learner_id, wrapped_dek)",
    "badges_achievement (id, standing)",
    "credentials_transcript",
    "issuers_anchoringlane",
    "credentials_endorsement (status_list_id, status_index, revoked_at)",
    "credentials_statement",
    "credentials_edition (id, credential_id, kind, state, requested_at)",
    "issuers_arrival (issuer_id, arrived_at)",
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


# What caches must forget, written down by the database itself.
PURGES = """
CREATE FUNCTION credentials_purge_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO credentials_purge (issuer_id, token, due_at)
    SELECT NEW.issuer_id, NEW.token, clock_timestamp() + again
    FROM unnest(ARRAY[interval '0', interval '10 seconds']) AS again;
    RETURN NULL;
END $$;
CREATE TRIGGER credentials_purge_changed AFTER UPDATE OF revoked_at, suspended_at, revocation_reason
    ON credentials_credential FOR EACH ROW
    WHEN (OLD.revoked_at IS DISTINCT FROM NEW.revoked_at
        OR OLD.suspended_at IS DISTINCT FROM NEW.suspended_at
        OR OLD.revocation_reason IS DISTINCT FROM NEW.revocation_reason)
    EXECUTE FUNCTION credentials_purge_changed();

CREATE FUNCTION credentials_purge_erased() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO credentials_purge (issuer_id, token, due_at)
    SELECT found.issuer_id, found.token, clock_timestamp() + again
    FROM credentials_credential AS found,
        unnest(ARRAY[interval '0', interval '10 seconds']) AS again
    WHERE found.learner_id = OLD.learner_id;
    RETURN NULL;
END $$;
CREATE TRIGGER credentials_purge_erased AFTER DELETE ON learners_learnerkey FOR EACH ROW
    EXECUTE FUNCTION credentials_purge_erased();

CREATE FUNCTION credentials_purge_shown() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO credentials_purge (issuer_id, token, due_at)
    SELECT found.issuer_id, found.token, clock_timestamp() + again
    FROM credentials_credential AS found,
        unnest(ARRAY[interval '0', interval '10 seconds']) AS again
    WHERE found.id = NEW.credential_id;
    RETURN NULL;
END $$;
CREATE TRIGGER credentials_purge_shown
    AFTER UPDATE OF privacy, shows_name, shows_evidence, shows_results
    ON credentials_holding FOR EACH ROW
    WHEN ((OLD.privacy, OLD.shows_name, OLD.shows_evidence, OLD.shows_results)
        IS DISTINCT FROM (NEW.privacy, NEW.shows_name, NEW.shows_evidence, NEW.shows_results))
    EXECUTE FUNCTION credentials_purge_shown();
"""
PURGES_NOT = """
DROP TRIGGER credentials_purge_shown ON credentials_holding;
DROP FUNCTION credentials_purge_shown();

DROP TRIGGER credentials_purge_erased ON learners_learnerkey;
DROP FUNCTION credentials_purge_erased();
DROP TRIGGER credentials_purge_changed ON credentials_credential;
DROP FUNCTION credentials_purge_changed();
"""
# Whichever way somebody is erased, nothing of them stays: on messages, in files, in counts, in links.
ERASED = """
CREATE FUNCTION credentials_message_erased() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE credentials_message
    SET address = '', problem = '', provider_id = '', sent_as = NULL,
        state = CASE WHEN state = 'waiting' THEN 'withheld' ELSE state END
    WHERE learner_id = OLD.learner_id AND issuer_id = OLD.issuer_id;
    RETURN NULL;
END $$;
CREATE TRIGGER credentials_message_erased AFTER DELETE ON learners_learnerkey FOR EACH ROW
    EXECUTE FUNCTION credentials_message_erased();

CREATE FUNCTION credentials_printing_erased() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE credentials_printing SET state = 'gone'
    WHERE issuer_id = OLD.issuer_id AND state IN ('printing', 'ready') AND id IN (
        SELECT printing_id FROM credentials_printedfile
        WHERE issuer_id = OLD.issuer_id AND learner_ids @> ARRAY[OLD.learner_id]);
    DELETE FROM credentials_printedfile WHERE issuer_id = OLD.issuer_id AND printing_id IN (
        SELECT printing_id FROM credentials_printedfile
        WHERE issuer_id = OLD.issuer_id AND learner_ids @> ARRAY[OLD.learner_id]);
    RETURN NULL;
END $$;
CREATE TRIGGER credentials_printing_erased AFTER DELETE ON learners_learnerkey FOR EACH ROW
    EXECUTE FUNCTION credentials_printing_erased();

CREATE FUNCTION credentials_tally_erased() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM credentials_tally t USING credentials_credential c
    WHERE c.learner_id = OLD.learner_id AND c.issuer_id = OLD.issuer_id
        AND t.credential_id = c.id AND t.issuer_id = c.issuer_id;
    RETURN NULL;
END $$;
CREATE TRIGGER credentials_tally_erased AFTER DELETE ON learners_learnerkey FOR EACH ROW
    EXECUTE FUNCTION credentials_tally_erased();

CREATE FUNCTION credentials_links_end() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM credentials_audiencelink l USING credentials_credential c
    WHERE c.learner_id = OLD.id AND c.issuer_id = OLD.issuer_id
        AND l.credential_id = c.id AND l.issuer_id = c.issuer_id;
    RETURN NULL;
END $$;
CREATE TRIGGER credentials_links_end AFTER UPDATE OF email ON learners_learner FOR EACH ROW
    WHEN (OLD.email IS DISTINCT FROM NEW.email) EXECUTE FUNCTION credentials_links_end();

CREATE FUNCTION credentials_holder_erased() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM credentials_audiencelink l USING credentials_credential c
    WHERE c.learner_id = OLD.learner_id AND c.issuer_id = OLD.issuer_id
        AND l.credential_id = c.id AND l.issuer_id = c.issuer_id;
    UPDATE credentials_wish SET said = '', answer = NULL
    WHERE learner_id = OLD.learner_id AND issuer_id = OLD.issuer_id;
    RETURN NULL;
END $$;
CREATE TRIGGER credentials_holder_erased AFTER DELETE ON learners_learnerkey FOR EACH ROW
    EXECUTE FUNCTION credentials_holder_erased();
"""
ERASED_NOT = """
DROP TRIGGER credentials_holder_erased ON learners_learnerkey;
DROP FUNCTION credentials_holder_erased();
DROP TRIGGER credentials_links_end ON learners_learner;
DROP FUNCTION credentials_links_end();

DROP TRIGGER credentials_tally_erased ON learners_learnerkey;
DROP FUNCTION credentials_tally_erased();

DROP TRIGGER credentials_printing_erased ON learners_learnerkey;
DROP FUNCTION credentials_printing_erased();

DROP TRIGGER credentials_message_erased ON learners_learnerkey;
DROP FUNCTION credentials_message_erased();
"""
# What pages share of an organisation, and what may have changed of credentials: see the replaced 0027 and 0031.
FUNCTIONS = """
CREATE FUNCTION credentials_shared(asked_issuer bigint, asked_achievement bigint)
RETURNS TABLE (stamp text, endorsements bigint) LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN QUERY SELECT
        coalesce((SELECT one.xmin::text || one.ctid::text
            FROM public.issuers_issuer AS one WHERE one.id = asked_issuer), '')
        || '/' || coalesce((SELECT one.xmin::text || one.ctid::text
            FROM public.badges_achievement AS one WHERE one.id = asked_achievement), '')
        || '/' || coalesce((SELECT string_agg(one.xmin::text || one.ctid::text, ',' ORDER BY one.id)
            FROM public.issuers_signingkey AS one WHERE one.issuer_id = asked_issuer), '')
        || '/' || coalesce((SELECT string_agg(one.xmin::text || one.ctid::text, ',' ORDER BY one.id)
            FROM public.issuers_acceptedsubmitter AS one WHERE one.issuer_id = asked_issuer), '')
        || '/' || coalesce((SELECT string_agg(one.xmin::text || one.ctid::text, ',' ORDER BY one.id)
            FROM public.issuers_domain AS one WHERE one.issuer_id = asked_issuer), '')
        || '/' || coalesce((SELECT string_agg(one.id || ':' || one.published_version, ','
                ORDER BY one.id)
            FROM public.credentials_statuslist AS one WHERE one.issuer_id = asked_issuer), ''),
        (SELECT count(*) FROM public.credentials_endorsement AS one
            WHERE one.endorsed_id = asked_issuer);
END $$;

CREATE FUNCTION credentials_fingerprints(asked varchar[]) RETURNS text[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    each varchar;
    found text[];
BEGIN
    FOREACH each IN ARRAY asked LOOP
        found := found || (
            SELECT encode(sha256(convert_to(ROW(
                credential.state, credential.revoked_at, credential.revocation_reason,
                credential.suspended_at, credential.suspension_reason, learner.name,
                EXISTS (SELECT FROM public.learners_learnerkey AS key
                    WHERE key.learner_id = learner.id),
                coalesce((SELECT held.privacy || held.shows_name || held.shows_evidence
                        || held.shows_results
                    FROM public.credentials_holding AS held
                    WHERE held.credential_id = credential.id), 'unlistedtruetruetrue')
            )::text, 'UTF8')), 'hex')
            FROM public.credentials_credential AS credential
            JOIN public.learners_learner AS learner ON learner.id = credential.learner_id
            WHERE credential.token = each);
    END LOOP;
    RETURN found;
END $$;
REVOKE ALL ON FUNCTION credentials_fingerprints(varchar[]) FROM PUBLIC;
DO $$
DECLARE served name;
BEGIN
    FOR served IN SELECT rolname FROM pg_roles WHERE rolname IN ('acquis', 'acquis_worker') LOOP
        EXECUTE format('GRANT EXECUTE ON FUNCTION credentials_fingerprints(varchar[]) TO %I', served);
    END LOOP;
END $$;
"""
FUNCTIONS_NOT = """DROP FUNCTION credentials_fingerprints(varchar[]);
DROP FUNCTION credentials_shared(bigint, bigint)"""
# Ciphertext cannot be compressed, and nobody looks for tokens that begin alike. Whoever is endorsed
# may be elsewhere since 0019: the check stays as it was written before, which comes to the same.
STORED = """
ALTER TABLE credentials_credential ALTER COLUMN sealed SET STORAGE EXTERNAL;
ALTER TABLE credentials_transcript ALTER COLUMN sealed SET STORAGE EXTERNAL;
ALTER TABLE credentials_edition ALTER COLUMN sealed SET STORAGE EXTERNAL;
ALTER TABLE credentials_evidencefile ALTER COLUMN sealed SET STORAGE EXTERNAL;
DROP INDEX credentials_credential_token_54f6fefd_like;
ALTER TABLE credentials_endorsement DROP CONSTRAINT nobody_endorses_themselves,
    ADD CONSTRAINT nobody_endorses_themselves CHECK (NOT (issuer_id = endorsed_id));
"""


class Migration(migrations.Migration):

    replaces = [('credentials', '0001_initial'), ('credentials', '0002_auditor'), ('credentials', '0003_suspension'), ('credentials', '0004_editions'), ('credentials', '0005_transcripts'), ('credentials', '0006_lists_name_their_key'), ('credentials', '0007_award_details'), ('credentials', '0008_disclosure'), ('credentials', '0009_auditor_reads_lanes'), ('credentials', '0010_endorsements'), ('credentials', '0011_statements'), ('credentials', '0012_auditor_reads_editions'), ('credentials', '0013_four_eyes'), ('credentials', '0014_purge'), ('credentials', '0015_lists'), ('credentials', '0016_fewer_indexes'), ('credentials', '0017_sealed_as_it_is'), ('credentials', '0018_unique_within_an_issuer'), ('credentials', '0019_endorsed_elsewhere'), ('credentials', '0020_trail_heads'), ('credentials', '0021_lists_of_learners'), ('credentials', '0022_exports'), ('credentials', '0023_what_may_have_changed'), ('credentials', '0024_messages'), ('credentials', '0025_corrections'), ('credentials', '0026_printings'), ('credentials', '0027_what_pages_share'), ('credentials', '0028_messages_sending'), ('credentials', '0029_kept_looks'), ('credentials', '0030_tallies'), ('credentials', '0031_fingerprints'), ('credentials', '0032_cohorts'), ('credentials', '0033_notices'), ('credentials', '0034_wallets'), ('credentials', '0035_links_and_wishes'), ('credentials', '0036_piles'), ('credentials', '0037_what_was_signed'), ('credentials', '0038_issuer_through_learner'), ('credentials', '0039_links_end')]

    initial = True

    dependencies = [
        ('badges', '0001_squashed_0006_samples'),
        ('blockchain', '0002_batch_manifests'),
        ('issuers', '0001_squashed_0019_reminders'),
        ('learners', '0001_squashed_0007_issuer_through_learner'),
    ]

    operations = [
        issuers.migrations._together.Together(
            operations=[
                migrations.CreateModel(
                    name='StatusList',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ('purpose', models.CharField(choices=[('revocation', 'revocation'), ('suspension', 'suspension')], max_length=12)),
                        ('url', models.CharField(max_length=500, unique=True)),
                        ('taken', models.BinaryField()),
                        ('taken_count', models.PositiveIntegerField(default=0)),
                        ('bits', models.BinaryField()),
                        ('version', models.PositiveBigIntegerField(default=1)),
                        ('published', models.BinaryField(blank=True, null=True)),
                        ('published_version', models.PositiveBigIntegerField(default=0)),
                        ('published_at', models.DateTimeField(blank=True, null=True)),
                        ('created_at', models.DateTimeField()),
                        ('issuer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='issuers.issuer')),
                        ('published_kid', models.CharField(blank=True, max_length=60)),
                    ],
                    options={
                        'verbose_name': 'status list',
                        'verbose_name_plural': 'status lists',
                        'indexes': [models.Index(fields=['issuer', 'purpose'], name='credentials_issuer__408b5a_idx')],
                    },
                ),
                migrations.CreateModel(
                    name='Credential',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('uuid', models.UUIDField(editable=False, unique=True)),
                        ('token', models.CharField(editable=False, max_length=22, unique=True)),
                        ('reference', models.CharField(max_length=100)),
                        ('state', models.CharField(choices=[('held', 'waiting for approval'), ('due', 'waiting to be signed'), ('signed', 'signed'), ('refused', 'could not be signed')], default='due', max_length=8)),
                        ('valid_from', models.DateTimeField(verbose_name='valid from')),
                        ('valid_until', models.DateTimeField(blank=True, null=True, verbose_name='valid until')),
                        ('issued_at', models.DateTimeField(verbose_name='issued')),
                        ('sign_after', models.DateTimeField()),
                        ('signed_at', models.DateTimeField(blank=True, null=True)),
                        ('refusal', models.CharField(blank=True, max_length=500)),
                        ('status_index', models.PositiveIntegerField(blank=True, null=True)),
                        ('sealed', models.BinaryField(blank=True, null=True)),
                        ('leaf', models.BinaryField(blank=True, max_length=32, null=True)),
                        ('revoked_at', models.DateTimeField(blank=True, null=True, verbose_name='revoked')),
                        ('revocation_reason', models.CharField(blank=True, max_length=300, verbose_name='public reason')),
                        ('achievement', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='badges.achievement')),
                        ('issuer', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='issuers.issuer')),
                        ('learner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='learners.learner')),
                        ('status_list', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='credentials.statuslist')),
                        ('reinstated_at', models.DateTimeField(blank=True, null=True, verbose_name='reinstated')),
                        ('suspended_at', models.DateTimeField(blank=True, null=True, verbose_name='suspended')),
                        ('suspension_index', models.PositiveIntegerField(blank=True, null=True)),
                        ('suspension_list', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='credentials.statuslist')),
                        ('suspension_reason', models.CharField(blank=True, max_length=300, verbose_name='public reason')),
                        ('details', models.BinaryField(blank=True, null=True)),
                        ('preparation', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='credentials.preparation')),
                        ('intake', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='credentials.intake')),
                        ('tells_learner', models.BooleanField(db_default=False, default=False)),
                        ('corrects', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='credentials.credential')),
                    ],
                    options={
                        'verbose_name': 'credential',
                        'verbose_name_plural': 'credentials',
                        'indexes': [models.Index(condition=models.Q(('state', 'due')), fields=['sign_after', 'id'], name='credentials_due'), models.Index(fields=['issuer', '-id'], name='credentials_of_issuer'), models.Index(fields=['achievement', '-id'], name='credentials_of_achievement'), models.Index(condition=models.Q(('revoked_at__isnull', False)), fields=['issuer', '-id'], name='credentials_revoked'), models.Index(condition=models.Q(('suspended_at__isnull', False)), fields=['issuer', '-id'], name='credentials_suspended'), models.Index(condition=models.Q(('state__in', ['refused', 'held'])), fields=['issuer', '-id'], name='credentials_refused'), models.Index(condition=models.Q(('state', 'due')), fields=['issuer', 'sign_after', 'id'], name='credentials_due_of_issuer'), models.Index(condition=models.Q(('preparation__isnull', False)), fields=['preparation'], name='credentials_prepared'), models.Index(condition=models.Q(('intake__isnull', False)), fields=['intake', 'state'], name='credentials_of_intake'), models.Index(condition=models.Q(('state', 'signed')), fields=['issuer', 'signed_at', 'id'], name='credentials_signed')],
                        'constraints': [models.UniqueConstraint(fields=('issuer', 'reference'), name='one_credential_per_reference'), models.CheckConstraint(condition=models.Q(models.Q(('status_index__isnull', True), ('status_list__isnull', True)), models.Q(('status_index__isnull', False), ('status_list__isnull', False)), _connector='OR'), name='status_list_has_index'), models.CheckConstraint(condition=models.Q(models.Q(('suspended_at__isnull', True), ('suspension_index__isnull', True), ('suspension_list__isnull', True)), models.Q(('suspension_index__isnull', False), ('suspension_list__isnull', False)), _connector='OR'), name='suspended_credential_has_list'), models.CheckConstraint(condition=models.Q(models.Q(('leaf__isnull', True), ('sealed__isnull', True), ('signed_at__isnull', True), ('state__in', ['held', 'due', 'refused'])), models.Q(('details__isnull', True), ('leaf__isnull', False), ('sealed__isnull', False), ('signed_at__isnull', False), ('state', 'signed')), _connector='OR'), name='signed_credential_is_whole'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'held'), _negated=True), ('preparation__isnull', False), _connector='OR'), name='held_credential_has_preparation'), models.UniqueConstraint(condition=models.Q(('leaf__isnull', False)), fields=('leaf',), name='one_credential_per_leaf'), models.UniqueConstraint(condition=models.Q(('status_list__isnull', False)), fields=('issuer', 'status_list', 'status_index'), name='one_credential_per_status_index'), models.UniqueConstraint(condition=models.Q(('suspension_list__isnull', False)), fields=('issuer', 'suspension_list', 'suspension_index'), name='one_credential_per_suspension_index'), models.UniqueConstraint(condition=models.Q(('corrects__isnull', False)), fields=('issuer', 'corrects'), name='one_correction_per_credential')],
                    },
                ),
                migrations.CreateModel(
                    name='CredentialEvent',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('kind', models.CharField(choices=[('prepared', 'prepared'), ('issued', 'issued'), ('signed', 'signed'), ('refused', 'could not be signed'), ('revoked', 'revoked'), ('suspended', 'suspended'), ('reinstated', 'reinstated'), ('corrected', 'corrected')], max_length=10)),
                        ('happened_at', models.DateTimeField()),
                        ('note', models.CharField(blank=True, max_length=300)),
                        ('actor', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('credential', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='events', to='credentials.credential')),
                        ('issuer', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='issuers.issuer')),
                        ('reason', models.CharField(blank=True, max_length=300)),
                    ],
                    options={
                        'verbose_name': 'event',
                        'verbose_name_plural': 'events',
                        'indexes': [models.Index(fields=['credential', 'id'], name='credentials_credent_8256d2_idx')],
                    },
                ),
                migrations.CreateModel(
                    name='Edition',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('kind', models.CharField(choices=[('jwt', 'VC-JWT, RS256'), ('jwt-es256', 'VC-JWT, ES256'), ('assertion', 'Open Badges 2.0, JWS'), ('disclosure', 'ecdsa-sd-2023, base proof')], max_length=10)),
                        ('state', models.CharField(choices=[('due', 'waiting to be signed'), ('signed', 'signed'), ('refused', 'could not be signed')], default='due', max_length=8)),
                        ('requested_at', models.DateTimeField()),
                        ('signed_at', models.DateTimeField(blank=True, null=True)),
                        ('kid', models.CharField(blank=True, max_length=60)),
                        ('refusal', models.CharField(blank=True, max_length=500)),
                        ('sealed', models.BinaryField(blank=True, null=True)),
                        ('credential', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='editions', to='credentials.credential')),
                        ('issuer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='issuers.issuer')),
                    ],
                    options={
                        'verbose_name': 'edition',
                        'verbose_name_plural': 'editions',
                        'indexes': [models.Index(condition=models.Q(('state', 'due')), fields=['requested_at', 'id'], name='editions_due'), models.Index(fields=['issuer', 'kind'], name='editions_of_issuer')],
                        'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('sealed__isnull', True), ('signed_at__isnull', True), ('state__in', ['due', 'refused'])), models.Q(('sealed__isnull', False), ('signed_at__isnull', False), ('state', 'signed')), _connector='OR'), name='signed_edition_is_whole'), models.UniqueConstraint(fields=('issuer', 'credential', 'kind'), name='one_edition_per_kind')],
                    },
                ),
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
                        'indexes': [models.Index(condition=models.Q(('state', 'due')), fields=['requested_at', 'id'], name='transcripts_due'), models.Index(fields=['issuer', '-id'], name='transcripts_of_issuer')],
                        'constraints': [models.UniqueConstraint(fields=('issuer', 'reference'), name='one_transcript_per_reference'), models.UniqueConstraint(fields=('leaf',), name='one_transcript_per_leaf'), models.CheckConstraint(condition=models.Q(models.Q(('leaf__isnull', True), ('sealed__isnull', True), ('signed_at__isnull', True), ('state__in', ['due', 'refused'])), models.Q(('leaf__isnull', False), ('sealed__isnull', False), ('signed_at__isnull', False), ('state', 'signed'), ('status_index__isnull', False), ('status_list__isnull', False)), _connector='OR'), name='signed_transcript_is_whole'), models.UniqueConstraint(fields=('issuer', 'status_list', 'status_index'), name='one_transcript_per_status_index')],
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
                        'constraints': [models.UniqueConstraint(fields=('issuer', 'transcript', 'credential'), name='a_credential_once_per_transcript'), models.UniqueConstraint(fields=('issuer', 'transcript', 'position'), name='one_part_per_position')],
                    },
                ),
                migrations.CreateModel(
                    name='EvidenceFile',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ('token', models.CharField(editable=False, max_length=22, unique=True)),
                        ('media_type', models.CharField(max_length=40)),
                        ('size', models.PositiveIntegerField()),
                        ('digest', models.BinaryField(max_length=48)),
                        ('sealed', models.BinaryField()),
                        ('attached_at', models.DateTimeField()),
                        ('issuer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='issuers.issuer')),
                        ('learner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='learners.learner')),
                    ],
                    options={
                        'verbose_name': 'evidence file',
                        'verbose_name_plural': 'evidence files',
                    },
                ),
                migrations.CreateModel(
                    name='Endorsement',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('token', models.CharField(editable=False, max_length=22, unique=True)),
                        ('subject', models.CharField(max_length=500)),
                        ('state', models.CharField(choices=[('due', 'waiting to be signed'), ('signed', 'signed')], default='due', max_length=8)),
                        ('content', models.BinaryField()),
                        ('endorsed_at', models.DateTimeField()),
                        ('signed_at', models.DateTimeField(blank=True, null=True)),
                        ('accepted_at', models.DateTimeField(blank=True, null=True)),
                        ('declined_at', models.DateTimeField(blank=True, null=True)),
                        ('status_index', models.PositiveIntegerField(blank=True, null=True)),
                        ('revoked_at', models.DateTimeField(blank=True, null=True)),
                        ('revocation_reason', models.CharField(blank=True, max_length=300, verbose_name='public reason')),
                        ('achievement', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='badges.achievement')),
                        ('credential', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='credentials.credential')),
                        ('endorsed', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='issuers.issuer')),
                        ('issuer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='issuers.issuer')),
                        ('status_list', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='credentials.statuslist')),
                    ],
                    options={
                        'verbose_name': 'endorsement',
                        'verbose_name_plural': 'endorsements',
                        'indexes': [models.Index(fields=['endorsed', 'subject'], name='endorsements_of')],
                        'constraints': [models.UniqueConstraint(condition=models.Q(('declined_at', None), ('revoked_at', None)), fields=('issuer', 'subject'), name='one_standing_endorsement_of_a_subject'), models.CheckConstraint(condition=models.Q(('issuer', models.F('endorsed')), _negated=True), name='nobody_endorses_themselves'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'due'), ('status_index', None), ('status_list', None)), models.Q(('state', 'signed'), ('status_index__isnull', False), ('status_list__isnull', False)), _connector='OR'), name='signed_endorsement_has_status')],
                    },
                ),
                migrations.CreateModel(
                    name='Statement',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('kind', models.CharField(choices=[('keys', 'history of keys'), ('list', 'status list'), ('head', 'audit trail')], max_length=4)),
                        ('sequence', models.PositiveIntegerField()),
                        ('document', models.BinaryField()),
                        ('published', models.BinaryField(blank=True, null=True)),
                        ('digest', models.BinaryField(max_length=32)),
                        ('salt', models.BinaryField(max_length=32)),
                        ('leaf', models.BinaryField(max_length=32, unique=True)),
                        ('at', models.DateTimeField()),
                        ('issuer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='issuers.issuer')),
                        ('status_list', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='credentials.statuslist')),
                    ],
                    options={
                        'verbose_name': 'statement',
                        'verbose_name_plural': 'statements',
                        'indexes': [models.Index(fields=['status_list', 'at'], name='statements_of_list')],
                        'constraints': [models.UniqueConstraint(fields=('issuer', 'status_list', 'sequence'), name='one_list_version_per_sequence'), models.UniqueConstraint(condition=models.Q(('status_list__isnull', True)), fields=('issuer', 'kind', 'sequence'), name='one_version_per_sequence'), models.CheckConstraint(condition=models.Q(models.Q(('kind__in', ['keys', 'head']), ('published__isnull', True), ('status_list__isnull', True)), models.Q(('kind', 'list'), ('published__isnull', False), ('status_list__isnull', False)), _connector='OR'), name='statement_of_a_list_has_it')],
                    },
                ),
                migrations.CreateModel(
                    name='Preparation',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ('state', models.CharField(choices=[('waiting', 'waiting for approval'), ('returned', 'returned'), ('released', 'released'), ('discarded', 'discarded')], default='waiting', max_length=9)),
                        ('prepared_at', models.DateTimeField(verbose_name='prepared')),
                        ('decided_at', models.DateTimeField(blank=True, null=True, verbose_name='decided')),
                        ('reason', models.CharField(blank=True, max_length=300, verbose_name='reason')),
                        ('size', models.PositiveIntegerField(default=0)),
                        ('achievement', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='badges.achievement')),
                        ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('issuer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='issuers.issuer')),
                        ('prepared_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'verbose_name': 'preparation',
                        'verbose_name_plural': 'preparations',
                        'indexes': [models.Index(fields=['issuer', 'state', '-id'], name='preparations_of_issuer')],
                        'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('state', 'released'), _negated=True), models.Q(('decided_at__isnull', False), ('decided_by__isnull', False), models.Q(('decided_by', models.F('prepared_by')), _negated=True)), _connector='OR'), name='nobody_releases_what_they_prepared'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'returned'), _negated=True), models.Q(('decided_at__isnull', False), ('decided_by__isnull', False), models.Q(('reason', ''), _negated=True)), _connector='OR'), name='returned_preparation_says_why')],
                    },
                ),
                migrations.CreateModel(
                    name='Purge',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('token', models.CharField(max_length=22)),
                        ('due_at', models.DateTimeField()),
                        ('issuer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='issuers.issuer')),
                    ],
                    options={
                        'verbose_name': 'purge',
                        'verbose_name_plural': 'purges',
                        'indexes': [models.Index(fields=['due_at', 'id'], name='purges_due')],
                    },
                ),
                migrations.CreateModel(
                    name='Intake',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ('state', models.CharField(choices=[('draft', 'not confirmed'), ('recording', 'under way'), ('stopped', 'stopped'), ('recorded', 'recorded'), ('cancelled', 'cancelled')], default='draft', max_length=9)),
                        ('name', models.CharField(blank=True, max_length=200)),
                        ('created_at', models.DateTimeField()),
                        ('file', models.BinaryField(blank=True, null=True)),
                        ('table', models.BinaryField(blank=True, null=True)),
                        ('checked', models.BinaryField(blank=True, null=True)),
                        ('fingerprint', models.CharField(blank=True, max_length=64)),
                        ('choices', models.JSONField(blank=True, default=dict)),
                        ('counts', models.JSONField(blank=True, default=dict)),
                        ('confirmed_at', models.DateTimeField(blank=True, null=True)),
                        ('sign_after', models.DateTimeField(blank=True, null=True)),
                        ('size', models.PositiveIntegerField(default=0)),
                        ('position', models.PositiveIntegerField(default=0)),
                        ('already', models.PositiveIntegerField(default=0)),
                        ('paused_at', models.DateTimeField(blank=True, null=True)),
                        ('problem', models.CharField(blank=True, max_length=500)),
                        ('recorded_at', models.DateTimeField(blank=True, null=True)),
                        ('cancelled_at', models.DateTimeField(blank=True, null=True)),
                        ('achievement', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='badges.achievement')),
                        ('confirmed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('issuer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='issuers.issuer')),
                        ('preparation', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='credentials.preparation')),
                        ('tells_learners', models.BooleanField(default=False, verbose_name='learners are told by e-mail')),
                        ('cohort', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='credentials.cohort')),
                    ],
                    options={
                        'verbose_name': 'list of learners',
                        'verbose_name_plural': 'lists of learners',
                        'indexes': [models.Index(fields=['issuer', '-id'], name='intakes_of_issuer'), models.Index(condition=models.Q(('state', 'recording')), fields=['id'], name='intakes_to_record'), models.Index(condition=models.Q(('cohort__isnull', False)), fields=['cohort'], name='intakes_of_cohort')],
                    },
                ),
                migrations.CreateModel(
                    name='Export',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ('ordered_at', models.DateTimeField(verbose_name='ordered')),
                        ('state', models.CharField(choices=[('waiting', 'waiting for a worker'), ('working', 'being made'), ('ready', 'ready'), ('failed', 'could not be made'), ('gone', 'removed')], default='waiting', max_length=7)),
                        ('secret', models.BinaryField(blank=True, null=True)),
                        ('began_at', models.DateTimeField(blank=True, null=True)),
                        ('heard_at', models.DateTimeField(blank=True, null=True)),
                        ('tries', models.PositiveSmallIntegerField(default=0)),
                        ('percent', models.PositiveSmallIntegerField(default=0)),
                        ('size', models.BigIntegerField(blank=True, null=True)),
                        ('waiting', models.PositiveIntegerField(default=0)),
                        ('ready_at', models.DateTimeField(blank=True, null=True, verbose_name='ready')),
                        ('fetched_at', models.DateTimeField(blank=True, null=True, verbose_name='downloaded')),
                        ('issuer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='issuers.issuer')),
                        ('ordered_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'verbose_name': 'export',
                        'verbose_name_plural': 'exports',
                        'constraints': [models.UniqueConstraint(condition=models.Q(('state__in', ['waiting', 'working'])), fields=('issuer',), name='one_export_at_a_time'), models.CheckConstraint(condition=models.Q(models.Q(('secret__isnull', False), ('state__in', ['waiting', 'working'])), models.Q(('secret__isnull', True), ('state__in', ['ready', 'failed', 'gone'])), _connector='OR'), name='export_keeps_its_secret_only_until_made')],
                    },
                ),
                migrations.CreateModel(
                    name='ExportPiece',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('number', models.PositiveIntegerField()),
                        ('content', models.BinaryField()),
                        ('export', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='credentials.export')),
                        ('issuer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='issuers.issuer')),
                    ],
                    options={
                        'verbose_name': 'piece of an export',
                        'verbose_name_plural': 'pieces of an export',
                        'constraints': [models.UniqueConstraint(fields=('issuer', 'export', 'number'), name='one_piece_per_number')],
                    },
                ),
                migrations.CreateModel(
                    name='Message',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('kind', models.CharField(choices=[('issued', 'badge issued'), ('reminder', 'reminder'), ('corrected', 'badge corrected'), ('revoked', 'badge revoked'), ('suspended', 'badge suspended'), ('reinstated', 'badge reinstated')], max_length=10)),
                        ('state', models.CharField(choices=[('waiting', 'waiting to be sent'), ('sending', 'being sent'), ('sent', 'sent'), ('delivered', 'delivered'), ('bounced', 'came back'), ('complained', 'reported as unwanted'), ('failed', 'could not be sent'), ('unsure', 'perhaps sent'), ('withheld', 'not sent')], db_default='waiting', default='waiting', max_length=10)),
                        ('asked_at', models.DateTimeField()),
                        ('due_at', models.DateTimeField()),
                        ('claimed_at', models.DateTimeField(blank=True, null=True)),
                        ('settled_at', models.DateTimeField(blank=True, null=True)),
                        ('attempts', models.PositiveSmallIntegerField(db_default=0, default=0)),
                        ('language', models.CharField(blank=True, db_default='', default='', max_length=2)),
                        ('address', models.CharField(blank=True, db_default='', default='', max_length=32)),
                        ('sent_as', models.BigIntegerField(blank=True, null=True)),
                        ('provider_id', models.CharField(blank=True, db_default='', default='', max_length=200)),
                        ('problem', models.CharField(blank=True, db_default='', default='', max_length=300)),
                        ('is_replaced', models.BooleanField(db_default=False, default=False)),
                        ('asked_by', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('credential', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='credentials.credential')),
                        ('issuer', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='issuers.issuer')),
                        ('learner', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='learners.learner')),
                    ],
                    options={
                        'verbose_name': 'message',
                        'verbose_name_plural': 'messages',
                        'indexes': [models.Index(condition=models.Q(('state', 'waiting')), fields=['issuer', 'due_at', 'id'], name='messages_due'), models.Index(condition=models.Q(('claimed_at__isnull', False)), fields=['claimed_at'], name='messages_claimed'), models.Index(fields=['learner', 'id'], name='messages_of_learner'), models.Index(fields=['issuer', 'state', '-id'], name='messages_of_issuer'), models.Index(condition=models.Q(('state', 'sending')), fields=['claimed_at'], name='messages_sending')],
                    },
                ),
                migrations.CreateModel(
                    name='Wording',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('kind', models.CharField(choices=[('issued', 'badge issued'), ('reminder', 'reminder'), ('corrected', 'badge corrected'), ('revoked', 'badge revoked'), ('suspended', 'badge suspended'), ('reinstated', 'badge reinstated')], max_length=10, verbose_name='kind')),
                        ('language', models.CharField(choices=[('fr', 'French'), ('en', 'English')], max_length=2, verbose_name='language')),
                        ('subject', models.CharField(max_length=150, verbose_name='subject')),
                        ('body', models.TextField(max_length=5000, verbose_name='text')),
                        ('changed_at', models.DateTimeField()),
                        ('changed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('issuer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='issuers.issuer')),
                    ],
                    options={
                        'verbose_name': 'text of a message',
                        'verbose_name_plural': 'texts of messages',
                        'constraints': [models.UniqueConstraint(fields=('issuer', 'kind', 'language'), name='one_wording_per_kind_and_language')],
                    },
                ),
                migrations.CreateModel(
                    name='Printing',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ('kind', models.CharField(choices=[('sheets', 'for a printer'), ('each', 'a file for each')], max_length=6)),
                        ('language', models.CharField(max_length=10, verbose_name='language')),
                        ('state', models.CharField(choices=[('printing', 'being printed'), ('ready', 'ready'), ('failed', 'could not be printed'), ('gone', 'removed')], default='printing', max_length=8)),
                        ('ordered_at', models.DateTimeField(verbose_name='ordered')),
                        ('size', models.PositiveIntegerField()),
                        ('printed', models.PositiveIntegerField(default=0)),
                        ('files', models.PositiveIntegerField(default=0)),
                        ('after', models.BigIntegerField(default=0)),
                        ('ready_at', models.DateTimeField(blank=True, null=True, verbose_name='ready')),
                        ('fetched_at', models.DateTimeField(blank=True, null=True, verbose_name='downloaded')),
                        ('intake', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='credentials.intake')),
                        ('issuer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='issuers.issuer')),
                        ('ordered_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'verbose_name': 'order for certificates',
                        'verbose_name_plural': 'orders for certificates',
                        'indexes': [models.Index(fields=['issuer', 'intake', '-id'], name='printings_of_list'), models.Index(condition=models.Q(('state', 'printing')), fields=['id'], name='printings_to_do')],
                        'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'printing')), fields=('issuer', 'intake', 'kind'), name='one_printing_at_a_time')],
                    },
                ),
                migrations.CreateModel(
                    name='PrintedFile',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('number', models.PositiveIntegerField()),
                        ('content', models.BinaryField()),
                        ('learner_ids', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
                        ('issuer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='issuers.issuer')),
                        ('printing', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='credentials.printing')),
                    ],
                    options={
                        'verbose_name': 'printed file',
                        'verbose_name_plural': 'printed files',
                        'constraints': [models.UniqueConstraint(fields=('issuer', 'printing', 'number'), name='one_printed_file_per_number')],
                    },
                ),
                migrations.CreateModel(
                    name='KeptLook',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ('name', models.CharField(max_length=60, verbose_name='name')),
                        ('query', models.CharField(max_length=600, verbose_name='what it looks for')),
                        ('kept_at', models.DateTimeField()),
                        ('issuer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='issuers.issuer')),
                        ('kept_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'verbose_name': 'kept view',
                        'verbose_name_plural': 'kept views',
                        'constraints': [models.UniqueConstraint(fields=('issuer', 'name'), name='one_kept_look_per_name')],
                    },
                ),
                migrations.CreateModel(
                    name='Tally',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('day', models.DateField()),
                        ('act', models.CharField(choices=[('opened', 'opened'), ('verified', 'verified'), ('shared', 'shared'), ('linkedin', 'added to LinkedIn'), ('downloaded', 'downloaded as a file')], max_length=10)),
                        ('count', models.PositiveIntegerField()),
                        ('credential', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='credentials.credential')),
                        ('issuer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='issuers.issuer')),
                    ],
                    options={
                        'verbose_name': 'count of a day',
                        'verbose_name_plural': 'counts of days',
                        'indexes': [models.Index(fields=['issuer', 'day'], name='tallies_of_days')],
                        'constraints': [models.UniqueConstraint(fields=('issuer', 'credential', 'day', 'act'), name='one_tally_per_day_and_act')],
                    },
                ),
                migrations.CreateModel(
                    name='Cohort',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ('name', models.CharField(max_length=120, verbose_name='name')),
                        ('starts_on', models.DateField(blank=True, null=True, verbose_name='begins on')),
                        ('ends_on', models.DateField(blank=True, null=True, verbose_name='ends on')),
                        ('place', models.CharField(blank=True, max_length=120, verbose_name='place')),
                        ('created_at', models.DateTimeField()),
                        ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('issuer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='issuers.issuer')),
                    ],
                    options={
                        'verbose_name': 'session',
                        'verbose_name_plural': 'sessions',
                        'indexes': [models.Index(fields=['issuer', '-id'], name='cohorts_of_issuer')],
                        'constraints': [models.UniqueConstraint(fields=('issuer', 'name'), name='one_cohort_per_name'), models.CheckConstraint(condition=models.Q(('starts_on__isnull', True), ('ends_on__isnull', True), ('ends_on__gte', models.F('starts_on')), _connector='OR'), name='cohort_ends_after_it_begins')],
                    },
                ),
                migrations.CreateModel(
                    name='Holding',
                    fields=[
                        ('credential', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='holding', serialize=False, to='credentials.credential')),
                        ('claimed_at', models.DateTimeField(verbose_name='claimed')),
                        ('privacy', models.CharField(choices=[('unlisted', 'whoever has the link'), ('published', 'everybody'), ('hidden', 'nobody')], db_default='unlisted', default='unlisted', max_length=10)),
                        ('shows_name', models.BooleanField(db_default=True, default=True)),
                        ('shows_evidence', models.BooleanField(db_default=True, default=True)),
                        ('shows_results', models.BooleanField(db_default=True, default=True)),
                        ('issuer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='issuers.issuer')),
                    ],
                    options={
                        'verbose_name': 'holding',
                        'verbose_name_plural': 'holdings',
                        'indexes': [models.Index(fields=['issuer', 'claimed_at'], name='holdings_of_issuer')],
                    },
                ),
                migrations.CreateModel(
                    name='AudienceLink',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ('key', models.CharField(max_length=64, unique=True)),
                        ('label', models.BinaryField()),
                        ('shows_name', models.BooleanField(db_default=True, default=True)),
                        ('shows_evidence', models.BooleanField(db_default=True, default=True)),
                        ('shows_results', models.BooleanField(db_default=True, default=True)),
                        ('created_at', models.DateTimeField()),
                        ('ends_at', models.DateTimeField()),
                        ('taken_back_at', models.DateTimeField(blank=True, null=True)),
                        ('views', models.PositiveIntegerField(db_default=0, default=0)),
                        ('viewed_at', models.DateTimeField(blank=True, null=True)),
                        ('credential', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='credentials.credential')),
                        ('issuer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='issuers.issuer')),
                    ],
                    options={
                        'verbose_name': 'link for an audience',
                        'verbose_name_plural': 'links for audiences',
                    },
                ),
                migrations.CreateModel(
                    name='Wish',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ('kind', models.CharField(choices=[('name', 'correct a name'), ('erasure', 'be forgotten')], max_length=8)),
                        ('state', models.CharField(choices=[('open', 'waits for an answer'), ('done', 'done'), ('declined', 'declined')], default='open', max_length=8)),
                        ('said', models.BinaryField()),
                        ('asked_at', models.DateTimeField()),
                        ('answer', models.BinaryField(blank=True, null=True)),
                        ('answered_at', models.DateTimeField(blank=True, null=True)),
                        ('answered_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('credential', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='credentials.credential')),
                        ('issuer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='issuers.issuer')),
                        ('learner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='learners.learner')),
                    ],
                    options={
                        'verbose_name': 'wish',
                        'verbose_name_plural': 'wishes',
                        'indexes': [models.Index(condition=models.Q(('state', 'open')), fields=['issuer', 'asked_at'], name='wishes_open')],
                        'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'open')), fields=('issuer', 'learner', 'kind'), name='one_open_wish_of_a_kind')],
                    },
                ),
                migrations.CreateModel(
                    name='Pile',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('token', models.CharField(editable=False, max_length=22, unique=True)),
                        ('asked_at', models.DateTimeField()),
                        ('size', models.PositiveIntegerField()),
                        ('begun', models.PositiveIntegerField(default=0)),
                        ('begun_at', models.DateTimeField(blank=True, null=True)),
                        ('done', models.PositiveIntegerField(default=0)),
                        ('ended_at', models.DateTimeField(blank=True, null=True)),
                        ('content', models.BinaryField(blank=True, null=True)),
                        ('found', models.BinaryField(blank=True, null=True)),
                        ('receipt', models.BinaryField(blank=True, null=True)),
                        ('asker', models.CharField(blank=True, db_default='', default='', max_length=32)),
                    ],
                    options={
                        'verbose_name': 'pile to verify',
                        'verbose_name_plural': 'piles to verify',
                        'indexes': [models.Index(condition=models.Q(('ended_at__isnull', True)), fields=['id'], name='piles_to_do')],
                    },
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='credential',
                    trigger=pgtrigger.compiler.Trigger(name='only_what_was_released_is_due', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."state" = \'held\' AND NOT (NEW."state" = \'held\'))', func="\n        IF NOT EXISTS (\n            SELECT FROM credentials_preparation p\n            WHERE p.id = OLD.preparation_id AND p.id = NEW.preparation_id AND p.state = 'released'\n        ) THEN\n            RAISE EXCEPTION 'credential % was not released', OLD.uuid\n                USING ERRCODE = 'check_violation';\n        END IF;\n        RETURN NEW;\n    ", hash='98afc204880331cc2ba815de10b9916aed15d6c4', operation='UPDATE', pgid='pgtrigger_only_what_was_released_is_due_7dd69', table='credentials_credential', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='credential',
                    trigger=pgtrigger.compiler.Trigger(name='awards_are_held_where_four_eyes_are_asked', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n        IF EXISTS (\n            SELECT FROM (SELECT DISTINCT issuer_id FROM recorded WHERE state <> 'held') n\n            LEFT JOIN issuers_issuer i ON i.id = n.issuer_id\n            WHERE i.four_eyes IS NOT FALSE\n        ) THEN\n            RAISE EXCEPTION 'this organisation asks for a second person'\n                USING ERRCODE = 'check_violation';\n        END IF;\n        RETURN NULL;\n    ", hash='34e979a8cf5d39b9bbb00b6d9000356c9ade3d79', level='STATEMENT', operation='INSERT', pgid='pgtrigger_awards_are_held_where_four_eyes_are_asked_dd05b', referencing='REFERENCING NEW TABLE AS recorded ', table='credentials_credential', when='AFTER')),
                ),
            ],
        ),
        migrations.RunSQL(statement("GRANT", "TO"), statement("REVOKE", "FROM")),
        migrations.RunSQL(PURGES, PURGES_NOT),
        migrations.RunSQL(ERASED, ERASED_NOT),
        migrations.RunSQL(FUNCTIONS, FUNCTIONS_NOT),
        migrations.RunSQL(STORED, migrations.RunSQL.noop),
    ]
