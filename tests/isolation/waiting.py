"""Makes what waits for somebody: awards for a second person, lists for whoever looks at them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from credentials import models as awards
from credentials import services
from credentials.services import cohorts
from issuers.services import founding
from learners import services as people
from tests import factories
from tests.conftest import NOW

if TYPE_CHECKING:
    from tests.isolation.world import School


def prepare(school: School) -> None:
    """Let awards wait for a second person: some that the issuer prepared, some of the boss's."""
    issuer = school.issuer
    factories.change(issuer, four_eyes=True)
    for at, role in (("preparation", "issuer"), ("returned", "administrator")):
        person = people.Person(
            school.word("i", "name of somebody whose award waits"),
            f"{school.word('i', 'address of somebody whose award waits')}@example.org",
            "fr",
        )
        [learner] = people.enrol(issuer=issuer, people=[person], now=NOW).values()
        reference = school.word("i", f"reference of an award that waits ({at})")
        award = services.Award(learner=learner, reference=reference, valid_from=NOW)
        done = services.issue(
            issuer=issuer, achievement=school.at["badge"], awards=[award], now=NOW,
            actor=school.staff[role],
        )  # fmt: skip
        school.at[at] = done.preparation
        school.at[f"award of {at}"] = awards.Credential.objects.of(issuer).get(reference=reference)
    services.give_back(
        issuer=issuer,
        preparation=school.at["returned"],
        actor=school.staff["approver"],
        reason=school.word("i", "why awards were returned"),
        now=NOW,
    )


def hand_over(school: School) -> None:
    """Hand two lists over: one that is being looked at, and one that a worker is to record."""
    word, issuer, actor = school.word, school.issuer, school.staff["issuer"]
    for at, badge in (("list", "second badge"), ("run", "third badge")):
        text = (
            f"Nom;Courriel\n{word('i', f'name on a {at}')};{word('i', f'address on a {at}')}"
            f"@example.org\n{word('i', f'name that a {at} leaves out')};no address\n"
        )
        school.at[at] = services.upload(
            issuer=issuer,
            achievement=school.at[badge],
            name=f"{word('i', f'name of a {at}')}.csv",
            content=text.encode(),
            actor=actor,
            now=NOW,
        )
        columns = {"name": 0, "email": 1}
        choice = services.Choice(columns=columns, order="dmy", day=NOW.date())
        services.check(issuer=issuer, intake=school.at[at], choice=choice, now=NOW)
    school.at["session"] = cohorts.open_cohort(
        issuer=issuer,
        name=word("i", "name of a session"),
        place=word("i", "place of a session"),
        starts_on=NOW.date(),
        actor=actor,
        now=NOW,
    )
    services.confirm(
        issuer=issuer,
        intake=school.at["run"],
        actor=actor,
        sign_after=NOW,
        now=NOW,
        cohort=school.at["session"],
    )


def invite_to_found(school: School) -> None:
    """Send somebody a link by which another organisation is made."""
    _asked, school.at["founding"] = founding.ask_to_found(
        name=school.word("l", "name of an organisation to come"),
        slug="",
        kind="school",
        country="FR",
        language="fr",
        email=f"{school.word('l', 'address of who founds one')}@example.org",
        now=NOW,
    )
