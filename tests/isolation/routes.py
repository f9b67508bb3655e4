"""Every address there is, read from how they are wired, and what stands in each for a school."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from itertools import product
from typing import TYPE_CHECKING, Any

from django.urls import URLPattern, URLResolver, get_resolver
from django.utils.http import int_to_base36

from blockchain import models as anchoring
from credentials import models as awards
from issuers import models as issuers
from issuers import scope
from learners.models import WalletAddress
from learners.selectors import wallets
from tests import roles

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.isolation.world import School, World

PLACE = re.compile(r"<(?:\w+:)?(\w+)>|\(\?P<(\w+)>(?:[^()]|\([^()]*\))*\)")


@dataclass(frozen=True)
class Route:
    """One address as it is wired.

    Attributes:
        name: By which it is reversed; empty where it has none.
        template: With `{name}` where something is to be put.
        view: What answers.
    """

    name: str
    template: str
    view: Any

    @property
    def places(self) -> list[str]:
        return re.findall(r"{(\w+)}", self.template)

    @property
    def is_of_console(self) -> bool:
        """Say whether members alone get in; a stranger is not even told that it is there."""
        return self.template.startswith("/console/{slug}/") and hasattr(self.view, "action")

    @property
    def is_of_a_kind(self) -> bool:
        """Say whether what stands there besides the organisation is nobody's: a kind."""
        kinds = ("{kind}", "{state}", "{version}", "/gallery/")
        return any(each in self.template for each in kinds)

    def __str__(self) -> str:
        return self.template


@cache
def routes(wired: str | None = None) -> tuple[Route, ...]:
    """Return every address, once: of the site, or of another module that wires some."""
    found: dict[str, Route] = {}
    for name, pattern, view in _walk(get_resolver(wired), "", ""):
        template = "/" + PLACE.sub(lambda match: f"{{{match[1] or match[2]}}}", pattern)
        template = template.replace("^", "").removesuffix("$").replace("\\", "")
        found.setdefault(template, Route(name, template, view))
    return tuple(found.values())


def _walk(resolver: URLResolver, before: str, space: str) -> Iterator[tuple[str, str, Any]]:
    for each in resolver.url_patterns:
        here = before + str(each.pattern)
        if isinstance(each, URLPattern):
            yield space + (each.name or ""), here, each.callback
        else:
            inner = f"{space}{each.namespace}:" if each.namespace else space
            yield from _walk(each, here, inner)


# What stands at a place of an address, for a school: how the address begins, the place, and rows.
# The first line that fits counts.
def _at(name: str, attribute: str = "pk") -> Callable[[School], list[Any]]:
    return lambda school: [getattr(school.at[name], attribute)]


def _slugs(school: School) -> list[Any]:
    return [school.issuer.slug]


def _kids(kind: str) -> Callable[[School], list[Any]]:
    def kids(school: School) -> list[Any]:
        with roles.as_owner():
            found = issuers.SigningKey.objects.across_issuers()
            return [found.filter(issuer=school.issuer.pk, kind=kind)[0].kid]

    return kids


def _tokens(school: School) -> list[Any]:
    """Return the token of a credential, and of an award that waits and has no page yet."""
    return [school.at["credential"].token, school.at["award of preparation"].token]


def _badges(school: School) -> list[Any]:
    """Return what a badge that is published is called by, and one that is being drafted."""
    return [school.at["badge"].uuid, school.at["draft"].uuid]


def _messages(school: School) -> list[Any]:
    """Return the key of an e-mail to a learner."""
    with roles.as_owner():
        found = awards.Message.objects.across_issuers()
        return [found.filter(issuer=school.issuer.pk).order_by("pk")[0].pk]


def _wallets(school: School) -> list[Any]:
    """Return the key of an address in the wallet of a learner."""
    mark = wallets.mark_of(email=school.at["learner"].email)
    with roles.as_owner():
        return [WalletAddress.objects.get(mark=mark).pk]


