"""acquis-verify: reads a dossier, asks whom it is told to, and ends with a code."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tomllib
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from acquis_verify import checking, dossiers, network

from blockchain.core import anchor, merkle
from credentials.core import canonical, statements
from credentials.core.report import Unavailable
from issuers.core import did
from tests.core.credentials import verifiable
from tests.core.credentials.verifiable import CHAIN, DID, LIST, NOW, SUBMITTER

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).resolve().parents[3]
ACCOUNT = f"{CHAIN}:{SUBMITTER}"
NODES = ("https://one.example", "https://two.example")
SILENCE = Unavailable("document", "silence")


def on_record(statement: Mapping[str, Any], time: Any = NOW) -> anchor.AnchorProof:
    """Return the receipt of a statement that a batch of its own holds."""
    leaf = statements.leaf(statement, salt=b"\5" * 32)
    receipt, _finding = verifiable.anchored()
    inclusion = merkle.prove(merkle.build([leaf]), 0)
    return replace(receipt, salt=b"\5" * 32, inclusion=inclusion, root=leaf, block_time=time)


def kept(**changes: Any) -> dict[str, Any]:
    """Return the data of a dossier."""
    history = statements.key_history(
        issuer=DID,
        keys=[did.IssuerKey(verifiable.MULTIKEY, NOW - timedelta(days=30))],
        submitters=[(ACCOUNT, NOW - timedelta(days=30))],
        sequence=1,
        previous=None,
        at=NOW,
    )
    published = canonical.loads(verifiable.list_text())
    version = statements.status_list_version(
        issuer=DID, url=LIST, published=published, sequence=1, previous=None, at=NOW
    )
    receipt, _finding = verifiable.anchored()
    return {
        "type": "AcquisDossier",
        "version": 1,
        "document": verifiable.signed_text(),
        "receipts": [text(anchor.to_json(receipt))],
        "contexts": {},
        "history": {
            "statement": text(history), "receipt": text(anchor.to_json(on_record(history))),
        },
        "versions": [
            {
                "address": LIST,
                "statement": text(version),
                "receipt": text(anchor.to_json(on_record(version))),
                "list": verifiable.list_text(),
            }
        ],
        "confirmations": {},
    } | changes  # fmt: skip


def text(value: Mapping[str, Any]) -> str:
    return canonical.jcs(value).decode()


def html(members: dict[str, Any]) -> bytes:
    written = json.dumps(members).replace("<", "\\u003c")
    return f'<p>x<script id="dossier" type="application/json">{written}</script>'.encode()


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Let the issuer and honest nodes answer; a test changes what they say."""
    pages: dict[str, Any] = {
        did.did_web_url(DID): verifiable.did_document(),
        LIST: canonical.loads(verifiable.list_text()),
    }

    def honest(_node: str, receipt: anchor.AnchorProof) -> anchor.Finding:
        _receipt, found = verifiable.anchored()
        sent = anchor.Sent(receipt.submitter, receipt.contract, receipt.root, receipt.block_hash)
        time = receipt.block_time
        return replace(found, transaction=sent, anchored_at=time, block_time=time)

    monkeypatch.setattr(network, "fetch", lambda address: pages.get(address, SILENCE))
    monkeypatch.setattr(network, "_finding", honest)
    # Our vectors are of such a chain; here it is one like any other.
    monkeypatch.setattr(anchor, "DEVELOPMENT_CHAINS", frozenset())
    return pages


def checked(members: dict[str, Any], *nodes: str, **options: Any) -> checking.Answer:
    return checking.check(dossiers.read(html(members)), nodes=nodes or NODES, now=NOW, **options)


@pytest.mark.usefixtures("world")
def test_a_good_badge_is_verified() -> None:
    assert checked(kept()).verdict == "verified"


def test_when_the_issuer_is_silent_the_record_answers(world: dict[str, Any]) -> None:
    world.clear()

    answer = checking.check(dossiers.read(html(kept())), nodes=NODES, now=NOW + timedelta(days=100))

    assert (answer.verdict, answer.account) == ("recorded", ACCOUNT)
    assert answer.report.checks[3].reason == "stands"


@pytest.mark.usefixtures("world")
def test_without_nodes_nothing_is_concluded_of_the_chain() -> None:
    answer = checking.check(dossiers.read(html(kept())), nodes=(), now=NOW)

    assert (answer.verdict, answer.report.checks[5].reason) == ("inconclusive", "chain_unavailable")
    assert checked(kept(), NODES[0]).verdict == "inconclusive"
    assert checked(kept(), NODES[0], NODES[0] + "/again").verdict == "inconclusive"


