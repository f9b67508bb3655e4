"""Every way to ask names an issuer, or raises; and each of the two walls holds alone."""

from __future__ import annotations

import asyncio
import pickle
from typing import TYPE_CHECKING, Any

import pytest
from django.db import DatabaseError, connection, models, transaction
from django.db.models import Count, Exists, F, OuterRef, Q, Value
from django.db.models.functions import Concat
from django.db.utils import ProgrammingError

from badges.models import Achievement, Alignment, Certification, CompetencyBlock
from credentials.models import Credential, CredentialEvent
from issuers import scope
from issuers.models import AcceptedSubmitter, Issuer, Membership
from issuers.scope import naming, rows
from tests import factories, kept, roles
from tests.conftest import NOW

if TYPE_CHECKING:
    from collections.abc import Callable

Rows = models.QuerySet[Any]
SHARED, OWN_OF_A, OWN_OF_B = "eip155:1:0xaa", "eip155:1:0xa1", "eip155:1:0xb1"


def new(issuer_id: int) -> AcceptedSubmitter:
    return AcceptedSubmitter(issuer_id=issuer_id, account="eip155:1:0xnew", accepted_at=NOW)


def changed(found: Rows, field: str = "account") -> list[Any]:
    held = list(found.filter(account__in=[OWN_OF_A, OWN_OF_B]))
    for row in held:
        row.account += "'"
    return [held, found.bulk_update(held, [field])]


def made(found: Rows, method: str, **options: Any) -> Any:
    return getattr(found, method)(
        issuer_id=found.model.issuer_here,
        account=OWN_OF_A,
        defaults={"accepted_at": NOW},
        **options,
    )


# Public method of a query -> how to let it ask.
WAYS: dict[str, Callable[[Rows], Any]] = {
    "aggregate": lambda found: found.aggregate(Count("id")),
    "alias": lambda found: list(found.alias(n=F("id"))),
    "all": lambda found: list(found.all()),
    "annotate": lambda found: list(found.annotate(n=F("account"))),
    "bulk_create": lambda found: found.bulk_create([new(found.model.issuer_here)]),
    "bulk_update": changed,
    "complex_filter": lambda found: list(found.complex_filter(Q(pk__gt=0))),
    "contains": lambda found: [found.contains(each) for each in found.model.everyones],
    "count": lambda found: found.count(),
    "create": lambda found: found.create(
        issuer_id=found.model.issuer_here, account="new", accepted_at=NOW
    ),
    "dates": lambda found: list(found.dates("accepted_at", "day")),
    "datetimes": lambda found: list(found.datetimes("accepted_at", "second")),
    "defer": lambda found: list(found.defer("accepted_at")),
    "delete": lambda found: found.delete(),
    "difference": lambda found: list(found.difference(found.filter(pk=0))),
    "distinct": lambda found: list(found.distinct()),
    "earliest": lambda found: found.earliest("-id"),
    "exclude": lambda found: list(found.exclude(pk=0)),
    "exists": lambda found: found.filter(account=OWN_OF_B).exists(),
    "explain": lambda found: found.explain(),
    "extra": lambda found: list(found.extra(where=["true OR true"])),
    "filter": lambda found: list(found.filter(pk__gt=0)),
    "first": lambda found: found.order_by("-id").first(),
    "get": lambda found: found.get(account=SHARED),
    "get_or_create": lambda found: made(found, "get_or_create"),
    "in_bulk": lambda found: found.in_bulk(),
    "intersection": lambda found: list(found.intersection(found.filter(pk__gt=0))),
    "iterator": lambda found: list(found.iterator()),
    "last": lambda found: found.order_by("id").last(),
    "latest": lambda found: found.latest("id"),
    "none": lambda found: list(found.none()),
    "only": lambda found: list(found.only("account")),
    "order_by": lambda found: list(found.order_by("account")),
    "prefetch_related": lambda found: list(found.prefetch_related("issuer")),
    "raw": lambda found: list(found.raw("SELECT * FROM issuers_acceptedsubmitter")),
    "reverse": lambda found: list(found.reverse()),
    "select_for_update": lambda found: list(found.select_for_update()),
    "select_related": lambda found: list(found.select_related("issuer")),
    "union": lambda found: list(found.union(found.filter(pk__gt=0))),
    "update": lambda found: found.update(account=Concat("account", Value("'"))),
    "update_or_create": lambda found: made(found, "update_or_create"),
    "using": lambda found: list(found.using("default")),
    "values": lambda found: list(found.values("account")),
    "values_list": lambda found: list(found.values_list("account", flat=True)),
    # What is no method of its own.
    "__and__": lambda found: list(found & found.filter(pk__gt=0)),
    "__or__": lambda found: list(found.filter(pk=0) | found),
    "__xor__": lambda found: list(found.filter(pk=0) ^ found),
    "__bool__": bool,
    "__getitem__": lambda found: found[:10][0],
    "__iter__": lambda found: [*found],
    "__len__": len,
    "__repr__": repr,
    "__getstate__": pickle.dumps,
}
# The same through `sync_to_async`: they are told apart by their names alone.
AWAITED = {
    name for name in dir(models.QuerySet) if name[0] == "a" and hasattr(models.QuerySet, name[1:])
}
# These ask nothing, so there is nothing to name.
SILENT = {"none", "as_manager", "resolve_expression", "db", "query", "ordered"}
# SQL of one's own is about whatever it likes: no name of a query's helps it, only a door.
BY_A_DOOR = {"raw"}