def _roots(school: School) -> list[Any]:
    """Return the root of the batch in which a credential is on record."""
    with roles.as_owner():
        leaf = school.at["credential"].leaf
        [found] = anchoring.Batch.objects.filter(commitments__leaf=leaf)
    return [bytes(found.root).hex()]


def _providers(school: School) -> list[Any]:
    """Return the key of a provider of SAML, and of one of the other kind, which is not there."""
    return [school.at["SAML"].key, school.at["provider"].key]


def _lists(school: School) -> list[Any]:
    """Return what a list that is being looked at is called by, and one that was confirmed."""
    return [school.at["list"].uuid, school.at["run"].uuid]


def _listed(school: School) -> list[Any]:
    with scope.inside(school.issuer):
        return [school.at["credential"].status_list.uuid]


ARGUMENTS: tuple[tuple[str, str, Callable[[School], list[Any]]], ...] = (
    ("/", "slug", _slugs),
    ("/console/{slug}/people/invitations/", "uuid", _at("invitation", "uuid")),
    ("/console/{slug}/people/", "pk", _at("member")),
    ("/console/{slug}/domains/", "pk", _at("domain")),
    ("/console/{slug}/hosts/", "pk", _at("host")),
    ("/console/{slug}/units/", "uuid", _at("unit", "uuid")),
    ("/console/{slug}/sign-in-settings/connect/", "kind", lambda school: ["oidc", "saml"]),
    ("/console/{slug}/sign-in", "key", _at("provider", "key")),
    ("/console/{slug}/keys/new/", "kind", lambda school: ["ed25519"]),
    ("/console/{slug}/keys/orders/", "pk", _at("key order")),
    ("/console/{slug}/keys/", "kid", _kids("ed25519")),
    ("/console/{slug}/badges/gallery/", "key", lambda school: ["blank"]),
    ("/console/{slug}/badges/", "uuid", _badges),
    ("/console/{slug}/partnerships/", "uuid", _at("partnership", "uuid")),
    ("/console/{slug}/lists/", "uuid", _lists),
    ("/console/{slug}/sessions/", "uuid", _at("session", "uuid")),
    ("/console/{slug}/trail/before/", "pk", _at("earlier trail")),
    ("/console/{slug}/mail/", "pk", _messages),
    ("/console/{slug}/mail/again/", "state", lambda school: ["failed"]),
    ("/console/{slug}/mail/remind/", "uuid", _at("badge", "uuid")),
    ("/console/{slug}/mail/tell/", "uuid", _at("credential", "uuid")),
    ("/console/{slug}/messages/", "kind", lambda school: ["issued"]),
    ("/mailbox/", "name", lambda school: ["nothing.log"]),
    ("/mailbox/", "place", lambda school: [0]),
    ("/console/{slug}/certificates/", "uuid", _at("printing", "uuid")),
    ("/console/{slug}/export/", "uuid", _at("export", "uuid")),
    ("/console/{slug}/credentials/looks/", "uuid", _at("look", "uuid")),
    ("/console/{slug}/credentials/{uuid}/reinstate", "uuid", _at("suspended", "uuid")),
    ("/console/{slug}/credentials/", "uuid", _at("credential", "uuid")),
    ("/console/{slug}/learners/", "uuid", _at("learner", "uuid")),
    ("/console/{slug}/lists/{uuid}/rows/", "place", lambda school: [0]),
    ("/console/{slug}/approvals/{uuid}/hand-in", "uuid", _at("returned", "uuid")),
    ("/console/{slug}/approvals/", "uuid", _at("preparation", "uuid")),
    ("/console/{slug}/approvals/", "pk", _at("award of preparation")),
    ("/achievements/", "uuid", _badges),
    ("/issuers/{slug}/ob2/achievements/", "uuid", _at("badge", "uuid")),
    ("/issuers/{slug}/ob2/keys/", "kid", _kids("rsa")),
    ("/issuers/{slug}/ob2/assertions/", "token", _tokens),
    ("/issuers/{slug}/keys/", "kid", _kids("ed25519")),
    ("/issuers/{slug}/history/", "version", lambda school: ["1"]),
    ("/issuers/{slug}/trail/", "version", lambda school: ["latest"]),
    ("/network/", "root", _roots),
    ("/operator/names/", "pk", _at("look-alike")),
    ("/status/", "uuid", _listed),
    ("/status/", "version", lambda school: ["latest"]),
    ("/credentials/", "token", _tokens),
    ("/wallet/badges/", "token", _tokens),
    ("/wallet/badges/{token}/files/", "kind", lambda school: ["json"]),
    ("/wallet/badges/{token}/links/", "uuid", _at("link", "uuid")),
    ("/wallet/transcripts/", "transcript", _at("transcript", "token")),
    ("/wallet/transcripts/{transcript}/files/", "kind", lambda school: ["json"]),
    ("/wallet/collections/", "token", _at("collection", "token")),
    ("/collections/", "token", _at("collection", "token")),
    ("/wallet/elsewhere/", "uuid", _at("import", "uuid")),
    ("/console/{slug}/wishes/", "uuid", _at("wish", "uuid")),
    ("/wallet/addresses/", "pk", _wallets),
    ("/transcripts/", "token", _at("transcript", "token")),
    ("/endorsements/", "token", _at("endorsement of an award", "token")),
    ("/evidence/", "token", _at("evidence", "token")),
    ("/verify/several/", "token", lambda school: ["A" * 22]),
    ("/invitations/", "token", lambda school: [school.at["invited"]]),
    ("/organisations/found/", "token", lambda school: [school.at["founding"]]),
    ("/mail/events/", "provider", lambda school: ["mailjet"]),
    ("/account/saml/", "organization_slug", _providers),
    ("/account/oidc/", "provider_id", _at("provider", "key")),
    ("/account/2fa/webauthn/keys/", "pk", _at("passkey")),
    (
        "/account/password/reset/key/",
        "uidb36",
        lambda school: [int_to_base36(school.staff["administrator"].pk)],
    ),
    ("/account/password/reset/key/", "key", lambda school: ["no-such-key"]),
)


