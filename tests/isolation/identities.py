"""Who asks: the identities of the matrix."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.signals import got_request_exception
from django.test import Client
from django.test.client import ClientHandler

from issuers.core.roles import Role

if TYPE_CHECKING:
    from issuers import models as issuers
    from tests.isolation.world import School, World

ANONYMOUS, LEARNER, OPERATOR = "anonymous", "learner", "operator"
OTHERS_ADMINISTRATOR = "administrator of another organisation"
OTHERS_API_KEY = "API key of another organisation"
# How the table calls them, in its order.
SHORT = {
    ANONYMOUS: "nobody", LEARNER: "learner", **{f"own {role}": role.value for role in Role},
    OTHERS_ADMINISTRATOR: "other's administrator", OPERATOR: "operator",
    OTHERS_API_KEY: "other's key",
}  # fmt: skip


class Browser(Client):
    """Asks, and keeps nothing of how the answer was made: Django's copies every context."""

    def request(self, **asked: Any) -> Any:
        got_request_exception.connect(self.store_exc_info)
        try:
            answer = self.handler(self._base_environ(**asked))  # type: ignore[attr-defined]
        finally:
            got_request_exception.disconnect(self.store_exc_info)
        self.check_exception(answer)
        return answer


@dataclass(frozen=True)
class Identity:
    """Somebody who asks.

    Attributes:
        name: In the words of the table.
        home: Whose they are; None for who belongs to neither organisation.
        user: As whom they are signed in.
        role: What they are at home.
        headers: What they send besides.
    """

    name: str
    home: School | None = None
    user: issuers.User | None = None
    role: str = ""
    headers: dict[str, str] = field(default_factory=dict)

    def client(self, world: World) -> Client:
        """Return a browser of theirs."""
        # SAML reads the header itself, which every browser sends.
        headers: Any = {"HTTP_HOST": "testserver", **self.headers}
        client = Browser(raise_request_exception=False, **headers)
        client.handler = _handler()
        if self.user is not None:
            client.cookies[settings.SESSION_COOKIE_NAME] = world.sessions[self.user.pk]
        return client


@cache
def _handler() -> ClientHandler:
    """Return what answers all of them: its middleware is loaded once."""
    return ClientHandler(enforce_csrf_checks=False)


def of(world: World) -> list[Identity]:
    """Return who asks for what is École A's and École B's: people of A, and one of B."""
    boss = Role.ADMINISTRATOR
    return [
        Identity(ANONYMOUS),
        Identity(LEARNER, user=world.learner),
        *(Identity(f"own {role}", world.a, world.a.staff[role], role) for role in Role),
        Identity(OTHERS_ADMINISTRATOR, world.b, world.b.staff[boss], boss),
        Identity(OPERATOR, user=world.operator),
        Identity(OTHERS_API_KEY, headers=api_key(world.b)),
    ]


def api_key(school: School) -> dict[str, str]:
    """Return the header in which a key of the interface for programs is sent.

    There are no such keys yet: what is sent opens nothing, and whoever sends it is nobody. As soon
    as something answers to one, `test_api_keys_are_made_as_soon_as_there_are_any` fails until a
    true one of École B is made here.
    """
    return {"HTTP_AUTHORIZATION": f"Bearer {school.letter}-there-are-no-keys-yet"}


def answers_to_keys(views: list[Any]) -> list[str]:
    """Return what would answer to a key of the interface: settings, views, and rows of keys."""
    from django.apps import apps

    found = list(settings.REST_FRAMEWORK.get("DEFAULT_AUTHENTICATION_CLASSES") or ())
    for view in views:
        classes = getattr(getattr(view, "cls", None), "authentication_classes", ())
        found += [each.__name__ for each in classes]
    return found + [
        model._meta.label
        for model in apps.get_models()
        if model._meta.label.lower().endswith(("apikey", "apitoken", "accesstoken"))
    ]
