"""Identities: the published hash, one way to write a person, and nothing to guess from."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from learners.core import identity

SALT = "0123456789abcdef"


def test_the_hash_is_the_published_one():
    """Open Badges 3.0, data model IdentityHash."""
    assert identity.identity_hash("a@example.com", "Kosher") == (
        "sha256$b5809d8a92f8858436d7e6b87c12ebc0ae1eac4baecc2c0b913aee2c922ef399"
    )


# --- one way to write a person


@pytest.mark.parametrize(
    ("given_address", "address"),
    [
        ("awa@example.org", "awa@example.org"),
        ("  Awa.Diop@Example.ORG\n", "awa.diop@example.org"),
        ("ZOE\u0308@example.org", "zoë@example.org"),
        ("a+b@example.org", "a+b@example.org"),
        ("a@localhost", "a@localhost"),
    ],
)
def test_an_address_is_normalised(given_address, address):
    assert identity.normalise_email(given_address) == address


@pytest.mark.parametrize(
    "address",
    [
        "",
        "@",
        "a",
        "a@",
        "@b",
        "a@b@c",
        "a b@c",
        "a@b c",
        "a\x00@b",
        "a\u0085@b",
        "a" * 250 + "@b.org",
    ],
)
def test_what_is_not_an_address_is_refused(address):
    with pytest.raises(identity.IdentityError):
        identity.normalise_email(address)


def test_an_error_does_not_repeat_the_address():
    with pytest.raises(identity.IdentityError) as refusal:
        identity.normalise_email("awa diop@example.org")

    assert "awa" not in str(refusal.value)


@pytest.mark.parametrize(
    ("given_name", "name"),
    [
        ("Awa Diop", "Awa Diop"),
        ("  Awa \t\n Diop ", "Awa Diop"),
        ("Zoe\u0308 Martin", "Zoë Martin"),
        ("Awa\u00a0Diop", "Awa Diop"),
        ("李 小龙", "李 小龙"),
    ],
)
def test_a_name_is_normalised(given_name, name):
    assert identity.normalise_name(given_name) == name


@pytest.mark.parametrize("name", ["", "   ", "a\x00b", "a\x7f", "x" * 201])
def test_what_is_not_a_name_is_refused(name):
    with pytest.raises(identity.IdentityError):
        identity.normalise_name(name)


@given(st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=60))
def test_a_normalised_name_stays_as_it_is(name):
    try:
        normal = identity.normalise_name(name)
    except identity.IdentityError:
        return

    assert identity.normalise_name(normal) == normal
    assert identity.normalise_name(unicodedata.normalize("NFD", name)) == normal


@given(st.emails())
def test_a_normalised_address_stays_as_it_is(address):
    normal = identity.normalise_email(address)

    assert identity.normalise_email(normal) == normal
    assert identity.normalise_email(address.upper()) == identity.normalise_email(address)


# --- objects


def test_the_object_has_the_members_of_the_standard():
    written = identity.identity_object(
        identity_type="emailAddress", value="Awa@Example.org", salt=SALT
    )

    assert written == {
        "type": "IdentityObject",
        "hashed": True,
        "identityHash": identity.identity_hash("awa@example.org", SALT),
        "identityType": "emailAddress",
        "salt": SALT,
    }


@given(st.emails(), st.emails(), st.text(st.characters(codec="utf-8"), min_size=16, max_size=32))
def test_an_address_matches_its_own_object_alone(address, other, salt):
    written = identity.identity_object(identity_type="emailAddress", value=address, salt=salt)

    assert identity.matches(f" {address.upper()} ", written)
    assert identity.matches(other, written) == (
        identity.normalise_email(other) == identity.normalise_email(address)
    )


def test_a_name_matches_however_it_is_typed():
    written = identity.identity_object(identity_type="name", value="Zoë Martin", salt=SALT)

    assert identity.matches("  Zoe\u0308  Martin", written)
    assert not identity.matches("zoë martin", written)
    assert not identity.matches("", written)


def test_an_identity_of_another_kind_is_taken_as_it_is():
    written = identity.identity_object(identity_type="ext:matricule", value=" 42 ", salt=SALT)

    assert identity.matches(" 42 ", written)
    assert not identity.matches("42", written)


def test_two_salts_give_two_hashes():
    one = identity.identity_object(identity_type="name", value="Awa", salt="a" * 16)
    other = identity.identity_object(identity_type="name", value="Awa", salt="b" * 16)

    assert one["identityHash"] != other["identityHash"]


@pytest.mark.parametrize("salt", ["", "short"])
def test_a_salt_is_long_enough_to_hide(salt):
    with pytest.raises(identity.IdentityError):
        identity.identity_object(identity_type="name", value="Awa", salt=salt)


# --- objects by others


def test_an_object_that_was_not_normalised_matches_as_it_was_hashed():
    found = {
        "hashed": True,
        "identityHash": identity.identity_hash("Awa@Example.org", "x")
        .upper()
        .replace("SHA", "sha"),
        "identityType": "emailAddress",
        "salt": "x",
    }

    assert identity.matches("Awa@Example.org", found)
    assert not identity.matches("awa@example.org", found)


def test_an_object_in_clear_matches_its_value():
    found = {"hashed": False, "identityHash": "awa@example.org", "identityType": "emailAddress"}

    assert identity.matches("Awa@example.org", found)
    assert not identity.matches("a@example.org", found)


def test_a_hash_without_salt_is_read():
    found = {
        "hashed": True,
        "identityHash": identity.identity_hash("Awa", ""),
        "identityType": "name",
    }

    assert identity.matches("Awa", found)


@pytest.mark.parametrize(
    "changed",
    [
        {"hashed": None},
        # JSON-LD signs text and boolean alike, and the text "false" is true in Python.
        {"hashed": "false"},
        {"identityHash": None},
        {"identityHash": "md5$" + "0" * 32},
        {"identityHash": "sha256$abc"},
        {"identityHash": "sha256$" + "g" * 64},
        {"salt": None},
        {"salt": 5},
    ],
)
def test_an_object_that_cannot_be_compared_is_refused(changed):
    found = {**identity.identity_object(identity_type="name", value="Awa", salt=SALT), **changed}

    with pytest.raises(identity.IdentityError):
        identity.matches("Awa", found)


def test_a_strange_value_matches_nothing():
    written = identity.identity_object(identity_type="name", value="Awa", salt=SALT)

    assert not identity.matches("Awa\x00", written)
    assert not identity.matches("x" * 10_000, written)
