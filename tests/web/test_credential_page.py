"""/credentials/<token>: what a recruiter reads, in each state and both languages."""

from datetime import timedelta
from itertools import pairwise

import pytest

from blockchain import services as anchoring
from blockchain.models import Batch
from credentials import services
from issuers import models as issuers
from learners import models as learners
from tests import factories
from tests.conftest import NOW
from tests.web.conftest import read

pytestmark = pytest.mark.django_db

NUMBERS = [f"check-{number}" for number in range(1, 8)]


def test_a_verified_credential_says_so_first(client, credential, page):
    response = client.get(page)

    text = read(response).text
    assert response.status_code == 200
    assert text.index("Verified") < text.index("Soudure à l'arc")
    assert f"École A issued this badge to {credential.learner.name}." in text
    assert "Réaliser trois assemblages devant un jury." in text
    assert "2 March 2026" in text


def test_it_has_the_checks_with_the_numbers_of_the_report(client, page):
    shown = read(client.get(page))

    assert [found for found in shown.ids if found.startswith("check-")] == NUMBERS
    assert shown.text.count("Passed") == 7


def test_it_shows_network_transaction_block_and_time(client, credential, page):
    receipt = client.get(f"{page}/anchor.json").json()

    text = read(client.get(page)).text

    assert receipt["transaction"] in text
    assert receipt["chain"] in text
    assert f"Block {receipt['block']['number']}" in text


def test_it_speaks_the_language_of_the_address(client, page):
    response = client.get(page, {"lang": "fr"}, headers={"Accept-Language": "en"})

    assert '<html lang="fr">' in response.content.decode()
    assert response["Content-Language"] == "fr"
    text = read(response).text
    assert "Vérifié" in text
    assert "a délivré ce badge à" in text
    assert "2 mars 2026" in text


def test_it_speaks_the_language_of_the_browser(client, page):
    response = client.get(page, headers={"Accept-Language": "fr-CA,fr;q=0.9,en;q=0.5"})

    assert "Vérifié" in read(response).text
    assert "Accept-Language" in response["Vary"]


def test_the_switch_keeps_the_page_and_the_links_keep_the_language(client, page):
    links = read(client.get(page, {"lang": "fr"})).links

    assert "?lang=en" in links
    assert "?lang=fr" in links
    assert "/verify?lang=fr" in links
    assert "/issuers/ecole-a?lang=fr" in links


def test_the_words_of_the_badge_are_marked_with_their_own_language(client, page):
    html = client.get(page, {"lang": "en"}).content.decode()

    assert '<h2 class="badge__name" lang="fr">Soudure' in html


@pytest.mark.parametrize("token", ["A" * 22, "a", "-" * 22, "x" * 300, "Zk3v9QxT1bW7nD0pYcL4sA"])
def test_an_unknown_token_is_a_uniform_404(client, credential, token):
    response = client.get(f"/credentials/{token}")

    assert response.status_code == 404
    assert "Nothing at this address" in read(response).text
    assert response["Cache-Control"] == "private, no-store"


def test_every_404_has_the_same_words(client, credential):
    first, second = client.get("/credentials/" + "A" * 22), client.get("/credentials/b")

    assert read(first).text == read(second).text


def test_it_is_not_indexed_and_sets_no_cookie_and_is_asked_for_again(client, page):
    response = client.get(page)

    assert response["X-Robots-Tag"] == "noindex"
    assert '<meta name="robots" content="noindex">' in response.content.decode()
    assert response["Cache-Control"] == "private, no-cache"
    assert not response.cookies
    again = client.get(page, headers={"If-None-Match": response["ETag"]})
    assert again.status_code in {200, 304}  # it says when it was checked


def test_it_takes_less_than_sixty_kilobytes(client, page):
    assert len(client.get(page, {"lang": "fr"}).content) < 60_000


def scripts(shown):
    """Return what scripts a page loads; one that is written into it is `None`."""
    return [attributes.get("src") for tag, attributes in shown.elements if tag == "script"]


def test_it_loads_nothing_from_elsewhere_and_holds_no_inline_style_or_script(client, page):
    response = client.get(page)

    shown = read(response)
    assert shown.loads
    assert all(address.startswith("/") for address in shown.loads), shown.loads
    assert scripts(shown) == ["/static/count.js"]
    assert not [attributes for _tag, attributes in shown.elements if "style" in attributes]
    policy = response["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_it_is_well_formed_and_its_ids_are_its_own(client, page):
    shown = read(client.get(page))

    assert shown.unclosed == []
    assert len(shown.ids) == len(set(shown.ids))
    for _tag, attributes in shown.elements:
        for name in ("aria-labelledby", "aria-describedby", "for"):
            assert attributes.get(name, shown.ids[0]) in shown.ids
    headings = [int(tag[1]) for tag, _attributes in shown.elements if tag in {"h1", "h2", "h3"}]
    assert headings[0] == 1
    assert headings.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(headings))


def test_no_address_of_the_learner_is_shown_anywhere(client, credential, page):
    for address in (page, f"{page}.json", f"{page}/report.json", f"{page}/anchor.json"):
        assert credential.learner.email not in client.get(address).content.decode()


