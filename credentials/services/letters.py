"""Write e-mails to learners: an organisation's words, or the standard ones, in our own layout.

Text and HTML say the same. What the HTML shows comes with it: nothing is loaded from anywhere, so
that nobody learns whether and when it was read.
"""

import io
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.mime.image import MIMEImage
from email.utils import formataddr, parseaddr
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import formats, timezone, translation
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext
from PIL import Image

from badges import models as badges
from credentials import models
from credentials.core import letters
from issuers import models as issuers
from issuers.core import colours, days

Kind = models.Message.Kind
LANGUAGES = tuple(models.Wording.Language.values)
# Ink of our own where an organisation has chosen no colour, or one on which white cannot be read.
INK = "#1f3a4d"
# What is shown of a logo and of a badge, twice as large for screens of twice the density.
LOGO, BADGE = (320, 96), (240, 240)
COLOURS = 128

STANDARD: Mapping[str, tuple[Any, Any]] = {
    Kind.ISSUED: (
        _("Your badge: [badge.name]"),
        _(
            "Hello [learner.name],\n\n"
            "[organisation.name] has issued you this badge: [badge.name].\n\n"
            "[link]\n\n"
            "The page is yours to show: it says what you achieved, and lets anybody check that the "
            "badge is genuine. You need no account to open it. Whoever has its address can see it, "
            "so give it to whom you like."
        ),
    ),
    Kind.REMINDER: (
        _("Your badge is waiting for you: [badge.name]"),
        _(
            "Hello [learner.name],\n\n"
            "Some time ago, on [date], [organisation.name] issued you this badge: [badge.name]. In "
            "case you missed it, here it is again.\n\n"
            "[link]\n\n"
            "You can add it to your CV, download it, or show it to an employer. Nothing happens if "
            "you do not: it stays yours."
        ),
    ),
    Kind.CORRECTED: (
        _("Your badge was corrected: [badge.name]"),
        _(
            "Hello [learner.name],\n\n"
            "[organisation.name] has put something right in this badge: [badge.name]. It was "
            "issued anew, and here it is.\n\n"
            "[link]\n\n"
            "The reason given: [reason]\n\n"
            "The one before stands no more. Where you gave its link to somebody, it leads to the "
            "new one; a file or an image of it that you kept has to be replaced."
        ),
    ),
    Kind.REVOKED: (
        _("Your badge was revoked: [badge.name]"),
        _(
            "Hello [learner.name],\n\n"
            "[organisation.name] has revoked this badge: [badge.name]. It stands no more, and "
            "whoever checks it reads so.\n\n"
            "The reason given: [reason]\n\n"
            "[link]\n\n"
            "If you think that this is a mistake, tell [organisation.name]."
        ),
    ),
    Kind.SUSPENDED: (
        _("Your badge is suspended: [badge.name]"),
        _(
            "Hello [learner.name],\n\n"
            "[organisation.name] has suspended this badge: [badge.name]. For now it does not "
            "stand, and whoever checks it reads so. It can stand again later.\n\n"
            "The reason given: [reason]\n\n"
            "[link]\n\n"
            "If you think that this is a mistake, tell [organisation.name]."
        ),
    ),
    Kind.REINSTATED: (
        _("Your badge stands again: [badge.name]"),
        _(
            "Hello [learner.name],\n\n"
            "[organisation.name] has let this badge stand again: [badge.name]. Whoever checks it "
            "reads that it is valid.\n\n"
            "[link]"
        ),
    ),
}

