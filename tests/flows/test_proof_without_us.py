"""A reader checks a badge in a browser, against a chain that others wrote; then we are gone."""

from __future__ import annotations

import copy
import json
import re
import subprocess
import sys
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest

from config.embedded.process import BASE, Guard
from tests import anvil
from tests.browser import driving
from tests.conftest import NOW
from tests.flows import worlds
from tests.flows.nodes import bad

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Locator, Page

    from tests.flows.worlds import World

pytestmark = [pytest.mark.chain, pytest.mark.django_db, anvil.needed, driving.needed]
GOOD = {
    "conforms": "conforms", "signed": "signed", "issuer": "issuer", "stands": "stands",
    "in_time": "in_time", "anchored": "anchored_final",
}  # fmt: skip
NOTE = re.compile(r'(<script id="dossier" type="application/json">)(.*?)(</script>)', re.DOTALL)


@pytest.fixture
def node(tmp_path: Path) -> Iterator[anvil.Anvil]:
    guard = Guard()
    with anvil.running(
        guard, tmp_path / "anvil.log", "--slots-in-an-epoch", "2", chain_id=worlds.CHAIN_ID
    ) as started:
        yield started
    guard.close()


@pytest.fixture
def world(
    node: anvil.Anvil, use: Any, settings: Any, request: pytest.FixtureRequest
) -> Iterator[World]:
    with worlds.serving(worlds.Site()) as site:
        settings.PUBLIC_URL = site.address
        settings.ALLOWED_HOSTS = ["*"]
        settings.CHAIN_ID = worlds.CHAIN_ID
        use(node.url)
        issuer, client = request.getfixturevalue("ecole_a"), request.getfixturevalue("client")
        yield worlds.recorded(site, node, client, issuer)


