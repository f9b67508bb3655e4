"""Who stands at a door of a wallet: whoever opened it in this browser, else they are asked to."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, wraps
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from credentials.selectors import holding
from credentials.views.answers import kept_private
from learners.selectors import wallets

if TYPE_CHECKING:
    from collections.abc import Callable

COOKIE = "acquis_wallet"
# Where a cookie of these pages goes, and nowhere else.
PATH = "/wallet"
P = ParamSpec("P")


@dataclass(frozen=True)
class Holder:
    """Whoever opened their wallet in this browser.

    Attributes:
        wallet: What is theirs.
        token: What their browser shows.
    """

    wallet: wallets.Wallet
    token: str

    @cached_property
    def addresses(self) -> dict[int, str]:
        """Return the addresses that they proved, by the keys of their rows; one query."""
        return wallets.addresses(wallet=self.wallet)

    @cached_property
    def emails(self) -> list[str]:
        """Return the addresses themselves, the first one first."""
        return list(self.addresses.values())

    def find(self, token: str) -> holding.Held:
        """Return a badge of theirs.

        Raises:
            Http404: there is none, or it is somebody else's: that is one answer.
        """
        found = holding.find_held(emails=self.emails, token=token)
        if found is None:
            raise Http404
        return found


def holder_of(request: HttpRequest) -> Holder | None:
    """Return who opened their wallet in this browser; one query."""
    token = request.COOKIES.get(COOKIE, "")
    wallet = wallets.opened_in(token=token, now=timezone.now()) if token else None
    return None if wallet is None else Holder(wallet, token)


def opened(
    view: Callable[Concatenate[HttpRequest, Holder, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """Let a view be for who opened their wallet; whoever did not is led to where one does."""

    @wraps(view)
    def door(request: HttpRequest, *args: P.args, **values: P.kwargs) -> HttpResponse:
        holder = holder_of(request)
        if holder is None:
            return kept_private(redirect(_way_in(request, values)))
        return kept_private(view(request, holder, *args, **values))

    return door  # type: ignore[return-value] # whoever calls it names nothing by position


def _way_in(request: HttpRequest, values: Any) -> str:
    asked = {"lang": request.GET.get("lang", ""), "badge": str(values.get("token", ""))}
    query = urlencode({name: value for name, value in asked.items() if value})
    return reverse("wallet-sign-in") + (f"?{query}" if query else "")


def led(request: HttpRequest, name: str, *args: Any) -> HttpResponse:
    """Lead to another page of the wallet, in the language that was chosen."""
    kept: str = getattr(request, "keep_language", "")
    return redirect(reverse(name, args=args) + kept)
