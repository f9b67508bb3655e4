"""The WSGI door that gunicorn opens."""

import os
from typing import Any

import django
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.utils.http import parse_header_parameters

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")


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
    """Django's handler, with our requests."""

    request_class = Request


django.setup(set_prefix=False)
application = Handler()
