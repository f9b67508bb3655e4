"""A browser whose questions are answered in this process: no port, no stack.

What a test arranges in the database, a real browser shows, with the headers that the page comes
with. Whatever is asked of somebody else gets no answer, and is noted by `driving.Watch`.
"""

from __future__ import annotations

import contextvars
import gzip
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.conf import settings

if TYPE_CHECKING:
    from django.test import Client
    from playwright.sync_api import BrowserContext, Request, Route

# What the web server in front packs, or the page's own middleware; pictures are packed already.
PACKED = ("text/", "application/json", "image/svg+xml", "application/javascript")


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back for one question of the browser.

    Attributes:
        size: Bytes, packed as they travel.
    """

    path: str
    kind: str
    size: int

    @property
    def is_picture(self) -> bool:
        return self.kind.startswith("image/")


@dataclass
class House:
    """Answers for one window, and keeps a list of what it was asked."""

    client: Client
    answers: list[Answer] = field(default_factory=list)
    # Playwright calls back in a context of its own, where Django would open another connection,
    # which sees nothing of the transaction that the test is in.
    _context: contextvars.Context = field(default_factory=contextvars.copy_context)

    @property
    def address(self) -> str:
        return settings.PUBLIC_URL

    def serve(self, window: BrowserContext) -> None:
        """Answer every question of a window from now on."""
        window.route("**/*", self._answer)

    def _answer(self, route: Route, request: Request) -> None:
        asked = urlsplit(request.url)
        if f"{asked.scheme}://{asked.netloc}" != self.address:
            route.abort()
            return
        response = self._context.run(
            self.client.generic,
            request.method,
            f"{asked.path}?{asked.query}",
            request.post_data_buffer or b"",
            content_type=request.headers.get("content-type", ""),
            headers={
                name: request.headers[name]
                for name in ("accept", "accept-language")
                if name in request.headers
            },
            follow=True,
        )
        body = b"".join(response) if response.streaming else response.content
        kind = response.headers.get("Content-Type", "")
        size = len(gzip.compress(body)) if kind.startswith(PACKED) else len(body)
        self.answers.append(Answer(asked.path, kind, size))
        route.fulfill(status=response.status_code, headers=dict(response.headers), body=body)
