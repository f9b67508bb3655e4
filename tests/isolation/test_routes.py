"""Every address as every identity, three times: nothing of the other is shown or written.

Behind both walls, with every filter forgotten, and without row-level security. Those ask from whom
most is to be feared; `MATRIX=whole` asks as everybody, in every way, which takes long.
"""

from __future__ import annotations

import os

import pytest
from django.test import Client

from config import hosts
from tests.isolation import asking, damage, identities, judging, posting, routes, walls

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("zone", "nobody_outside")]
ROUTES = pytest.mark.parametrize("route", routes.routes(), ids=str)
HOW = os.environ.get("MATRIX", asking.SAMPLE)
ASK = {
    walls.BOTH: {identities.ANONYMOUS, identities.OTHERS_ADMINISTRATOR},
    walls.DATABASE: {identities.OTHERS_ADMINISTRATOR},
    walls.CODE: {identities.OTHERS_ADMINISTRATOR},
}
# What stands under the host of an organisation although another wrote it: it is about its own.
SHOWN_BY_BOTH = {"endorsement"}


@pytest.fixture(scope="module", params=ASK)
def wall(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@ROUTES
def test_an_address_shows_and_writes_nothing_of_the_other_organisation(world, wall, route):
    watch = damage.Watch(world)
    how = asking.INSIDE if HOW == asking.SAMPLE and wall != walls.BOTH else HOW
    problems = [
        problem
        for each in identities.of(world)
        if HOW == asking.WHOLE or each.name in ASK[wall]
        for problem in asking.asked(route, each, world, watch, how=how)
    ]

    assert problems == [], "\n".join(problems)


def test_a_host_of_one_organisation_shows_nothing_of_the_other(world, settings):
    """Under a host that École A proved, not even what École B shows to everybody is there."""
    hosts.live.forget()
    host = world.a.at["host"].name
    found = []
    for route in routes.routes():
        for address in routes.addresses(route, world):
            whose = address.whose[:1] if route.is_of_a_kind else address.whose
            if "B" not in whose or route.name in SHOWN_BY_BOTH:
                continue
            answer = Client(raise_request_exception=False).get(address.path, HTTP_HOST=host)
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
