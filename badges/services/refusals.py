"""What the core refuses, said to a person: which field, what is wrong, what to do instead.

The core has no catalogue: it raises a code, a place and values. Here they get their words in the
active language; a code without words of its own keeps the core's.
"""

# ruff: noqa: RUF001 - text for people is typeset

from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from badges.core import document, frameworks, schema

WORDS: dict[str, StrOrPromise] = {
    "activity_order": _("The activity would end before it starts: exchange the two dates."),
    "blank": _("It is blank: write something, or leave it out."),
    "bounds_cross": _("The least value %(least)s is greater than the greatest, %(most)s."),
    "evidence_empty": _(
        "Evidence needs an address, a narrative or a description: give one of them."
    ),
    "key_twice": _("Two results have the same key: give each a key of its own."),
    "level_twice": _("Two levels have the same key: give each a key of its own."),
    "missing": _("It is missing: fill it in."),
    "no_description": _("The badge describes no such result: use one of its keys."),
    "no_level": _("There is no such level: use the key of one of the levels."),
    "no_such_status": _("A status is one of: %(allowed)s."),
    "not_a_choice": _(
        "This word is not one of the standard’s: choose one of its words, or a term of your own "
        "such as ext:Example."
    ),
    "not_a_count": _("Give a number of at least 0."),
    "not_a_key": _("Write a key of 1 to 60 small letters, digits, dots or dashes."),
    "not_a_language": _("Write a language code such as fr or fr-CA."),
    "not_a_number": _("This is not a number: write 12.5."),
    "not_a_timestamp": _("Write a date and time with its zone, such as 2026-01-31T12:00:00Z."),
    "not_a_uri": _("Write a whole address, such as https://… or urn:…"),
    "not_an_array": _("Give a list, even of one entry."),
    "not_an_object": _("Give named values, not a bare one."),
    "not_text": _("Give text: numbers are written in quotes here."),
    "number_range": _("Give 0, or a number between 0.000001 and 9007199254740992."),
    "result_empty": _("A result needs a value, a level or a status: give one of them."),
    "status_missing": _("This result is a status: give one."),
    "too_long": _("It is too long: keep to %(most)s characters."),
    "too_many": _("These are too many: keep to %(most)s."),
    "too_many_levels": _(
        "A result has at most %(levels)s levels and %(allowed)s allowed values: leave some out."
    ),
    "unknown_member": _("Nothing is known by this name here. Known are: %(allowed)s."),
    "unspeakable": _("It holds a control character: type it anew instead of pasting it."),
    "value_not_allowed": _("This value is not allowed. Allowed are: %(allowed)s."),
    "value_outside": _("This value is out of bounds: the bounds are %(least)s and %(most)s."),
}

# Members of the standard, by the names that they have here.
FIELDS = {
    "achievementType": "achievement_type",
    "alignment": "alignments",
    "creditsAvailable": "credits_available",
    "criteria": "criteria",
    "fieldOfStudy": "field_of_study",
    "humanCode": "human_code",
    "inLanguage": "language",
    "otherIdentifier": "identifiers",
    "resultDescription": "result_descriptions",
    "tag": "tags",
}
Refusal = document.DocumentError | schema.NonConformant | frameworks.FrameworkCodeError


def refused(
    error: Refusal, *, field: str = "", fields: Mapping[str, str] = FIELDS
) -> ValidationError:
    """Return the refusal of the core as one that names the field and the remedy.

    Args:
        error: What the core raised.
        field: The field that was being read; needed where the core does not know it.
        fields: Members of the standard, by the names of the fields that they were made from.
    """
    if isinstance(error, schema.NonConformant):
        problem = error.problems[0]
        member, _slash, where = problem.pointer.removeprefix("/").partition("/")
        code, message, values = problem.code, problem.message, {}
        field = field or fields.get(member, member)
        if (member, where) == ("criteria", "id"):
            field, where = "criteria_url", ""
    elif isinstance(error, document.DocumentError):
        code, message, values, where = error.reason, error.message, error.values, error.where
        if not field:
            field, _slash, where = where.partition("/")
    else:
        code, message, values, where = "", str(error), {}, ""
    words = str(WORDS[code]) % values if code in WORDS else message
    if where:
        words = gettext("At %(where)s: %(problem)s") % {"where": where, "problem": words}
    return ValidationError({field or "document": words})