def test_one_lying_node_concludes_nothing(
    world: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = network._finding

    def one_lies(node: str, receipt: anchor.AnchorProof) -> anchor.Finding:
        found = honest(node, receipt)
        return replace(found, anchored_at=None) if node == NODES[1] else found

    monkeypatch.setattr(network, "_finding", one_lies)

    answer = checked(kept(), *NODES, "https://three.example")

    assert answer.verdict == "inconclusive"
    assert world


def test_a_history_that_somebody_else_put_on_record_names_no_keys(world: dict[str, Any]) -> None:
    world.clear()
    members = kept()
    receipt = json.loads(members["history"]["receipt"]) | {"submitter": "0x" + "b2" * 20}
    members["history"]["receipt"] = text(receipt)

    answer = checked(members)

    assert (answer.verdict, answer.account) == ("inconclusive", "")


def test_a_list_that_is_not_the_stated_one_says_nothing(world: dict[str, Any]) -> None:
    del world[LIST]
    members = kept()
    altered = {**canonical.loads(verifiable.list_text()), "validFrom": "2026-01-01T00:00:00Z"}
    members["versions"][0]["list"] = canonical.dumps(altered).decode()
    assert sha256(canonical.jcs(altered)).hexdigest() not in members["versions"][0]["statement"]

    assert checked(members).report.checks[3].reason == "status_unavailable"


@pytest.mark.usefixtures("world")
def test_a_changed_badge_is_refuted() -> None:
    changed = verifiable.signed_text().replace("Soudure", "Chirurgie")

    assert checked(kept(document=changed)).verdict == "refuted"


@pytest.mark.parametrize(
    "data",
    [
        b"", b"\xff", b"<p>no dossier", b"[]", b"{", html({"type": "AcquisDossier"}),
        html({"type": "AcquisDossier", "version": 2}), html({"x": 1})[:-20],
        html({"type": "AcquisDossier", "version": 1, "document": "{}", "receipts": ["{}"]}),
    ],
)  # fmt: skip
def test_what_is_no_dossier_is_refused_with_a_reason(data: bytes) -> None:
    with pytest.raises(dossiers.Unreadable, match=r"give|edition"):
        dossiers.read(data)


def test_too_large_a_file_is_not_read() -> None:
    with pytest.raises(dossiers.Unreadable, match="8 MB"):
        dossiers.read(b" " * (dossiers.MAX_BYTES + 1))


@pytest.mark.usefixtures("world")
def test_of_a_chain_that_only_one_machine_has_one_node_is_enough(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(anchor, "DEVELOPMENT_CHAINS", frozenset({CHAIN}))

    assert checked(kept(), NODES[0]).verdict == "verified"


# -- as it is installed ----------------------------------------------------------------------------
def unpacked(folder: Path) -> Path:
    """Lay out what `pip install ./verifier` would: its packages, and those it says it needs."""
    told = tomllib.loads((ROOT / "verifier" / "pyproject.toml").read_text())
    parts = told["tool"]["setuptools"]
    for package in parts["packages"]:
        top, *below = package.split(".")
        source = (ROOT / "verifier" / parts["package-dir"][top]).joinpath(*below)
        kinds = ["*.py", *parts["package-data"].get(package, ())]
        for file in (each for kind in kinds for each in source.glob(kind)):
            place = folder.joinpath(top, *below, file.relative_to(source))
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(file, place)
    wanted, seen = list(told["project"]["dependencies"]), set()
    while wanted:
        name = re.split(r"[^\w.-]", wanted.pop())[0]
        if name in seen:
            continue
        seen.add(name)
        found = metadata.distribution(name)
        wanted += [each for each in found.requires or () if "extra ==" not in each]
        for top in {each.parts[0] for each in found.files or () if each.parts[0] != ".."}:
            if not (folder / top).exists() and top != "__pycache__":
                (folder / top).symlink_to(Path(str(found.locate_file(top))))
    return folder


def test_installed_by_itself_it_verifies_without_django_or_us(tmp_path: Path) -> None:
    site = unpacked(tmp_path / "site")
    file = tmp_path / "dossier.html"
    file.write_bytes(html(kept()))
    program = (
        f"import sys; sys.path.insert(0, {str(site)!r}); "
        "from acquis_verify.__main__ import main; code = main(sys.argv[1:]); "
        "sys.exit(9 if 'django' in sys.modules else code)"
    )

    run = subprocess.run(  # noqa: S603 - our own program
        # Neither this folder, nor the environment, nor what is installed here.
        [sys.executable, "-I", "-S", "-c", program, str(file), "--offline", "--json"],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert run.returncode in (1, 2), run.stderr
    answer = json.loads(run.stdout)
    assert [check["outcome"] for check in answer["checks"][:2]] == ["passed", "passed"]
    assert not (site / "django").exists()
