"""The WSGI door that gunicorn opens."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import django
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.utils.http import parse_header_parameters

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup(set_prefix=False)

from config import keeping  # noqa: E402 - it reads settings and rows

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.http.response import HttpResponseBase


class Request(WSGIRequest):
    """A request that cannot be told to read its text with what is no encoding of text.

    `charset=rot13` names a codec, so Django takes it, and then fails before any middleware sees it.
    """

    def _set_content_type_params(self, meta: dict[str, Any]) -> None:
        kind, parameters = parse_header_parameters(meta.get("CONTENT_TYPE", ""))
        try:
            b"a".decode(parameters.get("charset", "utf-8"))
        except (LookupError, ValueError):
            meta = {**meta, "CONTENT_TYPE": kind}
        super()._set_content_type_params(meta)  # type: ignore[misc] # not in the stubs


class Handler(WSGIHandler):
    """Django's handler, with our requests, and with answers that were given before."""

    request_class = Request

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        kept, asked = keeping.keeper.ask(environ)
        if kept is not None:
            return keeping.give(kept, environ, start_response)
        environ["acquis.asked"] = asked
        return super().__call__(environ, start_response)

    def get_response(self, request: HttpRequest) -> HttpResponseBase:
        response = super().get_response(request)
        asked = request.META.get("acquis.asked")
        if asked is not None:
            keeping.keeper.keep(asked, response)
        return response


application = Handler()
