"""The web at a fixed hour, and pages read as a browser without scripts reads them."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
import time_machine
from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from django.core import mail
from django.test import override_settings

from issuers import services
from tests import factories, kept
from tests.canonical_texts import texts_worked_out_once  # noqa: F401 - a fixture
from tests.conftest import NOW
from tests.pictures import pictures_drawn_once  # noqa: F401 - a fixture
from tests.static_files import files_found_once  # noqa: F401 - a fixture
from tests.web import providers

VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}


@kept.surrounding
def _the_hour():
    """Doors read the clock: here it says what the factories said."""
    with time_machine.travel(NOW):
        yield


@kept.surrounding
def _a_submitter():
    with override_settings(SUBMITTER_KEY=f"{8:064x}"):
        yield


@pytest.fixture(autouse=True)
def _as_often_as_they_like(settings):
    """All tests come from one address in one second; those of the limits set them."""
    settings.ACCOUNT_RATE_LIMITS = settings.MFA_RATE_LIMITS = False


def code_sent() -> str:
    """Return the code in the last e-mail."""
    found = re.search(r"^[0-9A-Z]{3,4}-?[0-9A-Z]{3,4}$", str(mail.outbox[-1].body), re.MULTILINE)
    assert found, mail.outbox[-1].body
    return found[0]


def sign_in(client, user) -> None:
    """Sign in as people do: an address, and the code that is sent there."""
    asked = client.post("/account/login/", {"login": user.email})
    client.post(asked["Location"], {"code": code_sent()})


@kept.fixture
def credential(ecole_a):
    """Return one that is signed and on record: a page for it says verified."""
    signed = factories.signed(issuer=ecole_a)
    factories.anchor_everything()
    return signed


@kept.fixture
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


@kept.fixture
def domain(ecole_a):
    """École A proved this domain by a DNS record."""
    return providers.proven(ecole_a, "ecole-a.example")


@kept.fixture
def oidc(ecole_a, domain):
    """Return a provider of OpenID Connect of École A."""
    return providers.oidc(ecole_a)


@kept.fixture
def invited(ecole_a, alice):
    """Return an invitation of somebody of that domain."""
    return services.invite(
        issuer=ecole_a,
        email=providers.THEIRS,
        role="designer",
        language="en",
        actor=alice,
        now=NOW,
    )


def arm(client, *, confirmed_at: float = 0) -> None:
    """Let a session have been opened with a second factor, and confirmed with it then."""
    session = client.session
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [
        {"method": "mfa", "type": "totp", "at": 0},
        {"method": "mfa", "type": "totp", "at": confirmed_at, "reauthenticated": True},
    ]
    session.save()


@kept.fixture
def olga(db):
    """Olga operates the installation."""
    return services.let_operate(email="olga@example.org")


@pytest.fixture
def operator(client, olga):
    """A browser in which Olga signed in with a second factor, and confirmed just now."""
    client.force_login(olga)
    arm(client, confirmed_at=NOW.timestamp())
    return client
