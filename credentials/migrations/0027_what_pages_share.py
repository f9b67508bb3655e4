"""By what it is known whether anything changed that pages of one organisation's badges share.

A row that is changed is written anew in another place (`ctid`), by another transaction (`xmin`).
"""

from django.db import migrations

FUNCTION = """
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
"""


class Migration(migrations.Migration):
    dependencies = [
        ("credentials", "0026_printings"),
        ("badges", "0005_designs"),
        ("issuers", "0013_key_orders"),
    ]

    operations = [
        migrations.RunSQL(FUNCTION, "DROP FUNCTION credentials_shared(bigint, bigint)")
    ]
