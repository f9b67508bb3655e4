"""A holder says what the page of a badge shows; its files say no more, and a file is verified."""

import json

import pytest

from credentials import models, services
from credentials.selectors import facts
from credentials.selectors.holding import privacy
from credentials.services import correcting, holding
from learners import services as people
from tests import factories, kept
from tests.conftest import NOW
from tests.web.conftest import read
from tests.web.test_wallet import LEA, ZOE, badge_of, open_wallet

pytestmark = pytest.mark.django_db
WHOLE = (
    ".json", ".png", ".svg", ".jwt", "/es256.jwt", "/blockcerts.json", "/elm.jsonld",
    "/certificate.pdf", "/proof.html", "/refresh",
)  # fmt: skip


@kept.fixture
def badge(ecole_a):
    """Return one of Léa's that is on record."""
    found = badge_of(ecole_a, LEA)
    factories.anchor_everything()
    return found


def show(badge, **shown):
    holding.show(issuer=badge.issuer, credential=badge, shown=privacy.Shown(**shown), now=NOW)


def page_of(client, badge, more=""):
    return client.get(f"/credentials/{badge.token}{more}?lang=en")


def test_until_its_holder_decides_whoever_has_the_link_reads_all_of_it(client, badge):
    answer = page_of(client, badge)

    assert answer.status_code == 200
    assert answer["X-Robots-Tag"] == "noindex"
    assert '<meta name="robots" content="noindex">' in answer.content.decode()


def test_a_published_page_may_be_listed(client, badge):
    show(badge, privacy="published")

    answer = page_of(client, badge)

    assert not answer.has_header("X-Robots-Tag")
    assert 'name="robots"' not in answer.content.decode()


def test_a_hidden_page_says_only_that(client, badge):
    show(badge, privacy="hidden")

    answer = page_of(client, badge)

    assert answer.status_code == 403
    page = read(answer)
    assert "keeps it private" in page.text
    assert badge.learner.name not in page.text
    assert badge.achievement.name not in page.text
    assert badge.issuer.name not in page.text


@pytest.mark.parametrize(
    "file", [*WHOLE, "/card.png", "/check", "/share", "/shared.json", "/report.json"]
)
def test_no_address_of_a_hidden_badge_gives_anything_of_it(client, badge, file):
    show(badge, privacy="hidden")

    answer = client.get(f"/credentials/{badge.token}{file}")

    assert answer.status_code == 403
    assert badge.learner.name not in answer.content.decode(errors="replace")


def test_what_is_on_record_says_nothing_of_a_person_and_stays(client, badge):
    show(badge, privacy="hidden")

    assert client.get(f"/credentials/{badge.token}/anchor.json").status_code == 200
    assert client.get(f"/credentials/{badge.token}/qr.svg").status_code == 200


def test_a_program_is_told_as_a_person_is(client, badge):
    show(badge, privacy="hidden")

    answer = client.get(f"/credentials/{badge.token}", headers={"accept": "application/json"})

    assert answer.status_code == 403
    assert answer.json()["code"] == "hidden"


def test_the_file_of_a_hidden_badge_is_verified(client, badge):
    document = page_of(client, badge, ".json").content
    show(badge, privacy="hidden")

    found = services.verify_document(data=document, now=NOW)

    assert found.report.verdict == "verified"
    with pytest.raises(services.Unverifiable) as refused:
        services.verify_address(url=json.loads(document)["id"], now=NOW)
    assert refused.value.reason == "hidden"


def test_a_name_that_is_not_shown_is_nowhere(client, badge):
    name = badge.learner.name
    assert name in page_of(client, badge).content.decode()
    show(badge, name=False)

    assert name not in page_of(client, badge).content.decode()
    for file in ("/certificate.pdf", "/proof.html", "/check", "/elm.jsonld"):
        assert page_of(client, badge, file).status_code == 403
    # What was signed has no name in clear.
    assert name not in page_of(client, badge, ".json").content.decode()
    found = services.verify_address(
        url=json.loads(page_of(client, badge, ".json").content)["id"], now=NOW
    )
    assert found.learner == ""


def test_what_the_holder_keeps_back_is_in_no_file_that_is_given(client, badge):
    show(badge, evidence=False, results=False)

    assert page_of(client, badge).status_code == 200
    for file in WHOLE:
        answer = page_of(client, badge, file)
        assert (file, answer.status_code) == (file, 403)
    links = read(page_of(client, badge)).links
    assert not [each for each in links if each.endswith((".json", ".jwt", ".pdf", ".svg"))
                and "anchor" not in each and "qr" not in each]  # fmt: skip


