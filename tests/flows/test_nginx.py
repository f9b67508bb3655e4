"""The sample configuration of nginx keeps what it may, and forgets when it is told to."""

import http.client
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from credentials.resolvers import edges
from credentials.services import purging
from tests import nginx

TOKEN = "A" * 22
PAGE = f"/credentials/{TOKEN}"

pytestmark = pytest.mark.skipif(
    not nginx.is_installed(),
    reason=f"nginx or its module is missing: {nginx.COMMAND}",
)


class Site(BaseHTTPRequestHandler):
    """Answers as Acquis does, and counts."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.server.asked += 1
        self.server.told = dict(self.headers)
        said = f"{self.path} {self.headers['Accept']} {self.headers['Accept-Language']}"
        body = f"{self.server.asked} {said}".encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", self.server.control)
        self.send_header("Vary", "Accept, Accept-Language, Cookie")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments):
        pass


@pytest.fixture
def site(tmp_path):
    """Run nginx by the sample, in front of a site."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    server.asked, server.control = 0, "public, max-age=0, must-revalidate, s-maxage=300"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    server.front, server.purges = nginx.free_port(), nginx.free_port()
    try:
        with nginx.running(
            tmp_path, front=server.front, purges=server.purges, site=server.server_port
        ):
            yield server
    finally:
        server.shutdown()
        server.server_close()


def ask(site, path=PAGE, **headers):
    connection = http.client.HTTPConnection("127.0.0.1", site.front, timeout=10)
    given = {"Accept": "text/html,*/*;q=0.8"} | {
        name.replace("_", "-"): value for name, value in headers.items()
    }
    connection.request("GET", path, headers=given)
    answer = connection.getresponse()
    body = answer.read().decode()
    connection.close()
    return answer.headers.get("X-Cache"), body


def test_it_keeps_one_copy_for_each_language_and_kind_of_reader(site):
    french = ask(site, Accept_Language="fr-CA,fr;q=0.9")
    english = ask(site, Accept_Language="de")

    assert ask(site, Accept_Language="fr") == ("HIT", french[1])
    assert ask(site, f"{PAGE}?lang=fr", Accept_Language="en") == ("HIT", french[1])
    assert ask(site, Accept_Language="en") == ("HIT", english[1])
    program = ask(site, Accept="application/ld+json")
    assert program[0] == "MISS"
    assert ask(site, Accept="application/vc+ld+json") == ("HIT", program[1])
    assert site.asked == 3


@pytest.mark.parametrize("path", [PAGE, "/verify"])
def test_the_site_is_told_who_asks_for_which_host(site, path):
    ask(site, path)

    assert site.told["Host"] == f"127.0.0.1:{site.front}"
    assert site.told["X-Forwarded-For"] == "127.0.0.1"
    assert site.told["X-Forwarded-Proto"] == "http"
    assert "Connection" not in site.told


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        (PAGE, {"Cookie": "sessionid=1"}),
        (f"{PAGE}?x=1", {}),
        (f"{PAGE}?lang=fr&x=1", {}),
        (PAGE, {"Accept": "application/vc+jwt"}),
    ],
)
def test_what_is_not_for_everybody_is_not_kept(site, path, headers):
    ask(site)

    first, second = ask(site, path, **headers), ask(site, path, **headers)

    assert {first[0], second[0]} == {"BYPASS"}
    assert first[1] != second[1]


def test_what_is_private_is_not_kept(site):
    site.control = "private, no-cache"

    assert [ask(site)[0], ask(site)[0]] == ["MISS", "MISS"]


def test_told_to_forget_it_forgets_every_copy_of_one_credential(site):
    other = f"/credentials/{'B' * 22}"
    paths = [PAGE, *(PAGE + file for file in purging.FILES)]
    readers = [
        {"Accept": kind, "Accept_Language": language}
        for kind in ("text/html,*/*;q=0.8", "application/json", "image/avif,*/*;q=0.5")
        for language in ("en-GB", "fr-CA,fr;q=0.9")
    ]
    for path in [*paths, other]:
        for reader in readers:
            ask(site, path, **reader)
    assert ask(site, other)[0] == "HIT"

    for _twice in range(2):
        edges.purge(f"http://127.0.0.1:{site.purges}", host="x", asked=purging.requests_for(TOKEN))

    asked = site.asked
    for path in paths:
        for reader in readers:
            ask(site, path, **reader)
    assert site.asked - asked == len(paths) * 4  # two languages, two kinds of reader
    assert [ask(site, other, **reader)[0] for reader in readers] == ["HIT"] * len(readers)


def test_every_file_that_is_purged_may_be_kept_by_the_sample():
    [pattern] = re.findall(r"location ~ (\S+) \{", nginx.SAMPLE.read_text())

    assert all(re.fullmatch(pattern.strip("^$"), PAGE + file) for file in ("", *purging.FILES))


def test_under_another_host_nothing_is_kept_or_given(site):
    ask(site)

    first, second = (ask(site, Host="badges.ecole-a.example.org") for _each in range(2))

    assert first[0] != "HIT"
    assert second[0] != "HIT"
    assert first[1] != second[1]
