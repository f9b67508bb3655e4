"""Two organisations that have rows of every model, in the same places, with canaries in them.

They are made in `making`; what the services leave empty is filled here.
"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from django.apps import apps
from django.db import DatabaseError, connection, models, transaction
from django.test import Client

from issuers import models as issuers
from tests import roles
from tests.conftest import NOW

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.isolation.canaries import Canaries

# How far columns may be shown that draw a name for their row, or are filled; the others are inside.
DRAWN = {
    "issuers_issuer.uuid": "p", "issuers_issuer.did": "p", "issuers_signingkey.kid": "p",
    "issuers_identityprovider.key": "p", "issuers_acceptedsubmitter.account": "p",
    "badges_achievement.uuid": "p", "badges_partnership.uuid": "s", "badges_habilitation.uuid": "s",
    "credentials_credential.uuid": "l", "credentials_credential.token": "l",
    "credentials_transcript.uuid": "l", "credentials_transcript.token": "l",
    "credentials_evidencefile.uuid": "l", "credentials_evidencefile.token": "l",
    "credentials_endorsement.token": "l", "credentials_edition.kid": "p",
    "credentials_statuslist.uuid": "p", "credentials_statuslist.published_kid": "p",
    "badges_habilitation.whole": "s", "issuers_unit.place": "p",
}  # fmt: skip
# Texts that stay empty where nothing happened that they are about.
NOT_FILLED = {"credentials_preparation.reason"}
# Columns whose text has a form, so that no word of ours can stand there.
FORMED = re.compile(
    r"(?:^|_)(?:account|achievement_type|certificate|chain|code|colour|country|declaration|digest|door"
    r"|document|email|fingerprint|identifier|key|kid|language|level|linkedin_id|media_type|role"
    r"|signer|siret|slug|subject|token|url)$"
)


@dataclass(repr=False, eq=False)
class School:
    """One organisation of the two, and the rows by which routes are asked for.

    Attributes:
        letter: A or B.
        issuer: Its row.
        canaries: Its canaries.
        staff: Its people, by role.
        at: Rows by the name that `routes` asks for them.
    """

    letter: str
    issuer: issuers.Issuer
    canaries: Canaries
    staff: dict[str, issuers.User] = field(default_factory=dict)
    at: dict[str, Any] = field(default_factory=dict)

    def word(self, kind: str, about: str) -> str:
        return self.canaries.word(kind, about)


@dataclass(repr=False, eq=False)
class World:
    """Both organisations, and who belongs to neither."""

    a: School
    b: School
    operator: issuers.User
    learner: issuers.User
    sessions: dict[int, str]

    def schools(self) -> tuple[School, School]:
        return self.a, self.b

    def other(self, school: School) -> School:
        return self.b if school is self.a else self.a


def models_of_issuers() -> list[Any]:
    """Return every model that holds issuers' rows."""
    return [
        model
        for model in apps.get_models(include_auto_created=True)
        if any(each.attname == "issuer_id" for each in model._meta.local_concrete_fields)
    ]


def text_columns(model: Any) -> list[str]:
    """Return the columns of a model in which anything may be written."""
    return [
        str(each.column)
        for each in model._meta.local_concrete_fields
        if isinstance(each, models.CharField | models.TextField)
        and not each.choices
        and (each.max_length or 300) >= 20
        and not FORMED.search(str(each.column))
    ]


def fill(school: School) -> None:
    """Give every text that is empty a canary, where the database lets it have one."""
    for model in models_of_issuers():
        table_name = model._meta.db_table
        for column in text_columns(model):
            place = f"{table_name}.{column}"
            if place in NOT_FILLED:
                continue
            kind = DRAWN.get(place, "i")
            word = school.word(kind, f"{place}, which the world left empty")
            with (
                roles.as_owner(),
                suppress(DatabaseError),
                transaction.atomic(),
                connection.cursor() as cursor,
            ):
                cursor.execute(
                    f'UPDATE "{table_name}" SET "{column}" = %s'
                    f" WHERE issuer_id = %s AND \"{column}\" = ''",
                    [word, school.issuer.pk],
                )


def drawn(school: School) -> Iterator[tuple[str, str, Any]]:
    """Yield what rows of an organisation drew for themselves: table, column, value."""
    everything: list[Any] = [*models_of_issuers(), issuers.Issuer]
    with roles.as_owner():
        for model in everything:
            key = "id" if model is issuers.Issuer else "issuer_id"
            columns = [
                str(each.column)
                for each in model._meta.local_concrete_fields
                if isinstance(each, models.UUIDField)
                or (
                    isinstance(each, models.CharField)
                    and FORMED.search(str(each.column))
                    and not each.choices
                )
            ]
            if not columns:
                continue
            listed = ", ".join(f'"{each}"' for each in columns)
            with connection.cursor() as cursor:
                cursor.execute(
                    f'SELECT {listed} FROM "{model._meta.db_table}" WHERE {key} = %s',
                    [school.issuer.pk],
                )
                for row in cursor.fetchall():
                    for column, value in zip(columns, row, strict=True):
                        yield model._meta.db_table, column, value


def collect(school: School) -> None:
    for table_name, column, value in drawn(school):
        place = f"{table_name}.{column}"
        if value and school.canaries.mark not in str(value):
            school.canaries.name(value, DRAWN.get(place, "i"), place)
    draft = school.at["draft"]
    for at in ("endorsement", "endorsement of a badge"):  # accepted: whoever sees those sees them
        school.canaries.name(school.at[at].token, "p", "address of an endorsement that stands")
    school.canaries.name(draft.uuid, "i", "uuid of a draft")
    for at in ("preparation", "returned"):
        held = school.at[f"award of {at}"]
        school.canaries.name(held.token, "i", "token of an award that waits")
        school.canaries.name(held.uuid, "i", "uuid of an award that waits")


def session_of(user: issuers.User) -> str:
    """Sign somebody in just now, with a second factor; return the key of their session."""
    client = Client()
    client.force_login(user)
    session = client.session
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [
        {"method": "code", "at": NOW.timestamp(), "email": user.email},
        {"method": "mfa", "type": "totp", "at": NOW.timestamp(), "reauthenticated": True},
    ]
    session.save()
    return str(session.session_key)
