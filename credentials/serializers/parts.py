"""What the parts of a badge are called that its learner may hide, in plain words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

_WORDS: dict[str, StrOrPromise] = {
    "identity-name": _("The fingerprint of your name"),
    "identity-emailAddress": _("The fingerprint of your e-mail address"),
    "awarded": _("The day on which it was awarded"),
    "evidence": _("The evidence: what you made or did"),
    "endorsements": _("What others say of it"),
    "results": _("Your results"),
    "activity": _("The days on which you began and ended"),
    "credits": _("The credits that you earned"),
    "license": _("The number of your licence or certificate"),
    "narrative": _("How you earned it"),
    "role": _("Your role"),
    "term": _("The term"),
    "source": _("Who assessed you"),
}
_ANOTHER = _("The fingerprint of another identifier (%(kind)s)")


def words(name: str) -> str:
    """Return what to call a part, in the active language."""
    if name in _WORDS:
        return str(_WORDS[name])
    kind = name.partition("-")[2] or name
    return str(_ANOTHER) % {"kind": kind}