@pytest.fixture
def both(ecole_a, ecole_b, monkeypatch):
    """Let both schools accept an account that is the same, and one of their own."""
    for issuer, own in ((ecole_a, OWN_OF_A), (ecole_b, OWN_OF_B)):
        for account in (SHARED, own):
            AcceptedSubmitter.objects.of(issuer).create(
                issuer=issuer, account=account, accepted_at=NOW
            )
    monkeypatch.setattr(AcceptedSubmitter, "issuer_here", ecole_a.pk, raising=False)
    everyones = list(AcceptedSubmitter.objects.across_issuers())
    monkeypatch.setattr(AcceptedSubmitter, "everyones", everyones, raising=False)
    return ecole_a, ecole_b


@pytest.fixture(params=["both walls", "the database alone", "the code alone"])
def wall(request, monkeypatch, both):
    """Take one of the walls away."""
    if request.param == "the database alone":

        def unfiltered(found: Rows, name: naming.One) -> Rows:
            found = found.all()
            found.query.named = name  # type: ignore[attr-defined]
            return found

        monkeypatch.setattr(rows, "_of", unfiltered)
    if request.param == "the code alone":
        if not roles.are_there():
            pytest.skip("this PostgreSQL was made by somebody else: it has not our roles")
        roles.become(roles.OWNER)
    return request.param


def test_every_method_of_a_query_is_tried():
    public = {name for name in dir(models.QuerySet) if name[0] != "_"} - AWAITED - SILENT

    assert public - WAYS.keys() == set(), "say in WAYS how these ask"


@pytest.mark.parametrize("way", sorted(WAYS.keys() - SILENT))
def test_what_names_no_issuer_raises(both, way):
    if way in {"bulk_create", "create"}:  # the row says whose it is
        return
    everybody = AcceptedSubmitter.objects.all()

    with pytest.raises(scope.IssuerNotNamed):
        WAYS[way](everybody)


@pytest.mark.parametrize("way", sorted(WAYS.keys() - BY_A_DOOR))
def test_what_names_an_issuer_reaches_its_rows_alone(wall, both, way):
    ours, others = both
    before = _of_b(others)

    answer = WAYS[way](AcceptedSubmitter.objects.of(ours).all())

    assert OWN_OF_B not in _told(answer)
    assert _of_b(others) == before


@pytest.mark.parametrize("way", ["acount", "aexists", "afirst", "aexplain", "aiterator"])
def test_what_is_awaited_is_as_closed(both, way):
    asked = getattr(AcceptedSubmitter.objects.all(), way)()

    with pytest.raises(scope.IssuerNotNamed):
        asyncio.run(_all_of(asked))


def test_what_is_awaited_is_djangos_own(both):
    ours = type(AcceptedSubmitter.objects.all())

    assert {
        name for name in AWAITED if getattr(ours, name) != getattr(models.QuerySet, name)
    } == set()


async def _all_of(asked: Any) -> None:
    if hasattr(asked, "__aiter__"):
        async for _each in asked:
            pass
    else:
        await asked


def _of_b(issuer: Issuer) -> list[tuple[int, str]]:
    found = AcceptedSubmitter.objects.of(issuer).filter(issuer=issuer)
    return list(found.order_by("id").values_list("id", "account"))


