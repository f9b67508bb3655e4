"""What may have changed of a credential, asked with each answer that is given again.

In a function PostgreSQL plans it once for each connection, and not each time: planning it, with the
policies of three tables, took three times what answering takes.
"""

from django.db import migrations

FUNCTION = """
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
    dependencies = [("credentials", "0022_exports"), ("learners", "0002_fewer_indexes")]

    operations = [migrations.RunSQL(FUNCTION, "DROP FUNCTION credentials_facts(varchar)")]
