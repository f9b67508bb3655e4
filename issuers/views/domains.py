"""Domains that an organisation proves, and hosts under which its public pages are."""

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from issuers import access, forms, selectors, services
from issuers.access.questions import CONFIRM, ask
from issuers.core import domains as proofs
from issuers.core.roles import Action


@require_safe
@access.member_may(Action.MANAGE_DOMAINS)
def domains(request: HttpRequest, member: access.Membership) -> HttpResponse:
    """List domains and hosts: what is proven, and what to publish where it is not."""
    now = timezone.now()
    context = {
        "domains": [
            {
                "row": row,
                "is_standing": proofs.is_standing(row.confirmed_at, now),
                "record": proofs.record_name(row.name),
                "address": proofs.file_address(row.name),
                "proof": proofs.proof(row.token),
            }
            for row in selectors.domains_of(issuer=member.issuer)
        ],
        "hosts": [
            {
                "row": each.host,
                "live": each.live,
                "is_live": each.is_live,
                "record": proofs.record_name(each.host.name),
                "proof": proofs.proof(each.host.token),
            }
            for each in selectors.addresses_of(issuer=member.issuer, now=now)
        ],
        "target": selectors.own_host(),
    }
    return render(request, "console/domains.html", context)


@CONFIRM
@access.member_may(Action.MANAGE_DOMAINS)
def add_domain(request: HttpRequest, member: access.Membership) -> HttpResponse:
    """Say that a domain is ours."""
    return _add(
        request,
        member,
        verb=services.ask_domain,
        title=_("Prove a domain"),
        about=_(
            "The domain of your website, such as example.org. You get a line to publish there; "
            "once it is found, every page says that the domain is yours."
        ),
    )


def _add(
    request: HttpRequest,
    member: access.Membership,
    *,
    verb: Callable[..., object],
    title: str,
    about: str,
) -> HttpResponse:
    """Ask for a name, and let `verb` begin its proof."""
    form = forms.DomainForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            verb(issuer=member.issuer, now=timezone.now(), **form.cleaned_data)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            return redirect(_domains(member))
    return ask(request, back=_domains(member), title=title, about=about, act=_("Go on"), form=form)


@require_POST
@access.member_may(Action.MANAGE_DOMAINS)
def check_domain(request: HttpRequest, member: access.Membership, pk: int) -> HttpResponse:
    """Look for the proof now."""
    domain = selectors.find_domain(issuer=member.issuer, pk=pk)
    if domain is None:
        raise Http404
    now = timezone.now()
    try:
        checked = services.check_domain(issuer=member.issuer, domain=domain, now=now)
    except services.TooSoon:
        messages.warning(request, _too_soon())
    else:
        if checked.confirmed_at == now:
            messages.success(request, _("%(name)s is proven.") % {"name": checked.name})
        else:
            messages.warning(request, _not_found(checked.name))
    return redirect(_domains(member))


@CONFIRM
@access.member_may(Action.MANAGE_DOMAINS)
def forget_domain(request: HttpRequest, member: access.Membership, pk: int) -> HttpResponse:
    """Say no more that a domain is ours."""
    domain = selectors.find_domain(issuer=member.issuer, pk=pk)
    if domain is None:
        raise Http404
    if request.method == "POST":
        services.forget_domain(issuer=member.issuer, domain=domain)
        return redirect(_domains(member))
    return ask(
        request,
        back=_domains(member),
        title=_("Remove %(name)s?") % {"name": domain.name},
        about=_("Public pages stop saying that it is yours. To prove it again takes another line."),
        act=_("Remove it"),
        is_grave=True,
    )


@CONFIRM
@access.member_may(Action.MANAGE_DOMAINS)
def add_host(request: HttpRequest, member: access.Membership) -> HttpResponse:
    """Ask for an address of one's own."""
    return _add(
        request,
        member,
        verb=services.ask_host,
        title=_("Show public pages under an address of your own"),
        about=_(
            "Choose a name of your domain that nothing else uses, such as badges.example.org. "
            "Addresses in credentials stay what they are."
        ),
    )


@require_POST
@access.member_may(Action.MANAGE_DOMAINS)
def check_host(request: HttpRequest, member: access.Membership, pk: int) -> HttpResponse:
    """Look for the proof of a host now."""
    host = selectors.find_host(issuer=member.issuer, pk=pk)
    if host is None:
        raise Http404
    try:
        checked = services.check_host(issuer=member.issuer, host=host, now=timezone.now())
    except services.TooSoon:
        messages.warning(request, _too_soon())
    else:
        if checked.failure:
            messages.warning(request, _not_found(checked.name))
        else:
            messages.success(
                request, _("Your public pages are at https://%(name)s.") % {"name": checked.name}
            )
    return redirect(_domains(member))


@CONFIRM
@access.member_may(Action.MANAGE_DOMAINS)
def release_host(request: HttpRequest, member: access.Membership, pk: int) -> HttpResponse:
    """Give a host up."""
    host = selectors.find_host(issuer=member.issuer, pk=pk)
    if host is None:
        raise Http404
    if request.method == "POST":
        services.release_host(issuer=member.issuer, host=host)
        return redirect(_domains(member))
    return ask(
        request,
        back=_domains(member),
        title=_("Give %(name)s up?") % {"name": host.name},
        about=_(
            "Nothing of yours is there any more, within seconds. Remove the records from your DNS "
            "as well."
        ),
        act=_("Give it up"),
        is_grave=True,
    )


def _domains(member: access.Membership) -> str:
    return reverse("console-domains", args=[member.issuer.slug])


def _too_soon() -> str:
    return _("It was looked for a moment ago. Wait ten seconds.")


def _not_found(name: str) -> str:
    return _("The proof of %(name)s was not found yet; below is what was found.") % {"name": name}
