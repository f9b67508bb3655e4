"""What an operator's request may see and do, whatever the program asks: the database decides."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import IntegrityError, ProgrammingError, connection, transaction

from credentials import models as credentials
from credentials.selectors import figures
from issuers import models, scope, selectors, services
from issuers.scope import rows
from learners import models as learners
from tests import factories, kept, roles
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
OPEN = {
    "issuers.BreakGlass", "issuers.Domain", "issuers.GlassEnd", "issuers.LookAlike",
    "issuers.Membership", "issuers.Quota", "issuers.SigningKey",
}  # fmt: skip


@kept.fixture
def olga(db):
    return services.let_operate(email="olga@example.org")


@pytest.fixture
def operating(olga):
    """Be served as an operator is."""
    with roles.working_as(roles.WEB), scope.operating(olga):
        yield olga


def look(**asked):
    return services.break_glass(**asked, confirmed="totp")


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


def test_the_database_lets_an_operator_read_and_nothing_more(ecole_a, ecole_b, operating):
    with roles.working_as(roles.WORKER):
        credential = factories.signed(issuer=ecole_a)
        factories.signed(issuer=ecole_b)
    assert counted(learners.Learner, ecole_a) == 0

    look(issuer=ecole_a, operator=operating, reason="A complaint.", minutes=15)

    assert counted(learners.Learner, ecole_a) == 1
    assert credentials.Credential.objects.named(token=credential.token).first() == credential
    assert counted(learners.Learner, ecole_b) == 0
    assert counted(learners.Learner) == 0
    rows = learners.Learner.objects.of(ecole_a)
    with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
        rows.update(name="x")
    with scope.inside(ecole_a), connection.cursor() as cursor:
        cursor.execute("DELETE FROM learners_learnerkey WHERE issuer_id = %s", [ecole_a.pk])
        assert cursor.rowcount == 0

    factories.time_passes(ecole_a, minutes=16)

    assert counted(learners.Learner, ecole_a) == 0
    assert selectors.open_glass(issuer=ecole_a, operator_id=operating.pk) is None


def test_a_look_is_ended_before_its_time_is_over(ecole_a, olga, operating):
    with roles.working_as(roles.WORKER):
        factories.signed(issuer=ecole_a)
    for _time in range(2):
        look(issuer=ecole_a, operator=operating, reason="A complaint.", minutes=15)

    services.close_glass(issuer=ecole_a, operator=operating)

    assert counted(learners.Learner, ecole_a) == 0
    assert selectors.open_glass(issuer=ecole_a, operator_id=operating.pk) is None
    for opened in selectors.looks_inside(issuer=ecole_a):
        assert opened.ended_at < opened.until
    with pytest.raises(services.NothingOpen):
        services.close_glass(issuer=ecole_a, operator=operating)


def test_nobody_ends_the_look_of_another(ecole_a, olga):
    with roles.working_as(roles.WEB), scope.operating(olga):
        opened = look(issuer=ecole_a, operator=olga, reason="A complaint.", minutes=15)
    otto = services.let_operate(email="otto@example.org")

    with roles.working_as(roles.WEB), scope.operating(otto):
        with pytest.raises(services.NothingOpen):
            services.close_glass(issuer=ecole_a, operator=otto)
        with pytest.raises(IntegrityError, match="no look of this operator"), transaction.atomic():
            models.GlassEnd.objects.of(ecole_a).create(glass=opened, issuer=ecole_a)
        assert selectors.open_glass(issuer=ecole_a, operator_id=olga.pk) is not None


def test_the_database_says_who_looks_and_until_when(ecole_a, alice, operating):
    """Whatever a program writes: another operator, another time, a year."""
    far = NOW + timedelta(days=9000)
    opened = models.BreakGlass.objects.of(ecole_a).create(
        issuer=ecole_a, operator=alice, reason="x", minutes=60, opened_at=far, until=far
    )
    opened.refresh_from_db()

    assert opened.operator == operating
    assert opened.until - opened.opened_at == timedelta(minutes=60)
    with connection.cursor() as cursor:
        cursor.execute("SELECT abs(extract(epoch FROM now() - %s)) < 60", [opened.opened_at])
        assert cursor.fetchone() == (True,)
    with pytest.raises(IntegrityError, match="glass_closes_by_itself"), transaction.atomic():
        models.BreakGlass.objects.of(ecole_a).create(
            issuer=ecole_a, operator=operating, reason="x", minutes=600
        )


@pytest.mark.parametrize("role", [roles.WEB, roles.WORKER])
def test_nobody_changes_what_is_on_record(ecole_a, olga, role):
    with roles.working_as(roles.WEB), scope.operating(olga):
        look(issuer=ecole_a, operator=olga, reason="A complaint.", minutes=15)

    for statement in (
        "UPDATE issuers_breakglass SET minutes = 60",
        "DELETE FROM issuers_breakglass",
        "UPDATE issuers_glassend SET ended_at = NULL",
        "DELETE FROM issuers_glassend",
    ):
        with (
            roles.working_as(role),
            scope.inside(ecole_a),
            scope.operating(olga),
            pytest.raises(ProgrammingError, match="permission denied"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)


def test_who_serves_an_organisation_opens_no_glass_and_raises_no_quota(ecole_a, alice):
    with roles.working_as(roles.WEB):
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            look(issuer=ecole_a, operator=alice, reason="x", minutes=15)
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            services.set_quotas(issuer=ecole_a, quotas={"people": 9})


def test_an_organisation_sees_its_own_journal_alone(ecole_a, ecole_b, olga):
    with roles.working_as(roles.WEB), scope.operating(olga):
        look(issuer=ecole_a, operator=olga, reason="A complaint.", minutes=15)

    with roles.working_as(roles.WEB):
        assert [each.reason for each in selectors.looks_inside(issuer=ecole_a)] == ["A complaint."]
        assert selectors.looks_inside(issuer=ecole_b) == []
        assert models.BreakGlass.objects.across_issuers().count() == 0


def test_a_month_has_room_for_so_many_credentials(ecole_a):
    services.set_quotas(issuer=ecole_a, quotas={"credentials": 3})
    factories.due(issuer=ecole_a, count=2, now=NOW - timedelta(days=30))
    factories.due(issuer=ecole_a, count=2)

    with pytest.raises(ValidationError) as refused:
        factories.due(issuer=ecole_a, count=2)

    assert "3 credentials in a calendar month: 2 are issued, and these are 2" in str(refused.value)
    assert "a higher quota" in str(refused.value)
    assert credentials.Credential.objects.of(ecole_a).count() == 4
    factories.due(issuer=ecole_a)
    factories.due(issuer=ecole_a, count=3, now=NOW + timedelta(days=31))


def test_there_is_room_for_so_many_people(ecole_a, alice):
    def ask(name: str) -> None:
        services.invite(
            issuer=ecole_a, email=f"{name}@example.org", role="viewer", language="en",
            actor=alice, now=NOW,
        )  # fmt: skip

    services.set_quotas(issuer=ecole_a, quotas={"people": 2})
    ask("dora")

    with pytest.raises(ValidationError, match="is 2 people"):
        ask("dan")

    services.set_quotas(issuer=ecole_a, quotas={"people": None})
    ask("dan")


def test_there_is_room_for_so_many_files(ecole_a):
    from credentials import services as issuing

    learner = factories.learner(issuer=ecole_a)
    services.set_quotas(issuer=ecole_a, quotas={"storage": 1})
    issuing.attach(issuer=ecole_a, learner=learner, content=b"a" * 900_000, now=NOW)

    with pytest.raises(ValidationError, match="is 1 MB of files: 1 MB are taken"):
        issuing.attach(issuer=ecole_a, learner=learner, content=b"a" * 100_001, now=NOW)

    issuing.attach(issuer=ecole_a, learner=learner, content=b"a" * 100_000, now=NOW)


def test_a_quota_is_one_of_those_that_there_are(ecole_a):
    for wrong in ({"cakes": 1}, {"people": -1}, {"people": 2_000_000_001}):
        with pytest.raises(ValidationError):
            services.set_quotas(issuer=ecole_a, quotas=wrong)
