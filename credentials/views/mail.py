"""What became of e-mails to learners, and what can be done about it."""

import uuid as uuids

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from badges import selectors as badges
from credentials.selectors import following, reminding
from credentials.selectors import messages as questions
from credentials.serializers import messages as words
from credentials.services import retelling
from issuers import access, rules
from issuers.access.questions import CONFIRM, ask
from issuers.core.roles import Action

State = questions.State
# Of so many the names are said before they are reminded.
NAMED = 50


@require_safe
@access.member_may(Action.SEE_LEARNERS)
def mail(request: HttpRequest, member: access.Membership) -> HttpResponse:
    """Show what became of e-mails, the newest first, of one state or of all."""
    state = request.GET.get("state", "")
    state = state if state in State.values else ""
    before = request.GET.get("before", "")
    found = questions.messages(
        issuer=member.issuer,
        state=state,
        before=int(before) if before.isdecimal() and len(before) < 19 else None,  # noqa: PLR2004 - bigint
        limit=questions.PAGE + 1,
    )
    counts = questions.counts(issuer=member.issuer)
    now = timezone.now()
    may = rules.may(member, Action.PREPARE_AWARD)
    context = {
        "shelves": words.shelves(counts, chosen=state),
        "state": state,
        "remedy": words.REMEDIES.get(state, ""),
        "rows": [(row, words.TONES[row.state]) for row in found[: questions.PAGE]],
        "next": found[questions.PAGE - 1].pk if len(found) > questions.PAGE else None,
        "total": words.at_most(counts),
        "may_send": may,
        "may_correct": rules.may(member, Action.ENROL_LEARNER),
        "is_again": may and state in retelling.AGAIN and counts.get(state),
        "again": (*retelling.AGAIN, State.COMPLAINED),
        "remindable": questions.remindable(
            issuer=member.issuer, before=now - retelling.PATIENCE, now=now
        )
        if may
        else (),
        "days": retelling.PATIENCE.days,
        "reminders": reminding.reminders(issuer=member.issuer, now=now),
    }
    return render(request, "console/mail/list.html", context)


@require_POST
@access.member_may(Action.PREPARE_AWARD)
def again(request: HttpRequest, member: access.Membership, pk: int) -> HttpResponse:
    """Send one message again."""
    found = _find(member, pk)
    try:
        retelling.send_again(
            issuer=member.issuer,
            states=(*retelling.AGAIN, State.COMPLAINED),
            actor=member.user,
            now=timezone.now(),
            message=found,
        )
    except retelling.NothingToSend:
        messages.error(request, _nothing())
    else:
        messages.success(request, _("It is sent again within a minute."))
    return redirect("console-mail", slug=member.issuer.slug)


@CONFIRM
@access.member_may(Action.PREPARE_AWARD)
def all_again(request: HttpRequest, member: access.Membership, state: str) -> HttpResponse:
    """Send everything of one state again, after a question."""
    if state not in retelling.AGAIN:
        raise Http404
    number = questions.number_of(issuer=member.issuer, state=state)
    back = reverse("console-mail", kwargs={"slug": member.issuer.slug})
    problem = ""
    if request.method == "POST":
        try:
            sent = retelling.send_again(
                issuer=member.issuer, states=(state,), actor=member.user, now=timezone.now()
            )
        except retelling.NothingToSend:
            problem = _nothing()
        else:
            messages.success(request, _sent(sent))
            return redirect(back)
    return ask(
        request,
        title=ngettext("Send %(number)d e-mail again?", "Send %(number)d e-mails again?", number)
        % {"number": number},
        about=str(words.REMEDIES[state]),
        act=_("Send again"),
        back=back,
        problem=problem,
    )


@CONFIRM
@access.member_may(Action.PREPARE_AWARD)
def remind(request: HttpRequest, member: access.Membership, uuid: uuids.UUID) -> HttpResponse:
    """Remind those of one badge who were told a while ago, after a question."""
    now = timezone.now()
    chosen = questions.remindable_of(
        issuer=member.issuer, badge=uuid, before=now - retelling.PATIENCE, now=now
    )
    found = next(
        (each for each in badges.ever_published(issuer=member.issuer) if each.uuid == uuid), None
    )
    if chosen is None or found is None:
        raise Http404
    back = reverse("console-mail", kwargs={"slug": member.issuer.slug})
    if request.method == "POST":
        try:
            number = retelling.remind(
                issuer=member.issuer, achievement=found, actor=member.user, now=now
            )
        except retelling.NothingToSend:
            raise Http404 from None
        questions.forget_remindable(issuer=member.issuer)
        messages.success(request, _sent(number))
        return redirect(back)
    return ask(
        request,
        title=_("Remind of %(badge)s?") % {"badge": chosen.name},
        about=ngettext(
            "%(number)d learner gets an e-mail, and is never reminded of this badge again.",
            "%(number)d learners get an e-mail, and are never reminded of this badge again.",
            chosen.number,
        )
        % {"number": chosen.number}
        + " "
        + _("Those whose page was opened since, by anybody, are left out."),
        act=_("Remind"),
        back=back,
        whom=[
            (
                each.learner.name,
                reverse(
                    "console-credential",
                    kwargs={"slug": member.issuer.slug, "uuid": each.credential.uuid},
                ),
            )
            for each in questions.unopened(
                issuer=member.issuer, badge=uuid, before=now - retelling.PATIENCE, now=now,
                limit=NAMED,
            )
        ],
    )  # fmt: skip


@require_POST
@access.member_may(Action.PREPARE_AWARD)
def tell(request: HttpRequest, member: access.Membership, uuid: uuids.UUID) -> HttpResponse:
    """Tell the learner of one credential, for the first time or again."""
    found = following.find_issued(issuer=member.issuer, uuid=uuid)
    if found is None:
        raise Http404
    try:
        retelling.tell(
            issuer=member.issuer, credential=found, actor=member.user, now=timezone.now()
        )
    except retelling.NothingToSend:
        messages.error(request, _("An e-mail about it is on its way already, or cannot be sent."))
    else:
        messages.success(request, _("An e-mail about it leaves within a minute."))
    return redirect("console-credential", slug=member.issuer.slug, uuid=uuid)


def _find(member: access.Membership, pk: int) -> questions.Message:
    found = questions.find_message(issuer=member.issuer, pk=pk)
    if found is None or found.is_replaced:
        raise Http404
    return found


def _sent(number: int) -> str:
    return ngettext(
        "%(number)d e-mail leaves from now on.", "%(number)d e-mails leave from now on.", number
    ) % {"number": number}


def _nothing() -> str:
    return _("There is nothing to send again: it was done meanwhile, or the badge was revoked.")
