"""openbadgeslib: the JSON and the baked image, the key from the DID document, the status list."""

import json

import pytest
import time_machine
from openbadgeslib import baking as their_baking
from openbadgeslib.ob3.did import resolve_verification_method
from openbadgeslib.ob3.ldp import OB3LdpVerifier, verify_data_integrity_proof
from openbadgeslib.ob3.verifier import OB3VerificationError

from badges.core import baking, svg
from credentials.core import canonical
from issuers.core import did
from tests.interop import matrix, world

pytestmark = [pytest.mark.interop, matrix.row(matrix.SIGNED, matrix.OPENBADGESLIB)]
baked = matrix.row(matrix.BAKED, matrix.OPENBADGESLIB)
about_status = matrix.row(matrix.STATUS_LIST, matrix.OPENBADGESLIB)

DRAWING = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><circle r="4"/></svg>'

# What it says of each spoilt credential; of the others, that the signature does not match.
REASONS = {
    "tampered word": "not in compacted form",
    "expired": "has expired",
    "not yet valid": "not yet valid",
    "signed by another": "does not belong to the credential issuer",
    "signed by a key that is not listed": "no verificationMethod with id",
    "without proof": "no supported Data Integrity proof",
}


def download(address):
    """Serve what an issuer serves; anything else is not to be asked for."""
    served = {
        did.did_web_url(world.ISSUER.did): world.ISSUER.document,
        did.did_web_url(world.OTHER.did): world.OTHER.document,
        world.LIST: world.signed_list(),
    }
    return json.dumps(served[address]).encode()


def verify(credential):
    """Verify everything but the proof of the status list, which it knows only as a JWT."""
    with time_machine.travel(world.NOW):
        return OB3LdpVerifier().verify(
            credential, check_status=True, verify_status_list=False, download=download
        )


@pytest.mark.parametrize("name", world.good())
def test_it_accepts_what_we_sign(name):
    credential = world.good()[name]

    read = verify(canonical.dumps(credential).decode())

    assert read.id == credential["id"]
    assert read.issuer.id == world.ISSUER.did
    assert [one.identity_type for one in read.identifiers] == ["emailAddress", "name"]


def unbaked(form, credential):
    """Bake with our code, and unbake with theirs."""
    if form == "png":
        image = world.baked(credential)
        return their_baking.extract_png(image, keyword=their_baking.ITXT_KEYWORD_OB3)
    image = svg.bake(DRAWING, canonical.dumps(credential).decode())
    return their_baking.extract_svg(image, element=their_baking.SVG_ELEMENT_OB3, text_fallback=True)


@baked
@pytest.mark.parametrize("form", ["png", "svg"])
def test_it_accepts_the_credential_in_the_image(form):
    credential = world.good()["complete"]

    found = unbaked(form, credential)

    assert found == canonical.dumps(credential).decode()
    assert verify(found).id == credential["id"]


@baked
@pytest.mark.parametrize("form", ["png", "svg"])
@pytest.mark.parametrize(
    "name", ["tampered name", "signed by another", "signed under a false name", "not yet valid"]
)
def test_it_rejects_a_spoilt_credential_in_the_image(form, name):
    found = unbaked(form, world.bad()[name])

    with pytest.raises(OB3VerificationError, match=REASONS.get(name, "signature mismatch")):
        verify(found)


def test_the_image_it_baked_is_read_here():
    credential = canonical.dumps(world.good()["bare"]).decode()
    theirs = their_baking.bake_png(
        world.picture(), credential, keyword=their_baking.ITXT_KEYWORD_OB3
    )

    assert baking.unbake_png(theirs) == credential


@pytest.mark.parametrize("name", world.bad())
def test_it_rejects_what_was_spoilt(name):
    with pytest.raises(OB3VerificationError, match=REASONS.get(name, "signature mismatch")):
        verify(canonical.dumps(world.bad()[name]).decode())


@about_status
def test_it_accepts_the_proof_of_the_status_list():
    key = resolve_verification_method(world.ISSUER.method, download=download)

    verify_data_integrity_proof(world.signed_list(), key)


@about_status
@pytest.mark.parametrize("name", ["tampered", "signed under a false name"])
def test_it_rejects_a_list_that_was(name):
    key = resolve_verification_method(world.ISSUER.method, download=download)
    sound = world.signed_list()
    unsigned = {member: value for member, value in sound.items() if member != "proof"}
    tampered = {**sound, "validUntil": "2036-03-02T09:30:00Z"}
    forged = world.OTHER.sign(unsigned, method=world.ISSUER.method)

    with pytest.raises(OB3VerificationError, match="signature mismatch"):
        verify_data_integrity_proof(tampered if name == "tampered" else forged, key)


@about_status
def test_it_cannot_follow_a_status_list_that_is_not_a_jwt():
    """Status lists are known to it only as JWT: it follows ours when told not to check the list's
    proof (`verify_status_list=False`), which is asked for apart."""
    credential = canonical.dumps(world.good()["complete"]).decode()

    with time_machine.travel(world.NOW), pytest.raises(OB3VerificationError):
        OB3LdpVerifier().verify(credential, check_status=True, download=download)


@about_status
def test_it_rejects_what_is_revoked():
    with pytest.raises(OB3VerificationError, match="'revocation' is set at index 17"):
        verify(canonical.dumps(world.revoked()).decode())
