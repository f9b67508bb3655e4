"""Every address as every identity, three times: nothing of the other is shown or written.

Behind both walls, with every filter forgotten, and without row-level security. Behind both, every
address is asked for as every identity, and what each is told is compared with docs/isolation.md;
from whom most is to be feared asks in more ways, and without a wall as well. `MATRIX=whole` asks as
everybody three times, behind both walls in every way, which takes long; `MATRIX=page` no more than
what stands on that page. Both write it: with `-k`, the lines of those addresses alone.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from config import hosts
from issuers.core import roles
from tests.isolation import asking, identities, judging, page, posting, routes, walls

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("zone", "nobody_outside")]
ROUTES = pytest.mark.parametrize("route", routes.routes(), ids=str)
HOW = os.environ.get("MATRIX", asking.SAMPLE)
WALLS = [walls.BOTH] if HOW == asking.PLAIN else [walls.BOTH, walls.DATABASE, walls.CODE]
# From whom most is to be feared.
FEARED = {identities.ANONYMOUS, identities.OTHERS_ADMINISTRATOR}
# What stands under the host of an organisation although another wrote it: it is about its own.
SHOWN_BY_BOTH = {"endorsement"}
COUNTED = ("requests", "refused")
Told = dict[tuple[str, str, str], asking.Asked]


@pytest.fixture(scope="module", params=WALLS)
def wall(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def told() -> Iterator[Told]:
    """Keep what was answered, and write the lines of addresses for which everybody asked.

    And the figures of each wall behind which they asked for every address of a part.
    """
    kept: Told = {}
    yield kept
    if HOW == asking.SAMPLE or any(each.problems for each in kept.values()):
        return
    addresses = [each.template for each in routes.routes()]
    asked = {template for wall, template, _name in kept if wall == walls.BOTH}
    lines = {each.template: line(each, kept) for each in routes.routes() if each.template in asked}
    page.write(lines, among=addresses, figures=figures(kept) if HOW == asking.WHOLE else {})


def ways(identity: identities.Identity, wall: str) -> str:
    """Return in how many ways an identity asks; empty if it does not."""
    if HOW == asking.PLAIN or (HOW == asking.WHOLE and wall == walls.BOTH):
        return HOW
    if HOW == asking.WHOLE:
        return asking.SAMPLE if identity.role == roles.Role.ADMINISTRATOR else asking.INSIDE
    if wall != walls.BOTH:
        return asking.INSIDE if identity.name == identities.OTHERS_ADMINISTRATOR else ""
    return asking.SAMPLE if identity.name in FEARED else asking.PLAIN


def line(route: routes.Route, kept: Told) -> str:
    """Return the line of an address for which everybody asked."""
    asked = [kept[walls.BOTH, route.template, name] for name in identities.SHORT]
    return page.line(route, asked[0].method, [each.cell for each in asked])


def figures(kept: Told) -> dict[str, tuple[int, ...]]:
    """Return what is said of each wall, and part of the page, of which everybody asked for all."""
    found: dict[str, tuple[int, ...]] = {}
    parts = {"": routes.routes()} | {
        f": {title}": tuple(
            each for each in routes.routes() if page.part_of(each.template) == title
        )
        for title in page.PARTS.values()
    }
    for wall in WALLS:
        for part, among in parts.items():
            templates = {each.template for each in among}
            asked = [
                each
                for (behind, template, _who), each in kept.items()
                if behind == wall and template in templates
            ]
            name = page.WALLS[wall]
            if len(asked) == len(among) * len(identities.SHORT) and name not in found:
                requests, refused = (sum(getattr(each, what) for each in asked) for what in COUNTED)
                counted = len(among), len(identities.SHORT), requests, refused, 0
                found[f"{name}{part}"] = counted
    return found


@ROUTES
def test_an_address_shows_and_writes_nothing_of_the_other_organisation(
    world, watch, wall, route, told
):
    asked = {
        each.name: asking.asked(route, each, world, watch, how=how)
        for each in identities.of(world)
        if (how := ways(each, wall))
    }
    told |= {(wall, route.template, name): each for name, each in asked.items()}

    problems = [each for one in asked.values() for each in one.problems]
    assert problems == [], "\n".join(problems)
    if wall == walls.BOTH and HOW == asking.SAMPLE:
        written = dict(zip(identities.SHORT, page.cells().get(route.template, ()), strict=False))
        assert {name: written.get(name) for name in asked} == {
            name: each.cell for name, each in asked.items()
        }, f"docs/isolation.md: {page.REMEDY}"


def test_the_page_has_a_line_for_every_address():
    assert page.cells().keys() == {each.template for each in routes.routes()}, page.REMEDY


def test_the_page_says_what_each_role_may():
    names, cells = list(identities.SHORT.values()), page.cells()
    wrong = [
        f"{route} as {role}"
        for route in routes.routes()
        if route.is_of_console
        for role in roles.Role
        if (cells[route.template][names.index(role)] != "403") != roles.may(role, route.view.action)
    ]

    assert wrong == [], page.REMEDY


def test_a_host_of_one_organisation_shows_nothing_of_the_other(world, settings):
    """Under a host that École A proved, not even what École B shows to everybody is there."""
    hosts.live.forget()
    host = world.a.at["host"].name
    reader = identities.Identity(identities.ANONYMOUS, headers={"HTTP_HOST": host})
    found = []
    for route in routes.routes():
        for address in routes.addresses(route, world):
            whose = address.whose[:1] if route.is_of_a_kind else address.whose
            if "B" not in whose or route.name in SHOWN_BY_BOTH:
                continue
            answer = reader.client(world).get(address.path)
            known = world.b.canaries.seen_in(address.path)
            shown = set(world.b.canaries.seen_in(judging.told(answer))) - set(known)
            if answer.status_code not in {302, 404} or shown:
                found.append(f"{route} ({address.whose}): {answer.status_code} {shown}")

    hosts.live.forget()
    assert found == [], "\n".join(found)


def test_every_place_in_an_address_is_filled():
    assert routes.unfilled() == [], "say in tests/isolation/routes.py what stands there"


def test_every_field_of_every_form_is_posted(world):
    route = routes.routes()[0]
    [address, *_more] = routes.addresses(route, world)
    posted = posting.body(world.b, route, address)

    assert set(posting.fields()) - posted.keys() == set(), "say in posting.py what stands there"


def test_api_keys_are_made_as_soon_as_there_are_any():
    found = identities.answers_to_keys([route.view for route in routes.routes()])

    assert found == [], (
        "something answers to keys of the interface now: let identities.api_key make a true one"
    )
