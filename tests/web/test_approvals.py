"""The pages of four eyes: what waits, what will be signed, and the decision."""

import json
import re
from html import unescape

from credentials import models, selectors, services
from tests import factories, kept
from tests.conftest import NOW
from tests.web.conftest import read

HERE = "/console/ecole-a/approvals"


@kept.fixture
def careful(ecole_a):
    """École A asks for a second person."""
    factories.change(ecole_a, four_eyes=True)
    return ecole_a


@kept.fixture
def dora(ecole_a):
    return factories.member(issuer=ecole_a, name="Dora", role="approver")


def prepare(issuer, actor, *, count=2):
    badge = factories.the_achievement(issuer=issuer)
    awards = [
        services.Award(
            learner=factories.learner(issuer=issuer, name=f"Élève {n}", email=f"e{n}@example.org"),
            reference=f"award-{n}",
            valid_from=NOW,
            details={"narrative": "Trois assemblages."},
        )
        for n in range(count)
    ]
    return services.issue(
        issuer=issuer, achievement=badge, awards=awards, now=NOW, actor=actor
    ).preparation


@kept.fixture
def waiting(careful, bob):
    return prepare(careful, bob)


def states(issuer):
    return {row.state for row in models.Credential.objects.of(issuer)}


def test_an_approver_sees_what_waits_and_by_whom(client, dora, waiting):
    client.force_login(dora)

    page = read(client.get(HERE))

    assert f"{HERE}/{waiting.uuid}" in page.links
    assert "prepared by Bob" in page.text
    assert "2 awards" in page.text


def test_an_approver_looks_at_each_award_as_it_will_be_signed(client, dora, waiting):
    client.force_login(dora)
    [first, *_others] = models.Credential.objects.of(waiting.issuer).order_by("pk")

    listed = read(client.get(f"{HERE}/{waiting.uuid}"))
    response = client.get(f"{HERE}/{waiting.uuid}/awards/{first.pk}")

    assert "Élève 0" in listed.text
    assert f"{HERE}/{waiting.uuid}/awards/{first.pk}" in listed.links
    shown = re.search(r"<pre[^>]*>(.*?)</pre>", response.content.decode(), re.DOTALL)[1]
    document = json.loads(unescape(shown))
    services.release(issuer=waiting.issuer, preparation=waiting, actor=dora, now=NOW)
    services.sign(now=NOW, limit=10)
    row = selectors.find_by_token(token=first.token)
    signed = json.loads(selectors.opened(credential=row).document)
    for added in ("credentialStatus", "credentialSchema", "proof", "@context"):
        signed.pop(added, None)
    document.pop("@context")
    assert without_salts(document) == without_salts(signed)


def without_salts(document):
    for identifier in document["credentialSubject"]["identifier"]:
        identifier.pop("salt")
        identifier.pop("identityHash")
    return document


def test_an_approver_releases_after_a_question(client, dora, waiting):
    client.force_login(dora)
    asked = read(client.get(f"{HERE}/{waiting.uuid}/release"))
    assert "2 awards of “Soudure à l'arc” will be signed" in asked.text

    response = client.post(f"{HERE}/{waiting.uuid}/release")

    assert response["Location"] == HERE
    assert states(waiting.issuer) == {"due"}
    assert "2 awards were released" in read(client.get(HERE)).text
    assert client.post(f"{HERE}/{waiting.uuid}/release").status_code == 409


def test_an_administrator_does_not_release_their_own(client, alice, careful):
    mine = prepare(careful, alice)
    client.force_login(alice)

    page = read(client.get(f"{HERE}/{mine.uuid}"))
    response = client.post(f"{HERE}/{mine.uuid}/release")

    assert f"{HERE}/{mine.uuid}/release" not in page.links
    assert response.status_code == 409
    assert "somebody else has to look" in read(response).text
    assert states(careful) == {"held"}


def test_who_prepared_reads_why_it_was_returned_and_hands_it_in_again(client, dora, bob, waiting):
    client.force_login(dora)
    assert client.post(f"{HERE}/{waiting.uuid}/return", {"reason": ""}).status_code == 200
    client.post(f"{HERE}/{waiting.uuid}/return", {"reason": "Wrong session"})
    client.force_login(bob)

    page = read(client.get(f"{HERE}/{waiting.uuid}"))
    assert "Returned by Dora" in page.text
    assert "Wrong session" in page.text
    client.post(f"{HERE}/{waiting.uuid}/hand-in")

    waiting.refresh_from_db()
    assert waiting.state == "waiting"


def test_who_prepared_discards_after_a_question(client, bob, waiting):
    client.force_login(bob)
    assert "Discard these awards?" in read(client.get(f"{HERE}/{waiting.uuid}/discard")).text

    client.post(f"{HERE}/{waiting.uuid}/discard")

    assert states(waiting.issuer) == set()


def test_many_are_shown_some_at_a_time(client, careful, bob, dora):
    many = prepare(careful, bob, count=60)
    client.force_login(dora)

    first = read(client.get(f"{HERE}/{many.uuid}"))
    [further] = [link for link in first.links if link.startswith("?after=")]
    second = read(client.get(f"{HERE}/{many.uuid}{further}"))

    assert "Élève 59" not in first.text
    assert "Élève 59" in second.text
    assert client.get(f"{HERE}/{many.uuid}?after=x").status_code == 200
    assert client.get(f"{HERE}/{many.uuid}?after={'9' * 30}").status_code == 200


def test_a_stranger_finds_nothing_of_it_in_their_own_console(client, charlie, waiting):
    client.force_login(charlie)
    theirs = "/console/ecole-b/approvals"
    pk = models.Credential.objects.of(waiting.issuer).first().pk

    assert client.get(f"{theirs}/{waiting.uuid}").status_code == 404
    assert client.get(f"{theirs}/{waiting.uuid}/awards/{pk}").status_code == 404
    for act in ("release", "return", "hand-in", "discard"):
        answer = client.post(f"{theirs}/{waiting.uuid}/{act}", {"reason": "x"})
        assert answer.status_code == 404
    assert states(waiting.issuer) == {"held"}


def test_an_administrator_asks_for_a_second_person_and_no_longer(client, alice, ecole_a):
    client.force_login(alice)
    there = "/console/ecole-a/four-eyes"

    for wanted, expected in (("on", True), ("on", True), ("off", False)):
        assert client.get(there).status_code == 200
        assert client.post(there, {"wanted": wanted})["Location"] == HERE
        ecole_a.refresh_from_db()
        assert ecole_a.four_eyes is expected


def test_the_page_says_what_its_button_asks_for(client, alice, ecole_a):
    client.force_login(alice)
    there = "/console/ecole-a/four-eyes"

    first = client.get(there).content.decode()
    nothing_said = client.post(there)
    factories.change(ecole_a, four_eyes=True)

    assert '<input type="hidden" name="wanted" value="on"' in first
    assert nothing_said.status_code == 200
    assert 'name="wanted" value="off"' in client.get(there).content.decode()
