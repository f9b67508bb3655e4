"""Open a wallet: an address, and the code that is sent there. No account, no password.

Whoever types an address gets the same answer, whoever they are and whether anybody knows it. Which
code is awaited, and to which address it went, is kept by the browser alone, in a signed cookie.
"""

from __future__ import annotations

import re
import uuid as uuids
from typing import TYPE_CHECKING, Any, NamedTuple

from allauth.core import ratelimit
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.signing import BadSignature
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from credentials import services
from credentials.forms.bodies import client
from credentials.forms.holding import CodeForm, WalletAddressForm
from credentials.views.answers import kept_private
from credentials.views.wallet.opened import COOKIE, PATH, Holder, holder_of, led, opened
from learners.selectors import wallets as questions
from learners.services import wallets

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

AWAITED = "acquis_wallet_code"
# Which addresses were proven in a browser, as fingerprints: nobody else uses up its codes.
KNOWN = "acquis_wallet_known"
KNOWN_SECONDS = 365 * 24 * 3600
TOKEN = re.compile(r"[A-Za-z0-9_-]{1,22}")
FORM = require_http_methods(["GET", "HEAD", "POST"])


class Awaited(NamedTuple):
    """The code that a browser waits for.

    Attributes:
        uuid: Of the code.
        email: To which it went.
        badge: Which badge is shown then; empty: all of them.
        adds: Whether the address joins the wallet that is open.
    """

    uuid: uuids.UUID
    email: str
    badge: str
    adds: bool


@FORM
def sign_in(request: HttpRequest) -> HttpResponse:
    """Ask for an address, and send a code there."""
    asked = request.GET.get("badge", "")
    badge = asked if TOKEN.fullmatch(asked) else ""
    if request.method != "POST" and holder_of(request) is not None:
        return kept_private(_onwards(request, badge))
    return _ask(request, "wallet/sign_in.html", badge=badge, adds=False)


@FORM
@opened
def addresses(request: HttpRequest, holder: Holder) -> HttpResponse:
    """Show which addresses are theirs; send a code to a further one."""
    return _ask(
        request,
        "wallet/addresses.html",
        adds=True,
        at="addresses",
        holder=holder,
        addresses=holder.addresses.items(),
    )


@require_POST
@opened
def remove_address(request: HttpRequest, holder: Holder, pk: int) -> HttpResponse:
    """Let an address be no more theirs."""
    try:
        wallets.remove_address(wallet=holder.wallet, pk=pk, token=holder.token)
    except wallets.OnlyAddress:
        messages.error(request, _("One address has to stay: by it you come back."))
    return led(request, "wallet-addresses")


def _ask(
    request: HttpRequest, template: str, *, badge: str = "", adds: bool, **context: Any
) -> HttpResponse:
    form = WalletAddressForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        blocked: HttpResponse | None = ratelimit.consume_or_429(request, action="wallet")
        if blocked is not None:
            return blocked
        try:
            asked = _code_for(request, form.cleaned_data["email"])
            wallets.send_code(asked=asked, language=translation.get_language())
        except ValidationError as refusal:
            form.add_error("email", refusal.messages)
        except wallets.TooMany:
            form.add_error(
                "email",
                _("Several codes went to this address. Use the last one, or wait an hour."),
            )
        except OSError:
            form.add_error(None, _("The e-mail could not be sent. Please try again in a while."))
        else:
            response = led(request, "wallet-code")
            _await(response, Awaited(asked.uuid, asked.email, badge, adds))
            return kept_private(response)
    return kept_private(render(request, template, context | {"form": form, "badge": badge}))


def _code_for(request: HttpRequest, email: str) -> wallets.Asked:
    """Draw a code for an address, unless this asker had enough for it: others keep their share."""
    address = wallets.normalised(email=email)
    is_known = questions.mark_of(email=address) in _known(request)
    asker = f"{KNOWN if is_known else services.name_of(**client(request))} {address}"
    if not ratelimit.consume(request, action="wallet_address", key=asker):
        raise wallets.TooMany(f"{asker.partition(' ')[0]} asked for five codes within the hour.")
    return wallets.ask_for_code(email=address, now=timezone.now(), is_known=is_known)


