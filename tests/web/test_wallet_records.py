"""A transcript is whole for its holder, whatever its page says to others, and says why it does."""

import json

import pytest

from credentials.selectors import transcripts
from credentials.selectors.holding import privacy
from credentials.services import holding
from learners import models as learners
from learners import services as people
from tests import factories, kept
from tests.conftest import NOW
from tests.web.conftest import read
from tests.web.test_wallet import LEA, ZOE, open_wallet

pytestmark = pytest.mark.django_db


@kept.fixture
def transcript(ecole_a):
    made = factories.transcript(issuer=ecole_a)
    people.change_address(issuer=ecole_a, learner=made.learner, email=LEA)
    factories.anchor_everything()
    [first, *_others] = transcripts.credentials_of(transcript=made)
    hidden = privacy.Shown("hidden")
    holding.show(issuer=ecole_a, credential=first, shown=hidden, now=NOW)
    return made


def test_its_holder_reads_all_of_it_and_is_told_how_to_show_it_again(client, transcript):
    closed = client.get(f"/transcripts/{transcript.token}")
    [first, second] = transcripts.credentials_of(transcript=transcript)
    mine = f"/wallet/transcripts/{transcript.token}"
    open_wallet(client, LEA)

    page = read(client.get(mine))

    assert closed.status_code == 403
    assert mine in read(closed).links
    assert mine in read(client.get("/wallet")).links
    assert "2 of 3 competency blocks are attested." in page.text
    assert f"/wallet/badges/{first.token}/page" in page.links
    assert f"/wallet/badges/{second.token}/page" not in page.links
    assert f"/transcripts/{transcript.token}" not in page.links


def test_its_files_are_given_to_its_holder_and_to_nobody_else(client, transcript):
    mine = f"/wallet/transcripts/{transcript.token}/files"
    assert client.get(f"{mine}/json").status_code == 302
    open_wallet(client, LEA)

    document, receipt = client.get(f"{mine}/json"), client.get(f"{mine}/anchor.json")

    assert document.content == transcripts.opened(transcript=transcript).document
    assert document["Cache-Control"] == "private, no-store"
    assert json.loads(receipt.content) == transcripts.receipt(transcript=transcript)
    assert client.get(f"{mine}/exe").status_code == 404


def test_once_all_of_it_is_shown_it_leads_to_its_page(client, ecole_a, transcript):
    [first, *_others] = transcripts.credentials_of(transcript=transcript)
    holding.show(issuer=ecole_a, credential=first, shown=privacy.EVERYTHING, now=NOW)
    open_wallet(client, LEA)

    page = read(client.get(f"/wallet/transcripts/{transcript.token}"))

    assert f"/transcripts/{transcript.token}" in page.links
    assert "you keep something private" not in page.text


def test_that_of_somebody_else_or_of_nobody_any_more_is_not_there(client, ecole_a, transcript):
    mine = f"/wallet/transcripts/{transcript.token}"
    open_wallet(client, ZOE)
    assert [client.get(f"{mine}{more}").status_code for more in ("", "/files/json")] == [404, 404]

    open_wallet(client, LEA)
    learners.LearnerKey.objects.of(ecole_a).filter(pk=transcript.learner_id).delete()

    assert [client.get(f"{mine}{more}").status_code for more in ("", "/files/json")] == [404, 404]
    assert mine not in read(client.get("/wallet")).links
