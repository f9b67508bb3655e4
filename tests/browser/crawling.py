"""Every page that a person gets to, each kind once, by following links as they do."""

from __future__ import annotations

import re
import time
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.urls import resolve

from tests.browser import driving

if TYPE_CHECKING:
    from collections.abc import Iterable

    from playwright.sync_api import Page, Response

# Files, which a browser would keep and not show; and what changes who one is.
NO_PAGE = re.compile(
    r"\.(json|jsonl|jsonld|png|svg|jwt|jws|pdf|css|js|csv|xlsx|zip|html)$"
    r"|^/account/logout/|^/language/|^/wallet/.*/files/"
)
# Each kind is looked at once; a walk that finds more than these goes astray.
MOST_PAGES = 150


@dataclass
class Found:
    """What a walk met.

    Attributes:
        pages: How many pages were looked at, by the name of their address.
        wrong: What kept somebody from using one, and where.
    """

    pages: dict[str, int] = field(default_factory=dict)
    wrong: dict[str, list[str]] = field(default_factory=dict)

    def note(self, what: Iterable[str], path: str) -> None:
        for each in what:
            self.wrong.setdefault(each, []).append(path)


def walk(
    page: Page, watch: driving.Watch, seeds: Iterable[str], *, below: tuple[str, ...] = ("/",)
) -> Found:
    """Look at the seeds, and at one page of each kind that links lead to from there.

    Args:
        page: Where to look.
        watch: What listens to it.
        seeds: Addresses to begin with; each is looked at, also if two are of one kind.
        below: Where to stay: how the paths of what is looked at begin.
    """
    found = Found()
    wanted = list(seeds)
    queue, known = deque(wanted), set(wanted)
    while queue:
        address = queue.popleft()
        path = urlsplit(address).path or "/"
        kind = resolve(path).view_name or path
        if kind in found.pages and address not in wanted:
            continue
        found.pages[kind] = found.pages.get(kind, 0) + 1
        assert sum(found.pages.values()) <= MOST_PAGES, found.pages
        began = time.monotonic()
        wrong, linked = visit(page, watch, address)
        found.note(wrong, path)
        print(f"{time.monotonic() - began:5.1f} s  {kind}  {path}")  # noqa: T201 - pytest shows it where it fails
        for link in linked:
            target = link.partition("#")[0]
            where = urlsplit(target).path
            is_ours = target.startswith(f"{watch.origin}/") and where.startswith(below)
            if is_ours and target not in known and not NO_PAGE.search(where):
                known.add(target)
                queue.append(target)
    return found


def visit(page: Page, watch: driving.Watch, address: str) -> tuple[list[str], list[str]]:
    """Open an address, and return what is in somebody's way there, and where its links lead."""
    watch.complaints.clear()
    response = page.goto(address)
    if response is None or response.status != 200:
        return [f"it answers {response and response.status}"], []
    if not is_page(response):
        return list(watch.complaints), []
    linked = page.eval_on_selector_all("a[href]", "all => all.map((one) => one.href)")
    return [*driving.barriers(page), *watch.complaints], linked


def is_page(response: Response) -> bool:
    """Return if an answer is a page of ours, and neither a file nor somebody else's text.

    In those nothing runs, so that the judge, which is a script, would never come back.
    """
    return response.headers.get("content-type", "").startswith("text/html") and (
        "sandbox" not in response.headers.get("content-security-policy", "")
    )