@FORM
def code(request: HttpRequest) -> HttpResponse:
    """Ask for the code, and open the wallet."""
    awaited = _awaited(request)
    if awaited is None:
        return kept_private(led(request, "wallet-sign-in"))
    form = CodeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        blocked: HttpResponse | None = ratelimit.consume_or_429(request, action="wallet_code")
        if blocked is not None:
            return blocked
        now = timezone.now()
        try:
            email = wallets.prove(
                uuid=awaited.uuid, email=awaited.email, code=form.cleaned_data["code"], now=now
            )
        except wallets.WrongCode:
            form.add_error("code", _("This is not the code that we sent. Look at it again."))
        except wallets.CodeOver:
            form.add_error(
                None,
                _("This code cannot be used any more. Ask for another one: it takes a moment."),
            )
        else:
            return kept_private(_proven(request, awaited, email))
    context = {"form": form, "awaited": awaited, "minutes": wallets.LASTS.seconds // 60}
    return kept_private(render(request, "wallet/code.html", context))


def _onwards(request: HttpRequest, badge: str) -> HttpResponse:
    return led(request, "wallet-badge", badge) if badge else led(request, "wallet")


def _proven(request: HttpRequest, awaited: Awaited, email: str) -> HttpResponse:
    now, holder = timezone.now(), holder_of(request)
    if awaited.adds and holder is not None:
        try:
            others = wallets.add_address(wallet=holder.wallet, email=email, now=now)
        except ValidationError as refusal:
            messages.error(request, " ".join(refusal.messages))
        else:
            language = translation.get_language()
            wallets.tell_of_address(emails=others, added=email, language=language)
            messages.success(request, _("%(email)s is yours, too.") % {"email": email})
        response = led(request, "wallet-addresses")
    else:
        token = wallets.open_wallet(email=email, now=now)
        response = _onwards(request, awaited.badge)
        _set(response, COOKIE, token, int(wallets.SESSION.total_seconds()))
    response.delete_cookie(AWAITED, path=PATH, samesite="Lax")
    marks = [questions.mark_of(email=email), *_known(request)]
    newest = list(dict.fromkeys(marks))[: wallets.MOST_ADDRESSES]
    _set(response, KNOWN, ".".join(newest), KNOWN_SECONDS, is_signed=True)
    return response


@require_POST
@opened
def sign_out(request: HttpRequest, holder: Holder) -> HttpResponse:
    """Close the wallet in this browser."""
    wallets.leave(token=holder.token)
    return _closed(request)


@FORM
@opened
def give_up(request: HttpRequest, holder: Holder) -> HttpResponse:
    """Ask once more, and delete all that somebody has here."""
    if request.method != "POST":
        return render(request, "wallet/give_up.html", {"holder": holder})
    wallets.give_up(wallet=holder.wallet)
    messages.success(request, _("All that you kept here is deleted."))
    return _closed(request)


def _closed(request: HttpRequest) -> HttpResponse:
    """Lead to the door, and let the browser forget who was here and whom it waited for."""
    response = led(request, "wallet-sign-in")
    for name in (COOKIE, AWAITED, KNOWN):
        response.delete_cookie(name, path=PATH, samesite="Lax")
    return response


# -- what the browser keeps ------------------------------------------------------------------------
def _await(response: HttpResponse, awaited: Awaited) -> None:
    value = "|".join([str(awaited.uuid), awaited.badge, str(int(awaited.adds)), awaited.email])
    _set(response, AWAITED, value, int(wallets.LASTS.total_seconds()), is_signed=True)


def _awaited(request: HttpRequest) -> Awaited | None:
    try:
        value = request.get_signed_cookie(
            AWAITED, salt=AWAITED, max_age=int(wallets.LASTS.total_seconds())
        )
        uuid, badge, adds, email = str(value).split("|", 3)
        return Awaited(uuids.UUID(uuid), email, badge, adds == "1")
    except (KeyError, BadSignature, ValueError):
        return None


def _known(request: HttpRequest) -> list[str]:
    """Return the fingerprints of the addresses that were proven in this browser."""
    try:
        value = request.get_signed_cookie(KNOWN, salt=KNOWN, max_age=KNOWN_SECONDS)
    except (KeyError, BadSignature):
        return []
    return str(value).split(".")


def _set(
    response: HttpResponse, name: str, value: str, seconds: int, *, is_signed: bool = False
) -> None:
    kept: dict[str, Any] = {
        "max_age": seconds,
        "path": PATH,
        "secure": settings.SESSION_COOKIE_SECURE,
        "httponly": True,
        "samesite": "Lax",
    }
    if is_signed:
        response.set_signed_cookie(name, value, salt=name, **kept)
    else:
        response.set_cookie(name, value, **kept)
