"""The main job as a newcomer meets it: what three kills during it leave behind is nothing.

The installation of these tests had them before it was done (`sites.Site.survive`).
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
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
from tests.flows import stacks
from tests.interop import node

if TYPE_CHECKING:
    from tests.browser import sites

pytestmark = pytest.mark.stack

CREDENTIALS = 240
TRANSCRIPTS = 2
# Of six badges so many credentials, and all of them verified.
VERIFIED = rf"together\s+6\s+{CREDENTIALS}\s+{CREDENTIALS}\s"


def test_once_is_to_end_well_when_all_is_verified(site: sites.Site) -> None:
    code, said = site.once

    assert code == 0, said
    assert re.search(VERIFIED, said)
    assert "Ctrl-C stops it" not in said


def test_three_kills_during_the_demo_lose_nothing_and_double_nothing(site: sites.Site) -> None:
    assert re.search(VERIFIED, site.output)
    every_credential_is_anchored_exactly_once(site)


def test_verifiers_by_others_accept_what_is_served(site: sites.Site) -> None:
    verifiers_by_others_accept_what_is_served(site)


@pytest.mark.skipif(shutil.which("make") is None, reason="no make here")
@pytest.mark.parametrize(("said", "command"), [((), "demo"), (("ONCE=1",), "demo --once")])
def test_make_sets_up_and_runs_the_command(said: tuple[str, ...], command: str) -> None:
    shown = subprocess.run(  # noqa: S603 - our own command
        ["make", "--dry-run", "--no-print-directory", "demo", *said],  # noqa: S607 - where it is
        cwd=BASE, capture_output=True, text=True, check=True,
    )  # fmt: skip

    lines = [line.strip() for line in shown.stdout.splitlines()]
    assert lines == ["sh config/setup.sh demo", f".venv/bin/python manage.py {command}"]


def every_credential_is_anchored_exactly_once(up: stacks.Up) -> None:
    """Compare what the database and the chain hold, each asked directly."""
    stacks.until(lambda: unfinished(up) == 0, 60)
    connection = stacks.connect(up)
    with connection, connection.cursor() as cursor:
        # Other tests may have issued for organisations of their own here.
        cursor.execute(
            "select state, count(*), count(distinct leaf) from credentials_credential"
            " where issuer_id in (select id from issuers_issuer where slug like 'institut-%')"
            " group by 1"
        )
        assert cursor.fetchall() == [("signed", CREDENTIALS, CREDENTIALS)]
        cursor.execute(
            "select (select count(*) from credentials_credential where leaf is not null),"
            " (select count(*) from credentials_transcript),"
            " (select count(*) from credentials_statement)"
        )
        credentials, transcripts, statements = cursor.fetchone()
        assert transcripts == TRANSCRIPTS
        cursor.execute(
            "select count(*), count(distinct commitment.leaf), count(batch_id),"
            " count(distinct (batch_id, leaf_index))"
            " from blockchain_commitment commitment join credentials_credential using (leaf)"
        )
        assert cursor.fetchall() == [(credentials,) * 4]
        # The rest is what the issuers' keys and lists were, each once as well.
        cursor.execute("select count(*), count(distinct leaf) from blockchain_commitment")
        assert cursor.fetchall() == [(credentials + transcripts + statements,) * 2]
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
