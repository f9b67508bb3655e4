"""The web at a fixed hour, and pages read as a browser without scripts reads them."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
import time_machine

from tests import factories
from tests.conftest import NOW

VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}


@pytest.fixture(autouse=True)
def _the_hour():
    """Doors read the clock: here it says what the factories said."""
    with time_machine.travel(NOW):
        yield


@pytest.fixture(autouse=True)
def _a_submitter(settings):
    settings.SUBMITTER_KEY = f"{8:064x}"


@pytest.fixture
def credential(ecole_a):
    """Return one that is signed and on record: a page for it says verified."""
    signed = factories.signed(issuer=ecole_a)
    factories.anchor_everything()
    return signed


@pytest.fixture
def page(credential) -> str:
    return f"/credentials/{credential.token}"


class Page(HTMLParser):
    """A page as a reader meets it: its text, its ids, what it links to and what it loads."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.loads: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.unclosed: list[str] = []
        self._words: list[str] = []
        self.feed(html)
        self.close()

    @property
    def text(self) -> str:
        return " ".join(" ".join(self._words).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.elements.append((tag, found))
        if tag not in VOID:
            self.unclosed.append(tag)
        if found.get("id"):
            self.ids.append(str(found["id"]))
        if tag == "a" and found.get("href"):
            self.links.append(str(found["href"]))
        loaded = found.get("src") or (found.get("href") if tag == "link" else None)
        if loaded and found.get("rel") != "alternate":
            self.loads.append(loaded)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.unclosed.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.unclosed, f"</{tag}> closes nothing"
        assert self.unclosed.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.unclosed[-1:] != ["title"]:
            self._words.append(data)


def read(response) -> Page:
    return Page(response.content.decode())
