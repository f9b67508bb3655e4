"""A static mirror behind nginx answers as the living site does, address by address."""

import http.client
import tempfile
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client, override_settings

from credentials import services
from credentials.management.commands.mirror_tenant import Site
from credentials.selectors import leaving as what
from credentials.services import leaving
from tests import kept, nginx, roles
from tests.services.credentials.audit.conftest import AT
from tests.services.credentials.leaving.conftest import clock, settled, sound

__all__ = ["settled", "sound"]

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(
        not Path(nginx.NGINX).exists(), reason="nginx is missing: apt-get install nginx-light"
    ),
]
# What tells a browser or a verifier what it has got, and what it may do with it.
TOLD = ("Content-Type", "Content-Security-Policy", "X-Robots-Tag", "Access-Control-Allow-Origin")
# What nobody links to: no address of a mirror may list what there is.
UNLISTED = (
    *("/", "/credentials/", "/credentials", "/mirror.txt", "/../mirror.txt"),
    *("/console/", "/verify"),
)


@kept.surrounding
def _as_the_mirror_was_made():
    with (
        pytest.MonkeyPatch.context() as monkeypatch,
        override_settings(BLOCKCERTS=True, REVOCATION_LIST=True),
    ):
        clock(monkeypatch)
        yield


@kept.fixture
def mirror(settled):
    """Mirror École A, once for all tests; return where it is."""
    services.publish_status_lists(now=AT)
    folder = Path(tempfile.mkdtemp(dir=settings.MANIFEST_DIR.parent))
    leaving.mirror(
        issuer=settled,
        folder=folder,
        ask=roles.serving(Site().ask),
        languages=["en", "fr"],
        with_drawn=False,
    )
    return folder


@pytest.fixture
def mirrored(settled, mirror, tmp_path):
    """Return École A and the port at which its mirror answers."""
    port = nginx.free_port()
    changes = {
        "listen 8080;": f"listen 127.0.0.1:{port};",
        "/srv/mirror/public": str(mirror / "public"),
    }
    with nginx.running_by(nginx.SAMPLES / "mirror.conf", tmp_path, changes=changes, port=port):
        yield settled, port


def ask(port, path, **headers):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request(
        "GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()}
    )
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer.status, body, {name: answer.headers.get(name) for name in TOLD}


def test_every_address_answers_the_same_bytes_of_the_same_kind(mirrored):
    issuer, port = mirrored
    client, compared, others = Client(), 0, {}
    for each in what.addresses(issuer=issuer):
        for kind in each.kinds:
            for language in ("en", "fr") if kind == what.HTML else ("en",):
                asked = {"Accept": kind, "Accept-Language": language}
                live = client.get(each.path, headers=asked)
                if live.status_code != 200 or each.facts:
                    continue
                status, body, told = ask(port, each.path, **asked)
                compared += 1
                if (status, body) != (200, live.content):
                    others[each.name, kind, language] = status
                elif not is_as_good(told["Content-Type"], live["Content-Type"], kind):
                    others[each.name, kind, language] = (told["Content-Type"], live["Content-Type"])

    assert not others, "\n".join(str(each) for each in others.items())
    assert compared > 150


def is_as_good(told, live, kind):
    """Say whether a type says the same; who asks for JSON by its plain name gets a finer one."""
    if kind == what.JSON:
        return told.endswith("json")
    return told.lower().replace(" ", "") == live.lower().replace(" ", "")


def test_a_page_comes_with_the_guards_that_it_has_on_the_site(mirrored):
    issuer, port = mirrored
    credential = next(each for each in what.addresses(issuer=issuer) if each.name == "credential")

    for path in (credential.path, f"{credential.path}.svg", f"/issuers/{issuer.slug}"):
        live = Client().get(path, headers={"accept": "text/html"})
        _status, _body, told = ask(port, path, Accept="text/html")
        assert _directives(told) == _directives(live), path
        assert told["X-Robots-Tag"] == live.get("X-Robots-Tag")


def _directives(headers):
    return {
        each.strip() for each in (headers.get("Content-Security-Policy") or "").split(";") if each
    }


def test_it_answers_in_the_readers_language_and_lists_nothing(mirrored):
    issuer, port = mirrored
    path = f"/issuers/{issuer.slug}"

    # The language of the address goes before that of the browser.
    assert b'<html lang="fr">' in ask(port, f"{path}?lang=fr", Accept_Language="en")[1]
    assert b'<html lang="en">' in ask(port, f"{path}?lang=en", Accept_Language="fr")[1]
    assert b'<html lang="fr">' in ask(port, path, Accept_Language="fr-CA,fr;q=0.9")[1]

    for unlisted in UNLISTED:
        status, body, _told = ask(port, unlisted, Accept="text/html")
        assert status in {400, 403, 404}, unlisted
        assert b"credentials/" not in body, unlisted

    # What depends on a question is not there.
    assert ask(port, f"{path}/history?before=2")[0] == 404
