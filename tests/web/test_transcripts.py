"""/transcripts/<token>: what a recruiter reads of several badges together."""

from itertools import pairwise

import pytest

from credentials import services
from credentials.selectors import transcripts
from credentials.selectors.holding import privacy
from credentials.services import holding
from learners import models as learners
from tests import factories, kept
from tests.conftest import NOW
from tests.web.conftest import read

pytestmark = pytest.mark.django_db


@kept.fixture
def transcript(ecole_a):
    made = factories.transcript(issuer=ecole_a)
    factories.anchor_everything()
    return made


@kept.fixture
def page(transcript):
    return f"/transcripts/{transcript.token}"


def revoke_first(issuer, transcript):
    [first, *_others] = transcripts.credentials_of(transcript=transcript)
    services.revoke(issuer=issuer, credential=first, reason="By mistake", now=NOW)
    services.publish_status_lists(now=NOW)


def test_it_says_who_of_what_and_that_it_is_verified(client, page):
    response = client.get(page)

    text = read(response).text
    assert response.status_code == 200
    assert text.index("Verified") < text.index("Awa Diallo")
    assert "École A put this transcript together for Awa Diallo." in text
    assert text.count("Passed") == 7
    assert "It follows CLR 2.0" in text


def test_it_says_which_blocks_are_attested_and_which_are_missing(client, page):
    text = read(client.get(page)).text

    assert "Counts towards the certification RNCP99001 Régisseur lumière" in text
    assert "2 of 3 competency blocks are attested." in text
    assert "RNCP99001BC02 Bloc 2 de la régie attested" in text
    assert "RNCP99001BC03 Bloc 3 de la régie missing" in text
    assert "Its certifier alone" not in text


def test_all_blocks_are_not_the_certification(client, ecole_a):
    whole = factories.transcript(issuer=ecole_a, blocks=2)
    factories.anchor_everything()

    text = read(client.get(f"/transcripts/{whole.token}")).text

    assert "2 of 2 competency blocks are attested. All blocks that the issuer lists" in text
    assert "Its certifier alone awards the certification itself." in text


def test_each_badge_leads_to_its_own_page(client, transcript, page):
    links = read(client.get(page, {"lang": "fr"})).links

    for credential in transcripts.credentials_of(transcript=transcript):
        assert f"/credentials/{credential.token}?lang=fr" in links


def test_a_badge_that_was_revoked_since_shows_and_counts_no_more(client, ecole_a, transcript, page):
    revoke_first(ecole_a, transcript)

    text = read(client.get(page)).text

    assert text.startswith("Skip to the content")
    assert "Revoked" in text
    assert "One badge in it cannot be relied on any more." in text
    assert "1 of 3 competency blocks are attested." in text
    assert "RNCP99001BC01 Bloc 1 de la régie missing" in text


def test_one_that_was_revoked_says_so_first(client, ecole_a, transcript, page):
    services.revoke_transcript(issuer=ecole_a, transcript=transcript, reason="Wrong block", now=NOW)
    services.publish_status_lists(now=NOW)

    text = read(client.get(page)).text

    assert "École A has withdrawn this transcript." in text
    assert "Wrong block" in text


def test_it_speaks_french(client, page):
    text = read(client.get(page, {"lang": "fr"})).text

    assert "École A a établi ce relevé pour Awa Diallo." in text
    assert "2 blocs de compétences attestés sur 3." in text
    assert "a été établi, il contenait tout" in text


def test_before_it_is_signed_and_where_it_cannot_be(client, ecole_a):
    learner = factories.learner(issuer=ecole_a)
    badges = factories.block_badges(issuer=ecole_a)
    held = factories.awarded(issuer=ecole_a, learner=learner, achievements=badges)
    waiting = services.request_transcript(
        issuer=ecole_a, learner=learner, credentials=held, now=NOW
    )
    page = f"/transcripts/{waiting.token}"
    assert "has not signed it yet" in read(client.get(page)).text
    assert client.get(f"{page}.json").json()["code"] == "not_signed"
    assert client.get(f"{page}/report.json").status_code == 404

    services.revoke(issuer=ecole_a, credential=held[0], reason="By mistake", now=NOW)
    services.sign_transcripts(now=NOW, limit=1)

    assert "could not be made as it was asked for" in read(client.get(page)).text


def test_whoever_was_erased_has_none(client, ecole_a, transcript, page):
    learners.LearnerKey.objects.of(ecole_a).filter(pk=transcript.learner_id).delete()

    response = client.get(page)

    assert response.status_code == 410
    assert "A transcript was here." in read(response).text
    for file in (".json", "/anchor.json", "/report.json"):
        assert client.get(page + file).status_code == 410


@pytest.mark.parametrize("token", ["A" * 22, "a", "-" * 22, "x" * 300])
@pytest.mark.parametrize("file", ["", ".json", "/anchor.json", "/report.json"])
def test_an_unknown_token_is_404(client, transcript, token, file):
    assert client.get(f"/transcripts/{token}{file}").status_code == 404


