"""Badges shown in part: what another implementation derives and verifies, and ours of its."""

import json
from copy import deepcopy

import pytest
import time_machine
from openbadgeslib.ob3.ldp import OB3LdpVerifier
from openbadgeslib.ob3.verifier import OB3VerificationError

from credentials.core import canonical
from credentials.core.disclosure import parts as hideable
from credentials.core.disclosure import suite
from issuers.core import did
from tests.interop import matrix, node, parts, world

pytestmark = [
    *node.installed(matrix.DIGITAL_BAZAAR_PARTS),
    matrix.row(matrix.SHOWN_IN_PART, matrix.DIGITAL_BAZAAR_PARTS),
]
by_openbadgeslib = matrix.row(matrix.SHOWN_IN_PART, matrix.OPENBADGESLIB)

REASONS = {
    "signed by another": "issuer must match the verification method controller",
    "the base proof": "must be a derived proof",
    "hidden end": "Signature count",
    "hidden status": "Signature count",
    "another badge's proof": "",
}


def ask(tasks):
    question = {
        "now": world.NOW.isoformat(),
        "contexts": node.known_contexts(),
        "documents": parts.documents(),
        "tasks": tasks,
    }
    return node.ask("disclosure.mjs", question)


@pytest.fixture(scope="module")
def answers():
    shown = hideable.shown(parts.whole(), [parts.NAME])
    asked = {name: {"verify": part} for name, part in {**parts.good(), **parts.bad()}.items()}
    asked["derived"] = {"derive": parts.whole(), "pointers": shown}
    asked["a list, derived"] = {"derive": parts.with_list(), "pointers": ["/awardedDate"]}
    return ask(asked)


@pytest.mark.parametrize("name", parts.good())
def test_it_accepts_what_we_derive(answers, name):
    assert answers[name] == {"verified": True, "errors": []}


def test_it_accepts_our_base_proof_and_derives_what_we_derive(answers):
    found = answers["derived"]["derived"]

    assert found == parts.derived(parts.whole(), parts.NAME)
    suite.verify(found, public_key=parts.KEY.public_key())


@pytest.mark.parametrize("name", parts.bad())
def test_it_rejects_what_was_spoilt(answers, name):
    assert answers[name]["verified"] is False
    assert REASONS.get(name, "Invalid signature") in answers[name]["errors"][0]


@pytest.mark.parametrize("name", ["word", "hash"])
def test_what_it_derives_is_refused_here_once_it_is_spoilt(answers, name):
    found = deepcopy(answers["derived"]["derived"])
    if name == "word":
        found["name"] += " "
    else:
        found["credentialSubject"]["identifier"][0]["salt"] += "0"

    with pytest.raises(suite.proof.SignatureMismatch):
        suite.verify(found, public_key=parts.KEY.public_key())


def test_it_cannot_derive_where_there_is_a_list(answers):
    """It derives from no badge that holds an ordered list (`allowedValue`); it verifies what we
    derive from one."""
    assert answers["a list, derived"]["derived"] is None
    assert "@list" in answers["a list, derived"]["errors"][0]


# -- openbadgeslib ---------------------------------------------------------------------------------


def verify(part):
    """Verify everything but the proof of the status list, which it knows only as a JWT."""
    served = {
        **{did.did_web_url(name): document for name, document in parts.documents().items()},
        world.LIST: world.signed_list(),
    }

    def download(address):
        return json.dumps(served[address]).encode()

    with time_machine.travel(world.NOW):
        return OB3LdpVerifier().verify(
            canonical.dumps(part).decode(),
            check_status=True,
            verify_status_list=False,
            download=download,
        )


@by_openbadgeslib
@pytest.mark.parametrize("name", parts.good())
def test_it_accepts_our_part(name):
    read = verify(parts.good()[name])

    kinds = [one.identity_type for one in read.identifiers]
    assert kinds == (["emailAddress", "name"] if name == "nothing hidden" else ["emailAddress"])


@by_openbadgeslib
@pytest.mark.parametrize("name", parts.bad())
def test_it_rejects_a_spoilt_part(name):
    with pytest.raises(OB3VerificationError):
        verify(parts.bad()[name])


@by_openbadgeslib
def test_it_rejects_a_part_of_what_is_revoked():
    revoked = parts.base(world.unsigned(index=world.REVOKED))

    with pytest.raises(OB3VerificationError, match="is set at index"):
        verify(parts.derived(revoked, parts.NAME))


@by_openbadgeslib
@pytest.mark.parametrize("absent", ["valid_until", "status"])
def test_it_cannot_tell_what_was_never_there(absent):
    """It refuses every part without `validUntil` or `credentialStatus`, because both may be hidden:
    parts of badges that do not end, or stand for good, are for other readers."""
    nothing = {"valid_until": None, "status": ()}[absent]
    never = parts.base(world.unsigned(**{absent: nothing}))

    with pytest.raises(OB3VerificationError, match="omitted"):
        verify(parts.derived(never, parts.NAME))
