"""A badge that is shown in part: the form, the file, and what a reader is told of it."""

import json

import pytest

from credentials import models, services
from credentials.core.disclosure import suite
from issuers import models as issuers
from issuers.core import jwk
from learners import models as learners
from tests import factories, kept
from tests.conftest import NOW
from tests.services.badges.conftest import PARTS
from tests.services.credentials.test_details import SAID
from tests.web.conftest import read

pytestmark = pytest.mark.django_db

PERSON = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@kept.fixture
def form(page):
    return f"{page}/share"


@kept.fixture
def part(page):
    return f"{page}/shared.json"


@pytest.fixture
def prepared(client, credential, part):
    """The address of the part, once a worker has signed what it is made from."""
    client.get(part)
    services.sign_editions(now=NOW, limit=10)
    return part


def verified(client, body):
    return client.post("/api/verify", body, content_type="application/json").json()


def test_the_page_of_a_badge_leads_to_the_form(client, page, form):
    assert form in read(client.get(page, headers=PERSON)).links


def test_the_form_lists_what_may_be_hidden_and_hides_nothing_by_itself(client, form, part):
    response = client.get(form)
    shown = read(response)

    boxes = [found for tag, found in shown.elements if found.get("type") == "checkbox"]
    [target] = [found for tag, found in shown.elements if tag == "form" and "action" in found
                and found["action"] == part]  # fmt: skip
    assert [each["value"] for each in boxes] == ["identity-emailAddress", "identity-name"]
    assert not [each for each in boxes if "checked" in each]
    assert target["method"] == "get"
    assert "no-store" in response["Cache-Control"]
    assert "noindex" in response["X-Robots-Tag"]


def test_the_form_speaks_french(client, form):
    shown = read(client.get(form, {"lang": "fr"}))

    assert "L’empreinte de votre nom" in shown.text  # noqa: RUF001
    assert [found for tag, found in shown.elements if found.get("name") == "lang"]


def test_a_person_waits_for_the_worker_and_the_page_asks_for_the_same_part(client, part):
    response = client.get(part, {"hide": "identity-name"}, headers=PERSON)

    assert response.status_code == 202
    # Without an address, a browser asks again for the one that it is at.
    refresh = [found for _tag, found in read(response).elements if found.get("http-equiv")]
    assert [each["content"] for each in refresh] == [response["Retry-After"]]


def test_the_file_lacks_what_is_hidden_and_is_the_issuers_word(client, prepared, credential):
    whole = client.get(f"/credentials/{credential.token}.json").json()

    response = client.get(prepared, {"hide": "identity-name"})

    document = response.json()
    [email] = document["credentialSubject"]["identifier"]
    assert email == whole["credentialSubject"]["identifier"][0]
    assert whole["credentialSubject"]["identifier"][1]["salt"] not in response.content.decode()
    for member in ("issuer", "validFrom", "credentialStatus", "type", "@context"):
        assert document[member] == whole[member]
    assert document["credentialSubject"]["achievement"] == whole["credentialSubject"]["achievement"]
    key = jwk.decode_multikey(document["proof"]["verificationMethod"].partition("#")[2])
    suite.verify(document, public_key=key)
    assert response["Content-Disposition"] == 'attachment; filename="welding-part.json"'
    assert "no-store" in response["Cache-Control"]
    assert "Access-Control-Allow-Origin" not in response


def test_all_that_an_award_says_of_a_learner_can_be_hidden(client, ecole_a):
    badge = factories.achievement(issuer=ecole_a, slug="lights", **PARTS)
    award = services.Award(
        learner=factories.learner(issuer=ecole_a), reference="1", valid_from=NOW, details=SAID
    )
    services.issue(issuer=ecole_a, achievement=badge, awards=[award], now=NOW)
    services.sign(now=NOW, limit=10)
    services.publish_status_lists(now=NOW)
    issued = models.Credential.objects.of(ecole_a).get()
    address = f"/credentials/{issued.token}/shared.json"
    boxes = [
        found["value"]
        for _tag, found in read(client.get(f"/credentials/{issued.token}/share")).elements
        if found.get("type") == "checkbox"
    ]
    client.get(address)
    services.sign_editions(now=NOW, limit=10)

    everything = client.get(address).content.decode()
    nothing = client.get(address, {"hide": [each for each in boxes if each != "identity-name"]})

    assert boxes == [
        "identity-emailAddress", "identity-name", "awarded", "evidence", "results", "activity",
        "credits", "license", "narrative", "role", "term", "source",
    ]  # fmt: skip
    for said in (
        "Plan de feux", "Observée", '"15"', "4.5", "2026-01-05", "FC-2026-0001",
        "Devant un jury", "Régisseuse", "Printemps", "Jury de branche",
    ):  # fmt: skip
        assert said in everything
        assert said not in nothing.content.decode()
    reasons = {each["name"]: each["reason"] for each in verified(client, nothing.content)["checks"]}
    assert reasons["conforms"] == "conforms"
    assert reasons["signed"] == "signed_in_part"


