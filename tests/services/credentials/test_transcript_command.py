"""`manage.py transcript`: what an operator types until there is a button."""

import io
import re

import pytest
from django.core.management import CommandError, call_command

from credentials import models, services
from credentials.selectors import transcripts
from tests import factories, kept
from tests.conftest import NOW

pytestmark = pytest.mark.django_db


@kept.fixture
def learner(ecole_a):
    return factories.learner(issuer=ecole_a)


@kept.fixture
def held(ecole_a, learner):
    badges = factories.block_badges(issuer=ecole_a)
    return factories.awarded(issuer=ecole_a, learner=learner, achievements=badges)


def ask(*options):
    out = io.StringIO()
    call_command("transcript", "--issuer", "ecole-a", *options, stdout=out)
    return out.getvalue().strip()


def within(ecole_a):
    [transcript] = models.Transcript.objects.of(ecole_a)
    return [each.pk for each in transcripts.credentials_of(transcript=transcript)]


def test_it_asks_for_every_badge_that_stands(ecole_a, learner, held):
    services.revoke(issuer=ecole_a, credential=held[0], reason="By mistake", now=NOW)

    address = ask("--learner", str(learner.uuid))

    assert re.fullmatch(r"http://localhost:8000/transcripts/[\w-]{22}", address)
    assert within(ecole_a) == [held[1].pk]


def test_it_asks_for_those_that_are_named_in_their_order(ecole_a, learner, held):
    options = [f"--credential={each.reference}" for each in reversed(held)]

    address = ask("--learner", learner.email.upper(), *options, "--reference", "2026")

    assert within(ecole_a) == [held[1].pk, held[0].pk]
    assert ask("--learner", learner.email, *options, "--reference", "2026") == address


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--learner", "nobody@example.org"], "ecole-a has no such learner"),
        (["--learner", "awa@example.org"], "1 to 50 badges, not 0"),
        (["--learner", "awa@example.org", "--credential", "x"], "no badge of the reference x"),
        (["--issuer", "ecole-z", "--learner", "awa@example.org"], "no issuer ecole-z"),
    ],
)
def test_it_says_what_is_wrong(learner, options, message):
    with pytest.raises(CommandError, match=message):
        ask(*options)


def test_the_learner_of_another_issuer_is_nobody(learner, ecole_b):
    with pytest.raises(CommandError, match="ecole-b has no such learner"):
        ask("--issuer", "ecole-b", "--learner", str(learner.uuid))
