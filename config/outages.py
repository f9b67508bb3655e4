"""Say "in a moment" where a service that a page needs does not answer."""

import logging

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.deprecation import MiddlewareMixin

from issuers.services import KeyServiceUnavailable

log = logging.getLogger(__name__)
RETRY_SECONDS = 10


class OutageMiddleware(MiddlewareMixin):
    """Answer 503 while the key service that opens documents does not answer; 500 is a fault."""

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, KeyServiceUnavailable):
            return None
        log.error("%s", exception)
        response = render(request, "503.html", status=503)
        response["Retry-After"] = str(RETRY_SECONDS)
        response["Cache-Control"] = "no-store"
        return response
