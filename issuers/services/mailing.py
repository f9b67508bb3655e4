"""E-mails to people: written after what they tell of is in the database, never inside it."""

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from issuers import models


def send_invitation(*, invitation: models.Invitation, token: str) -> None:
    """Send an invitation with its link to the address that was invited.

    Args:
        invitation: With its issuer and, if known, who invites.
        token: What `invite` or `invite_again` returned; it is kept nowhere.

    Raises:
        OSError: the mail server does not take it (smtplib's errors are of that kind).
    """
    with translation.override(invitation.language):
        context = {
            "invitation": invitation,
            # Not the address that a browser claimed to be on.
            "link": f"{settings.PUBLIC_URL}{reverse('invitation', args=[token])}",
        }
        subject = render_to_string("mail/invitation_subject.txt", context)
        body = render_to_string("mail/invitation.txt", context)
    # One line: a name with a line break in it would begin another header.
    EmailMessage(" ".join(subject.split()), body, to=[invitation.email]).send()
