"""@digitalcredentials/verifier-core: the verifier of wallets and campuses, line by line."""

from typing import Any

import pytest

from issuers.core import did
from tests.interop import matrix, node, world

pytestmark = [*node.installed(matrix.DCC), matrix.row(matrix.SIGNED, matrix.DCC)]

# The line of its log that fails; of the others it has an error, and no log.
FAILING = {"expired": "expiration", "revoked": "revocation_status"}
# It logs nothing at all about a credential of the future: not that it is sound, either.
SILENT = {"not yet valid"}


@pytest.fixture(scope="module")
def answers() -> dict[str, Any]:
    return node.ask(
        "dcc.mjs",
        {
            "now": world.NOW.isoformat(),
            "contexts": node.known_contexts(),
            "documents": {
                did.did_web_url(world.ISSUER.did): world.ISSUER.document,
                did.did_web_url(world.OTHER.did): world.OTHER.document,
                world.LIST: world.signed_list(),
            },
            "credentials": {**world.good(), **world.bad(), "revoked": world.revoked()},
        },
    )


def log(answer: dict[str, Any]) -> dict[str, bool]:
    return {line["id"]: line["valid"] for line in answer.get("log", [])}


@pytest.mark.parametrize("name", world.good())
def test_it_accepts_what_we_sign(answers, name):
    found = log(answers[name])

    assert "errors" not in answers[name]
    assert found["valid_signature"] is True
    assert found["expiration"] is True
    assert found.get("revocation_status", True) is True
    # No registry was given: an issuer is unknown, and it says so.
    assert found["registered_issuer"] is False


@pytest.mark.parametrize("name", [*world.bad(), "revoked"])
def test_it_rejects_what_was_spoilt(answers, name):
    found = log(answers[name])

    if name in FAILING:
        assert found["valid_signature"] is True
        assert found[FAILING[name]] is False
    else:
        assert "valid_signature" not in found
        assert ("errors" in answers[name]) is (name not in SILENT)


def test_it_cannot_say_that_a_credential_is_not_valid_yet(answers):
    """Of a credential of the future it says neither that it is sound nor what is wrong; this counts
    as rejected, because nothing in its log speaks for the signature or the dates."""
    answer = answers["not yet valid"]

    assert (log(answer), answer.get("errors")) == ({"registered_issuer": False}, None)


def test_it_cannot_know_an_issuer_without_a_registry(answers):
    """Without a registry of issuers that it knows, every issuer is logged as not registered."""
    assert log(answers["complete"])["registered_issuer"] is False
