"""What a learner shares a badge with: links, the fields of a profile, a signature for e-mails.

Nothing here asks another site for anything: a link is followed when somebody chooses to. None of it
names the learner, who says themselves whose badge it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

from django.conf import settings
from django.utils import dateformat, translation
from django.utils.html import format_html
from django.utils.translation import gettext as _

from credentials.serializers.certificate import shortened

if TYPE_CHECKING:
    from datetime import datetime

    from django.utils.safestring import SafeString

    from credentials import models
    from credentials.serializers.presentation import Presentation

PROFILE = "https://www.linkedin.com/profile/add"
POST = "https://www.linkedin.com/sharing/share-offsite/"
# As Open Graph writes a language: with a territory, of which there is one for each of ours.
LOCALES = {"en": "en_GB", "fr": "fr_FR"}
MAX_SUMMARY = 200


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a form elsewhere, to copy by hand."""

    key: str
    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Sharing:
    """How a badge is passed on.

    Attributes:
        address: of its page: the link to copy.
        profile: adds it to one's profile on LinkedIn, with every field filled in.
        post: begins a post there.
        mail: begins an e-mail.
        fields: of the profile, one by one, for when the form does not fill itself in.
    """

    address: str
    profile: str
    post: str
    mail: str
    fields: tuple[Field, ...]


def sharing(shown: Presentation, credential: models.Credential) -> Sharing | None:
    """Return how a badge is passed on, in the active language; None for one not to be relied on."""
    if shown.state.tone == "bad" or shown.correction:
        return None
    # Whoever opens it reads it in the language in which it was shared, and so does the preview.
    spoken = f"{shown.id}?lang={translation.get_language()}"
    body = _("Here is a badge that you can check yourself:") + f"\r\n{spoken}\r\n"
    return Sharing(
        address=shown.id,
        profile=f"{PROFILE}?{urlencode(_parameters(shown, credential))}",
        post=f"{POST}?{urlencode({'url': spoken})}",
        # RFC 6068: spaces are %20, a "+" would be read as one.
        mail=f"mailto:?subject={quote(title(shown))}&body={quote(body)}",
        fields=_fields(shown, credential),
    )


def title(shown: Presentation) -> str:
    """Return what a badge is, in a line."""
    return _("%(badge)s, issued by %(issuer)s") % {
        "badge": shown.badge.name,
        "issuer": shown.issuer.name,
    }


def signature(shown: Presentation, *, image: str, site: str = "") -> SafeString:
    """Return a signature for e-mails: HTML that programs for mail keep.

    They drop stylesheets, scripts and frames; a table, a picture and a link are kept by all.
    Without style attributes it also stands on a page of ours as it is, to be marked and copied.

    Args:
        shown: the badge.
        image: the path of its picture.
        site: what goes before the path where it is read elsewhere.
    """
    return format_html(
        '<table cellpadding="0" cellspacing="0" border="0" role="presentation"><tr>'
        '<td valign="middle"><a href="{address}">'
        '<img src="{image}" alt="{badge}" width="56" height="56" border="0"></a></td>'
        '<td width="12">&nbsp;</td>'
        '<td valign="middle"><a href="{address}"><b>{badge}</b></a><br>{issuer}<br>'
        '<a href="{address}">{check}</a></td></tr></table>',
        address=f"{shown.id}?lang={translation.get_language()}",
        image=site + image,
        badge=shown.badge.name,
        issuer=shown.issuer.name,
        check=_("Check this badge"),
    )


def summary(shown: Presentation) -> str:
    """Return what is said beside the link where it is shared; never about whom it is."""
    return shortened(f"{shown.state.title}. {shown.badge.description}", most=MAX_SUMMARY)


def locales() -> tuple[str, tuple[str, ...]]:
    """Return the present language and the others as Open Graph writes them."""
    current = (translation.get_language() or settings.LANGUAGE_CODE).partition("-")[0]
    others = tuple(LOCALES[code] for code, _name in settings.LANGUAGES if code != current)
    return LOCALES[current], others


def _parameters(shown: Presentation, credential: models.Credential) -> dict[str, str]:
    """Return what LinkedIn reads; the number of its page wins, because it leads to a logo."""
    organisation = credential.issuer.linkedin_id
    return {
        "startTask": "CERTIFICATION_NAME",
        "name": shown.badge.name,
        **(
            {"organizationId": organisation}
            if organisation
            else {"organizationName": shown.issuer.name}
        ),
        **_month("issue", shown.issued_at),
        **_month("expiration", shown.valid_until),
        "certUrl": shown.id,
        "certId": credential.token,
    }


def _month(name: str, instant: datetime | None) -> dict[str, str]:
    if instant is None:
        return {}
    day = instant.astimezone(UTC)
    return {f"{name}Year": str(day.year), f"{name}Month": str(day.month)}


def _fields(shown: Presentation, credential: models.Credential) -> tuple[Field, ...]:
    """Return the fields in the order and by the names of LinkedIn's own form."""
    found = (
        Field("name", _("Name"), shown.badge.name),
        Field("organization", _("Issuing organisation"), shown.issuer.name),
        Field("issued", _("Issue date"), _month_words(shown.issued_at)),
        Field("expires", _("Expiration date"), _month_words(shown.valid_until)),
        Field("id", _("Credential ID"), credential.token),
        Field("url", _("Credential URL"), shown.id),
    )
    return tuple(each for each in found if each.value)


def _month_words(instant: datetime | None) -> str:
    return dateformat.format(instant.astimezone(UTC), "F Y") if instant else ""
