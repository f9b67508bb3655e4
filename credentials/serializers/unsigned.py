"""Why an award could not be signed, said to a person: what is wrong, and what to do about it."""

# ruff: noqa: RUF001 - text for people is typeset, with the apostrophe of print

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from badges.services import refusals

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

_OURS = _(
    "It would not follow the standard, and nothing that you wrote is to blame. Tell whoever runs "
    "this installation what is said here."
)
_UNKNOWN = _(
    "It could not be written or signed. If what is said here does not help you, tell whoever runs "
    "this installation."
)
_STRUCTURE = (
    "ambiguous", "document-ambiguous", "document-not-canonical", "document-not-json-ld",
    "document-too-complex", "document-unknown-context", "duplicate-member", "empty",
    "no_identity", "not-an-object", "not-canonical", "not-json", "not-json-ld", "not_a_boolean",
    "not_a_jws", "not_an_index", "null", "too-complex", "unexpected", "unknown-context",
    "wrong_context", "wrong_type",
)  # fmt: skip
_LOST = _(
    "Something in it would not be covered by the signature, such as an address that is not whole: "
    "correct it or leave it out."
)
_UNSAFE = _(
    "A text, an address or a number is not written alike by all programs: type it anew, without "
    "special characters and with fewer digits."
)
_LARGE = _("It says too much to be signed: shorten it, or attach it as a file.")
# By the codes of services/refusing. Those that forms show have their words already; but for those
# whose words name values, which the row does not keep.
WORDS: dict[str, StrOrPromise] = {
    **refusals.WORDS,
    **dict.fromkeys(_STRUCTURE, _OURS),
    "bounds_cross": _("The least value of a result is greater than the greatest."),
    "data-loss": _LOST,
    "document-data-loss": _LOST,
    "document-unsafe-value": _UNSAFE,
    "email_form": _("The learner’s e-mail address is not of the form name@domain: correct it."),
    "email_too_long": _("The learner’s e-mail address is too long: correct it."),
    "erased": _("The learner was erased before it was signed."),
    "name_control": _("The learner’s name holds a control character: type it anew."),
    "name_empty": _("The learner has no name: give one."),
    "name_too_long": _("The learner’s name is too long: shorten it."),
    "no_such_status": _("A result has a status that the standard does not know."),
    "not-utf-8": _UNSAFE,
    "number": _UNSAFE,
    "order": _("It would end before it starts: exchange the two dates."),
    "surrogate": _UNSAFE,
    "too-deep": _LARGE,
    "too-large": _LARGE,
    "too_deep": _LARGE,
    "too_large": _LARGE,
    "too_long": _("It is too long: shorten it."),
    "too_many": _("These are too many: leave some out."),
    "too_many_levels": _("A result has too many levels or allowed values: leave some out."),
    "unknown_member": _("Nothing is known by this name here: leave it out."),
    "unsafe-value": _UNSAFE,
    "value_not_allowed": _("A result has a value that the badge does not allow."),
    "value_outside": _("A result has a value that is out of the badge’s bounds."),
}
# As rows have it that were refused before there was a code for it.
_EARLIER = {"The learner was erased before the credential was signed.": "erased"}
_CODED = re.compile(r"(?:(?P<where>[^\n]*): )?(?P<code>[a-z][a-z0-9_-]*)")


@dataclass(frozen=True, slots=True)
class Why:
    """Why something was not signed.

    Attributes:
        words: in the active language.
        detail: what is on record, for whoever looks into it; empty where the words say it all.
    """

    words: str
    detail: str


def why(refusal: str) -> Why:
    """Return the words for a refusal that is on record; what is unknown is shown as it is."""
    found = _CODED.fullmatch(_EARLIER.get(refusal, refusal))
    known = WORDS.get(found["code"]) if found else None
    if found is None or known is None:
        return Why(str(_UNKNOWN), refusal)
    words = str(known)
    if found["where"]:
        words = gettext("At %(where)s: %(problem)s") % {"where": found["where"], "problem": words}
    return Why(words, refusal if known is _OURS else "")
