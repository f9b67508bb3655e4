"""E-mails to people: written after what they tell of is in the database, never inside it."""

from datetime import datetime

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from issuers import models
from issuers.services import founding


def send_invitation(*, invitation: models.Invitation, token: str) -> None:
    """Send an invitation with its link to the address that was invited.

    Args:
        invitation: With its issuer and, if known, who invites.
        token: What `invite` or `invite_again` returned; it is kept nowhere.

    Raises:
        OSError: the mail server does not take it (smtplib's errors are of that kind).
    """
    # Not the address that a browser claimed to be on.
    link = f"{settings.PUBLIC_URL}{reverse('invitation', args=[token])}"
    send("invitation", invitation.language, invitation.email, invitation=invitation, link=link)


def send_founding(*, now: datetime, **wanted: str) -> founding.Founding:
    """Send the link that makes an organisation to the address of its first administrator.

    Args:
        now: From when the link is good, for two weeks.
        wanted: What is asked for, as `founding.ask_to_found` takes it.

    Returns:
        What the link makes.

    Raises:
        ValidationError: a value is malformed, or the short name is taken; names each field.
        OSError: the mail server does not take it.
    """
    asked, token = founding.ask_to_found(**wanted, now=now)
    link = f"{settings.PUBLIC_URL}{reverse('founding', args=[token])}"
    send("founding", asked.language, asked.email, founding=asked, link=link)
    return asked


def send(name: str, language: str, address: str, **context: object) -> None:
    """Write an e-mail in a language, and send it.

    Args:
        name: Of its two templates, `mail/NAME_subject.txt` and `mail/NAME.txt`.
        language: In which it is written.
        address: To whom it goes.
        context: What the templates speak of.

    Raises:
        OSError: the mail server does not take it (smtplib's errors are of that kind).
    """
    with translation.override(language):
        subject = render_to_string(f"mail/{name}_subject.txt", context)
        body = render_to_string(f"mail/{name}.txt", context)
    # One line: a name with a line break in it would begin another header.
    EmailMessage(" ".join(subject.split()), body, to=[address]).send()
