"""Whether learners are reminded by e-mail without anybody pressing a button."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from credentials.forms.reminding import ReminderForm
from credentials.services import reminding
from issuers import access
from issuers import services as parties
from issuers.access.questions import CONFIRM, ask
from issuers.core.roles import Action


@CONFIRM
@access.member_may(Action.EDIT_ORGANISATION)
def reminders(request: HttpRequest, member: access.Membership) -> HttpResponse:
    """Ask after how many days, and how often; then remind from now on."""
    issuer = member.issuer
    known = {"after": issuer.reminds_after, "most": issuer.reminds_most}
    form = ReminderForm(request.POST or None, initial=known if issuer.reminds_after else None)
    back = reverse("console-mail", kwargs={"slug": issuer.slug})
    if request.method == "POST" and form.is_valid():
        parties.require_reminders(issuer=issuer, now=timezone.now(), **form.cleaned_data)
        messages.success(request, _("Learners are reminded automatically from now on."))
        return redirect(back)
    return ask(
        request,
        title=_("Remind learners automatically?"),
        about=_(
            "Whoever was told of a badge by e-mail from now on, and neither opened its page nor "
            "claimed it, is reminded. Never: whoever opened or claimed it, an address that came "
            "back, whoever does not want to be written to, a badge that was revoked. Those who "
            "were told before are reminded by hand, on the page of e-mails."
        ),
        act=_("Remind them"),
        back=back,
        form=form,
    )


@CONFIRM
@access.member_may(Action.EDIT_ORGANISATION)
def stop(request: HttpRequest, member: access.Membership) -> HttpResponse:
    """Remind nobody any more, after a question."""
    back = reverse("console-mail", kwargs={"slug": member.issuer.slug})
    if request.method == "POST":
        number = reminding.stop(issuer=member.issuer, now=timezone.now())
        messages.success(request, _("Nobody is reminded automatically any more."))
        if number:
            messages.info(
                request,
                ngettext(
                    "%(number)d reminder that waited does not leave.",
                    "%(number)d reminders that waited do not leave.",
                    number,
                )
                % {"number": number},
            )
        return redirect(back)
    return ask(
        request,
        title=_("Remind nobody automatically any more?"),
        about=_("What waits does not leave either. You can still remind by hand."),
        act=_("Turn it off"),
        back=back,
    )
