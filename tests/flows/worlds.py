"""An installation that can be taken away: its public pages as files, and a chain that stays."""

from __future__ import annotations

import json
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from django.contrib.staticfiles import finders

from blockchain import services as anchoring
from blockchain.models import Batch
from credentials import services
from credentials.core import members
from credentials.selectors import dossiers
from tests import factories
from tests.services.blockchain.conftest import Clock, work

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test import Client

    from tests.anvil import Anvil

S = TypeVar("S", bound=ThreadingHTTPServer)
# Not that of a trial: two nodes must answer.
CHAIN_ID = 11155111


class Site(ThreadingHTTPServer):
    """Serves what was recorded; `pages` may be changed while it does, and emptied."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Door)
        self.pages: dict[str, tuple[dict[str, str], bytes]] = {}

    @property
    def address(self) -> str:
        return f"http://localhost:{self.server_port}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: browsers hang up."""


class _Door(BaseHTTPRequestHandler):
    server: Site

    def log_message(self, *_args: object) -> None:
        pass

    def do_GET(self) -> None:
        found = self.server.pages.get(self.path)
        headers, body = found or ({"Content-Type": "text/plain"}, b"nothing here")
        self.send_response(200 if found else 404)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@dataclass
class World:
    """A badge on record, and every public address that has to do with it."""

    site: Site
    node: str
    page: str
    dossier: dict[str, Any]
    did: str
    lists: list[str]
    originals: dict[str, tuple[dict[str, str], bytes]] = field(default_factory=dict)

    def restore(self) -> None:
        """Put every page back as it was."""
        self.site.pages.clear()
        self.site.pages.update(self.originals)

    def change(self, path: str, alter: Any) -> None:
        """Serve another JSON document at an address."""
        headers, body = self.originals[path]
        self.site.pages[path] = headers, json.dumps(alter(json.loads(body))).encode()


@contextmanager
def serving(site: S) -> Iterator[S]:
    """Let a server answer while the block runs."""
    thread = threading.Thread(target=site.serve_forever, daemon=True)
    thread.start()
    try:
        yield site
    finally:
        site.shutdown()
        site.server_close()
        thread.join(timeout=10)


def recorded(site: Site, node: Anvil, client: Client, issuer: Any) -> World:
    """Issue a badge, put it and what is said of it on record, and record the public pages."""
    now = datetime.now(UTC)
    # It is nobody's development chain by its number, so the submitter pays for itself.
    ours = anchoring.submitter_account().rpartition(":")[2]
    node.ask("anvil_setBalance", ours, hex(10**20))
    anchoring.deploy_registry(now=now, wait=lambda _seconds: time.sleep(0.05))
    credential = factories.signed(issuer=issuer, now=now)
    services.state(now=now)
    clock = Clock(now)
    node.mine_when_told()
    deadline = time.monotonic() + 90
    while not Batch.objects.exists() or Batch.objects.exclude(state="finalized").exists():
        assert time.monotonic() < deadline, list(Batch.objects.values("state", "failure"))
        work(clock)
        node.mine()
    found = dossiers.dossier(credential=credential)
    document = json.loads(found["document"])
    lists = [
        urlsplit(members.status_address(entry)).path for entry in members.status_entries(document)
    ]
    page, did = f"/credentials/{credential.token}", f"/issuers/{issuer.slug}/did.json"
    paths = [f"{page}/check", f"{page}/check?lang=fr", f"{page}/proof.html", "/verifier.js", did]
    for path in [*paths, *lists]:
        answer = client.get(path)
        assert answer.status_code == 200, (path, answer.content)
        headers = {name: answer[name] for name in answer.headers if name != "Content-Length"}
        site.pages[path] = headers, b"".join(answer) if answer.streaming else answer.content
    sheet = Path(str(finders.find("acquis.css"))).read_bytes()
    site.pages["/static/acquis.css"] = {"Content-Type": "text/css"}, sheet
    world = World(site, node.url, page, found, did, lists)
    world.originals = dict(site.pages)
    return world
