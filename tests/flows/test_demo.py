"""The main job as a newcomer meets it, and what three kills during it leave behind: nothing."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import urllib.request
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from openbadgeslib import baking as their_baking
from openbadgeslib.ob3.ldp import OB3LdpVerifier
from openbadgeslib.ob3.verifier import OB3VerificationError, OB3Verifier

from blockchain.core.anchor import REGISTRY
from config.embedded import chain
from config.embedded.process import BASE
from credentials.core import jose
from issuers.core import did, jwk
from tests.flows import test_embedded_stack as stacks
from tests.interop import node

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.stack

CREDENTIALS = 240
TRANSCRIPTS = 2


class Demonstration(stacks.Up):
    """`manage.py demo` on a data folder, as a person starts it."""

    arguments = ("demo",)

    def said(self, pattern: str) -> bool:
        if self.process.poll() is not None:
            raise AssertionError(f"it ended too soon:\n{self.output}")
        return re.search(pattern, self.output) is not None


def make_demo_once(data: Path) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name not in stacks.NOT_OURS}
    command = ["make", "demo", "ONCE=1"]
    if not (BASE / ".venv").exists() or shutil.which("make") is None:
        # Somebody runs the tests with an environment of their own: then the command behind it.
        command = [sys.executable, "manage.py", "demo", "--once"]
    return subprocess.run(  # noqa: S603 - our own command
        command,
        cwd=BASE,
        env=environment | {"DATA_DIR": str(data)},
        capture_output=True,
        text=True,
        timeout=400,
        check=False,
    )


def test_three_kills_during_the_demo_lose_nothing_and_double_nothing(tmp_path):
    data, port = tmp_path / "data", chain.free_port()
    demo = Demonstration(data, port)

    stacks.until(lambda: demo.said(r"\d+ of 240 signed"), 120)
    os.kill(demo.pid("worker"), signal.SIGKILL)
    stacks.until(lambda: demo.said(r"[1-9]\d* of 240 signed"), 120)
    os.kill(demo.pid("postgres"), signal.SIGKILL)
    stacks.until(lambda: "postgres ended" in demo.output, 60)
    os.kill(demo.process.pid, signal.SIGKILL)
    demo.ended()
    stacks.until(lambda: not demo.pids(), 30)
    again = make_demo_once(data)

    assert again.returncode == 0, again.stdout + again.stderr
    assert re.search(rf"together\s+6\s+{CREDENTIALS}\s+{CREDENTIALS}\s", again.stdout)
    after = stacks.Up(data, port).ready()
    try:
        every_credential_is_anchored_exactly_once(after)
        verifiers_by_others_accept_what_is_served(after)
    finally:
        after.process.terminate()
        assert after.ended() == 0


def every_credential_is_anchored_exactly_once(up: stacks.Up) -> None:
    """Compare what the database and the chain hold, each asked directly."""
    stacks.until(lambda: unfinished(up) == 0, 60)
    connection = stacks.connect(up)
    with connection, connection.cursor() as cursor:
        cursor.execute(
            "select state, count(*), count(distinct leaf) from credentials_credential group by 1"
        )
        assert cursor.fetchall() == [("signed", CREDENTIALS, CREDENTIALS)]
        cursor.execute(
            "select count(*), count(distinct commitment.leaf), count(batch_id),"
            " count(distinct (batch_id, leaf_index))"
            " from blockchain_commitment commitment join credentials_credential using (leaf)"
        )
        assert cursor.fetchall() == [(CREDENTIALS,) * 4]
        # The rest is what the issuers' keys and lists were, each once as well.
        cursor.execute(
            "select count(*) - (select count(*) from credentials_statement),"
            " count(distinct leaf) - (select count(*) from credentials_statement)"
            " from blockchain_commitment"
        )
        assert cursor.fetchall() == [(CREDENTIALS + TRANSCRIPTS,) * 2]
        cursor.execute("select root, state, transaction from blockchain_batch order by id")
        batches = {bytes(root).hex(): (state, transaction) for root, state, transaction in cursor}
    connection.close()
    logs = chain.ask(
        up.environment["CHAIN_RPC_URL"],
        "eth_getLogs",
        {"address": REGISTRY, "fromBlock": "0x0", "toBlock": "latest"},
    )
    anchored = sorted((log["topics"][2][2:], log["transactionHash"]) for log in logs)
    assert {state for state, _transaction in batches.values()} == {"finalized"}
    assert anchored == sorted(
        (root, transaction) for root, (_state, transaction) in batches.items()
    )


def unfinished(up: stacks.Up) -> int:
    """Count what is still on its way: lists are published, and put on record, after the badges."""
    with stacks.connect(up) as connection, connection.cursor() as cursor:
        cursor.execute(
            "select (select count(*) from blockchain_commitment where batch_id is null)"
            " + (select count(*) from blockchain_batch where state <> 'finalized')"
        )
        return int(cursor.fetchone()[0])


def verifiers_by_others_accept_what_is_served(up: stacks.Up) -> None:
    """Give them one credential as the world gets it: its JSON, its image, the keys, the list."""
    with stacks.connect(up) as connection, connection.cursor() as cursor:
        cursor.execute(
            "select token, slug from credentials_credential credential join issuers_issuer issuer"
            " on issuer.id = issuer_id where revoked_at is null and valid_until is null"
            " order by credential.id limit 1"
        )
        token, slug = cursor.fetchone()
    text = fetch(up, f"/credentials/{token}.json").decode()
    image = fetch(up, f"/credentials/{token}.png")
    credential = json.loads(text)
    did_document = json.loads(fetch(up, f"/issuers/{slug}/did.json"))
    status_url = credential["credentialStatus"]["statusListCredential"]
    status = json.loads(fetch(up, urlsplit(status_url).path))

    served = {did.did_web_url(did_document["id"]): did_document, status_url: status}
    baked = their_baking.extract_png(image, keyword=their_baking.ITXT_KEYWORD_OB3)
    assert baked is not None
    for document in (text, baked):
        OB3LdpVerifier().verify(
            document,
            check_status=True,
            verify_status_list=False,  # it knows a list only as a JWT
            download=lambda address: json.dumps(served[address]).encode(),
        )
    altered = {**credential, "name": "Doctorate"}
    with pytest.raises(OB3VerificationError):
        OB3LdpVerifier().verify(
            json.dumps(altered), download=lambda address: json.dumps(served[address]).encode()
        )
    a_token_is_signed_when_it_is_asked_for(up, token)
    if not (node.NODE and (node.HERE / "node_modules" / "@digitalbazaar").is_dir()):
        return
    answers = node.ask(
        "verify.mjs",
        {
            "now": datetime.now(UTC).isoformat(),
            "contexts": node.known_contexts(),
            "documents": {did_document["id"]: did_document, status_url: status},
            "credentials": {"json": credential, "png": json.loads(baked), "altered": altered},
        },
    )
    assert {name: answer["verified"] for name, answer in answers.items()} == {
        "json": True,
        "png": True,
        "altered": False,
    }


def a_token_is_signed_when_it_is_asked_for(up: stacks.Up, token: str) -> None:
    """Ask the web process, which has no key; a worker answers, and others believe it."""
    path = f"/credentials/{token}.jwt"
    stacks.until(lambda: fetch(up, path).startswith(b"ey"), 60)
    text = fetch(up, path).decode()
    shown = json.loads(fetch(up, urlsplit(str(jose.read(text).kid)).path))

    read = OB3Verifier(pubkey_pem=jwk.to_pem(jwk.to_key(shown)).encode()).verify(text)

    assert str(read.id).endswith(f"/credentials/{token}")


def fetch(up: stacks.Up, path: str) -> bytes:
    with urllib.request.urlopen(f"http://127.0.0.1:{up.port}{path}", timeout=20) as answer:
        body: bytes = answer.read()
    return body
