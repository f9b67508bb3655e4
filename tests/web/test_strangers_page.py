"""What /verify says to people of badges of elsewhere: who says it, how far that holds, in words."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from badges.core import baking2
from credentials.core import canonical
from issuers import selectors as issuers
from issuers.core import jwk
from tests.core.credentials import strangers
from tests.core.credentials.strangers import DID, HOST, HOSTED, KID, NOW, P256
from tests.services.credentials.test_strangers import endorsed, refreshing
from tests.web.conftest import read

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.filterwarnings("ignore:Please use rfc3986:DeprecationWarning"),
]
DRAWING = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><circle r="4"/></svg>'


@pytest.fixture(autouse=True)
def served(db, hosts, time_machine):
    time_machine.move_to(NOW, tick=False)
    hosts.serve(f"{HOST}/.well-known/did.json", strangers.controller())
    hosts.serve(KID, jwk.from_key(P256.public_key()))
    hosts.serve(strangers.ISSUER, strangers.issuer2())
    hosts.serve(strangers.BADGE, strangers.badge2())
    hosts.serve(HOSTED, strangers.hosted2())
    return hosts


def shown(client, document, language: str = "en"):
    return read(client.post(f"/verify?lang={language}", {"document": document}))


def classes(page) -> set[str]:
    return {
        name
        for _tag, attributes in page.elements
        for name in (attributes.get("class") or "").split()
    }


def test_a_sound_token_of_a_stranger_names_the_stranger_and_says_unknown(client):
    page = shown(client, strangers.token())

    assert "Unknown issuer" in page.text
    assert "does not know who calls itself “Atelier Lumen”" in page.text
    assert "Issuer, by its own account" in page.text
    assert "Who says so" in page.text
    assert DID in page.text
    assert "lumen.example.org" in page.text
    assert "verdict--good" not in classes(page)
    assert "verdict--open" in classes(page)


def test_it_says_so_in_french(client):
    page = shown(client, strangers.token(), "fr")

    assert "Émetteur inconnu" in page.text
    assert "Qui le dit" in page.text
    assert "« Atelier Lumen »" in page.text.replace("\u202f", " ")
    assert "Émetteur, d\u2019après le badge" in page.text


def test_a_copied_profile_is_never_green(client, ecole_a):
    copied = {**issuers.profile(issuer=ecole_a), "id": DID}

    page = shown(client, strangers.token(strangers.unsigned(issuer=copied)))

    assert "Unknown issuer" in page.text
    assert f"“{ecole_a.name}”" in page.text
    assert "verdict--good" not in classes(page)
    assert "step--passed" in classes(page), "what holds is said all the same"


@pytest.mark.parametrize("form", ["text", "link", "svg"])
def test_a_hosted_badge_of_the_older_edition_is_explained(client, form):
    text = canonical.dumps(strangers.hosted2()).decode()
    fields = {
        "text": {"document": text},
        "link": {"address": HOSTED},
        "svg": {"file": SimpleUploadedFile("b.svg", baked(text))},
    }[form]

    page = read(client.post("/verify", fields))

    assert "Unknown issuer" in page.text
    assert "It follows Open Badges 2.0, an earlier edition" in page.text
    assert "A badge of this edition is what its own address says." in page.text
    assert "Concevoir une interface accessible" in page.text
    assert "Atelier Lumen" in page.text


def baked(text: str) -> bytes:
    return baking2.bake(DRAWING, text)


def test_a_changed_copy_is_called_altered_and_is_a_claim(client):
    page = shown(client, canonical.dumps(strangers.hosted2(narrative="More")).decode())

    assert "Altered" in page.text
    assert "That address says something else: this copy was changed." in page.text
    assert "What the document claims:" in page.text


def test_a_way_of_signing_that_is_not_read_is_named(client):
    proof = {"type": "DataIntegrityProof", "cryptosuite": "bbs-2023", "proofValue": "u1"}
    document = canonical.dumps({**strangers.unsigned(), "proof": proof}).decode()

    page, french = shown(client, document), shown(client, document, "fr")

    assert "Signed in another way" in page.text
    assert "It is signed with bbs-2023, which this service cannot check." in page.text
    assert "verdict--open" in classes(page)
    assert "Il est signé avec bbs-2023" in french.text


def test_who_endorses_is_listed_with_what_was_found(client, hosts):
    other = "did:web:reseau.example.com"
    hosts.serve(f"{HOST}/.well-known/did.json", strangers.ed25519_controller())
    hosts.serve(
        "https://reseau.example.com/.well-known/did.json", strangers.ed25519_controller(other)
    )
    plain = strangers.unsigned()
    document = {
        **plain,
        "endorsement": [
            endorsed(plain["id"], comment="<script>alert(1)</script>"),
            {**endorsed(plain["id"], spoil=True), "id": "https://reseau.example.com/2"},
        ],
    }

    page = shown(client, canonical.dumps(strangers.proven(document)).decode())

    assert "Who speaks for it" in page.text
    assert "The signature is that of who is named, whom this service does not know." in page.text
    assert "Its signature is not that of who is named." in page.text
    assert "<script>alert(1)</script>" in page.text, "as text"


def test_a_newer_version_is_said_to_be_newer(client, hosts):
    newer = strangers.token(strangers.unsigned(valid_from=NOW))

    page = shown(client, strangers.token(refreshing(hosts, newer)))

    assert "The issuer has a newer version of this badge." in page.text


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\xff\xd8\xff\xe0", "This is a photograph or a copy of a picture"),
        (b"%PDF-1.7", "This PDF is damaged"),
        (b"<!doctype html>", "This is a web page, not a badge"),
        (DRAWING, "There is no badge inside this image"),
    ],
)
def test_what_is_given_instead_is_named_with_the_remedy(client, content, words):
    page = read(client.post("/verify", {"file": SimpleUploadedFile("x", content)}))

    assert words in page.text
    assert "Give" in page.text or "Use" in page.text


def test_the_token_can_be_shown_again_in_another_language(client):
    token = strangers.token()

    page = shown(client, token)

    values = {attributes.get("value") for tag, attributes in page.elements if tag == "input"}
    assert token in values
