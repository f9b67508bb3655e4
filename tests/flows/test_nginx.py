"""The sample configuration of nginx keeps what it may, and forgets when it is told to."""

import http.client
import os
import re
import shutil
import socket
import subprocess
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from credentials.resolvers import edges
from credentials.services import purging

SAMPLE = Path(__file__).parents[2] / "docs" / "deploy" / "nginx.conf"
MODULE = Path("/usr/lib/nginx/modules/ngx_http_cache_purge_module.so")
NGINX = shutil.which("nginx") or "/usr/sbin/nginx"
TOKEN = "A" * 22
PAGE = f"/credentials/{TOKEN}"

pytestmark = pytest.mark.skipif(
    not (Path(NGINX).exists() and MODULE.exists()),
    reason="nginx or its module is missing: apt-get install nginx-light"
    " libnginx-mod-http-cache-purge",
)


class Site(BaseHTTPRequestHandler):
    """Answers as Acquis does, and counts."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.server.asked += 1
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


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


@pytest.fixture
def site(tmp_path):
    """Run nginx by the sample, with ports and folders of its own, in front of a site."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    server.asked, server.control = 0, "public, max-age=0, must-revalidate, s-maxage=300"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    server.front, server.purges = free_port(), free_port()
    text = SAMPLE.read_text()
    for old, new in (
        ("/var/cache/nginx/acquis", str(tmp_path / "cache")),
        ("listen 8080;", f"listen 127.0.0.1:{server.front};"),
        ("listen 127.0.0.1:8081;", f"listen 127.0.0.1:{server.purges};"),
        ("127.0.0.1:8000", f"127.0.0.1:{server.server_port}"),
        ("acquis.example ours;", "127.0.0.1 ours;"),
    ):
        assert old in text
        text = text.replace(old, new)
    temporary = "".join(
        f"{kind}_temp_path {tmp_path}/{kind};"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    # Its workers would be another user's, whom this folder does not let in.
    user = "user root;\n" if os.getuid() == 0 else ""
    (tmp_path / "nginx.conf").write_text(
        f"{user}load_module {MODULE};\npid {tmp_path}/pid;\nerror_log {tmp_path}/errors;\n"
        "daemon off;\n"
        f"worker_processes 1;\nevents {{}}\nhttp {{ {temporary}\n{text}\n}}\n"
    )
    process = subprocess.Popen(  # noqa: S603 - our own command
        [NGINX, "-p", str(tmp_path), "-e", f"{tmp_path}/errors", "-c", f"{tmp_path}/nginx.conf"]
    )
    try:
        for _attempt in range(200):
            assert process.poll() is None, (tmp_path / "errors").read_text()
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", server.front)) == 0:
                    break
            time.sleep(0.05)
        yield server
    finally:
        process.terminate()
        process.wait(10)
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
    for path in [*paths, other]:
        ask(site, path)
    ask(site, Accept_Language="fr")
    ask(site, Accept="application/json", Accept_Language="fr")
    assert ask(site, other)[0] == "HIT"

    for _twice in range(2):
        edges.purge(f"http://127.0.0.1:{site.purges}", host="x", asked=purging.requests_for(TOKEN))

    assert [ask(site, path)[0] for path in paths] == ["MISS"] * len(paths)
    assert ask(site, Accept_Language="fr")[0] == "MISS"
    assert ask(site, Accept="application/json", Accept_Language="fr")[0] == "MISS"
    assert ask(site, other)[0] == "HIT"


def test_every_file_that_is_purged_may_be_kept_by_the_sample():
    [pattern] = re.findall(r"location ~ (\S+) \{", SAMPLE.read_text())

    assert all(re.fullmatch(pattern.strip("^$"), PAGE + file) for file in ("", *purging.FILES))


def test_under_another_host_nothing_is_kept_or_given(site):
    ask(site)

    first, second = (ask(site, Host="badges.ecole-a.example.org") for _each in range(2))

    assert first[0] != "HIT"
    assert second[0] != "HIT"
    assert first[1] != second[1]