# Kinds that say why.
REASONED = frozenset({Kind.CORRECTED, Kind.REVOKED, Kind.SUSPENDED, Kind.REINSTATED})
SAMPLE_DAY = datetime(2026, 6, 30, 12, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Badge:
    """A badge that somebody is told of.

    Attributes:
        name: What it is called.
        url: Its page.
        day: From when it is valid.
        image: PNG; empty shows none.
    """

    name: str
    url: str
    day: datetime
    image: bytes = b""


@dataclass(frozen=True, slots=True)
class Written:
    """What somebody is sent.

    Attributes:
        subject: One line.
        text: The plain part.
        html: The same in our layout; its pictures are `cid:logo` and `cid:badge`.
        pictures: PNG, by those names.
    """

    subject: str
    text: str
    html: str
    pictures: Mapping[str, bytes]


def language_of(*, learner: str, issuer: issuers.Issuer) -> str:
    """Return in which language somebody is written to: theirs, or the organisation's."""
    for each in (learner, issuer.language):
        if each[:2].lower() in LANGUAGES:
            return each[:2].lower()
    return "en"


def known_of(kind: str) -> tuple[str, ...]:
    """Return what there is to put into letters of a kind, besides the link."""
    return (*letters.KNOWN, letters.REASON) if kind in REASONED else letters.KNOWN


def standard(*, kind: str, language: str) -> letters.Letter:
    """Return what is written where an organisation says nothing else."""
    subject, body = STANDARD[kind]
    with translation.override(language):
        return letters.read(str(subject), str(body), known=known_of(kind))


def pictures_of(*, issuer: issuers.Issuer, image: bytes) -> dict[str, bytes]:
    """Return the small pictures that go with e-mails about one badge."""
    given = {"logo": (bytes(issuer.logo or b""), LOGO), "badge": (image, BADGE)}
    return {name: _small(png, size) for name, (png, size) in given.items() if png}


def write(
    *,
    issuer: issuers.Issuer,
    letter: letters.Letter,
    language: str,
    name: str,
    told: Sequence[Badge],
    pictures: Mapping[str, bytes],
    reason: str = "",
) -> Written:
    """Write one e-mail.

    Args:
        issuer: Who writes.
        letter: Its words.
        language: Of the words, and of what stands around them.
        name: Of the learner.
        told: What they are told of: one, or several.
        pictures: As `pictures_of` returned them.
        reason: Why something was done to them.
    """
    ink = issuer.colour or INK
    if colours.contrast(ink, colours.WHITE) < colours.TEXT:
        ink = INK
    with translation.override(language):
        joined = pgettext("between names of badges", " and ").join(
            [", ".join(each.name for each in told[:-1])] * (len(told) > 1) + [told[-1].name]
        )
        day = timezone.localtime(told[0].day).date()
        values = {
            "learner.name": name,
            "badge.name": joined,
            "organisation.name": issuer.name,
            "date": days.said(formats.date_format(day, "DATE_FORMAT"), language=language),
            letters.REASON: reason,
        }
        see = pgettext("button of an e-mail", "See my badge")
        links = [
            letters.Link(label=f"{see}: {each.name}" if len(told) > 1 else see, url=each.url)
            for each in told
        ]
        subject = letters.subject_of(letter, values)
        foot = {"issuer": issuer, "badges": told, "language": language}
        text = letters.text_of(letter, values, links)
        text += "\n" + render_to_string("mail/learner_foot.txt", foot).strip() + "\n"
        body = letters.html_of(letter, values, links, button=_button(ink))
        html = render_to_string(
            "mail/learner.html",
            foot | {"subject": subject, "body": body, "pictures": pictures, "ink": ink},
        )
    return Written(subject=subject, text=text, html=html, pictures=pictures)


def sample(
    *,
    issuer: issuers.Issuer,
    letter: letters.Letter,
    language: str,
    badge: badges.Achievement | None = None,
) -> Written:
    """Write an e-mail to nobody: about this badge, one of the organisation, or a made-up one."""
    published = badges.Achievement.objects.of(issuer).filter(state="published")
    found = badge or published.order_by("-pk").first()
    with translation.override(language):
        learner, name = _("Camille Martin"), found.name if found else str(_("First aid at work"))
        told = Badge(name, f"{settings.PUBLIC_URL}/credentials/…", SAMPLE_DAY)
        return write(
            issuer=issuer,
            letter=letter,
            language=language,
            name=str(learner),
            told=[told],
            reason=str(_("The jury met again.")),
            pictures=pictures_of(issuer=issuer, image=bytes(found.image or b"") if found else b""),
        )


def shown(written: Written) -> str:
    """Return the HTML of an e-mail as a part of a page, with its pictures in it."""
    html = written.html
    for name, png in written.pictures.items():
        html = html.replace(f"cid:{name}", f"data:image/png;base64,{b64encode(png).decode()}")
    return html.partition("<body")[2].partition(">")[2].rpartition("</body>")[0]


def enclose(written: Written, *, issuer: issuers.Issuer, to: str) -> EmailMultiAlternatives:
    """Return the e-mail that is sent: from the organisation by name, and answered to it.

    Source: RFC 3834 section 5 (Auto-Submitted); RFC 2369 section 3.2 (List-Unsubscribe).
    """
    _name, sender = parseaddr(settings.DEFAULT_FROM_EMAIL)
    message = EmailMultiAlternatives(
        subject=written.subject,
        body=written.text,
        from_email=formataddr((" ".join(issuer.name.split()), sender)),
        to=[to],
        reply_to=[issuer.email] if issuer.email else None,
        headers={"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"},
    )
    if issuer.email:
        message.extra_headers["List-Unsubscribe"] = f"<mailto:{issuer.email}?subject=unsubscribe>"
    message.attach_alternative(written.html, "text/html")
    message.mixed_subtype = "related"  # type: ignore[attr-defined]  # the pictures belong to it
    for name, png in written.pictures.items():
        picture = MIMEImage(png, "png")
        picture.add_header("Content-ID", f"<{name}>")
        picture.add_header("Content-Disposition", "inline", filename=f"{name}.png")
        message.attach(picture)
    return message


def _button(ink: str) -> str:
    return (
        f"display:inline-block;padding:12px 24px;border-radius:6px;background:{ink};color:#ffffff;"
        "font-weight:bold;text-decoration:none"
    )


def _small(png: bytes, size: tuple[int, int]) -> bytes:
    picture = Image.open(io.BytesIO(png)).convert("RGBA")
    picture.thumbnail(size)
    stream = io.BytesIO()
    # A third of the bytes, which go to everybody: so few colours are enough at this size.
    picture.quantize(COLOURS).save(stream, "PNG", optimize=True)
    return stream.getvalue()