def _told(answer: Any) -> str:
    """Return what an answer tells, rows written out."""
    if isinstance(answer, models.Model):
        return str(answer)
    if isinstance(answer, dict):
        return " ".join(map(_told, answer.values()))
    if isinstance(answer, bytes):
        return answer.decode("latin-1")
    if isinstance(answer, list | tuple):
        return " ".join(map(_told, answer))
    return str(answer)


# -- rows that somebody holds ----------------------------------------------------------------------
@kept.fixture
def block(ecole_a):
    certification = Certification.objects.of(ecole_a).create(
        issuer=ecole_a, code="RNCP1", title="t"
    )
    return CompetencyBlock.objects.of(ecole_a).create(
        issuer=ecole_a, certification=certification, code="RNCP1BC01", title="t"
    )


def test_what_starts_from_a_row_asks_in_the_name_of_its_issuer(ecole_a, block):
    credential = factories.signed(issuer=ecole_a)
    fresh = Credential.objects.of(ecole_a).get()

    assert fresh.learner.pk == credential.learner_id
    assert fresh.achievement.alignments.count() == 0
    assert [event.kind for event in fresh.events.order_by("id")] == ["issued", "signed"]
    assert fresh.learner.key.pk == fresh.learner_id
    assert block.certification.blocks.get() == block
    fresh.refresh_from_db()
    fresh.refresh_from_db(fields=["state"])
    del fresh.state
    assert fresh.state == "signed"  # a deferred field


def test_relations_are_prefetched_in_the_name_of_the_rows_issuer(ecole_a, ecole_b):
    for issuer in (ecole_a, ecole_b):
        factories.signed(issuer=issuer)

    [ours] = Credential.objects.of(ecole_a).prefetch_related("events", "learner__key")

    assert {event.issuer_id for event in ours.events.all()} == {ecole_a.pk}
    with pytest.raises(scope.IssuerNotNamed, match="prefetched"):
        list(Credential.objects.across_issuers().prefetch_related("events"))


def test_a_row_that_is_there_is_changed_and_deleted_behind_a_door_alone(both):
    ours, _others = both
    row = AcceptedSubmitter.objects.of(ours).first()

    with pytest.raises(scope.IssuerNotNamed), transaction.atomic():
        row.save()
    with pytest.raises(scope.IssuerNotNamed), transaction.atomic():
        row.delete()
    with scope.inside(ours):
        row.save()
        row.delete()

    assert AcceptedSubmitter.objects.of(ours).count() == 1


def test_nobody_changes_another_issuers_row_that_came_into_their_hands(wall, both):
    ours, others = both
    stolen = AcceptedSubmitter.objects.of(others).filter(issuer=others).first()
    before = _of_b(others)
    stolen.account = "changed"

    with pytest.raises(DatabaseError), scope.inside(ours), transaction.atomic():
        stolen.save(force_update=True)

    assert _of_b(others) == before


def test_nobody_deletes_another_issuers_row_that_came_into_their_hands(wall, both):
    ours, others = both
    stolen = AcceptedSubmitter.objects.of(others).filter(issuer=others).first()
    before = _of_b(others)

    with scope.inside(ours):
        deleted, _of_what = stolen.delete()

    assert deleted == 0
    assert _of_b(others) == before


def test_rows_of_two_issuers_are_not_written_in_one_statement(both):
    with pytest.raises(scope.OtherIssuer):
        AcceptedSubmitter.objects.of(both[0]).bulk_create([new(issuer.pk) for issuer in both])


# -- parts of a query ------------------------------------------------------------------------------
def test_a_subquery_names_the_same_issuer_or_the_query_raises(ecole_a, ecole_b):
    events = CredentialEvent.objects.all().filter(credential=OuterRef("pk"))

    with pytest.raises(scope.IssuerNotNamed):
        Credential.objects.of(ecole_a).filter(Exists(events)).exists()
    others = Achievement.objects.of(ecole_b)
    with pytest.raises(scope.OtherIssuer):
        Credential.objects.of(ecole_a).filter(achievement__in=others).exists()
    with pytest.raises(scope.OtherIssuer):
        list(Alignment.objects.of(ecole_a).union(Alignment.objects.of(ecole_b)))


def test_a_query_on_other_tables_cannot_join_an_issuers_rows_unnamed(ecole_a):
    members = Membership.objects.all().filter(user=OuterRef("pk"))
    ours = Credential.objects.of(ecole_a).filter(issuer=OuterRef("pk"))

    with pytest.raises(scope.IssuerNotNamed):
        list(type(ecole_a).objects.filter(Exists(members)))
    assert list(Issuer.objects.filter(Exists(ours))) == []