def test_a_revoked_credential_shows_the_public_reason_and_the_day(
    client, ecole_a, credential, page
):
    services.revoke(issuer=ecole_a, credential=credential, reason="Issued by mistake", now=NOW)
    services.publish_status_lists(now=NOW)

    response = client.get(page)

    text = read(response).text
    assert "Revoked" in text
    assert "Issued by mistake" in text
    assert "2 March 2026" in text
    assert "verdict--bad" in response.content.decode()
    assert "Verified" not in text


def test_an_expired_credential_is_neither_green_nor_red(client, ecole_a):
    signed = factories.signed(issuer=ecole_a, valid_until=NOW - timedelta(hours=1),
                              valid_from=NOW - timedelta(days=9))  # fmt: skip
    factories.anchor_everything()

    response = client.get(f"/credentials/{signed.token}")

    assert "Expired" in read(response).text
    assert "verdict--over" in response.content.decode()


def test_one_that_is_not_valid_yet_says_from_when(client, ecole_a):
    signed = factories.signed(issuer=ecole_a, valid_from=NOW + timedelta(days=30))
    factories.anchor_everything()

    text = read(client.get(f"/credentials/{signed.token}", {"lang": "fr"})).text

    assert "Pas encore valide" in text
    assert "à partir du 1er avril 2026" in text


def test_before_it_is_anchored_it_is_amber(client, ecole_a):
    signed = factories.signed(issuer=ecole_a)

    response = client.get(f"/credentials/{signed.token}")

    assert "Not yet anchored" in read(response).text
    assert "verdict--open" in response.content.decode()


def test_an_unreachable_chain_is_amber_and_names_the_step(client, page, monkeypatch):
    def unreachable(**kwargs):
        raise anchoring.Unavailable("no answer from the chain")

    monkeypatch.setattr(anchoring, "find", unreachable)
    Batch.objects.update(state="confirmed", finalized_at=None)

    response = client.get(page)

    shown = read(response)
    assert "Could not be checked" in shown.text
    assert "#check-6" in shown.links
    assert "verdict--open" in response.content.decode()
    assert "verdict--good" not in response.content.decode()


def test_a_name_that_was_changed_after_signing_is_refuted(client, credential, page):
    learners.Learner.objects.of(credential.issuer).update(name="Somebody Else")

    response = client.get(page)

    assert "About somebody else" in read(response).text
    assert "verdict--bad" in response.content.decode()


def test_one_that_is_not_signed_yet_is_being_prepared(client, ecole_a):
    [due] = factories.due(issuer=ecole_a)

    response = client.get(f"/credentials/{due.token}")

    assert response.status_code == 200
    assert "Being prepared" in read(response).text
    assert due.learner.name not in response.content.decode()


def test_an_erased_one_says_only_that(client, credential, page):
    name = credential.learner.name
    learners.LearnerKey.objects.of(credential.issuer).all().delete()

    response = client.get(page)

    assert response.status_code == 410
    assert "Erased" in read(response).text
    assert name not in response.content.decode()


def test_hostile_words_stay_words(client, ecole_a):
    hostile = factories.achievement(
        issuer=ecole_a, slug="hostile", name='<script>alert(1)</script>"><img src=x>'
    )
    signed = factories.signed(issuer=ecole_a, achievement=hostile)

    shown = read(client.get(f"/credentials/{signed.token}"))

    assert "<script>alert(1)</script>" in shown.text
    assert scripts(shown) == ["/static/count.js"]


def test_a_signed_in_stranger_sees_what_everybody_sees(client, page, charlie):
    anonymous = client.get(page)
    client.force_login(charlie)

    assert read(client.get(page)).text == read(anonymous).text


def test_only_reading_is_allowed(client, page):
    assert client.post(page).status_code == 405
    assert client.delete(page).status_code == 405


def test_no_number_of_badges_makes_the_page_slow(
    client, credential, page, django_assert_max_num_queries
):
    issuers.Issuer.objects.create(slug="other", name="Other", did="did:web:o", created_at=NOW)

    with django_assert_max_num_queries(12):
        client.get(page)


def test_a_suspended_credential_says_since_when_and_why_in_both_languages(client, ecole_a):
    badge = factories.achievement(issuer=ecole_a, standing="suspendable")
    signed = factories.signed(issuer=ecole_a, achievement=badge)
    factories.anchor_everything()
    services.suspend(issuer=ecole_a, credential=signed, reason="Contrôle en cours", now=NOW)
    services.publish_status_lists(now=NOW)
    address = f"/credentials/{signed.token}"

    english = read(client.get(address)).text
    french = read(client.get(address, {"lang": "fr"})).text

    assert "Suspended on 2 March 2026 Reason given by the issuer Contrôle en cours" in english
    assert "Verified" not in english
    assert "Suspendu le 2 mars 2026" in french
    services.reinstate(issuer=ecole_a, credential=signed, now=NOW)
    services.publish_status_lists(now=NOW)
    assert "Verified" in read(client.get(address)).text


def test_one_that_stands_for_good_is_verified_without_a_list(client, ecole_a):
    badge = factories.achievement(issuer=ecole_a, standing="final")
    signed = factories.signed(issuer=ecole_a, achievement=badge)
    factories.anchor_everything()

    text = read(client.get(f"/credentials/{signed.token}")).text

    assert "Verified" in text
    assert "keeps no list of revoked badges" in text
