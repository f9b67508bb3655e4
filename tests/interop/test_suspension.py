"""Two statuses in an array: what verifiers say of a credential that can be suspended (ADR 10)."""

import json
from typing import Any

import pytest
import time_machine
from openbadgeslib.ob3.ldp import OB3LdpVerifier
from openbadgeslib.ob3.verifier import OB3VerificationError

from credentials.core import canonical, status_list
from issuers.core import did
from tests.interop import matrix, node, world

pytestmark = pytest.mark.interop
needs_dcc = [mark for mark in node.installed(matrix.DCC) if mark.name == "skipif"]
needs_bazaar = [mark for mark in node.installed("@digitalbazaar/vc") if mark.name == "skipif"]

LIST = f"{world.HOST}/status/8"
STANDING, SUSPENDED = 81_003, 5


def entries(
    *, revocation: int = world.STANDING, suspension: int = STANDING
) -> list[dict[str, Any]]:
    return [
        status_list.entry(url=world.LIST, index=revocation, purpose="revocation"),
        status_list.entry(url=LIST, index=suspension, purpose="suspension"),
    ]


def suspensions() -> dict[str, Any]:
    """Sign the second list, on which only SUSPENDED is set."""
    return world.ISSUER.sign(
        status_list.list_credential(
            url=LIST,
            issuer=world.ISSUER.did,
            purpose="suspension",
            bits=status_list.set_bit(status_list.empty(), SUSPENDED, True),  # noqa: FBT003 - the bit
            valid_from=world.SIGNED,
            valid_until=world.NOW.replace(year=2027),
        )
    )


CREDENTIALS = {
    "stands": world.ISSUER.sign(world.unsigned(status=entries())),
    "suspended": world.ISSUER.sign(world.unsigned(status=entries(suspension=SUSPENDED))),
    "revoked": world.ISSUER.sign(world.unsigned(status=entries(revocation=world.REVOKED))),
}
ALTERED = {
    **CREDENTIALS["suspended"],
    "credentialStatus": CREDENTIALS["suspended"]["credentialStatus"][:1],
}


def question() -> dict[str, Any]:
    return {
        "now": world.NOW.isoformat(),
        "contexts": node.known_contexts(),
        "documents": {
            world.ISSUER.did: world.ISSUER.document,
            did.did_web_url(world.ISSUER.did): world.ISSUER.document,
            world.OTHER.did: world.OTHER.document,
            world.LIST: world.signed_list(),
            LIST: suspensions(),
        },
        "credentials": {**CREDENTIALS, "one entry removed": ALTERED},
    }


@pytest.fixture(scope="module")
def answers() -> dict[str, Any]:
    return node.ask("verify.mjs", question())


@pytest.fixture(scope="module")
def log() -> dict[str, dict[str, bool]]:
    return {
        name: {line["id"]: line["valid"] for line in answer.get("log", [])}
        for name, answer in node.ask("dcc.mjs", question()).items()
    }


class TestDigitalBazaar:
    pytestmark = [*needs_bazaar, matrix.row(matrix.SUSPENDABLE, matrix.DIGITAL_BAZAAR_STATUS)]

    def test_it_accepts_what_stands(self, answers):
        assert (answers["stands"]["verified"], answers["stands"]["revoked"]) == (True, False)

    @pytest.mark.parametrize("name", ["suspended", "revoked"])
    def test_it_rejects_what_does_not_stand(self, answers, name):
        assert answers[name]["revoked"] is True

    def test_it_rejects_a_document_without_its_second_entry(self, answers):
        assert answers["one entry removed"]["verified"] is False


class TestDigitalCredentialsConsortium:
    pytestmark = [*needs_dcc, matrix.row(matrix.SUSPENDABLE, matrix.DCC)]

    def test_it_accepts_what_stands(self, log):
        assert log["stands"]["valid_signature"] is True
        assert log["stands"]["revocation_status"] is True

    @pytest.mark.parametrize(
        ("name", "line"),
        [("suspended", "suspension_status"), ("revoked", "revocation_status")],
    )
    def test_it_rejects_what_does_not_stand(self, log, name, line):
        assert log[name]["valid_signature"] is True
        assert log[name][line] is False

    def test_it_rejects_a_document_without_its_second_entry(self, log):
        assert "valid_signature" not in log["one entry removed"]


def verify(credential: dict[str, Any]) -> Any:
    served = {
        did.did_web_url(world.ISSUER.did): world.ISSUER.document,
        world.LIST: world.signed_list(),
        LIST: suspensions(),
    }
    with time_machine.travel(world.NOW):
        return OB3LdpVerifier().verify(
            canonical.dumps(credential).decode(),
            check_status=True,
            verify_status_list=False,
            download=lambda address: json.dumps(served[address]).encode(),
        )


class TestOpenbadgeslib:
    pytestmark = matrix.row(matrix.SUSPENDABLE, matrix.OPENBADGESLIB)

    def test_it_accepts_what_stands(self):
        assert verify(CREDENTIALS["stands"]).id == CREDENTIALS["stands"]["id"]

    @pytest.mark.parametrize("name", ["suspended", "revoked"])
    def test_it_rejects_what_does_not_stand(self, name):
        with pytest.raises(OB3VerificationError):
            verify(CREDENTIALS[name])

    def test_it_rejects_a_document_without_its_second_entry(self):
        with pytest.raises(OB3VerificationError, match="signature mismatch"):
            verify(ALTERED)
