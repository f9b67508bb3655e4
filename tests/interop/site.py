"""What the pages serve: a site with its rows, keys, workers and chain, asked as verifiers ask it.

The chain is anvil, which says that it is Sepolia; our own registry is on it, and our own submission
sent the roots. What is kept is what was answered: nothing here is made by hand.
"""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import time_machine
from django.test import Client, TestCase, override_settings

from badges import models as badges
from blockchain import chains
from blockchain import models as rows
from blockchain import selectors as witnessed
from blockchain import services as anchoring
from blockchain.core import merkle
from config.embedded.process import Guard
from credentials import models, services
from credentials.core import blockcerts, rdf
from issuers import models as issuer_rows
from issuers import selectors as issuers
from issuers import services as parties
from issuers.core import blockcerts as profiles
from issuers.core import did
from tests import anvil, factories
from tests.conftest import NOW
from tests.interop import forging
from tests.interop.world import HOST

SEPOLIA = 11155111
# When verifiers ask: what ended at ENDED is over, and lists are still believed.
ENDED, ASKED = NOW + timedelta(hours=1), NOW + timedelta(hours=6)
SALT = b"\x5a" * 32
KINDS = (issuers.Kind.ED25519, issuers.Kind.RSA, issuers.Kind.P256)

PAGE, OLDER = "/credentials/{token}", "/issuers/{slug}/ob2/assertions/{token}"
FILES = {
    "json": PAGE + ".json",
    "png": PAGE + ".png",
    "svg": PAGE + ".svg",
    "RS256": PAGE + ".jwt",
    "ES256": PAGE + "/es256.jwt",
    "part": PAGE + "/shared.json?hide=identity-name",
    "receipt": PAGE + "/anchor.json",
    "hosted": OLDER,
    "hosted png": OLDER + ".png",
    "hosted svg": OLDER + ".svg",
    "signed": OLDER + ".jws",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What a page answered."""

    status: int
    kind: str
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True, slots=True)
class Issued:
    """One credential, in every form in which it is served."""

    id: str
    email: str
    files: dict[str, Answer]


@dataclass(slots=True)
class Site:
    """Everything that was asked of the pages.

    Attributes:
        chain: Address of the node.
        credentials: "good", "revoked" and "expired"; "suspendable" has two statuses and no schema,
            "final" and "final, expired" have neither; "other" is of another issuer.
        answers: What was answered at an address that a verifier may ask.
        keys: Private keys of both issuers, by slug and kind: to do what a thief would.
        exports: What those who want Blockcerts are given: "final" and "final, expired"; and what a
            thief had anchored by us after he spoilt it: "tampered" and "signed by another".
        dual: DID documents, by DID, where keys are shown in both forms.
        transactions: Of the anchors of "final" and of a later batch.
        sent_by_another: A transaction with the root of "final", of an account that is not ours.
    """

    chain: str
    credentials: dict[str, Issued] = field(default_factory=dict)
    answers: dict[str, Answer] = field(default_factory=dict)
    keys: dict[str, dict[str, Any]] = field(default_factory=dict)
    dids: dict[str, str] = field(default_factory=dict)
    exports: dict[str, dict[str, Any]] = field(default_factory=dict)
    dual: dict[str, Any] = field(default_factory=dict)
    transactions: list[str] = field(default_factory=list)
    sent_by_another: str = ""

    def documents(self) -> dict[str, Any]:
        """Return what was served as JSON, by its address; a DID document also by its DID."""
        found = {
            address: answer.json
            for address, answer in self.answers.items()
            if "json" in answer.kind
        }
        return found | {name: found[did.did_web_url(name)] for name in self.dids.values()}


@contextmanager
def served(folder: Path) -> Iterator[Site]:
    """Build the site and ask it; the node runs as long as this, the rows are gone before."""
    guard = Guard()
    began = str(int(NOW.timestamp()) + 60)
    options = ("--slots-in-an-epoch", "1", "--timestamp", began)
    with anvil.running(guard, folder / "anvil.log", *options, chain_id=SEPOLIA) as node:
        yield _ask(node, folder)
    guard.close()


def _ask(node: anvil.Anvil, folder: Path) -> Site:
    here = override_settings(
        PUBLIC_URL=HOST,
        ALLOWED_HOSTS=["badges.example.org"],
        CHAIN_ID=SEPOLIA,
        CHAIN_RPC_URLS=[node.url],
        SUBMITTER_KEY=f"{7:064x}",
        ANCHOR_SEAL_AGE_SECONDS=0,
        ANCHOR_CONFIRMATIONS=2,
        MANIFEST_DIR=folder / "manifests",
    )
    with here:
        chains.get_chain.cache_clear()
        TestCase.setUpClass()
        try:
            return _Building(node).site()
        finally:
            TestCase.tearDownClass()
            chains.get_chain.cache_clear()


class _Building:
    """What is done to a site before it is asked, and the asking."""

    def __init__(self, node: anvil.Anvil) -> None:
        self.node = node
        self.client = Client()
        self.found = Site(node.url)

    def site(self) -> Site:
        account = anchoring.submitter_account().rpartition(":")[2]
        self.node.ask("anvil_setBalance", account, hex(10**19))
        anchoring.deploy_registry(now=NOW, wait=lambda _seconds: time.sleep(0.01))
        for name in ("atelier-lumen", "quelqu-un"):
            self._issuer(name)
        issued = self._issue()
        self._anchor()
        for name, credential in issued.items():
            self.found.credentials[name] = self._all_of(credential)
        self._steal(issued["final"])
        for address in self._addresses():
            # Verifiers of Blockcerts ask about the one that they verify.
            is_about_one = address.endswith("/blockcerts/revoked")
            asked = f"{address}?assertionId={address}" if is_about_one else address
            self.found.answers[address] = self._get(asked)
        with override_settings(BLOCKCERTS=True):
            for name in ("final", "final, expired"):
                address = f"{self.found.credentials[name].id}/blockcerts.json"
                self.found.exports[name] = self._get(address).json
            self.found.dual = {
                name: self._get(did.did_web_url(name)).json for name in self.found.dids.values()
            }
        return self.found

    def _issuer(self, slug: str) -> None:
        made = factories.issuer(slug=slug, name=slug.title(), email=f"{slug}@example.org")
        for kind in KINDS[1:]:
            parties.create_key(issuer=made, now=NOW, kind=kind)
        for standing in ("revocable", "suspendable", "final"):
            factories.achievement(issuer=made, slug=standing, standing=standing)
        self.found.dids[slug] = made.did
        self.found.keys[slug] = {
            kind: issuers.open_key(issuer=made, now=NOW, kind=kind).private for kind in KINDS
        }

    def _issue(self) -> dict[str, models.Credential]:
        own, other = issuer_rows.Issuer.objects.order_by("pk")

        def one(of: issuer_rows.Issuer, standing: str, **award: Any) -> models.Credential:
            badge = _badges(of).get(slug=standing)
            return factories.signed(issuer=of, achievement=badge, **award)

        issued = {
            "good": one(own, "revocable", valid_until=NOW + timedelta(days=365)),
            "revoked": one(own, "revocable"),
            "expired": one(own, "revocable", valid_until=ENDED),
            "suspendable": one(own, "suspendable"),
            "final": one(own, "final"),
            "final, expired": one(own, "final", valid_until=ENDED),
            "other": one(other, "revocable"),
        }
        services.revoke(
            issuer=own, credential=issued["revoked"], reason="Erreur de saisie", now=NOW
        )
        services.publish_status_lists(now=NOW)
        return issued

    def _anchor(self) -> None:
        """Let our own submission send what waits, until it is final."""
        now = NOW + timedelta(minutes=2)
        anchoring.seal(now=now)
        for _round in range(8):
            anchoring.broadcast(now=now)
            self.node.mine()
            anchoring.follow(now=now)
            now += timedelta(seconds=31)
        batches = rows.Batch.objects.order_by("pk")
        self.found.transactions = [batch.transaction for batch in batches]
        if {batch.state for batch in batches} != {"finalized"}:
            raise AssertionError([batch.state for batch in batches])

    def _steal(self, final: models.Credential) -> None:
        """Let a stranger send a root of ours again, and ours anchor what a thief made."""
        root = bytes(rows.Batch.objects.get().root)
        stranger = self.node.ask("eth_accounts")[3]
        sent = {"from": stranger, "to": stranger, "data": "0x" + root.hex()}
        self.found.sent_by_another = self.node.ask("eth_sendTransaction", sent)
        document = self.found.credentials["final"].files["json"].json
        spoilt = {
            "tampered": forging.tampered(document),
            "signed by another": forging.under_a_false_name(self.found, document),
        }
        leaves = {name: merkle.leaf(salt=SALT, digest=rdf.digest(spoilt[name])) for name in spoilt}
        anchoring.commit(leaves=list(leaves.values()), now=NOW)
        self._anchor()
        profile = issuers.blockcerts_address(issuer=final.issuer)
        for name, leaf in leaves.items():
            proof = witnessed.proof_for(leaf, SALT)
            if proof is None:
                raise AssertionError("It was just anchored.")
            method = profiles.verification_method(profile, proof.submitter)
            self.found.exports[name] = blockcerts.export(
                spoilt[name], proof, verification_method=method
            )

    def _all_of(self, credential: models.Credential) -> Issued:
        names = {"token": credential.token, "slug": credential.issuer.slug}
        for form in ("RS256", "ES256", "signed", "part"):
            self._get(HOST + FILES[form].format(**names))
        services.sign_editions(now=NOW, limit=10)
        files = {form: self._get(HOST + path.format(**names)) for form, path in FILES.items()}
        return Issued(HOST + PAGE.format(**names), credential.learner.email, files)

    def _addresses(self) -> Iterator[str]:
        """Tell every address that a verifier may be led to."""
        for slug, name in self.found.dids.items():
            own = f"{HOST}/issuers/{slug}"
            yield did.did_web_url(name)
            yield from (f"{own}/ob2", f"{own}/ob2/revoked", f"{own}/blockcerts.json")
            yield f"{own}/blockcerts/revoked"
            for row in issuer_rows.SigningKey.objects.across_issuers().filter(issuer__slug=slug):
                yield f"{own}/keys/{row.kid}"
                if row.kind == issuers.Kind.RSA:
                    yield f"{own}/ob2/keys/{row.kid}"
            for badge in _badges(issuer_rows.Issuer.objects.get(slug=slug)):
                yield f"{own}/ob2/achievements/{badge.uuid}"
                yield f"{HOST}/achievements/{badge.uuid}/image.png"
        for listed in models.StatusList.objects.across_issuers():
            yield listed.url
        for credential in models.Credential.objects.across_issuers().select_related("issuer"):
            own = OLDER.format(token=credential.token, slug=credential.issuer.slug)
            yield from (f"{HOST}{own}", f"{HOST}{own}.png")

    def _get(self, address: str) -> Answer:
        path = address.removeprefix(HOST)
        with time_machine.travel(ASKED, tick=False):
            response = self.client.get(
                path, secure=True, headers={"Host": "badges.example.org", "Accept": "*/*"}
            )
        return Answer(response.status_code, response["Content-Type"], response.content)


def _badges(issuer: issuer_rows.Issuer) -> Any:
    return badges.Achievement.objects.of(issuer).order_by("pk")
