"""Every task: it works for all organisations, and mixes the rows of none."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.db import connection, transaction

from config.celery import app
from credentials import models as awards
from credentials import selectors, services
from credentials.services import leaving, printing
from issuers import models as issuers
from issuers import scope
from tests import roles
from tests.conftest import NOW
from tests.isolation import damage, walls

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.isolation.world import School, World

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("zone", "nobody_outside")]
# Those that work for every organisation at once, and why that is so; none takes one as an argument.
SWEEPS = {
    "blockchain.tasks.broadcast_batches": "batches hold leaves of everybody, and name nobody",
    "blockchain.tasks.follow_batches": "likewise",
    "blockchain.tasks.look_at_chains": "likewise",
    "blockchain.tasks.seal_batches": "likewise",
    "blockchain.tasks.write_manifests": "likewise",
    "credentials.tasks.accept_submitters": "an account is everybody's; each lets its own name it",
    "credentials.tasks.count_ahead": "counts for every large organisation, one at a time",
    "credentials.tasks.make_exports": "looks for orders, whoever's; makes one at a time",
    "credentials.tasks.print_certificates": "looks for orders, whoever's; one at a time",
    "credentials.tasks.publish_status_lists": "looks for lists that changed, whoever's",
    "credentials.tasks.purge_edges": "looks for what caches must forget, whoever's",
    "credentials.tasks.record_intakes": "looks for lists that were confirmed, whoever's",
    "credentials.tasks.forget_intakes": "looks for lists that are over, whoever's",
    "credentials.tasks.remind_learners": "looks for reminders that are due, one school at a time",
    "credentials.tasks.send_messages": "looks for what is to be told, whoever's; a share of each",
    "credentials.tasks.sign_due": "looks for what is due, whoever's; signs for one at a time",
    "credentials.tasks.sign_editions": "likewise",
    "credentials.tasks.sign_endorsements": "likewise",
    "credentials.tasks.sign_transcripts": "likewise",
    "credentials.tasks.verify_piles": "what anybody gave to be verified: it is no organisation's",
    "issuers.tasks.check_domains": "looks for proofs whose turn it is, whoever's",
    "issuers.tasks.check_hosts": "likewise",
    "issuers.tasks.compare_names": "compares every name with every other: that is its work",
    "issuers.tasks.fulfil_key_orders": "looks for orders, whoever's; each names its key",
    "issuers.tasks.seal_trails": "seals every trail, one at a time",
}
# Tables that a task is to write to for both organisations here, or it would prove nothing.
WORK = {
    "credentials.tasks.make_exports": "credentials_export",
    "credentials.tasks.print_certificates": "credentials_printing",
    "credentials.tasks.publish_status_lists": "credentials_statuslist",
    "credentials.tasks.send_messages": "credentials_message",
    "credentials.tasks.sign_due": "credentials_credential",
    "credentials.tasks.sign_editions": "credentials_edition",
    "credentials.tasks.sign_endorsements": "credentials_endorsement",
    "credentials.tasks.sign_transcripts": "credentials_transcript",
    "issuers.tasks.check_domains": "issuers_domain",
    "issuers.tasks.check_hosts": "issuers_host",
    "issuers.tasks.compare_names": "issuers_issuer",
    "issuers.tasks.fulfil_key_orders": "issuers_keyorder",
}


@pytest.fixture(scope="module", params=[walls.BOTH, walls.DATABASE, walls.CODE])
def wall(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def tasks() -> dict[str, Any]:
    """Return every task that a worker knows, by name."""
    app.loader.import_default_modules()
    return {name: each for name, each in app.tasks.items() if not name.startswith("celery.")}


TASKS = pytest.mark.parametrize("name", sorted(SWEEPS))


@pytest.fixture(scope="module")
def due(world: World, django_db_blocker: Any) -> Iterator[World]:
    """Let something of every kind be due for both organisations."""
    with django_db_blocker.unblock(), transaction.atomic():
        with time_machine.travel(NOW, tick=False):
            for school in world.schools():
                _let_be_due(school, world.other(school))
        with roles.as_owner():
            issuers.Issuer.objects.update(is_name_compared=False)
            for model in (issuers.Domain, issuers.Host):
                model.objects.across_issuers().update(checked_at=None)
        connection.check_constraints()
        yield world
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def watch(due: World, django_db_blocker: Any) -> damage.Watch:
    with django_db_blocker.unblock():
        return damage.Watch(due)


def _let_be_due(school: School, other: School) -> None:
    issuer, at = school.issuer, school.at
    services.release(
        issuer=issuer, preparation=at["preparation"], actor=school.staff["approver"], now=NOW
    )
    for kind in awards.Edition.Kind:
        services.request_edition(issuer=issuer, credential=at["further"], kind=kind, now=NOW)
    services.request_transcript(
        issuer=issuer, learner=at["learner"], credentials=[at["further"]], now=NOW
    )
    services.revoke(issuer=issuer, credential=at["suspended"], reason="Erreur.", now=NOW)
    awards.Export.objects.of(issuer).update(ready_at=NOW - leaving.KEPT)
    awards.Printing.objects.of(issuer).update(ready_at=NOW - printing.KEPT)
    leaving.order_export(issuer=issuer, actor=school.staff["administrator"], now=NOW)
    said = school.word("p", "a second endorsement")
    services.endorse(issuer=issuer, subject=other.at["third badge"], comment=said, now=NOW)


def test_every_task_is_known():
    assert tasks().keys() == SWEEPS.keys(), (
        "say in SWEEPS why it works for all organisations, or let it name one and test it here"
    )


@TASKS
def test_a_task_that_works_for_all_takes_no_organisation(name):
    assert {*inspect.signature(tasks()[name].run).parameters} <= {"chain"}


@TASKS
def test_a_task_mixes_no_rows(due, watch, name):
    watch.touched()

    with roles.working_as(roles.WORKER):
        tasks()[name].run()

    touched = watch.touched()
    for school in due.schools():
        assert WORK.get(name) in {None, *watch.written(school, touched)}
    assert damage.mixed(due, touched) == []


def test_all_tasks_one_after_the_other_mix_no_documents(due):
    with roles.working_as(roles.WORKER):
        for name in sorted(SWEEPS):
            tasks()[name].run()

    assert damage.mixed(due) == []
    for school in due.schools():
        other = due.other(school)
        told = list(documents(school))
        assert len(told) >= 10
        for about, text in told:
            inside = {each.about for each in other.canaries.seen_in(text) if each.kind != "p"}
            # A badge says who endorsed it, with the address at which they do.
            assert inside <= {"credentials_endorsement.token"}, about


@TASKS
def test_behind_the_door_of_one_organisation_a_task_writes_nothing_of_the_other(due, watch, name):
    with roles.working_as(roles.WORKER), scope.inside(due.a.issuer):
        try:
            with transaction.atomic():
                tasks()[name].run()
        except scope.OtherIssuer:
            pass

    assert watch.written(due.b, watch.touched()) == set()


def documents(school: School) -> Any:
    """Yield what was signed for an organisation, in clear."""
    issuer = school.issuer
    signed = awards.Credential.objects.of(issuer).filter(issuer=issuer, state="signed")
    for credential in signed.select_related("learner", "issuer", "achievement"):
        with scope.inside(issuer):
            yield f"credential {credential}", opened(credential)
    each: Any
    for each in awards.Endorsement.objects.of(issuer).filter(issuer=issuer, credential=None):
        yield f"endorsement {each}", bytes(each.content).decode()
    for each in awards.StatusList.objects.of(issuer).filter(issuer=issuer):
        yield f"list {each}", bytes(each.published or b"").decode()
    for each in awards.Statement.objects.of(issuer).filter(issuer=issuer):
        yield f"statement {each}", bytes(each.document).decode()


def opened(credential: awards.Credential) -> str:
    return selectors.opened(credential=credential).document.decode()