def test_the_file_does_not_lead_to_the_whole_badge(client, prepared, credential):
    body = client.get(prepared, {"hide": "identity-name"}).content.decode()

    assert credential.token not in body
    assert client.get("/credentials/" + str(credential.uuid)).status_code == 404


def test_the_same_parts_give_the_same_file(client, prepared):
    asked = {"hide": ["identity-name"]}

    assert client.get(prepared, asked).content == client.get(prepared, asked).content


def test_a_reader_is_told_that_it_is_verified_and_on_record(client, prepared):
    body = client.get(prepared, {"hide": "identity-name"}).content.decode()

    shown = read(client.post("/verify", {"document": body}))
    report = verified(client, body)

    assert "Verified" in shown.text
    assert "It is a badge shown in part." in shown.text
    assert report["verdict"] == "verified"
    assert {check["name"]: check["reason"] for check in report["checks"]}["anchored"].startswith(
        "anchored"
    )
    assert "salt" not in json.dumps(report)


def test_a_reader_is_told_of_what_happened_since(client, prepared, credential):
    body = client.get(prepared, {"hide": "identity-name"}).content.decode()
    services.revoke(issuer=credential.issuer, credential=credential, reason="Mistake", now=NOW)
    services.publish_status_lists(now=NOW)

    assert "Revoked" in read(client.post("/verify", {"document": body})).text


def test_a_part_of_an_erased_badge_has_no_whole_any_more(client, prepared, credential):
    body = client.get(prepared).content.decode()
    learners.LearnerKey.objects.of(credential.issuer).all().delete()

    report = verified(client, body)

    reasons = {check["name"]: check["reason"] for check in report["checks"]}
    assert (report["verdict"], reasons["anchored"]) == ("inconclusive", "whole_unknown")


def test_a_changed_part_is_refuted(client, prepared):
    body = client.get(prepared).content.decode().replace("Soudure", "Voltige")

    assert verified(client, body)["verdict"] == "refuted"


@pytest.mark.parametrize(
    ("hidden", "code"),
    [
        (["issuer"], "unknown_part"),
        ([""], "unknown_part"),
        (["validUntil"], "unknown_part"),
        (["identity-name", "x" * 3000], "unknown_part"),
        (["identity-name", "identity-emailAddress"], "nobody_left"),
    ],
)
def test_what_cannot_be_hidden_is_refused_by_name(client, prepared, hidden, code):
    program = client.get(prepared, {"hide": hidden})
    person = client.get(prepared, {"hide": hidden}, headers=PERSON)

    assert (program.status_code, program.json()["code"]) == (400, code)
    assert program.json()["message"].startswith("hide:")
    assert person.status_code == 400
    shown = read(person)
    assert "problem" in shown.ids
    ticked = [found["value"] for _tag, found in shown.elements if "checked" in found]
    assert set(ticked) == {each for each in hidden if each.startswith("identity")}


def test_what_is_refused_asks_no_worker_for_anything(client, part, credential):
    client.get(part, {"hide": "issuer"})

    assert not models.Edition.objects.of(credential.issuer).exists()


def test_a_stranger_finds_nothing(client, credential):
    for path in ("share", "shared.json"):
        response = client.get(f"/credentials/{'A' * 22}/{path}")

        assert response.status_code == 404


def test_of_an_erased_badge_no_part_is_made(client, credential, form, prepared):
    learners.LearnerKey.objects.of(credential.issuer).all().delete()

    assert client.get(form).status_code == 410
    assert client.get(prepared).status_code == 410


def test_a_badge_in_preparation_has_no_parts_yet(client, ecole_a):
    [due] = factories.due(issuer=ecole_a)

    assert client.get(f"/credentials/{due.token}/share").status_code == 200
    assert client.get(f"/credentials/{due.token}/shared.json").json()["code"] == "not_signed"


def test_what_parts_are_made_from_is_kept_encrypted_and_served_nowhere(
    client, prepared, credential
):
    [edition] = models.Edition.objects.of(credential.issuer)

    assert edition.kind == models.Edition.Kind.DISCLOSURE
    assert b"ecdsa-sd-2023" not in bytes(edition.sealed)
    assert issuers.SigningKey.objects.of(credential.issuer).get(kid=edition.kid).kind == "p256"
    for hidden in ([], ["identity-name"], ["identity-emailAddress"]):
        value = client.get(prepared, {"hide": hidden}).json()["proof"]["proofValue"]
        # d95d01, the header of a derived proof; that of a base proof is d95d00.
        assert value.startswith("u2V0B")


@pytest.mark.parametrize("path", ["share", "shared.json"])
def test_only_reading_is_asked_for(client, page, path):
    assert client.post(f"{page}/{path}").status_code == 405
