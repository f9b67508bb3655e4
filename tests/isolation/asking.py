"""Ask for an address as an identity, in every method, and judge the answers; nothing stays."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.core import mail
from django.db import transaction
from django.test.client import MULTIPART_CONTENT

from issuers.core.roles import Role
from tests.isolation import damage, identities, judging, page, posting, routes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.isolation.identities import Identity
    from tests.isolation.routes import Address, Route
    from tests.isolation.world import School, World

# How much is asked: everything; a part; of that, what of the other's is asked for behind a door of
# one's own, or before none; or no more than what the page says.
WHOLE, SAMPLE, INSIDE, PLAIN = "whole", "sample", "inside", "page"
# GET and POST are what views here know.
QUERY, RARE = "GET with a query", ("PUT", "PATCH", "DELETE", "OPTIONS")
ENCODED = "application/x-www-form-urlencoded"
# Addresses that may write rows of another organisation, in which tables, and why.
WRITES: dict[str, tuple[set[str], str]] = {
    "/operator/": (
        {"issuers_breakglass", "issuers_issuer", "issuers_lookalike", "issuers_quota",
         "issuers_trailentry"},
        "what operators decide about every organisation",
    ),
}  # fmt: skip


def asked(
    route: Route,
    identity: Identity,
    world: World,
    watch: damage.Watch,
    *,
    how: str = SAMPLE,
) -> Asked:
    """Ask for an address in every way; return how it went."""
    told = Asked()
    for case in cases(route, identity, world, how=how):
        if how == PLAIN and not (case.is_plain and not told.cell):
            continue
        answer, problems = case.tried(world, watch)
        told.requests += 1
        told.refused += judging.refuses(answer)
        told.problems += [f"{case}: {each}" for each in problems]
        if not told.cell and case.is_plain and answer.status_code != judging.NOT_SO:
            told.method, told.cell = case.method, page.cell(answer)
    return told


@dataclass
class Asked:
    """How it went to ask for an address as somebody.

    Attributes:
        problems: What is wrong about the answers; empty if nothing is.
        requests: How many there were.
        refused: How many of them were refused.
        method: The first that is answered.
        cell: What is answered to it about what École A has, as the page writes it.
    """

    problems: list[str] = field(default_factory=list)
    requests: int = 0
    refused: int = 0
    method: str = ""
    cell: str = ""


def cases(route: Route, identity: Identity, world: World, *, how: str) -> Iterator[Case]:
    """Yield what is asked: more by administrators, who may most and so could do most.

    Of what the porter of a console keeps whoever asks from, a sample has one of each kind, and what
    is asked inside has none.
    """
    home = identity.home.letter if identity.home else "-"
    is_whole, is_thorough = how == WHOLE, identity.role == Role.ADMINISTRATOR
    is_anonymous = identity.name == identities.ANONYMOUS
    others = judging.strangers(identity, world)[-1]
    seen: set[str] = set()
    for address in routes.addresses(route, world):
        is_first = address.whose not in seen
        seen.add(address.whose)
        is_inside = not address.whose or address.whose[0] == home
        is_mixed = len(set(address.whose)) == 2
        if is_mixed and not (is_thorough or is_inside):
            continue
        is_kept_out = route.is_of_console and not is_inside
        if is_kept_out and not is_whole and (how == INSIDE or not is_first or is_mixed):
            continue
        if how == INSIDE and set(address.whose) == {home} and len(route.places) > 1:
            continue
        if is_anonymous and not is_whole and "B" in address.whose:
            continue
        yield Case(route, identity, address, "GET")
        yield Case(route, identity, address, "POST", others)
        if is_thorough and (is_whole or (is_inside and how == SAMPLE)):
            yield Case(route, identity, address, QUERY, others)
        if is_thorough and is_whole:
            yield Case(route, identity, address, "POST", world.other(others))
        if len(seen) == 1 and is_first and (is_anonymous or (is_whole and is_thorough)):
            yield from (Case(route, identity, address, each) for each in RARE)


@dataclass(frozen=True)
class Case:
    """One request.

    Attributes:
        route: Which is asked for.
        identity: Who asks.
        address: With what is in its places.
        method: Of HTTP; QUERY has something behind the question mark.
        given: Whose rows are named in what is posted, or behind the question mark.
    """

    route: Route
    identity: Identity
    address: Address
    method: str
    given: School | None = None

    def __str__(self) -> str:
        given = f", with {self.given.letter}'s" if self.given else ""
        return f"{self.method} {self.route} ({self.address.whose}{given}) as {self.identity.name}"

    @property
    def is_plain(self) -> bool:
        """Say whether all of it is École A's, and asked for as a browser does."""
        return self.method in {"GET", "POST"} and set(self.address.whose) <= {"A"}

    def tried(self, world: World, watch: damage.Watch) -> tuple[Any, list[str]]:
        """Ask; return the answer, and what is wrong with it. What was written is undone."""
        mail.outbox.clear()
        with transaction.atomic():
            answer = self._ask(self.identity.client(world))
            problems = [*self._status(answer), *self._words(answer, world)]
            if touched := watch.touched():
                problems += self._damage(world, watch, touched)
            transaction.set_rollback(True)
        return answer, problems

    def _ask(self, client: Any) -> Any:
        """Ask once; what a form would send, in every method that has a body."""
        path = self.address.path
        if self.given is None:
            body = "" if self.method in {"GET", "OPTIONS"} else "a=b"
            return client.generic(self.method, path, body, content_type=ENCODED)
        if self.method == QUERY:
            return client.get(path, posting.query(self.given, self.route, self.address))
        sent = posting.sent(self.given, self.route, self.address)
        return client.generic("POST", path, sent, content_type=MULTIPART_CONTENT)

    def _said(self) -> str:
        if self.given is None:
            return self.address.path
        give = posting.query if self.method == QUERY else posting.body
        return f"{self.address.path} {give(self.given, self.route, self.address)}"

    def _status(self, answer: Any) -> Iterator[str]:
        wrong = judging.misplaced(self.route, self.identity, self.address, answer.status_code)
        raised = getattr(answer, "exc_info", None)
        if wrong:
            yield f"{wrong} {raised[1]!r}" if raised else wrong

    def _words(self, answer: Any, world: World) -> Iterator[str]:
        sent = " ".join(f"{each.subject} {each.body} {each.to}" for each in mail.outbox)
        told = f"{judging.told(answer)} {sent}"
        shown = judging.shown(self.route)
        for school in judging.strangers(self.identity, world):
            found = [each for each in school.canaries.seen_in(told) if each.kind not in shown]
            if not found:
                continue
            # What was asked is not told by repeating it.
            me = self.identity.user.email if self.identity.user else ""
            known = set(school.canaries.seen_in(f"{self._said()} {me}"))
            for seen in found:
                if seen not in known:
                    yield f"shows of {seen.school}: {seen.about}"

    def _damage(self, world: World, watch: damage.Watch, touched: set[str]) -> Iterator[str]:
        allowed = {
            table
            for begins, (tables, _why) in WRITES.items()
            for table in tables
            if self.route.template.startswith(begins)
        }
        for school in judging.strangers(self.identity, world):
            for table in sorted(watch.written(school, touched - allowed)):
                yield f"writes to {table} of {school.letter}"