def test_its_token_is_no_credentials_and_the_other_way_round(client, transcript):
    [first, *_others] = transcripts.credentials_of(transcript=transcript)

    assert client.get(f"/credentials/{transcript.token}").status_code == 404
    assert client.get(f"/transcripts/{first.token}").status_code == 404


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("application/vc+ld+json", "application/vc+ld+json"),
        ("application/vc", "application/vc"),
        ("application/json", "application/json"),
    ],
)
def test_a_program_gets_the_document_word_for_word(client, transcript, page, accept, kind):
    response = client.get(page, headers={"Accept": accept})

    assert response["Content-Type"] == kind
    assert response.content == transcripts.opened(transcript=transcript).document
    assert client.get(f"{page}.json").content == response.content
    assert "Accept" in response["Vary"]
    assert response["Access-Control-Allow-Origin"] == "*"


def test_its_receipt_is_served_once_it_is_on_record(client, ecole_a):
    fresh = factories.transcript(issuer=ecole_a)
    page = f"/transcripts/{fresh.token}"
    assert client.get(f"{page}/anchor.json").json()["code"] == "not_anchored"
    assert "Not yet anchored" in read(client.get(page)).text

    factories.anchor_everything()

    assert client.get(f"{page}/anchor.json").json()["state"] == "finalized"


def test_the_report_lists_each_badge_and_what_counts(client, ecole_a, transcript, page):
    revoke_first(ecole_a, transcript)

    told = client.get(f"{page}/report.json").json()

    assert (told["verdict"], told["credential"]["name"]) == ("verified", "Relevé de badges")
    assert [each["state"] for each in told["transcript"]["badges"]] == ["revoked", "verified"]
    [whole] = told["transcript"]["counts_towards"]
    assert (whole["code"], whole["held"]) == ("RNCP99001", 1)
    assert told["transcript"]["partial"] is False


def test_it_is_not_indexed_not_cached_and_shows_no_address(client, transcript, page):
    response = client.get(page)

    assert response["X-Robots-Tag"] == "noindex"
    assert response["Cache-Control"] == "private, no-store"
    for file in ("", ".json", "/anchor.json", "/report.json"):
        assert transcript.learner.email not in client.get(page + file).content.decode()


def test_it_is_well_formed_and_loads_nothing_from_elsewhere(client, page):
    response = client.get(page)

    shown = read(response)
    assert shown.unclosed == []
    assert len(shown.ids) == len(set(shown.ids))
    assert all(address.startswith("/") for address in shown.loads)
    headings = [int(tag[1]) for tag, _attributes in shown.elements if tag in {"h1", "h2", "h3"}]
    assert all(after - before <= 1 for before, after in pairwise(headings))
    assert len(response.content) < 60_000


# -- /verify ---------------------------------------------------------------------------------------


def test_its_address_leads_to_its_page(client, page):
    response = client.post("/verify", {"address": f"http://localhost:8000{page}"})

    assert (response.status_code, response["Location"]) == (302, page)


def test_its_text_is_verified_with_every_badge(client, transcript, page):
    text = transcripts.opened(transcript=transcript).document.decode()

    shown = read(client.post("/verify", {"document": text}))

    assert "École A put this transcript together." in shown.text
    assert "Badges in this transcript" in shown.text
    assert page in shown.links
    assert "Awa Diallo" not in shown.text


def test_a_text_that_was_changed_is_altered_and_its_badges_are_not(client, transcript):
    text = transcripts.opened(transcript=transcript).document.decode()

    shown = read(
        client.post("/verify", {"document": text.replace('"partial":false', '"partial":true')})
    )

    assert "What the document claims:" in shown.text
    assert "This is not what the issuer signed." in shown.text
    assert shown.text.count("Verified issued on") == 2


def test_a_program_is_told_the_same(client, transcript):
    text = transcripts.opened(transcript=transcript).document

    told = client.post("/api/verify", text, content_type="application/json").json()

    assert told["verdict"] == "verified"
    assert [each["verdict"] for each in told["transcript"]["badges"]] == ["verified"] * 2


def test_it_shows_no_more_than_the_pages_of_its_badges(client, ecole_a, transcript, page):
    [first, *_others] = transcripts.credentials_of(transcript=transcript)
    document = client.get(f"{page}.json").content
    files = (f"{page}.json", f"{page}/report.json")

    for shown in (privacy.Shown("hidden"), privacy.Shown(results=False)):
        holding.show(issuer=ecole_a, credential=first, shown=shown, now=NOW)
        assert [client.get(each).status_code for each in (page, *files)] == [403] * 3
        assert "Awa Diallo" not in client.get(page).content.decode()
        given = client.post("/verify", {"document": f"http://localhost:8000{page}"})
        assert given.status_code != 200
        # What is on record stays, and whoever was given the file has it verified.
        assert client.get(f"{page}/anchor.json").status_code == 200
        assert "Verified" in read(client.post("/verify", {"document": document.decode()})).text

    holding.show(issuer=ecole_a, credential=first, shown=privacy.Shown(name=False), now=NOW)
    assert "Verified" in client.get(page).content.decode()
    assert "Awa Diallo" not in client.get(page).content.decode()
    assert "Awa Diallo" not in client.get(f"{page}/report.json").content.decode()
