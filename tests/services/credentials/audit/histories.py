"""What may befall what is kept of the past: statements, the ends of keys, dates."""

from django.db import connection

from blockchain.models import Commitment
from credentials import models
from tests import roles
from tests.services.credentials.audit.conftest import rows


def sql(statement, *parameters):
    with roles.as_owner(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # what is pending would forbid it
        cursor.execute(statement, parameters)


def statements():
    return models.Statement.objects.across_issuers().order_by("id")


# -- I1
def a_version_is_in_no_batch(issuer):
    Commitment.objects.filter(batch=None, leaf=statements().last().leaf).delete()


# -- I2
def a_past_version_was_rewritten(issuer):
    first = statements().filter(kind="keys").first()
    changed = bytes(first.document).replace(b"validFrom", b"validfrom")
    statements().filter(pk=first.pk).update(document=changed)


def a_list_of_the_past_was_exchanged(issuer):
    versions = statements().filter(kind="list", issuer=issuer)
    first, last = versions.earliest("id"), versions.latest("id")
    statements().filter(pk=first.pk).update(published=last.published)


def a_salt_of_a_version_is_another(issuer):
    statements().filter(pk=statements().first().pk).update(salt=bytes(32))


# -- I9
def a_theft_is_forgotten(issuer):
    sql("UPDATE issuers_signingkey SET revoked_at = NULL WHERE revoked_at IS NOT NULL")


def a_theft_is_moved_to_a_later_time(issuer):
    sql("UPDATE issuers_signingkey SET revoked_at = revoked_at + interval '1 day'")


def a_key_that_ended_goes_on(issuer):
    sql("UPDATE issuers_signingkey SET expires_at = NULL WHERE expires_at IS NOT NULL")


def a_key_is_said_to_be_older(issuer):
    sql("UPDATE issuers_signingkey SET valid_from = valid_from - interval '1 year'")


def a_credential_is_dated_after_its_anchor(issuer):
    first = rows(issuer).filter(state="signed").earliest("id")
    sql(
        "UPDATE credentials_credential SET signed_at = signed_at + interval '1 day' WHERE id = %s",
        first.pk,
    )


# -- I10
def a_version_was_never_stated(issuer):
    last = statements().filter(kind="list").last()
    Commitment.objects.filter(leaf=last.leaf).delete()
    statements().filter(pk=last.pk).delete()
    sql(
        "UPDATE credentials_statuslist SET published_at = published_at - interval '11 minutes'"
        " WHERE id = %s",
        last.status_list_id,
    )
