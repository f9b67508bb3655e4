"""`manage.py mirror_tenant SLUG FOLDER`: the public pages of an organisation, as files.

docs/leaving.md says how a web server serves them.
"""

from __future__ import annotations

import io
import logging
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.handlers.base import BaseHandler
from django.core.handlers.wsgi import WSGIRequest
from django.core.management.base import BaseCommand, CommandError

from credentials.services import leaving
from issuers import selectors as issuers

if TYPE_CHECKING:
    from argparse import ArgumentParser

# How often somebody who waits is told how far it is.
SECONDS = 5.0


class Command(BaseCommand):
    """Write what an organisation shows to everybody into a folder."""

    help = "Write the public pages and documents of an organisation into a folder; again: changes."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug", help="the organisation's short name")
        parser.add_argument("folder", type=Path, help="where to; FOLDER/public is to be served")
        parser.add_argument(
            "--without-drawn",
            action="store_true",
            help="without certificates, cards and codes, which take most of the time",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        issuer = issuers.find_by_slug(slug=options["slug"])
        if issuer is None:
            raise CommandError(f"There is no organisation {options['slug']} here.")
        self._told_at = time.monotonic()
        # What is not there is counted, and no alarm.
        log = logging.getLogger("django.request")
        level = log.level
        log.setLevel(logging.ERROR)
        try:
            done = leaving.mirror(
                issuer=issuer,
                folder=options["folder"],
                ask=Site().ask,
                languages=[code for code, _name in settings.LANGUAGES],
                with_drawn=not options["without_drawn"],
                report=self._report,
            )
        except (leaving.MirrorRefused, OSError) as error:
            raise CommandError(f"{error}.") from error
        finally:
            log.setLevel(level)
        self.stdout.write(
            f"{done.addresses} addresses: {done.written} files written, {done.same} as they were, "
            f"{done.removed} removed; {done.absent} answers are no page and no document."
        )
        if done.faults:
            raise CommandError(
                f"{done.faults} answers failed, and their files stayed as they were: the log says "
                "why. Run it again."
            )

    def _report(self, done: int, of: int) -> None:
        if time.monotonic() - self._told_at >= SECONDS:
            self._told_at = time.monotonic()
            self.stderr.write(f"{done} of {of} addresses")


@dataclass(frozen=True, slots=True)
class Answer:
    """What the site answered."""

    status: int
    body: bytes


class Site:
    """This very program, asked without a network as anybody who is not signed in asks it."""

    def __init__(self) -> None:
        self._handler = BaseHandler()
        self._handler.load_middleware()
        self._base = urlsplit(settings.PUBLIC_URL)

    def ask(self, path: str, kind: str, language: str) -> Answer:
        """Return the answer to a path, in the type and the language that are asked for."""
        host, _colon, port = self._base.netloc.partition(":")
        request = WSGIRequest(
            {
                "REQUEST_METHOD": "GET",
                "SCRIPT_NAME": "",
                "PATH_INFO": path,
                "QUERY_STRING": "",
                "SERVER_NAME": host,
                "SERVER_PORT": port or ("443" if self._base.scheme == "https" else "80"),
                "SERVER_PROTOCOL": "HTTP/1.1",
                "HTTP_HOST": self._base.netloc,
                "HTTP_X_FORWARDED_PROTO": self._base.scheme,
                "HTTP_ACCEPT": kind,
                "HTTP_ACCEPT_LANGUAGE": language,
                "REMOTE_ADDR": "127.0.0.1",
                "wsgi.url_scheme": self._base.scheme,
                "wsgi.input": io.BytesIO(),
            }
        )
        response: Any = self._handler.get_response(request)
        if not response.streaming:
            return Answer(response.status_code, response.content)
        body = b"".join(response)
        # Its `close` would end the connections of this process, too.
        for close in response._resource_closers:  # noqa: SLF001
            close()
        return Answer(response.status_code, body)
