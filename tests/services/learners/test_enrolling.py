"""Enrol: one row and one key per person and issuer."""

import pytest
from django.core.exceptions import ValidationError

from learners import models, selectors, services
from tests.conftest import NOW

pytestmark = pytest.mark.django_db


def test_enrolling_gives_each_person_a_key_of_their_own(ecole_a):
    people = services.enrol(
        issuer=ecole_a,
        people=[
            services.Person("Awa Diallo", "awa@example.org"),
            services.Person("Jean Roy", "jean@example.org"),
        ],
        now=NOW,
    )

    first, second = (selectors.data_key(learner=learner) for learner in people.values())
    assert len(first) == len(second) == 32
    assert first != second


def test_the_same_address_twice_is_one_learner(ecole_a):
    services.enrol(
        issuer=ecole_a, people=[services.Person("Awa Diallo", "Awa@Example.org")], now=NOW
    )
    key = selectors.data_key(learner=models.Learner.objects.of(ecole_a).get())

    again = services.enrol(
        issuer=ecole_a, people=[services.Person("A. Diallo", " awa@example.org ")], now=NOW
    )

    assert models.Learner.objects.of(ecole_a).count() == 1
    [learner] = again.values()
    assert learner.name == "Awa Diallo"
    assert selectors.data_key(learner=learner) == key


def test_the_same_person_at_two_issuers_is_two_learners(ecole_a, ecole_b):
    person = services.Person("Awa Diallo", "awa@example.org")

    [here] = services.enrol(issuer=ecole_a, people=[person], now=NOW).values()
    [there] = services.enrol(issuer=ecole_b, people=[person], now=NOW).values()

    assert here.pk != there.pk
    assert selectors.data_key(learner=here) != selectors.data_key(learner=there)


def test_an_erased_learner_is_not_given_a_key_again(ecole_a):
    person = services.Person("Awa Diallo", "awa@example.org")
    [learner] = services.enrol(issuer=ecole_a, people=[person], now=NOW).values()
    models.LearnerKey.objects.of(ecole_a).filter(pk=learner.pk).delete()

    services.enrol(issuer=ecole_a, people=[person], now=NOW)

    with pytest.raises(selectors.Erased):
        selectors.data_key(learner=learner)


@pytest.mark.parametrize(
    ("name", "email", "complaint"),
    [
        ("", "awa@example.org", "name"),
        ("   ", "awa@example.org", "name"),
        ("Awa", "awa", "e-mail"),
        ("Awa", "", "e-mail"),
    ],
)
def test_a_person_who_cannot_be_reached_or_named_is_refused(ecole_a, name, email, complaint):
    good = services.Person("Jean Roy", "jean@example.org")

    with pytest.raises(ValidationError, match=f"Entry 2.*{complaint}"):
        services.enrol(issuer=ecole_a, people=[good, services.Person(name, email)], now=NOW)

    assert not models.Learner.objects.of(ecole_a).exists()


def test_a_refusal_never_repeats_the_address(ecole_a):
    with pytest.raises(ValidationError) as refusal:
        services.enrol(
            issuer=ecole_a, people=[services.Person("Awa", "secret.person@nowhere")], now=NOW
        )

    assert "secret" not in str(refusal.value)


@pytest.mark.django_db
def test_who_is_erased_leaves_neither_key_nor_name_nor_address(ecole_a):
    person = services.Person("Awa Diallo", "awa@example.org", "fr")
    [learner] = services.enrol(issuer=ecole_a, people=[person], now=NOW).values()
    services.correct_names(issuer=ecole_a, names={learner.pk: "Awa Ndiaye"})

    services.erase(issuer=ecole_a, learner=learner)

    assert not models.LearnerKey.objects.of(ecole_a).exists()
    row = models.Learner.objects.of(ecole_a).get(pk=learner.pk)
    assert (row.name, row.former_names) == ("—", None)
    assert "awa" not in row.email