def unfilled() -> list[str]:
    """Return the places of addresses of which nobody says what stands there."""
    return [
        f"{route.template}: {place}"
        for route in routes()
        for place in route.places
        if _filler(route, place) is None
    ]


def _filler(route: Route, place: str) -> Callable[[School], list[Any]] | None:
    fitting = [
        filler
        for begins, name, filler in ARGUMENTS
        if name == place and route.template.startswith(begins)
    ]
    return fitting[0] if fitting else None


@dataclass(frozen=True)
class Address:
    """An address with something in every place, and whose that is, place by place.

    Attributes:
        path: What is asked for.
        whose: Letters of the schools, first of the organisation in the address, then of the rest.
    """

    path: str
    whose: str


@cache
def addresses(route: Route, world: World) -> tuple[Address, ...]:
    """Return an address with what every combination of the two schools has."""
    if not route.places:
        return (Address(route.template, ""),)
    first, *rest = route.places
    found = []
    for one, other in product(world.schools(), world.schools() if rest else [None]):
        filled = [_values(route, first, one)] + [_values(route, each, other) for each in rest]
        for values in product(*filled):
            given = dict(zip(route.places, values, strict=True))
            letters = one.letter + (other.letter if other else "")
            found.append(Address(route.template.format(**given), letters))
    return tuple(found)


def _values(route: Route, place: str, school: School | None) -> list[Any]:
    filler = _filler(route, place)
    if filler is None or school is None:
        raise KeyError(f"{route}: say in ARGUMENTS what stands at {place}")
    return filler(school)
