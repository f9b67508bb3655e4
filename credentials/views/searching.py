"""Find anything of an organisation from any page, and keep what is looked for again and again."""

import re
import uuid as uuids

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from badges.selectors import designs
from credentials import services
from credentials.forms.following import KeepForm, SearchForm
from credentials.selectors import following, intakes, listing, looks
from credentials.serializers import following as words
from credentials.views import issued
from issuers import access, rules
from issuers.core.roles import Action
from learners import selectors as learners

# Of each kind; who wants more narrows the list of that kind.
SHOWN = 8
# The name of a credential, or of its page: alone, or in any address of it.
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_TOKEN = re.compile(r"(?:^|/credentials/|/assertions/)([A-Za-z0-9_-]{22})(?![A-Za-z0-9_-])")


@require_safe
@access.member_may(Action.VIEW)
def search(request: HttpRequest, member: access.Membership) -> HttpResponse:
    """Show what is called so; one credential that is named leads to its page at once."""
    form = SearchForm(request.GET)
    typed = form.cleaned_data["words"] if form.is_valid() else ""
    sees_learners = rules.may(member, Action.SEE_LEARNERS)
    if typed and sees_learners:
        named = _named(member, typed)
        if named is not None:
            return redirect("console-credential", slug=member.issuer.slug, uuid=named)
    context = {"words": typed, "seek": typed, "sees_learners": sees_learners}
    if typed:
        context["badges"] = designs.designs(issuer=member.issuer, words=typed)[:SHOWN]
    if typed and sees_learners:
        context |= _about_learners(member, typed)
    return render(request, "console/search.html", context)


def _named(member: access.Membership, typed: str) -> uuids.UUID | None:
    """Return the uuid of the one credential that was named, if it is the organisation's."""
    found, token = _UUID.search(typed), _TOKEN.search(typed)
    return following.named(
        issuer=member.issuer,
        uuid=uuids.UUID(found[0]) if found else None,
        token=token[1] if token else "",
    )


def _about_learners(member: access.Membership, typed: str) -> dict[str, object]:
    now = timezone.now()
    people = learners.begin_with(issuer=member.issuer, words=typed, limit=SHOWN)
    found = listing.page(
        issuer=member.issuer, look=listing.Look(reference=typed, now=now), limit=SHOWN
    )
    return {
        "learners": people,
        "rows": [(row, words.standing(row, now=now)) for row in found.rows],
        "has_more": found.following is not None or len(people) == SHOWN,
        "lists": intakes.called(issuer=member.issuer, words=typed, limit=SHOWN),
    }


@require_POST
@access.member_may(Action.PREPARE_AWARD)
def keep(request: HttpRequest, member: access.Membership) -> HttpResponse:
    """Keep what is looked for under a name."""
    sought = issued.sought(request, member, timezone.now())
    form = KeepForm(request.POST)
    try:
        services.keep_look(
            issuer=member.issuer,
            name=form.cleaned_data["name"] if form.is_valid() else "",
            query=sought.form.address().removeprefix("?"),
            actor=member.user,
            now=timezone.now(),
        )
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        messages.success(request, _("The view is kept."))
    return redirect(_list(member) + sought.form.address())


@require_POST
@access.member_may(Action.PREPARE_AWARD)
def drop(request: HttpRequest, member: access.Membership, uuid: uuids.UUID) -> HttpResponse:
    """Keep a look no more."""
    found = looks.find_look(issuer=member.issuer, uuid=uuid)
    if found is None:
        raise Http404
    services.drop_look(issuer=member.issuer, look=found)
    messages.success(request, _("The view was removed."))
    return redirect(_list(member))


def _list(member: access.Membership) -> str:
    return reverse("console-credentials", kwargs={"slug": member.issuer.slug})
