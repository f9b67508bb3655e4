"""Found an organisation: its first administrator opens a link, proves the address, and it is there.

Until then nothing is in the database: the link carries what was asked, sealed by SECRET_KEY. So an
operator invites without a right to write, and where signing up is open, nobody fills the list of
organisations with names of whom nobody answers for.

ask_to_found    what is asked for is judged, and becomes a token
read_founding   what a token asks for
found           the organisation and its first administrator, once: its short name is then taken
"""

import re
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core import signing
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from issuers import models, scope
from issuers.core import kinds, roles
from issuers.services import judging, meeting, ordering, people, registering

VALIDITY = timedelta(days=14)
SALT = "acquis/founding/1"
MAX_SLUG = 60
# A token of ours is a quarter of this.
MAX_TOKEN = 4_000
# Addresses of the console that are no organisation's.
RESERVED = frozenset({"you", "new", "console"})
LANGUAGES = ("en", "fr")
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*", re.ASCII)


class NameTaken(Exception):  # noqa: N818 - it says what is wrong
    """An organisation of that short name is there: the link was used, or somebody was faster."""


@dataclass(frozen=True, slots=True)
class Founding:
    """What is asked for.

    Attributes:
        name: As people know it.
        slug: Its short name in addresses, for ever.
        kind: In the words of `Issuer.Kind`, or empty.
        country: Two letters, or empty.
        language: Of its texts, and of the e-mail.
        email: Of the first administrator, in small letters.
    """

    name: str
    slug: str
    kind: str
    country: str
    language: str
    email: str


def ask_to_found(
    *, name: str, slug: str, kind: str, country: str, language: str, email: str, now: datetime
) -> tuple[Founding, str]:
    """Judge what is asked for, and return it with the token for the link; writes nothing.

    Args:
        name: As people know it.
        slug: Its short name in addresses; empty: made of the name.
        kind: In the words of `Issuer.Kind`, or empty.
        country: Two letters, or empty.
        language: Of its texts, and of the e-mail.
        email: Of whoever is to be its first administrator.
        now: From when the link is good, for two weeks.

    Raises:
        ValidationError: a value is malformed, or the short name is taken; names each field.
    """
    wrong: dict[str, Any] = {}

    def judged(field: str, judge: Callable[[str], str], value: str) -> str:
        try:
            return judge(value)
        except ValidationError as refusal:
            wrong[field] = refusal.messages
            return value

    asked = Founding(
        name=judged("name", judging.name, " ".join(name.split())),
        slug=judged("slug", _slug, slug or slugify(name)[:MAX_SLUG].strip("-")),
        kind=judged("kind", _kind, kind),
        country=judged("country", judging.country, country) if country.strip() else "",
        language=judged("language", _language, language),
        email=judged("email", judging.address, email),
    )
    if wrong:
        raise ValidationError(wrong)
    return asked, signing.dumps([*asdict(asked).values(), int(now.timestamp())], salt=SALT)


def read_founding(*, token: str, now: datetime) -> Founding:
    """Return what a token asks for.

    Raises:
        NotOpen: it is none of ours, or older than two weeks.
    """
    try:
        *values, since = signing.loads(token[:MAX_TOKEN], salt=SALT)
    except signing.BadSignature as error:
        raise people.NotOpen("The link is not one of ours.") from error
    if not timedelta(0) <= now - datetime.fromtimestamp(since, tz=now.tzinfo) < VALIDITY:
        raise people.NotOpen("The link is older than two weeks.")
    return Founding(*values)


def is_founded(*, slug: str) -> bool:
    """Say whether an organisation of that short name is there."""
    return models.Issuer.objects.filter(slug=slug).exists()


@transaction.atomic
def welcome_founder(*, founding: Founding) -> models.User:
    """Return the account of whoever is to be the first administrator; make one if there is none.

    It opens with a code sent to its address, or not at all.
    """
    return meeting.meet(email=founding.email, name="")


def found(*, token: str, user: models.User, now: datetime) -> models.Issuer:
    """Make the organisation, and the person who has the address its administrator; once.

    Raises:
        NotOpen: the link is none of ours, or too old.
        NotInvited: it is for another address.
        NameTaken: an organisation of that short name is there.
    """
    founding = read_founding(token=token, now=now)
    if user.email.lower() != founding.email:
        raise people.NotInvited("The link is for another address.")
    try:
        with transaction.atomic():
            issuer = registering.register(
                slug=founding.slug,
                name=founding.name,
                now=now,
                kind=founding.kind,
                country=founding.country,
                language=founding.language,
                email=founding.email,
            )
            with scope.inside(issuer):
                models.Membership.objects.of(issuer).create(
                    issuer=issuer, user=user, role=roles.Role.ADMINISTRATOR
                )
                # Its first: who serves pages can make none.
                ordering.order_rotation(issuer=issuer, kind=kinds.Kind.ED25519, actor=user, now=now)
    except IntegrityError as error:
        raise NameTaken(f"{founding.slug} is taken.") from error
    return issuer


def _slug(text: str) -> str:
    slug = text.strip().lower()
    if len(slug) > MAX_SLUG or not _SLUG.fullmatch(slug):
        raise ValidationError(
            _("Small letters without accents, digits and single hyphens, at most 60.")
        )
    if slug in RESERVED or is_founded(slug=slug):
        raise ValidationError(_("This short name is taken: choose another one."))
    return slug


def _kind(text: str) -> str:
    if text and text not in models.Issuer.Kind.values:
        raise ValidationError(_("Choose one of the kinds."))
    return text


def _language(text: str) -> str:
    if text not in LANGUAGES:
        raise ValidationError(_("Choose one of the languages."))
    return text
