"""/credentials/<token>/elm.jsonld: the file that an organisation loads into Europass."""

import pytest

from badges import services as catalogue
from credentials import services
from learners import models as learners
from tests import factories, kept
from tests.conftest import NOW
from tests.web.conftest import read

pytestmark = pytest.mark.django_db


@kept.fixture
def block(ecole_a):
    [badge] = factories.block_badges(issuer=ecole_a, badges_of=(1,))
    return badge


@kept.fixture
def credential(ecole_a, block):
    [held] = factories.awarded(
        issuer=ecole_a, learner=factories.learner(issuer=ecole_a), achievements=[block]
    )
    return held


def get(client, credential):
    return client.get(f"/credentials/{credential.token}/elm.jsonld")


def test_it_is_the_credential_in_the_model_of_europass(client, credential):
    response = get(client, credential)

    assert (response.status_code, response["Content-Type"]) == (200, "application/ld+json")
    written = response.json()
    assert written["id"] == f"urn:credential:{credential.uuid}"
    assert written["identifier"]["notation"].endswith(f"/credentials/{credential.token}")
    assert written["credentialSubject"]["fullName"] == {"fr": "Awa Diallo"}
    whole = written["credentialSubject"]["hasClaim"]["specifiedBy"]["isPartOf"]
    assert whole["eqfLevel"]["id"].endswith("/eqf/6")


def test_it_holds_no_address_of_the_learner_and_is_kept_by_nobody(client, credential):
    response = get(client, credential)

    assert "awa@example.org" not in response.content.decode()
    assert response["Cache-Control"] == "private, no-cache"
    assert response["X-Robots-Tag"] == "noindex"


def test_a_name_that_was_not_signed_is_not_written(client, ecole_a, credential):
    learners.Learner.objects.of(ecole_a).update(name="Awa Ndiaye")

    assert "fullName" not in get(client, credential).json()["credentialSubject"]


def test_what_the_badge_says_in_another_language_is_there_too(client, ecole_a, block, credential):
    other = catalogue.draft(
        issuer=ecole_a,
        slug="block-1",
        image=factories.png(),
        now=NOW,
        name="Stage lighting, block 1",
        description="Lighting a stage.",
        criteria="Three shows.",
        language="en",
        translates=block,
    )
    catalogue.publish(issuer=ecole_a, achievement=other, now=NOW)

    title = get(client, credential).json()["credentialSubject"]["hasClaim"]["title"]

    assert title == {"fr": "Régie, bloc 1", "en": "Stage lighting, block 1"}


def test_without_a_country_it_says_what_is_missing(client, db):
    issuer = factories.issuer(slug="nowhere", name="Nowhere")
    credential = factories.signed(issuer=issuer)

    response = get(client, credential)

    assert response.status_code == 404
    assert response.json()["code"] == "europass_no_country"
    assert "country" in response.json()["detail"]


def test_the_page_offers_it_where_there_is_one(client, credential):
    address = f"/credentials/{credential.token}"
    assert f"{address}/elm.jsonld" in read(client.get(address)).links

    nowhere = factories.signed(issuer=factories.issuer(slug="nowhere", name="Nowhere"))
    assert "elm.jsonld" not in client.get(f"/credentials/{nowhere.token}").content.decode()


def test_a_stranger_an_erased_and_an_unsigned_one(client, ecole_a, credential):
    assert client.get("/credentials/AAAAAAAAAAAAAAAAAAAAAA/elm.jsonld").status_code == 404
    [due] = factories.due(issuer=ecole_a)
    assert get(client, due).json()["code"] == "not_signed"
    learners.LearnerKey.objects.of(ecole_a).filter(pk=credential.learner_id).delete()
    assert get(client, credential).status_code == 410
    assert services.sign(now=NOW, limit=1) == 1


def test_it_takes_a_fixed_number_of_queries(client, credential, django_assert_num_queries):
    with django_assert_num_queries(6):
        get(client, credential)
