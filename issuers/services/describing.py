"""Describe an organisation: what its page says, and what goes into documents signed from now on.

What was signed keeps the profile that it was signed with, and the DID never changes: nothing here
alters a word of a credential that somebody holds.
"""

# ruff: noqa: RUF001 - text for people is typeset

import re
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_stubs_ext import StrOrPromise

from issuers import models, scope
from issuers.core import colours, registration
from issuers.services import judging

# What may be changed once an organisation is there: neither its DID nor its address.
FIELDS = frozenset(
    {
        "name", "legal_name", "kind", "description", "url", "email", "country", "region",
        "language", "languages", "siret", "registration", "declaration", "qualiopi", "colour",
        "linkedin_id", "logo",
    }
)  # fmt: skip
# For forms, which know no row.
KINDS = models.Issuer.Kind.choices
# The kinds of action for which Qualiopi is awarded (art. L6313-1 code du travail).
QUALIOPI: dict[str, StrOrPromise] = {
    "training": gettext_lazy("Training"),
    "assessment": gettext_lazy("Skills assessment"),
    "vae": gettext_lazy("Validation of experience (VAE)"),
    "apprenticeship": gettext_lazy("Training by apprenticeship"),
}
MAX_LANGUAGES = 20
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Z]{2})?", re.ASCII)
_WORDS: dict[str, StrOrPromise] = {
    "not_digits": gettext_lazy(
        "A SIRET has 14 digits: copy it from annuaire-entreprises.data.gouv.fr."
    ),
    "wrong_sum": gettext_lazy("A digit of this SIRET is wrong: compare it with the register."),
    "not_a_declaration": gettext_lazy(
        "A declaration of activity has 11 digits, such as 11 75 12345 67."
    ),
    "not_a_number": gettext_lazy(
        "Write the number as the register does, with letters and digits, in 40 characters at most."
    ),
}


@transaction.atomic
def describe(*, issuer: models.Issuer, **changes: Any) -> models.Issuer:
    """Change what an organisation says of itself; all of it or nothing.

    Args:
        issuer: The organisation.
        changes: Columns of Issuer, among `FIELDS`, as people type them; `logo` as
            `badges.services.picture` gives it, or None.

    Returns:
        The organisation, as it is now.

    Raises:
        ValidationError: a field is malformed; names each, and the remedy.

    Source: Open Badges 3.0 appendix B (Profile); art. L6352-12 code du travail.
    """
    unknown = sorted(set(changes) - FIELDS)
    if unknown:
        raise ValidationError({unknown[0]: _("This is fixed since the organisation is here.")})
    fresh = models.Issuer.objects.select_for_update().get(pk=issuer.pk)
    names = (fresh.name, fresh.legal_name)
    problems: dict[str, list[str]] = {}
    for name, value in changes.items():
        try:
            setattr(fresh, name, _read(name, value))
        except ValidationError as error:
            problems[name] = error.messages
    try:
        fresh.clean_fields(exclude=set(problems))
    except ValidationError as error:
        problems |= error.message_dict
    if problems:
        raise ValidationError(problems)
    if (fresh.name, fresh.legal_name) != names:
        fresh.is_name_compared = False
    with scope.inside(issuer):
        fresh.save(update_fields=[*changes, "is_name_compared"])
    return fresh


def _read(name: str, value: Any) -> Any:
    """Return the value that is kept of what was given.

    Raises:
        ValidationError: it is none; says what to do.
    """
    if isinstance(value, str):
        value = value.strip()
    if not value:
        return value
    if name in _READERS:
        return _READERS[name](value)
    return value


def _number(value: str, kind: str) -> str:
    try:
        return _REGISTERS[kind](value)
    except registration.RegistrationError as error:
        raise ValidationError(str(_WORDS[error.reason])) from error


def _colour(value: str) -> str:
    try:
        read = colours.colour(value)
    except colours.ColourError as error:
        raise ValidationError(_("Write a colour with six digits, such as #1d4f91.")) from error
    ratio = colours.contrast(read, colours.WHITE)
    if ratio < colours.TEXT:
        raise ValidationError(
            _(
                "White text on this colour is hard to read (contrast %(ratio).1f, %(least).1f is "
                "needed): choose a darker one."
            )
            % {"ratio": int(ratio * 10) / 10, "least": colours.TEXT}
        )
    return read


def _address(value: str) -> str:
    if not value.lower().startswith(("https://", "http://")):
        raise ValidationError(_("Write the whole address, beginning with https://"))
    return value


def _linkedin(value: str) -> str:
    if not re.fullmatch(r"[0-9]{1,20}", value):
        raise ValidationError(
            _("Write the number of the organisation’s page on LinkedIn: digits only.")
        )
    return value


def _languages(value: Any) -> list[str]:
    found = list(dict.fromkeys(value)) if isinstance(value, list) else [value]
    if len(found) > MAX_LANGUAGES or not all(
        isinstance(each, str) and _LANGUAGE.fullmatch(each) for each in found
    ):
        raise ValidationError(_("Choose languages by their codes, such as fr or fr-CA."))
    return found


def _qualiopi(value: Any) -> list[str]:
    found = set(value) if isinstance(value, list) else {value}
    if not found <= set(QUALIOPI):
        raise ValidationError(_("Choose among the kinds of action that Qualiopi certifies."))
    return [each for each in QUALIOPI if each in found]


_REGISTERS = {
    "siret": registration.siret,
    "registration": registration.other,
    "declaration": registration.declaration_of_activity,
}
_READERS = {
    "siret": lambda value: _number(value, "siret"),
    "registration": lambda value: _number(value, "registration"),
    "declaration": lambda value: _number(value, "declaration"),
    "colour": _colour,
    "country": judging.country,
    "url": _address,
    "linkedin_id": _linkedin,
    "languages": _languages,
    "qualiopi": _qualiopi,
}
