"""Badges put together at one address, and badges from elsewhere that nobody here vouches for."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from credentials.selectors.holding import privacy
from credentials.services import holding
from learners import models as learners
from learners.selectors import collections as questions
from learners.selectors import wallets as wallet_questions
from learners.services import collections as acts
from learners.services import wallets
from tests import factories, kept, pdfs
from tests.conftest import NOW
from tests.web.conftest import read
from tests.web.test_wallet import LEA, ZOE, badge_of, open_wallet

pytestmark = pytest.mark.django_db


@kept.fixture
def badge(ecole_a):
    found = badge_of(ecole_a, LEA)
    factories.anchor_everything()
    return found


def wallet_at(email):
    token = wallets.open_wallet(email=email, now=NOW)
    return wallet_questions.opened_in(token=token, now=NOW)


def together(wallet, *badges, name="Sécurité", is_shown=True):
    return acts.put_together(
        wallet=wallet, token=None, name=name, badges=[each.uuid for each in badges],
        is_shown=is_shown, now=NOW,
    )  # fmt: skip


def upload(client, data, name="badge.json"):
    return client.post("/wallet/elsewhere?lang=en", {"file": SimpleUploadedFile(name, data)})


def held(client, badge):
    upload(client, client.get(f"/credentials/{badge.token}.json").content)
    return learners.WalletImport.objects.get()


# -- collections -----------------------------------------------------------------------------------
def test_a_holder_puts_badges_together_and_others_read_the_page(client, badge, ecole_b):
    more = badge_of(ecole_b, LEA)
    open_wallet(client, LEA)

    client.post(
        "/wallet/collections/new",
        {"name": "Sécurité", "badges": [str(badge.uuid), str(more.uuid)], "is_shown": "on"},
    )
    [link] = [
        each for each in read(client.get("/wallet/collections")).links
        if re.fullmatch(r"/collections/.{22}", each)
    ]  # fmt: skip
    client.post("/wallet/sign-out")
    page = client.get(link)

    assert {f"/credentials/{each.token}" for each in (badge, more)} <= set(read(page).links)
    assert page["X-Robots-Tag"] == "noindex"
    assert badge.learner.name not in page.content.decode()


def test_the_name_of_a_collection_is_sealed(badge):
    together(wallet_at(LEA), badge, name="Léa Martin")

    assert b"Martin" not in bytes(learners.WalletCollection.objects.get().sealed)


def test_what_is_hidden_erased_or_anothers_is_not_in_it(client, badge, ecole_a, ecole_b):
    erased, theirs = badge_of(ecole_b, LEA), badge_of(ecole_a, ZOE)
    token = together(wallet_at(LEA), badge, erased, theirs)
    assert theirs.token not in client.get(f"/collections/{token}").content.decode()
    learners.LearnerKey.objects.of(ecole_b).all().delete()
    holding.show(issuer=ecole_a, credential=badge, shown=privacy.Shown("hidden"), now=NOW)

    page = client.get(f"/collections/{token}").content.decode()

    for each in (badge, erased, theirs):
        assert each.token not in page


def test_what_is_for_oneself_is_not_there_for_others(client, badge):
    token = together(wallet_at(LEA), badge, is_shown=False)

    assert client.get(f"/collections/{token}").status_code == 404
    assert client.get("/collections/nothing-here").status_code == 404


def test_a_collection_is_changed_and_removed_by_its_holder_alone(client, badge):
    token = together(wallet_at(LEA), badge)
    open_wallet(client, ZOE)
    assert client.get(f"/wallet/collections/{token}").status_code == 404
    assert client.post(f"/wallet/collections/{token}", {"name": "x"}).status_code == 404
    client.post(f"/wallet/collections/{token}/remove")
    assert client.get(f"/collections/{token}").status_code == 200

    open_wallet(client, LEA)
    client.post(f"/wallet/collections/{token}", {"name": "Other", "badges": [str(badge.uuid)]})
    [found] = questions.collections_of(wallet=wallet_at(LEA))
    assert (found.name, found.is_shown) == ("Other", False)
    client.post(f"/wallet/collections/{token}/remove")

    assert questions.collections_of(wallet=wallet_at(LEA)) == []


def test_the_badge_of_another_cannot_be_put_in(client, badge, ecole_a):
    theirs = badge_of(ecole_a, ZOE)
    open_wallet(client, LEA)

    answer = client.post("/wallet/collections/new", {"name": "x", "badges": [str(theirs.uuid)]})

    assert answer.status_code == 200
    assert not learners.WalletCollection.objects.exists()


# -- badges from elsewhere -------------------------------------------------------------------------
def test_a_badge_from_elsewhere_is_not_verified_until_it_is_checked(client, badge):
    open_wallet(client, LEA)
    row = held(client, badge)
    page = read(client.get("/wallet/elsewhere?lang=en"))
    assert badge.achievement.name in page.text
    assert "not verified by us" in page.text

    client.post(f"/wallet/elsewhere/{row.uuid}/check")
    page = read(client.get("/wallet/elsewhere?lang=en"))

    assert "verified on" in page.text
    assert "not verified by us" not in page.text


def test_what_was_kept_is_sealed_and_given_back_word_for_word(client, badge):
    open_wallet(client, LEA)
    data = client.get(f"/credentials/{badge.token}.json").content
    row = held(client, badge)

    answer = client.get(f"/wallet/elsewhere/{row.uuid}/file")

    assert b"credentialSubject" not in bytes(row.sealed)
    assert answer.content == data
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"].startswith("attachment")


def test_a_certificate_is_kept_as_it_is(client, badge):
    open_wallet(client, LEA)
    data = pdfs.certificate(client.get(f"/credentials/{badge.token}.json").content)

    upload(client, data, "welding.pdf")

    row = learners.WalletImport.objects.get()
    assert client.get(f"/wallet/elsewhere/{row.uuid}/file").content == data


@pytest.mark.parametrize(
    "data", [b"{}", b"[]", b"\xff\xd8\xff photo", b"%PDF-1.7", b"x" * 2_000_001,
             b"https://example.org/badge", b"<html>"],
)  # fmt: skip
def test_what_is_no_badge_is_refused_and_not_kept(client, data):
    open_wallet(client, LEA)

    answer = upload(client, data)

    assert answer.status_code == 200
    assert 'role="alert"' in answer.content.decode()
    assert not learners.WalletImport.objects.exists()


def test_what_others_keep_is_not_there(client, badge):
    open_wallet(client, LEA)
    row = held(client, badge)
    open_wallet(client, ZOE)

    assert client.get(f"/wallet/elsewhere/{row.uuid}/file").status_code == 404
    assert client.post(f"/wallet/elsewhere/{row.uuid}/check").status_code == 404
    client.post(f"/wallet/elsewhere/{row.uuid}/remove")

    assert learners.WalletImport.objects.filter(verdict="").count() == 1


def test_it_is_removed_when_its_holder_says_so(client, badge):
    open_wallet(client, LEA)
    row = held(client, badge)

    client.post(f"/wallet/elsewhere/{row.uuid}/remove")

    assert not learners.WalletImport.objects.exists()


def test_two_wallets_that_become_one_bring_along_what_was_made_of_them(client, badge):
    other, mine = wallet_at(ZOE), wallet_at(LEA)
    token = together(other, badge, name="Zoé")
    uuid = acts.keep(wallet=other, data=b"{}", name="From elsewhere", now=NOW)

    wallets.add_address(wallet=mine, email=ZOE, now=NOW)

    assert [(each.token, each.name) for each in questions.collections_of(wallet=mine)] == [
        (token, "Zoé")
    ]
    assert [each.name for each in questions.imports_of(wallet=mine)] == ["From elsewhere"]
    assert questions.file_of(wallet=mine, uuid=uuid) == b"{}"


def test_badges_from_elsewhere_from_one_place_end(client, settings):
    settings.ACCOUNT_RATE_LIMITS = {"wallet_import": "2/h/ip"}
    open_wallet(client, LEA)

    assert [upload(client, b"{}").status_code for _ in range(3)] == [200, 200, 429]
