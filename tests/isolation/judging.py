"""What an identity may be answered, and what nobody may: the verdict on one answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from issuers.core import roles as table
from tests.isolation.identities import ANONYMOUS, OPERATOR, OTHERS_API_KEY

if TYPE_CHECKING:
    from tests.isolation.identities import Identity
    from tests.isolation.routes import Address, Route
    from tests.isolation.world import School, World


@dataclass(frozen=True)
class Shown:
    """What addresses that begin so show of an organisation to everybody.

    Attributes:
        kinds: Letters of `canaries`.
        why: The reason.
    """

    kinds: str
    why: str


# The longest beginning that fits counts. What is not here shows nothing of another organisation.
SHOWN = {
    "/credentials/": Shown("pl", "whoever has its link, which nobody can guess"),
    "/transcripts/": Shown("pl", "likewise"),
    "/collections/": Shown("pl", "likewise: whose holder put badges together there"),
    "/evidence/": Shown("l", "likewise"),
    "/endorsements/": Shown("pl", "likewise"),
    "/invitations/": Shown("pl", "whoever has the link of the e-mail"),
    "/organisations/found/": Shown("l", "likewise"),
    "/achievements/": Shown("p", "badges that can be earned are public"),
    "/issuers/": Shown("p", "what an organisation says of itself is public"),
    "/issuers/{slug}/ob2/assertions/": Shown("pl", "a credential in its other form"),
    "/issuers/{slug}/blockcerts/revoked": Shown("pl", "why, to whoever names it by its link"),
    "/status/": Shown("p", "lists name nobody, and verifiers must read them"),
    "/console/{slug}/sign-in": Shown("p", "its people are not signed in yet"),
    "/console/{slug}/sign-in-settings": Shown("", "members alone"),
    "/account/oidc/": Shown("p", "sends people to the provider of their organisation"),
    "/account/saml/": Shown("p", "likewise"),
    "/console/{slug}/partnerships": Shown("ps", "what two organisations agreed on, to both"),
    "/console/{slug}/badges": Shown("p", "shows who endorsed a badge, and who certifies"),
    "/console/{slug}/lists/": Shown("p", "previews what will be signed: endorsements, certifiers"),
    "/console/{slug}/approvals/": Shown("p", "likewise"),
    "/console/{slug}/credentials/": Shown("p", "likewise"),
    "/console/{slug}/trail": Shown("p", "calls partners, and whom it endorsed, by their names"),
    "/operator/": Shown("po", "who issues here, and whom to write to: for operators alone"),
    "/verify": Shown("pl", "reads the credential whose link was given"),
    "/api/verify": Shown("pl", "likewise"),
}  # fmt: skip
# Answers that are refusals of the world outside, which nobody answers for here: to whom it goes.
OUTSIDE = {502: ("/account/oidc/", "/account/saml/", "/console/{slug}/sign-in/")}
MISSING, SIGN_IN, FORBIDDEN, NOT_SO = 404, 302, 403, 405
SIGN_IN_AT = "/account/login/?next"


def shown(route: Route) -> str:
    """Return the kinds of canaries that an address may show to everybody."""
    fitting = [each for each in SHOWN if route.template.startswith(each)]
    return SHOWN[max(fitting, key=len)].kinds if fitting else ""


def strangers(identity: Identity, world: World) -> list[School]:
    """Return the organisations whose rows are not an identity's."""
    return [each for each in world.schools() if each is not identity.home]


def told(answer: Any) -> str:
    """Return everything that an answer says, as text."""
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    headers = "\n".join(f"{name}: {value}" for name, value in answer.items())
    return f"{headers}\n{answer.cookies.output()}\n{body.decode('utf-8', 'replace')}"


def refuses(answer: Any) -> bool:
    """Say whether an answer is a refusal, the way to sign in included."""
    if answer.status_code in range(300, 400):
        return str(answer["Location"]).startswith(SIGN_IN_AT)
    return bool(answer.status_code >= 400)


def misplaced(route: Route, identity: Identity, address: Address, status: int) -> str:
    """Return what is wrong about a status; empty if nothing is."""
    if status >= 500 and not route.template.startswith(OUTSIDE.get(status, ("\n",))):
        return f"{status}: a fault of ours"
    allowed = _allowed(route, identity, address)
    if allowed is not None and status not in {*allowed, NOT_SO}:
        return f"{status} where {' or '.join(map(str, sorted(allowed)))} is due"
    return ""


def _allowed(route: Route, identity: Identity, address: Address) -> set[int] | None:
    """Return the statuses that are due; None where any answer is one that is ours to give."""
    if route.template.startswith("/operator/"):
        return None if identity.name == OPERATOR else {MISSING}
    if not route.is_of_console:
        return None
    if identity.name in {ANONYMOUS, OTHERS_API_KEY}:
        return {SIGN_IN}
    home = identity.home.letter if identity.home else "-"
    if not address.whose.startswith(home):
        return {MISSING}
    if not table.may(identity.role, route.view.action):
        return {FORBIDDEN}
    is_ours = set(address.whose) == {home} or route.is_of_a_kind
    return None if is_ours else {MISSING}
