"""Profile: what is known of the issuer, and nothing else."""

import pytest

from issuers.core.profile import profile

DID = "did:web:badges.example:issuers:ecole-a"


def test_the_least_profile_has_three_members():
    assert profile(id=DID, name="École A") == {"id": DID, "type": ["Profile"], "name": "École A"}


def test_the_whole_profile():
    document = profile(
        id=DID,
        name="École A",
        url="https://ecole-a.example",
        email="contact@ecole-a.example",
        description="Une école",
        image="https://ecole-a.example/logo.png",
        country="FR",
        identifiers=[("ext:SIRET", "13002526500013")],
    )

    assert document == {
        "id": DID,
        "type": ["Profile"],
        "name": "École A",
        "url": "https://ecole-a.example",
        "email": "contact@ecole-a.example",
        "description": "Une école",
        "image": {"id": "https://ecole-a.example/logo.png", "type": "Image"},
        "address": {"type": ["Address"], "addressCountry": "FR"},
        "otherIdentifier": [
            {
                "type": "IdentifierEntry",
                "identifier": "13002526500013",
                "identifierType": "ext:SIRET",
            }
        ],
    }


def test_empty_values_are_left_out():
    document = profile(id=DID, name="A", url="", email="", description="", image="", country="")

    assert document == profile(id=DID, name="A")


@pytest.mark.parametrize(("did", "name"), [("", "A"), (" ", "A"), (DID, ""), (DID, " \t")])
def test_an_issuer_has_an_id_and_a_name(did, name):
    with pytest.raises(ValueError, match=r"a Profile needs a value for (id|name)"):
        profile(id=did, name=name)