@pytest.mark.parametrize(
    "given",
    [{"address": True, "name": "Léa"}, {"document": True}, {"document": True, "name": "Léa"}],
)
def test_verifying_its_link_shows_no_more_than_its_page(client, badge, given):
    address = json.loads(page_of(client, badge, ".json").content)["id"]
    posted = {name: address if value is True else value for name, value in given.items()}
    assert "identityHash" in client.post("/verify?lang=en", posted).content.decode()
    show(badge, evidence=False, results=False)

    answer = client.post("/verify?lang=en", posted)

    assert answer.status_code == 200
    page = answer.content.decode()
    assert "identityHash" not in page  # nothing of the document as it was signed
    assert f'name="address" value="{address}"' in page  # by which another language is asked for
    for url in (address, f"{address}/", f"{address}.json"):
        found = services.verify_address(url=url, now=NOW)
        assert json.loads(found.text) == found.document
        assert "evidence" not in found.document


@pytest.mark.parametrize("shown", [{"privacy": "hidden"}, {"evidence": False}])
def test_an_older_edition_is_verified_only_while_its_address_gives_it(client, badge, shown):
    factories.change(badge.issuer, email="a@example.org")
    place = f"/issuers/ecole-a/ob2/assertions/{badge.token}.json"
    document = client.get(place).content
    assert services.verify_document(data=document, now=NOW).report.verdict == "verified"
    show(badge, **shown)

    found = services.verify_document(data=document, now=NOW)

    assert client.get(place).status_code == 403
    assert found.report.verdict == "inconclusive"


def test_the_database_tells_caches_when_a_holder_decides_otherwise(badge):
    holding.claim(credentials=[badge], now=NOW)
    assert not models.Purge.objects.of(badge.issuer).exists()

    show(badge, privacy="hidden")
    show(badge, privacy="hidden")

    assert [each.token for each in models.Purge.objects.of(badge.issuer)] == [badge.token] * 2


def test_it_tells_them_when_the_holder_decides_before_they_saw_the_badge(badge):
    show(badge, privacy="hidden")

    assert len(models.Purge.objects.of(badge.issuer)) == 2


def test_what_takes_the_place_of_a_hidden_badge_is_hidden(client, badge, alice):
    show(badge, privacy="hidden", name=False)
    instead = correcting.wording(credential=badge)
    new = correcting.correct(
        issuer=badge.issuer, credential=badge, instead=instead, reason="A name was wrong.",
        now=NOW, actor=alice,
    )  # fmt: skip
    services.sign(now=NOW, limit=10)

    assert page_of(client, new).status_code == 403
    assert models.Holding.objects.of(badge.issuer).get(credential=new).shows_name is False


def test_what_was_kept_of_a_page_is_over_when_its_holder_decides_otherwise(badge):
    before = facts.ask([badge.token])
    holding.claim(credentials=[badge], now=NOW)
    assert facts.ask([badge.token]) == before
    show(badge, name=False)

    assert facts.ask([badge.token]) != before


def test_a_holder_decides_and_nobody_else(client, badge, ecole_a):
    theirs = badge_of(ecole_a, ZOE)
    open_wallet(client, LEA)
    choice = {"privacy": "hidden", "name": "on"}

    assert client.get(f"/wallet/badges/{theirs.token}/page").status_code == 404
    assert client.post(f"/wallet/badges/{theirs.token}/page", choice).status_code == 404
    led = client.post(f"/wallet/badges/{badge.token}/page", choice)

    assert led["Location"] == f"/wallet/badges/{badge.token}"
    [held] = models.Holding.objects.of(ecole_a).exclude(privacy="unlisted")
    assert held.credential_id == badge.pk
    assert (held.shows_name, held.shows_evidence, held.shows_results) == (True, False, False)
    page = read(client.get(f"/wallet/badges/{badge.token}?lang=en"))
    assert "you keep the badge private" in page.text
    assert client.get(f"/wallet/badges/{badge.token}/page").status_code == 200


def test_a_choice_that_is_none_is_asked_for_again(client, badge):
    open_wallet(client, LEA)

    answer = client.post(f"/wallet/badges/{badge.token}/page", {"privacy": "everything"})

    assert answer.status_code == 200
    assert not models.Holding.objects.of(badge.issuer).exclude(privacy="unlisted").exists()


def test_a_badge_that_changed_hands_keeps_what_was_chosen(client, badge):
    show(badge, privacy="hidden")
    people.change_address(issuer=badge.issuer, learner=badge.learner, email=ZOE)

    assert page_of(client, badge).status_code == 403


def test_neither_the_widget_nor_oembed_says_what_the_page_does_not(client, badge):
    address = json.loads(page_of(client, badge, ".json").content)["id"]
    show(badge, name=False)
    assert badge.learner.name not in page_of(client, badge, "/embed").content.decode()
    show(badge, privacy="hidden")

    assert page_of(client, badge, "/embed").status_code == 404
    assert client.get("/oembed", {"url": address}).status_code == 404