def test_sql_of_ones_own_names_an_issuer_by_a_door(both):
    count = "SELECT count(*) FROM issuers_acceptedsubmitter"

    with connection.cursor() as cursor:
        with pytest.raises(scope.IssuerNotNamed, match="issuers_acceptedsubmitter"):
            cursor.execute(count)
        with scope.inside(both[0]):
            cursor.execute(count)
        assert cursor.fetchone() == (2,)


@pytest.mark.parametrize(
    "asked", ["-- why\nSELECT id FROM {}", "/* why\n*/ (SELECT id FROM {})", "TABLE {}"]
)
def test_no_comment_hides_what_a_statement_is_about(both, asked):
    """It would be sent with what the statement before it named."""
    ours, others = both
    with connection.cursor() as cursor:
        with scope.inside(ours):
            cursor.execute("SELECT id FROM issuers_acceptedsubmitter")

        with pytest.raises(scope.IssuerNotNamed, match="issuers_acceptedsubmitter"):
            cursor.execute(asked.format("issuers_acceptedsubmitter"))
        with scope.inside(others):
            cursor.execute(asked.format("issuers_acceptedsubmitter"))
        found = {row[0] for row in cursor.fetchall()}

    assert found == {pk for pk, _account in _of_b(others)}


# -- doors -----------------------------------------------------------------------------------------
def test_behind_a_door_nobody_else_is_named(both):
    ours, others = both

    with scope.inside(ours):
        assert AcceptedSubmitter.objects.of(ours).count() == 2
        with pytest.raises(scope.OtherIssuer):
            AcceptedSubmitter.objects.of(others).count()
        with pytest.raises(scope.OtherIssuer):
            AcceptedSubmitter.objects.across_issuers().count()
        with pytest.raises(scope.OtherIssuer), scope.inside(others):
            pass
        with pytest.raises(scope.IssuerNotNamed):
            AcceptedSubmitter.objects.count()
        with scope.inside(ours.pk), scope.outside():
            assert AcceptedSubmitter.objects.of(others).count() == 2


def test_a_row_is_found_by_its_unguessable_name_and_by_no_other(ecole_a, ecole_b):
    credential = factories.signed(issuer=ecole_a)

    assert Credential.objects.named(token=credential.token).get() == credential
    assert Credential.objects.named(uuid=credential.uuid).get() == credential
    assert not Credential.objects.named(token="A" * 22).exists()
    with scope.inside(ecole_b):  # found, and yet behind another door
        assert not Credential.objects.named(token=credential.token).exists()
    with pytest.raises(ValueError, match=r"Wall\.names"):
        Credential.objects.named(reference=credential.reference)


def test_a_person_finds_their_own_memberships_and_nobody_elses(ecole_a, alice, charlie):
    with roles.working_as(roles.WEB):
        found = Membership.objects.of_person(charlie).get()

        with scope.inside(ecole_a):
            behind_a_door = Membership.objects.of_person(alice).get()

    assert (found.user_id, behind_a_door.user_id) == (charlie.pk, alice.pk)


def test_who_serves_pages_cannot_look_across_issuers(both):
    with roles.working_as(roles.WEB):
        assert AcceptedSubmitter.objects.across_issuers().count() == 0
    assert AcceptedSubmitter.objects.across_issuers().count() == 4


def test_a_worker_that_looks_across_issuers_may_claim_and_not_write(both):
    everyones = AcceptedSubmitter.objects.across_issuers()

    assert len(everyones.select_for_update(skip_locked=True)) == 4
    with pytest.raises(ProgrammingError, match="row-level security"):
        everyones.update(account="changed")


def test_nothing_is_left_on_the_connection(both):
    ours, _others = both
    said = "SELECT coalesce(current_setting('acquis.issuer', true), '')"

    AcceptedSubmitter.objects.of(ours).count()

    with connection.cursor() as cursor:
        cursor.execute(said)
        assert cursor.fetchone() == ("",)


def test_nothing_comes_back_with_a_savepoint(both):
    """Rolled back to it, PostgreSQL has what it was told before: it is told anew."""
    ours, _others = both
    said = "SELECT coalesce(current_setting('acquis.issuer', true), '')"
    AcceptedSubmitter.objects.of(ours).count()

    with connection.cursor() as cursor:
        point = transaction.savepoint()
        cursor.execute(said)
        transaction.savepoint_rollback(point)

        cursor.execute(said)

        assert cursor.fetchone() == ("",)
