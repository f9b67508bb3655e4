"""The keys of an organisation in the console: seen here, and changed by a worker that is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from credentials import forms
from credentials.selectors import keyed, theft
from credentials.serializers import keys as shapes
from issuers import access, selectors, services
from issuers.access.questions import CONFIRM, ask
from issuers.core.roles import Action

if TYPE_CHECKING:
    from issuers.models import SigningKey

# Orders that came to an end, below the keys.
SHOWN = 10


@require_safe
@access.member_may(Action.MANAGE_KEYS)
def keys(request: HttpRequest, member: access.Membership) -> HttpResponse:
    """List every key, past and present, and what was ordered."""
    now = timezone.now()
    rows = selectors.keys_of(issuer=member.issuer)
    orders = selectors.key_orders(issuer=member.issuer, ended=SHOWN)
    waiting = [each for each in orders if each.state == each.State.WAITING]
    context = {
        "sections": shapes.sections(
            rows,
            signing=selectors.current_keys(issuer=member.issuer, now=now),
            signed=keyed.signed_by_key(issuer=member.issuer, keys=rows),
            orders=waiting,
            now=now,
        ),
        "waiting": [{"row": each, "is_late": shapes.is_late(each, now)} for each in waiting],
        "ended": [each for each in orders if each.state != each.State.WAITING],
    }
    return render(request, "console/keys.html", context)


@CONFIRM
@access.member_may(Action.MANAGE_KEYS)
def rotate(request: HttpRequest, member: access.Membership, kind: str) -> HttpResponse:
    """Order a new key of a kind."""
    try:
        wanted = selectors.Kind(kind)
    except ValueError:
        raise Http404 from None
    now = timezone.now()
    problem = ""
    if request.method == "POST":
        try:
            services.order_rotation(issuer=member.issuer, kind=wanted, actor=member.user, now=now)
        except services.OrderedBefore:
            problem = _ordered_before()
        else:
            return redirect(_keys(member))
    name = selectors.kind_name(wanted)
    has_one = selectors.current_key(issuer=member.issuer, now=now, kind=wanted) is not None
    return ask(
        request,
        back=_keys(member),
        title=_("Order a new key (%(kind)s)") % {"kind": name},
        about=_(
            "A worker makes it within seconds, and signs with it from then on. The present key "
            "ends ten minutes later; what it signed stays verified."
        )
        if has_one
        else _("A worker makes it within seconds, and signs with it from then on."),
        act=_("Order it"),
        problem=problem,
    )


@CONFIRM
@access.member_may(Action.MANAGE_KEYS)
def retire(request: HttpRequest, member: access.Membership, kid: str) -> HttpResponse:
    """Order that a key ends, and none takes its place."""
    key = _find(member, kid)
    problem = ""
    if request.method == "POST":
        try:
            services.order_retirement(
                issuer=member.issuer, kid=kid, actor=member.user, now=timezone.now()
            )
        except services.OrderedBefore:
            problem = _ordered_before()
        except services.KeyAlreadyEnded:
            problem = _("This key has ended already.")
        else:
            return redirect(_keys(member))
    return ask(
        request,
        back=_keys(member),
        title=_("Retire this key and put none in its place?"),
        about=_about_retiring(key),
        act=_("Retire the key"),
        problem=problem,
        is_grave=True,
    )


@CONFIRM
@access.member_may(Action.MANAGE_KEYS)
def disown(request: HttpRequest, member: access.Membership, kid: str) -> HttpResponse:
    """Ask since when a key may be in other hands, say what follows, and order that it be said."""
    key, now = _find(member, kid), timezone.now()
    given = request.POST if request.method == "POST" else request.GET
    form = forms.TheftForm(given if "since" in given else None, key=key, now=now)
    confirmation = forms.ConfirmationForm(
        request.POST if request.method == "POST" else None, kid=key.kid
    )
    context: dict[str, Any] = {"key": key, "form": form, "confirmation": confirmation}
    if form.is_valid():
        since = form.cleaned_data["since"]
        if request.method == "POST" and confirmation.is_valid():
            try:
                services.order_disowning(
                    issuer=member.issuer, kid=kid, since=since, actor=member.user, now=now
                )
            except services.OrderedBefore:
                context["problem"] = _ordered_before()
            except services.KeyAlreadyEnded:
                context["problem"] = _(
                    "This key is declared stolen from then on, or from an earlier time on."
                )
            else:
                return redirect(_keys(member))
        kind = selectors.Kind(key.kind)
        signing = selectors.current_key(issuer=member.issuer, now=now, kind=kind)
        context |= {
            "since": since,
            "lost": theft.signed_without_proof_of_age(issuer=member.issuer, key=key, since=since),
            "is_replaced": signing is not None and signing.pk == key.pk,
        }
    status = 409 if "problem" in context else 200
    return render(request, "console/key_theft.html", context, status=status)


@CONFIRM
@access.member_may(Action.MANAGE_KEYS)
def cancel(request: HttpRequest, member: access.Membership, pk: int) -> HttpResponse:
    """Take an order back that no worker has done."""
    order = selectors.find_key_order(issuer=member.issuer, pk=pk)
    if order is None:
        raise Http404
    too_late = _("It cannot be cancelled any more: see below the keys what became of it.")
    problem = "" if order.may_be_cancelled else too_late
    if request.method == "POST" and not problem:
        try:
            services.cancel_key_order(issuer=member.issuer, order=order, now=timezone.now())
        except services.NotWaiting:
            problem = too_late
        else:
            messages.success(request, _("The order is cancelled."))
            return redirect(_keys(member))
    return ask(
        request,
        back=_keys(member),
        title=_("Cancel this order?"),
        about=_("%(what)s: no worker does it then. The order stays in the list, as cancelled.")
        % {"what": shapes.order_name(order)},
        act=_("Cancel the order"),
        problem=problem,
    )


def _find(member: access.Membership, kid: str) -> SigningKey:
    key = selectors.find_key(issuer=member.issuer, kid=kid)
    if key is None:
        raise Http404
    return key


def _keys(member: access.Membership) -> str:
    return reverse("console-keys", args=[member.issuer.slug])


def _ordered_before() -> str:
    return _("This is ordered already, and waits for a worker.")


def _about_retiring(key: SigningKey) -> str:
    if key.kind == key.Kind.ED25519:
        return _(
            "It ends ten minutes later; what it signed stays verified. Until you order a new key, "
            "no badge can be issued and no status list renewed: verifiers will soon no longer "
            "learn what was revoked. To replace a key, order a new one instead."
        )
    return _(
        "It ends ten minutes later; what it signed stays verified. Until you order a new key, no "
        "file can be made that needs one of this kind."
    )
