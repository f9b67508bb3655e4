"""What may have changed of credentials, as fingerprints, of several at once.

Whoever asks needs no rows, only whether something is as it was. So the function may see them all:
who does not know the name of a credential learns nothing from it, and who does learns nothing that
its page does not say. It saves the database to work out whose the rows are, three times for each.
"""

from django.db import migrations

# One after the other, because of several at once PostgreSQL would expect ten, and read all learners.
FUNCTION = """
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
                    WHERE key.learner_id = learner.id)
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
BEFORE = """
CREATE FUNCTION credentials_facts(asked varchar) RETURNS TABLE (
    state varchar, revoked_at timestamptz, revocation_reason varchar, suspended_at timestamptz,
    suspension_reason varchar, name varchar, has_key boolean
) LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    SELECT credential.state, credential.revoked_at, credential.revocation_reason,
        credential.suspended_at, credential.suspension_reason, learner.name,
        EXISTS (SELECT FROM public.learners_learnerkey AS key WHERE key.learner_id = learner.id)
    FROM public.credentials_credential AS credential
    JOIN public.learners_learner AS learner ON learner.id = credential.learner_id
    WHERE credential.token = asked;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("credentials", "0030_tallies")]

    operations = [
        migrations.RunSQL("DROP FUNCTION credentials_facts(varchar)", BEFORE),
        migrations.RunSQL(FUNCTION, "DROP FUNCTION credentials_fingerprints(varchar[])"),
    ]
