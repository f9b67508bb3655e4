"""What a page may ask of the device that shows it: nothing, unless its view says otherwise.

Source: Permissions Policy (W3C), section 5.1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

HEADER = "Permissions-Policy"
NOTHING = "camera=(), microphone=(), geolocation=(), payment=(), usb=()"


class PermissionsMiddleware:
    """Say with every answer that its page uses none of them."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response.setdefault(HEADER, NOTHING)
        return response
