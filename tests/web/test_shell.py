"""What stands around the pages of the console: ways, menus, and what others wrote."""

import hashlib
import re

import pytest
from django.conf import settings

from config.templatetags import vendored
from issuers.core import roles
from tests import factories
from tests.web.conftest import read

# Of dist/css/bootstrap.min.css in the npm package bootstrap 5.3.8.
BOOTSTRAP = "d85327d99c7a3ee1f9b5d0500d1370acea3ad2db39c163c2f51f232baedbdede"
VENDOR = settings.BASE_DIR / "static/vendor"


def ways(client, path="/console/ecole-a/"):
    """Return the addresses in the navigation of a page, and which of them is the present one."""
    html = client.get(path).content.decode()
    part = html[html.index('<nav class="sidebar"') : html.index("</nav>", html.index("sidebar"))]
    current = re.findall(r'<a href="([^"]+)" aria-current="(\w+)"', part)
    return re.findall(r'<a href="([^"]+)"', part), current


def test_the_navigation_shows_what_the_role_may_open(client, ecole_a):
    client.force_login(factories.member(issuer=ecole_a, name="Dora", role=roles.Role.VIEWER))
    few, _current = ways(client)
    client.force_login(factories.member(issuer=ecole_a, name="Eve", role="administrator"))
    many, _current = ways(client)

    assert "/console/ecole-a/badges" in few
    assert "/console/ecole-a/keys" not in few
    assert "/console/ecole-a/keys" in many


@pytest.mark.parametrize("role", roles.Role)
def test_every_way_that_is_shown_is_open(client, ecole_a, role):
    client.force_login(factories.member(issuer=ecole_a, name="Dora", role=role))

    shown, _current = ways(client)

    assert shown
    assert {way: client.get(way).status_code for way in shown} == dict.fromkeys(shown, 200)


def test_a_page_is_marked_in_the_navigation_and_so_is_where_it_lies_below(client, alice):
    client.force_login(alice)

    assert ways(client)[1] == [("/console/ecole-a/", "page")]
    assert ways(client, "/console/ecole-a/people")[1] == [("/console/ecole-a/people", "page")]
    assert ways(client, "/console/ecole-a/people/invite")[1] == [
        ("/console/ecole-a/people", "true")
    ]
    # What belongs somewhere though its address does not begin so.
    assert ways(client, "/console/ecole-a/hosts/add")[1] == [("/console/ecole-a/domains", "true")]


def test_a_page_below_another_leads_back_to_it(client, alice):
    client.force_login(alice)

    deep = client.get("/console/ecole-a/people/invite").content.decode()
    flat = client.get("/console/ecole-a/people").content.decode()

    assert '<nav class="crumbs"' in deep
    assert '<nav class="crumbs"' not in flat


def test_whoever_works_for_two_organisations_goes_from_one_to_the_other(client, alice, ecole_b):
    factories.join(issuer=ecole_b, user=alice, role="viewer")
    client.force_login(alice)

    page = read(client.get("/console/ecole-a/"))

    assert "/console/ecole-b/" in page.links


def test_menus_and_the_drawer_need_no_script(client, alice):
    client.force_login(alice)

    page = read(client.get("/console/ecole-a/"))

    assert "#navigation" in page.links
    assert "navigation" in page.ids
    assert {"/account/logout/", "/console/you", "/account/email/"} <= set(page.links)


def test_the_console_loads_from_here_alone_and_names_what_it_expects(client, alice):
    client.force_login(alice)

    html = client.get("/console/ecole-a/").content.decode()

    for source in re.findall(r'<script src="([^"]+)"', html):
        assert source.startswith("/static/")
    for tag in re.findall(r"<[^>]+vendor/[^>]+>", html):
        assert re.search(r'integrity="sha256-[A-Za-z0-9+/]{43}="', tag)
    assert '"allowEval": false' in html
    assert '"includeIndicatorStyles": false' in html


def test_what_others_wrote_is_kept_by_browsers_for_good(client, db):
    response = client.get(f"/static/vendor/{vendored.FILES['bootstrap']}")

    assert "immutable" in response["Cache-Control"]
    assert "immutable" not in client.get("/static/console.css")["Cache-Control"]


def test_public_pages_load_nothing_that_others_wrote(client, ecole_a):
    for path in ("/", "/verify", "/issuers/ecole-a", "/network"):
        assert not [each for each in read(client.get(path)).loads if "vendor/" in each]


def test_files_of_others_are_those_of_their_packages():
    found = {
        path.relative_to(VENDOR).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in VENDOR.glob("*/*")
    }

    assert found == vendored.hashes()
    assert set(vendored.FILES.values()) <= set(found)
    layered = (VENDOR / vendored.FILES["bootstrap"]).read_bytes()
    inside = layered.removeprefix(b"@layer bootstrap {\n").removesuffix(b"\n}\n")
    assert hashlib.sha256(inside).hexdigest() == BOOTSTRAP
    for folder in VENDOR.iterdir():
        if folder.is_dir():
            assert f"`{folder.name}`" in (VENDOR / "README.md").read_text()
