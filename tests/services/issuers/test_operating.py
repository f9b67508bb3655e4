"""What an operator's request may see and do, whatever the program asks: the database decides."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, connection, transaction

from credentials import models as credentials
from credentials.selectors import figures
from issuers import models, scope, selectors, services
from issuers.scope import rows
from learners import models as learners
from tests import factories, roles
from tests.conftest import NOW

pytestmark = pytest.mark.django_db

WALLED = [
    model
    for model in apps.get_models(include_auto_created=True)
    if any(field.attname == "issuer_id" for field in model._meta.local_concrete_fields)
    and not rows.wall_of(model).is_secret
]
CLOSED = [model for model in WALLED if not rows.wall_of(model).operator]
# What is open to operators is chosen: nothing of it is about learners.
OPEN = {"issuers.Domain", "issuers.LookAlike", "issuers.Membership", "issuers.SigningKey"}


@pytest.fixture
def olga(db):
    return services.let_operate(email="olga@example.org")


@pytest.fixture
def operating(olga):
    """Be served as an operator is."""
    with roles.working_as(roles.WEB), scope.operating(olga):
        yield olga


def counted(model, issuer=None):
    asked = model.objects.of(issuer) if issuer else model.objects.across_issuers()
    return asked.count()


def test_what_is_open_to_operators_is_chosen():
    assert {model._meta.label for model in WALLED if rows.wall_of(model).operator} == OPEN


def test_an_operator_finds_no_learner_whichever_way_they_ask(ecole_a, alice, operating):
    with roles.working_as(roles.WORKER):
        credential = factories.signed(issuer=ecole_a)
        [learner] = learners.Learner.objects.of(ecole_a)

    assert counted(learners.Learner, ecole_a) == 0
    assert counted(learners.Learner) == 0
    assert counted(credentials.Credential, ecole_a) == 0
    assert credentials.Credential.objects.named(token=credential.token).first() is None
    with scope.inside(ecole_a), connection.cursor() as cursor:
        cursor.execute("SELECT * FROM learners_learner WHERE id = %s", [learner.pk])
        assert cursor.fetchall() == []
    assert counted(models.Membership, ecole_a) == 1
    assert counted(models.Membership) == 1


@pytest.mark.parametrize("model", CLOSED, ids=lambda model: model._meta.label)
def test_what_is_closed_shows_no_row_to_an_operator(ecole_a, alice, bob, operating, model):
    with roles.working_as(roles.WORKER):
        factories.anchor_everything()
        factories.signed(issuer=ecole_a)

    assert counted(model, ecole_a) == 0


def test_an_operator_writes_nothing_of_an_organisation(ecole_a, alice, operating):
    own = models.Membership.objects.of(ecole_a)
    with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
        own.filter(user=alice).update(role="viewer")
    assert own.filter(user=alice).delete()[0] == 0
    with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
        own.create(issuer=ecole_a, user=operating, role="administrator")
    with (
        scope.inside(ecole_a),
        pytest.raises(ProgrammingError, match="changes nothing else"),
        transaction.atomic(),
    ):
        models.Issuer.objects.filter(pk=ecole_a.pk).update(name="Mine")
    with scope.inside(ecole_a), connection.cursor() as cursor:
        cursor.execute("DELETE FROM issuers_issuer WHERE id = %s", [ecole_a.pk])
        assert cursor.rowcount == 0


def test_an_operators_name_is_left_on_no_connection(ecole_a, alice, olga):
    factories.signed(issuer=ecole_a)
    with roles.working_as(roles.WEB):
        with transaction.atomic(), scope.operating(olga):
            assert counted(learners.Learner, ecole_a) == 0
        with transaction.atomic():
            with scope.operating(olga):
                assert counted(learners.Learner, ecole_a) == 0
            assert counted(learners.Learner, ecole_a) == 1


def test_an_operator_learns_how_much_was_issued_and_nobody_else_does(ecole_a, olga):
    factories.due(issuer=ecole_a, count=2)
    factories.due(issuer=ecole_a, now=NOW - timedelta(days=40))

    with roles.working_as(roles.WEB), scope.operating(olga):
        found = figures.issued(since=NOW - timedelta(days=30))

    assert found == {ecole_a.pk: scope.Figures(3, 2, NOW)}
    for role in (roles.WEB, roles.WORKER):
        with roles.working_as(role), pytest.raises(ProgrammingError), transaction.atomic():
            figures.issued(since=NOW)


def test_facts_are_had_with_two_queries(ecole_a, ecole_b, alice, operating, request):
    django_assert_num_queries = request.getfixturevalue("django_assert_num_queries")
    with django_assert_num_queries(2):
        found = selectors.facts_of(issuers=[ecole_a.pk, ecole_b.pk], now=NOW)

    assert found[ecole_a.pk] == selectors.Facts([], 1)
    assert selectors.administrators(issuer=ecole_a) == [alice]


def test_who_serves_an_organisation_does_not_take_its_suspension_back(ecole_a, olga):
    with roles.working_as(roles.WEB), scope.operating(olga):
        services.suspend(issuer=ecole_a, reason="No.", now=NOW)

    with (
        roles.working_as(roles.WEB),
        scope.inside(ecole_a),
        pytest.raises(ProgrammingError, match="only an operator suspends"),
        transaction.atomic(),
    ):
        models.Issuer.objects.filter(pk=ecole_a.pk).update(suspended_at=None, suspended_for="")
    with roles.working_as(roles.WEB), scope.inside(ecole_a):
        assert models.Issuer.objects.filter(pk=ecole_a.pk).update(region="Nord") == 1


@pytest.mark.parametrize("role", [roles.WEB, roles.WORKER])
def test_the_database_takes_no_award_of_a_suspended_organisation(ecole_a, role):
    """Even from a program whose organisation was read before it was suspended."""
    factories.due(issuer=ecole_a)
    before = models.Issuer.objects.get(pk=ecole_a.pk)
    services.suspend(issuer=ecole_a, reason="No.", now=NOW)

    with (
        roles.working_as(role),
        pytest.raises(ProgrammingError, match="row-level security"),
        transaction.atomic(),
    ):
        factories.due(issuer=before)


def test_what_was_recorded_before_is_signed(ecole_a):
    from credentials import services as issuing

    factories.due(issuer=ecole_a)
    services.suspend(issuer=ecole_a, reason="No.", now=NOW)

    assert issuing.sign(now=NOW, limit=10) == 1


def test_a_suspension_says_why_and_happens_once(ecole_a):
    for reason in ("", "  ", "x" * 501):
        with pytest.raises(ValidationError):
            services.suspend(issuer=ecole_a, reason=reason, now=NOW)
    services.suspend(issuer=ecole_a, reason=" No. ", now=NOW)
    assert (ecole_a.suspended_at, ecole_a.suspended_for) == (NOW, "No.")
    with pytest.raises(ValidationError, match="already"):
        services.suspend(issuer=ecole_a, reason="No.", now=NOW)

    services.resume(issuer=ecole_a)

    assert (ecole_a.suspended_at, ecole_a.suspended_for) == (None, "")
    with pytest.raises(ValidationError, match="not suspended"):
        services.resume(issuer=ecole_a)


def staff(*arguments: str) -> str:
    out = StringIO()
    call_command("staff", *arguments, stdout=out)
    return out.getvalue()


def test_operators_are_made_and_unmade_at_the_terminal(alice):
    assert "/operator/" in staff("add", "Olga@Example.org")
    assert "olga@example.org operates" in staff("add", "olga@example.org")
    staff("add", alice.email)
    assert "olga@example.org  has no second factor yet" in staff("list")

    staff("remove", alice.email)

    assert alice.email not in staff("list")
    with pytest.raises(CommandError, match="Nobody of the address"):
        staff("remove", alice.email)
    with pytest.raises(CommandError, match="whole e-mail"):
        staff("add", "olga")
