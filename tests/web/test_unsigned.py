"""Pages on which an award could not be signed say why, in the language of who reads them."""

import pytest

from credentials import services
from learners import models as learners
from tests import factories
from tests.conftest import NOW
from tests.web.conftest import read

pytestmark = pytest.mark.django_db


def test_why_it_could_not_be_signed_is_said_in_french(client, bob, ecole_a):
    [row] = factories.due(issuer=ecole_a, achievement=factories.achievement(issuer=ecole_a))
    learners.LearnerKey.objects.of(ecole_a).filter(pk=row.learner_id).delete()
    services.sign(now=NOW, limit=10)
    client.force_login(bob)

    page = read(client.get(f"/console/ecole-a/credentials/{row.uuid}?lang=fr"))

    # Once above, and once in its history.
    assert page.text.count("apprenant a été effacé avant la signature.") == 2