class Tab:
    """A reader's browser, at the page where they check for themselves."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.watch = driving.Watch("")
        self.watch.listen(page)

    @property
    def complaints(self) -> list[str]:
        """Return what the page complained of, apart from servers that do not answer."""
        return [each for each in self.watch.complaints if "Failed to load" not in each]

    def open(self, address: str) -> None:
        """Go there, and wait until the page has checked what it can by itself."""
        self.watch.complaints.clear()
        self.page.goto(address)
        self.verdict.wait_for()

    @property
    def verdict(self) -> Locator:
        return self.page.locator("[data-proof][data-verdict]")

    def ask(self, *nodes: str) -> dict[str, str]:
        """Ask these nodes, and return the verdict and what each check came to."""
        self.page.locator("#nodes").fill("\n".join(nodes))
        self.verdict.evaluate("one => delete one.dataset.verdict")
        self.page.locator("form button[type=submit]").click()
        self.verdict.wait_for()
        return self.told()

    def told(self) -> dict[str, str]:
        checks = self.page.locator("[data-check]").evaluate_all(
            "all => all.map((each) => [each.dataset.check, each.dataset.reason])"
        )
        return {"verdict": str(self.verdict.get_attribute("data-verdict")), **dict(checks)}


@pytest.fixture
def tab() -> Iterator[Tab]:
    with driving.browser() as browser:
        yield Tab(driving.context(browser, driving.DESKTOP_EN).new_page())


def tampered(world: World, change: Callable[[dict[str, Any]], object]) -> None:
    """Serve the page with another dossier than ours."""
    path = f"{world.page}/check"
    headers, body = world.originals[path]
    dossier = copy.deepcopy(world.dossier)
    change(dossier)
    written = json.dumps(dossier).replace("<", "\\u003c")
    page = NOTE.sub(lambda found: found[1] + written + found[3], body.decode())
    world.site.pages[path] = headers, page.encode()


def in_receipt(**members: Any) -> Callable[[dict[str, Any]], object]:
    def change(dossier: dict[str, Any]) -> None:
        receipt = json.loads(dossier["receipts"][0])
        dossier["receipts"] = [json.dumps(receipt | members)]

    return change


def in_document(old: str, new: str) -> Callable[[dict[str, Any]], object]:
    def change(dossier: dict[str, Any]) -> None:
        assert old in dossier["document"]
        dossier["document"] = dossier["document"].replace(old, new)

    return change


ZEROS = "00" * 32
TAMPERINGS: dict[str, tuple[Callable[[dict[str, Any]], object], str, str]] = {
    "document": (in_document("Soudure", "Chirurgie"), "signed", "signature-mismatch"),
    "a word more": (
        in_document('{"@context"', '{"x":1,"@context"'), "signed", "not_readable_here"
    ),
    "salt": (in_receipt(salt=ZEROS), "anchored", "wrong_path"),
    "path": (in_receipt(path=[ZEROS] * 3), "anchored", "wrong_path"),
    "root": (in_receipt(root=ZEROS), "anchored", "wrong_path"),
    "contract": (in_receipt(contract="0x" + "11" * 20), "anchored", "unknown_registry"),
    "submitter": (in_receipt(submitter="0x" + "11" * 20), "anchored", "submitter_not_accepted"),
    "transaction": (in_receipt(transaction="0x" + ZEROS), "anchored", "transaction_unknown"),
    "block": (
        in_receipt(block={"number": 1, "hash": "0x" + ZEROS, "time": "2026-01-01T00:00:00Z"}),
        "anchored",
        "block_mismatch",
    ),
    "contexts": (lambda dossier: dossier["contexts"].clear(), "signed", "not_readable_here"),
}  # fmt: skip


def test_a_good_badge_and_each_kind_of_tampering_are_told_apart(
    world: World, tab: Tab, tmp_path: Path
) -> None:
    check = world.site.address + world.page + "/check"
    with ExitStack() as stack:
        second = stack.enter_context(cors(world.node))
        tab.open(check)
        alone = tab.told()
        good = tab.ask(world.node, second)
        assert tab.complaints == []

        found = {}
        for name, (change, where, _reason) in TAMPERINGS.items():
            tampered(world, change)
            tab.open(check)
            outcome = tab.ask(world.node, second)
            found[name] = (outcome["verdict"] == "verified", outcome.get(where))
        world.restore()

    assert alone["verdict"] == "local"
    assert alone["signed"] == "signed"
    assert (alone["issuer"], alone["anchored"]) == ("history_unconfirmed", "not_asked")
    assert good == {"verdict": "verified", **GOOD}
    assert found == {name: (False, reason) for name, (_c, _w, reason) in TAMPERINGS.items()}


def cors(node: str) -> Any:
    """Return another node of the same chain: an honest one, at another address."""
    return bad(node)


def without_keys(document: dict[str, Any]) -> dict[str, Any]:
    return {**document, "assertionMethod": [], "verificationMethod": []}


def stolen(document: dict[str, Any]) -> dict[str, Any]:
    methods = [
        {**each, "revoked": f"{NOW:%Y-%m-%dT%H:%M:%SZ}"} for each in document["verificationMethod"]
    ]
    return {**document, "verificationMethod": methods}


def of_nobody(document: dict[str, Any]) -> dict[str, Any]:
    return {**document, "service": []}


ALTERED = {"no key": without_keys, "stolen": stolen, "no account": of_nobody}


def test_keys_accounts_and_nodes_decide_and_never_the_page(world: World, tab: Tab) -> None:
    check = world.site.address + world.page + "/check"
    with ExitStack() as stack:
        second = stack.enter_context(cors(world.node))
        liar = stack.enter_context(bad(world.node, eth_call="knows no anchor"))
        other_block = stack.enter_context(
            bad(world.node, eth_getBlockByNumber="shows another block")
        )
        foreign = stack.enter_context(bad(world.node, eth_chainId="is of another chain"))
        dead = "http://127.0.0.1:9"

        def asked(*nodes: str) -> dict[str, str]:
            tab.open(check)
            return tab.ask(*nodes)

        nodes = {
            "one liar of two": asked(world.node, liar)["anchored"],
            "one liar of three": asked(world.node, second, other_block)["anchored"],
            "one dead of two": asked(world.node, dead)["anchored"],
            "one dead of three": asked(world.node, dead, second)["verdict"],
            "one of another chain": asked(world.node, foreign)["anchored"],
            "one alone": asked(world.node)["anchored"],
            "the same one twice": asked(world.node, world.node + "/")["anchored"],
            "none": asked()["anchored"],
            "all dead": asked(dead)["anchored"],
        }
        issuer = {}
        for name, alter in {
            "no key": without_keys,
            "stolen": stolen,
            "no account": of_nobody,
        }.items():
            world.change(world.did, alter)
            issuer[name] = asked(world.node, second)
            world.restore()
        world.site.pages.pop(world.lists[0])
        no_list = asked(world.node, second)
        world.restore()
        world.change(world.lists[0], lambda found: {**found, "validFrom": "2026-01-01T00:00:00Z"})
        forged_list = asked(world.node, second)

    assert nodes == {
        "one liar of two": "nodes_disagree",
        "one liar of three": "nodes_disagree",
        "one dead of two": "too_few_nodes",
        "one dead of three": "verified",
        "one of another chain": "too_few_nodes",
        "one alone": "too_few_nodes",
        "the same one twice": "too_few_nodes",
        "none": "chain_unavailable",
        "all dead": "chain_unavailable",
    }
    assert issuer["no key"]["issuer"] == "key_not_listed"
    assert issuer["stolen"]["verdict"] == "refuted"
    assert issuer["no account"]["anchored"] == "submitter_not_accepted"
    assert (no_list["verdict"], no_list["stands"]) == ("recorded", "stood_on_record")
    assert forged_list["stands"] == "stood_on_record"


def test_a_dossier_still_verifies_when_database_and_servers_are_gone(
    world: World, tab: Tab, tmp_path: Path
) -> None:
    _headers, body = world.originals[f"{world.page}/proof.html"]
    file = tmp_path / "dossier.html"
    file.write_bytes(body)
    world.site.shutdown()
    world.site.server_close()

    tab.open(file.as_uri())
    offline = tab.told()
    with ExitStack() as stack:
        second = stack.enter_context(cors(world.node))
        online = tab.ask(world.node, second)
        assert tab.complaints == []
        by_command = command(file, world.node, second)
        account = by_command[1]["account"]
        compared = command(file, world.node, second, "--account", account)
        another = command(file, world.node, second, "--account", "eip155:1:0x" + "11" * 20)
        liar = stack.enter_context(bad(world.node, eth_call="knows no anchor"))
        tab.open(file.as_uri())
        lied_to = tab.ask(world.node, liar)

    assert offline["verdict"] == "local"
    assert (offline["signed"], offline["in_time"]) == ("signed", "in_time")
    assert offline["anchored"] == "not_asked"
    assert online == {
        "verdict": "recorded", **GOOD, "issuer": "issuer_on_record", "stands": "stood_on_record",
    }  # fmt: skip
    assert lied_to["verdict"] == "inconclusive"
    assert (by_command[0], by_command[1]["verdict"]) == (3, "recorded")
    assert (compared[0], another[0]) == (0, 1)


def command(file: Path, node: str, second: str, *more: str) -> tuple[int, dict[str, Any]]:
    """Return what the command ends with, and what it answers."""
    run = subprocess.run(  # noqa: S603 - our own program
        [
            sys.executable, "-m", "acquis_verify", str(file), "--json",
            "--node", node, "--node", second, *more,
        ],
        env={"PYTHONPATH": f"{BASE}:{BASE / 'verifier'}"},
        cwd=file.parent,
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip
    return run.returncode, json.loads(run.stdout)
