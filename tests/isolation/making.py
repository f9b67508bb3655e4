"""Makes the two organisations, by the same services as everybody's rows.

A third one is there so that each of the two has dealings that the other knows nothing of.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator

from badges import services as catalogue
from blockchain import services as anchoring
from credentials import models as awards
from credentials import selectors, services
from credentials.core.piles import Entry
from credentials.services import counting, piles
from issuers import models as issuers
from issuers import scope
from issuers import services as parties
from issuers.core import kinds
from issuers.core import roles as table
from issuers.services import installation
from tests import factories
from tests.conftest import NOW
from tests.isolation import moving, passkeys, waiting, wallets, world
from tests.isolation.canaries import Canaries
from tests.services.badges.conftest import PARTS
from tests.web import providers

# What a badge says in words.
WRITTEN = (
    "name", "description", "criteria", "image_caption", "human_code", "field_of_study",
    "specialization",
)  # fmt: skip


def build() -> world.World:
    """Make everything; as a worker, in whatever transaction is open."""
    issuers.TrailMark.objects.get_or_create(pk=1)
    third = factories.issuer(slug="ecole-c", name="École C")
    a, b = _register("A"), _register("B")
    for school in (a, b):
        _describe(school)
        _hire(school)
        _prove(school)
        moving.arrive(school)
        moving.take_along(school)
        _conceive(school)
        _enrol(school)
    for school, other in ((a, b), (b, a)):
        _agree(school, other, third)
    for school, other in ((a, b), (b, a)):
        _award(school)
        _resemble(school, other)
    for school, other in ((a, b), (b, a)):
        _endorse(school, other, third)
    _work()
    for school in (a, b):
        wallets.hold(school)
        _undo(school)
    services.publish_status_lists(now=NOW)
    services.state(now=NOW)
    factories.anchor_everything()
    anchoring.look(now=NOW)
    for school in (a, b):
        waiting.prepare(school)
        waiting.hand_over(school)
        waiting.invite_to_found(school)
        moving.print_certificates(school)
    # Nobody's: what a visitor handed over, and the key that signs what came of it.
    piles.hand_over(entries=[Entry(name="a list", content=b"{}")], now=NOW)
    installation.installation_seed(now=NOW)
    operator = issuers.User.objects.create_user(
        "operator@example.org", name="Otto", is_staff=True, is_superuser=True
    )
    learner = issuers.User.objects.create_user(a.at["learner"].email, name="Léa")
    for school in (a, b):
        world.fill(school)
        world.collect(school)
    for name in a.canaries.names.keys() & b.canaries.names.keys():  # an account that all share
        del a.canaries.names[name], b.canaries.names[name]
    everybody = [*a.staff.values(), *b.staff.values(), operator, learner]
    return world.World(
        a, b, operator, learner, {each.pk: world.session_of(each) for each in everybody}
    )


def _register(letter: str) -> world.School:
    canaries = Canaries(letter)
    issuer = factories.issuer(
        slug=canaries.word("p", "short name of the organisation"),
        name=canaries.word("p", "name of the organisation"),
        language="fr",
        country="FR",
    )
    return world.School(letter, issuer, canaries)


def _describe(school: world.School) -> None:
    word = school.word
    factories.change(
        school.issuer,
        legal_name=word("p", "legal name"),
        description=word("p", "description"),
        url=f"https://{word('p', 'website')}.example.org/",
        email=f"{word('p', 'contact address')}@example.org",
        region=word("p", "region"),
        registration=word("p", "registration number"),
        colour="#1d4f91",
        logo=factories.png(),
    )
    awards.Wording.objects.of(school.issuer).create(
        issuer=school.issuer,
        kind=awards.Message.Kind.ISSUED,
        language="fr",
        subject=word("l", "subject of e-mails"),
        body=f"{word('l', 'text of e-mails')}\n\n[link]",
        changed_at=NOW,
    )


def _hire(school: world.School) -> None:
    word, issuer = school.word, school.issuer
    for role in [*table.Role, "leaver"]:
        kind = "o" if role == table.Role.ADMINISTRATOR else "i"
        user = issuers.User.objects.create_user(
            f"{word(kind, f'address of the {role}')}@example.org",
            name=word(kind, f"name of the {role}"),
        )
        factories.join(issuer=issuer, user=user, role="viewer" if role == "leaver" else role)
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
        school.staff[str(role)] = user
    boss, leaver = school.staff["administrator"], school.staff.pop("leaver")
    school.at["key order"] = parties.order_rotation(
        issuer=issuer, kind=kinds.Kind.P256, actor=boss, now=NOW
    )
    members = issuers.Membership.objects.of(issuer)
    school.at["member"] = members.get(user=leaver)
    invited = parties.invite(
        issuer=issuer,
        email=f"{word('l', 'address that was invited')}@example.org",
        role="viewer",
        language="fr",
        actor=boss,
        now=NOW,
    )
    school.at |= {"invitation": invited.invitation, "invited": invited.token}
    school.at["passkey"] = Authenticator.objects.create(
        user=boss,
        type=Authenticator.Type.WEBAUTHN,
        data={"name": word("i", "name of a passkey"), "credential": passkeys.registered()},
    )


def _prove(school: world.School) -> None:
    word, issuer = school.word, school.issuer
    school.at["domain"] = providers.proven(
        issuer,
        f"{word('p', 'proven domain')}.example.org",
        token=word("i", "what proves a domain").ljust(43, "x"),
        checked_at=NOW,
    )
    host = issuers.Host.objects.of(issuer).create(
        issuer=issuer,
        name=f"{word('p', 'host')}.example.org",
        token=word("i", "what proves a host").ljust(43, "x"),
        asked_at=NOW,
        checked_at=NOW,
    )
    issuers.LiveHost.objects.create(
        name=host.name, owner=issuer, token=host.token, since=NOW, confirmed_at=NOW
    )
    school.at["host"] = host
    named = {"name": word("p", "button of a provider"), "identifier": word("p", "client id")}
    school.at["provider"] = providers.oidc(issuer, **named)
    school.at["SAML"] = providers.saml(issuer, name=word("p", "button of a provider of SAML"))
    school.at["unit"] = parties.add_unit(
        issuer=issuer,
        name=word("p", "name of a unit"),
        kind="campus",
        place=word("p", "place of a unit"),
        now=NOW,
    )
    school.at["part"] = parties.add_unit(
        issuer=issuer,
        name=word("p", "name of a department"),
        kind="department",
        parent=school.at["unit"],
        now=NOW,
    )
    issuers.AnchoringLane.objects.of(issuer).create(
        issuer=issuer,
        chain="eip155:1",
        signer=word("i", "name of a submitter's key"),
        active_from=NOW - timedelta(days=9),
        active_until=NOW - timedelta(days=8),
    )


def _conceive(school: world.School) -> None:
    word, issuer, code = school.word, school.issuer, f"RNCP9900{ord(school.letter) - ord('A')}"
    certification = {
        "code": code,
        "title": word("p", "title of a certification"),
        "level": "6",
        "url": "https://certificateur.example/",
    }
    block = catalogue.describe_block(
        issuer=issuer,
        certification=certification,
        code=f"{code}BC01",
        title=word("p", "title of a block"),
    )
    school.at["hidden block"] = catalogue.describe_block(
        issuer=issuer,
        certification=certification,
        code=f"{code}BC02",
        title=word("l", "title of a block without badges"),  # transcripts say what is missing
    )
    school.at["block"] = block
    said: dict[str, Any] = {each: word("p", f"{each} of a badge") for each in WRITTEN}
    parts = PARTS | {"alignments": [_alignment(school)]}
    school.at["badge"] = factories.achievement(
        issuer=issuer, slug=word("p", "short name of a badge"), **(parts | said)
    )
    for at, standing in (("second badge", "suspendable"), ("third badge", "final")):
        school.at[at] = factories.achievement(
            issuer=issuer, slug=word("p", at), standing=standing, block=block,
            unit=school.at["unit"], **(said | {"name": word("p", f"name of the {at}")}),
        )  # fmt: skip
    draft: dict[str, Any] = {each: word("i", f"{each} of a draft") for each in said}
    school.at["draft"] = catalogue.draft(
        issuer=issuer,
        slug=word("i", "short name of a draft"),
        image=factories.png(),
        now=NOW,
        language="fr",
        **draft,
    )


def _alignment(school: world.School) -> dict[str, str]:
    word = school.word
    return {
        "target_name": word("p", "name of an alignment"),
        "target_url": f"https://framework.example/{word('p', 'address of an alignment')}",
        "target_type": f"ext:{word('p', 'type of an alignment')}",
        "target_framework": word("p", "framework of an alignment"),
        "target_description": word("p", "description of an alignment"),
    }


def _enrol(school: world.School) -> None:
    word = school.word
    school.at["learner"] = factories.learner(
        issuer=school.issuer,
        name=word("l", "name of a learner"),
        email=f"{word('i', 'address of a learner')}@example.org",
    )


def _agree(school: world.School, other: world.School, third: issuers.Issuer) -> None:
    word, issuer = school.word, school.issuer
    for at, partner, kind in (("partnership", third, "i"), ("offer", other.issuer, "s")):
        school.at[at] = catalogue.propose_partnership(
            issuer=issuer,
            partner=partner,
            start_date=NOW.date(),
            blocks=[school.at["block"]],
            achievements=[school.at["second badge"]],
            agreement=word(kind, "reference of an agreement"),
            now=NOW,
        )
    given = catalogue.propose_partnership(
        issuer=issuer,
        partner=other.issuer,
        start_date=NOW.date(),
        blocks=[school.at["block"]],
        agreement=word("s", "reference of an agreement that stands"),
        now=NOW,
    )
    catalogue.accept_partnership(issuer=other.issuer, partnership=given, now=NOW)
    with scope.inside(issuer):
        habilitation = given.habilitations.get()
    factories.achievement(
        issuer=other.issuer,
        slug=other.word("p", "short name of a badge under habilitation"),
        name=other.word("p", "name of a badge under habilitation"),
        habilitation=habilitation,
        certificateur=issuer,
    )


def _issued(school: world.School, badge: str, at: str, **details: Any) -> awards.Credential:
    reference = school.word("i", f"reference of {at}")
    award = services.Award(
        learner=school.at["learner"], reference=reference, valid_from=NOW, details=details
    )
    services.issue(
        issuer=school.issuer,
        achievement=school.at[badge],
        awards=[award],
        now=NOW,
        actor=school.staff["issuer"],
        tells=True,
    )
    found = selectors.find_by_reference(issuer=school.issuer, reference=reference)
    if found is None:
        raise AssertionError("It was just issued.")
    school.at[at] = found
    return found


def _award(school: world.School) -> None:
    word, issuer = school.word, school.issuer
    school.at["look"] = services.keep_look(
        issuer=issuer,
        name=word("i", "name of a kept look"),
        query=f"words={word('i', 'what a kept look looks for')}",
        actor=school.staff["issuer"],
        now=NOW,
    )
    school.at["evidence"] = services.attach(
        issuer=issuer,
        learner=school.at["learner"],
        content=word("l", "file of evidence").encode(),
        now=NOW,
    )
    _issued(
        school,
        "badge",
        "credential",
        narrative=word("l", "narrative of an award"),
        evidence=[
            {"file": str(school.at["evidence"].uuid), "name": word("l", "title of evidence")},
        ],
    )
    for at in ("revoked", "suspended"):
        _issued(school, "second badge", at)
    _issued(school, "third badge", "further")
    services.sign(now=NOW, limit=100)
    for at in ("credential", "revoked", "suspended", "further"):
        school.at[at].refresh_from_db()
    for act in awards.Tally.Act:
        counting.count(token=school.at["credential"].token, act=act, now=NOW)
    services.publish_status_lists(now=NOW)
    for kind in awards.Edition.Kind:
        services.request_edition(
            issuer=issuer, credential=school.at["credential"], kind=kind, now=NOW
        )
    school.at["transcript"] = services.request_transcript(
        issuer=issuer,
        learner=school.at["learner"],
        credentials=[school.at["credential"], school.at["further"]],
        reference=word("i", "reference of a transcript"),
        now=NOW,
    )


def _resemble(school: world.School, other: world.School) -> None:
    school.at["look-alike"] = issuers.LookAlike.objects.of(school.issuer).create(
        issuer=school.issuer,
        resembles=other.issuer,
        name=school.word("o", "name of a look-alike"),
        other_name=school.word("o", "name that it passes for"),
        note=school.word("o", "note on a look-alike"),
        likeness="same",
        found_at=NOW,
    )


def _endorse(school: world.School, other: world.School, third: issuers.Issuer) -> None:
    subjects = {
        "endorsement": (other.issuer, "p"),
        "endorsement of a badge": (other.at["badge"], "p"),
        "endorsement of an award": (other.at["credential"], "l"),
    }
    for at, (subject, kind) in subjects.items():
        comment = school.word(kind, at)
        said = services.endorse(issuer=school.issuer, subject=subject, comment=comment, now=NOW)
        services.accept_endorsement(issuer=other.issuer, endorsement=said, now=NOW)
        school.at[at] = said
    comment = school.word("i", "endorsement of a third organisation")
    services.endorse(issuer=school.issuer, subject=third, comment=comment, now=NOW)
    school.at["unanswered"] = services.endorse(
        issuer=school.issuer,
        subject=other.at["second badge"],
        comment=school.word("s", "endorsement that was not answered"),
        now=NOW,
    )


def _work() -> None:
    services.sign_endorsements(now=NOW, limit=100)
    services.sign_transcripts(now=NOW, limit=100)
    services.sign_editions(now=NOW, limit=100)


def _undo(school: world.School) -> None:
    word, issuer, actor = school.word, school.issuer, school.staff["issuer"]
    services.revoke(
        issuer=issuer,
        credential=school.at["revoked"],
        reason=word("l", "reason of a revocation"),
        note=word("i", "note beside a revocation"),
        actor=actor,
        now=NOW,
    )
    services.suspend(
        issuer=issuer,
        credential=school.at["suspended"],
        reason=word("l", "reason of a suspension"),
        note=word("i", "note beside a suspension"),
        actor=actor,
        now=NOW,
    )
