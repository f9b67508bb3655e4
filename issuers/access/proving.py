"""Prove that an address is of whoever asks: a code is sent there, and they come back with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from allauth.account.internal.flows.login_by_code import LoginCodeVerificationProcess
from allauth.core import ratelimit
from django.contrib.auth import logout
from django.shortcuts import redirect
from django.urls import reverse

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.contrib.auth.base_user import AbstractBaseUser
    from django.http import HttpRequest, HttpResponse


def prove(
    request: HttpRequest, *, email: str, account: Callable[[], AbstractBaseUser], back: str
) -> HttpResponse:
    """Send a code to an address, and lead to where it is typed, and then back.

    Args:
        request: Of whoever asks; they are signed out: whoever was signed in here is somebody else.
        email: The address.
        account: Returns its account, and makes one if there is none; asked only within the limits
            of how often a code is sent.
        back: Where to go then.
    """
    blocked: HttpResponse | None = ratelimit.consume_or_429(
        request, action="request_login_code", key=email
    )
    if blocked is not None:
        return blocked
    user = account()
    logout(request)
    LoginCodeVerificationProcess.initiate(request=request, user=user, email=email)
    return redirect(f"{reverse('account_confirm_login_code')}?next={back}")
