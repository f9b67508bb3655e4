"""What the pages serve, in the hands of verifiers written by others; and what a thief makes of it.

The other modules of this folder ask about everything that the core can write. This one asks about
what arrives: files, keys, lists and documents, each as a page answered it.
"""

import base64
import json
from typing import Any

import pytest
import time_machine
from openbadgeslib import baking as their_baking
from openbadgeslib.ob3.ldp import OB3LdpVerifier
from openbadgeslib.ob3.verifier import OB3VerificationError, OB3Verifier

from badges.core import baking, svg
from credentials.core import canonical, jose
from issuers.core import jwk
from issuers.core.kinds import Kind
from tests import anvil
from tests.interop import forging, matrix, node, openbadges_validator
from tests.interop.site import ASKED
from tests.interop.world import HOST

# The site needs its rows while it is built.
pytestmark = [
    pytest.mark.interop,
    pytest.mark.django_db,
    anvil.needed,
    # Of a library under openbadges-bakery, about itself.
    pytest.mark.filterwarnings("ignore:Please use rfc3986:DeprecationWarning"),
    # Of whitenoise, about files that nobody asks for here.
    pytest.mark.filterwarnings("ignore:No directory at:UserWarning"),
]
needs_node, needs_jose = (
    [mark for mark in node.installed(package) if mark.name == "skipif"]
    for package in ("@digitalbazaar/vc", "jose")
)

SPOILT = ("tampered", "expired", "signed by another", "signed under a false name")
ALGORITHMS = pytest.mark.parametrize("algorithm", ["RS256", "ES256"])
KINDS = {"RS256": Kind.RSA, "ES256": Kind.P256}


def documents_of(site) -> dict[str, Any]:
    """Return the credential as it is served, and what became of it."""
    good = site.credentials["good"].files["json"].json
    return {
        "good": good,
        "revoked": site.credentials["revoked"].files["json"].json,
        "expired": site.credentials["expired"].files["json"].json,
        "tampered": forging.tampered(good),
        "signed by another": forging.by_another(site, good),
        "signed under a false name": forging.under_a_false_name(site, good),
    }


def question(site) -> dict[str, Any]:
    return {
        "now": ASKED.isoformat(),
        "contexts": node.known_contexts(),
        "documents": site.documents(),
        "credentials": documents_of(site),
    }


# -- Open Badges 3.0, the signed document ----------------------------------------------------------


@pytest.fixture(scope="module")
def digital_bazaar(site):
    return node.ask("verify.mjs", question(site))


class TestDigitalBazaar:
    pytestmark = [*needs_node, matrix.row(matrix.SIGNED, matrix.DIGITAL_BAZAAR)]
    about_status = matrix.row(matrix.STATUS_LIST, matrix.DIGITAL_BAZAAR_STATUS)

    def test_it_accepts_what_the_page_serves(self, digital_bazaar):
        assert (digital_bazaar["good"]["verified"], digital_bazaar["good"]["errors"]) == (True, [])

    @about_status
    def test_it_accepts_that_it_stands(self, digital_bazaar):
        assert digital_bazaar["good"]["revoked"] is False

    @pytest.mark.parametrize("name", SPOILT)
    def test_it_rejects_what_was_spoilt(self, digital_bazaar, name):
        assert digital_bazaar[name]["verified"] is False

    @about_status
    def test_it_rejects_what_is_revoked(self, digital_bazaar):
        assert digital_bazaar["revoked"]["revoked"] is True


@pytest.fixture(scope="module")
def dcc(site):
    return node.ask("dcc.mjs", question(site))


class TestDcc:
    pytestmark = [*needs_node, matrix.row(matrix.SIGNED, matrix.DCC)]

    def test_it_accepts_what_the_page_serves(self, dcc):
        found = {line["id"]: line["valid"] for line in dcc["good"]["log"]}

        assert (found["valid_signature"], found["expiration"]) == (True, True)
        assert found["revocation_status"] is True

    @pytest.mark.parametrize("name", [*SPOILT, "revoked"])
    def test_it_rejects_what_was_spoilt(self, dcc, name):
        found = {line["id"]: line["valid"] for line in dcc[name].get("log", [])}

        failing = {"expired": "expiration", "revoked": "revocation_status"}.get(name)
        assert found[failing] is False if failing else "valid_signature" not in found


class TestOpenbadgeslib:
    pytestmark = matrix.row(matrix.SIGNED, matrix.OPENBADGESLIB)
    baked = matrix.row(matrix.BAKED, matrix.OPENBADGESLIB)
    REASONS = {
        "tampered": "signature mismatch",
        "expired": "has expired",
        "revoked": "'revocation' is set",
        "signed by another": "does not belong to the credential issuer",
        "signed under a false name": "signature mismatch",
    }

    def verify(self, site, text):
        with time_machine.travel(ASKED):
            return OB3LdpVerifier().verify(
                text,
                check_status=True,
                verify_status_list=False,  # it knows a list only as a JWT
                download=lambda address: site.answers[address].body,
            )

    def unbaked(self, form, image):
        if form == "png":
            return their_baking.extract_png(image, keyword=their_baking.ITXT_KEYWORD_OB3)
        return their_baking.extract_svg(
            image, element=their_baking.SVG_ELEMENT_OB3, text_fallback=True
        )

    def test_it_accepts_what_the_page_serves(self, site):
        good = site.credentials["good"]

        read = self.verify(site, good.files["json"].text)

        assert read.id == good.id

    @pytest.mark.parametrize("name", REASONS)
    def test_it_rejects_what_was_spoilt(self, site, name):
        with pytest.raises(OB3VerificationError, match=self.REASONS[name]):
            self.verify(site, json.dumps(documents_of(site)[name]))

    @baked
    @pytest.mark.parametrize("form", ["png", "svg"])
    def test_it_accepts_the_image_that_the_page_serves(self, site, form):
        good = site.credentials["good"]

        found = self.unbaked(form, good.files[form].body)

        assert found == good.files["json"].text
        assert self.verify(site, found).id == good.id

    @baked
    @pytest.mark.parametrize("form", ["png", "svg"])
    @pytest.mark.parametrize("name", ["expired", "revoked"])
    def test_it_rejects_the_image_of_what_no_longer_stands(self, site, form, name):
        found = self.unbaked(form, site.credentials[name].files[form].body)

        with pytest.raises(OB3VerificationError, match=self.REASONS[name]):
            self.verify(site, found)

    @baked
    @pytest.mark.parametrize("form", ["png", "svg"])
    @pytest.mark.parametrize("name", ["tampered", "signed by another", "signed under a false name"])
    def test_it_rejects_an_image_with_what_was_spoilt(self, site, form, name):
        image = site.credentials["good"].files[form].body
        spoilt = canonical.dumps(documents_of(site)[name]).decode()
        baked_again = (baking.bake_png if form == "png" else svg.bake)(image, spoilt)

        with pytest.raises(OB3VerificationError, match=self.REASONS[name]):
            self.verify(site, self.unbaked(form, baked_again))


# -- Open Badges 3.0, shown in part ----------------------------------------------------------------


def parts_of(site) -> dict[str, Any]:
    good = site.credentials["good"].files["part"].json
    return {
        "good": good,
        "expired": site.credentials["expired"].files["part"].json,
        "tampered": forging.tampered(good),
        "of another issuer": {
            **good,
            "issuer": site.credentials["other"].files["json"].json["issuer"],
        },
        "of another badge": {
            **good,
            "proof": site.credentials["final"].files["part"].json["proof"],
        },
    }


@pytest.fixture(scope="module")
def parts_answers(site):
    tasks = {name: {"verify": part} for name, part in parts_of(site).items()}
    asked = {member: value for member, value in question(site).items() if member != "credentials"}
    return node.ask("disclosure.mjs", {**asked, "tasks": tasks})


class TestParts:
    pytestmark = [*needs_node, matrix.row(matrix.SHOWN_IN_PART, matrix.DIGITAL_BAZAAR_PARTS)]
    by_openbadgeslib = matrix.row(matrix.SHOWN_IN_PART, matrix.OPENBADGESLIB)
    REASONS = {"expired": "is after", "of another badge": "Signature count"}

    def test_it_accepts_the_part_that_the_page_serves(self, parts_answers):
        assert parts_answers["good"] == {"verified": True, "errors": []}

    @pytest.mark.parametrize(
        "name", ["expired", "tampered", "of another issuer", "of another badge"]
    )
    def test_it_rejects_what_was_spoilt(self, parts_answers, name):
        assert parts_answers[name]["verified"] is False
        assert self.REASONS.get(name, "Invalid signature") in parts_answers[name]["errors"][0]

    @by_openbadgeslib
    def test_it_accepts_the_part_as_another_reads_it(self, site):
        read = TestOpenbadgeslib().verify(site, site.credentials["good"].files["part"].text)

        assert [one.identity_type for one in read.identifiers] == ["emailAddress"]

    @by_openbadgeslib
    @pytest.mark.parametrize(
        "name", ["expired", "tampered", "of another issuer", "of another badge"]
    )
    def test_it_rejects_what_was_spoilt_as_another_reads_it(self, site, name):
        with pytest.raises(OB3VerificationError):
            TestOpenbadgeslib().verify(site, json.dumps(parts_of(site)[name]))


# -- VC-JWT ----------------------------------------------------------------------------------------


def tokens_of(site, algorithm) -> dict[str, str]:
    good = site.credentials["good"].files[algorithm].text
    return {
        "good": good,
        "expired": site.credentials["expired"].files[algorithm].text,
        "revoked": site.credentials["revoked"].files[algorithm].text,
        "tampered": forging.tampered_token(good),
        "signed by another": forging.token_by_another(site, good, KINDS[algorithm]),
        "of another issuer": site.credentials["other"].files[algorithm].text,
    }


def key_of(site, token) -> dict[str, Any]:
    """Return the JWK that the issuer's page gives for the `kid` of a token."""
    found: dict[str, Any] = site.answers[jose.read(token).kid].json
    return found


@pytest.fixture(scope="module")
def jose_answers(site):
    asked = {
        f"{algorithm} {name}": {
            "token": token,
            "jwk": key_of(site, tokens_of(site, algorithm)["good"]),
            "algorithm": algorithm,
        }
        for algorithm in KINDS
        for name, token in tokens_of(site, algorithm).items()
    }
    return node.ask("jose.mjs", {"now": ASKED.isoformat(), "tokens": asked})


class TestJose:
    pytestmark = [*needs_jose, matrix.row(matrix.TOKEN, matrix.JOSE)]

    @ALGORITHMS
    def test_it_accepts_the_token_that_the_page_serves(self, site, jose_answers, algorithm):
        answer = jose_answers[f"{algorithm} good"]

        assert answer["verified"] is True
        assert answer["claims"]["jti"] == site.credentials["good"].id
        assert answer["claims"]["iss"] == site.dids[forging.OWN]

    @ALGORITHMS
    @pytest.mark.parametrize(
        "name", ["tampered", "expired", "signed by another", "of another issuer"]
    )
    def test_it_rejects_a_spoilt_token(self, jose_answers, algorithm, name):
        assert jose_answers[f"{algorithm} {name}"]["verified"] is False


class TestTokenInOpenbadgeslib:
    pytestmark = matrix.row(matrix.TOKEN, matrix.OPENBADGESLIB)

    def verifier(self, site, algorithm):
        shown = key_of(site, tokens_of(site, algorithm)["good"])
        pem = jwk.to_pem(jwk.to_key(shown)).encode()
        return OB3Verifier(pubkey_pem=pem, issuer_did=site.dids[forging.OWN])

    @ALGORITHMS
    def test_it_accepts_the_token_and_its_status(self, site, algorithm):
        with time_machine.travel(ASKED):
            read = self.verifier(site, algorithm).verify(
                tokens_of(site, algorithm)["good"],
                check_status=True,
                verify_status_list=False,
                download=lambda address: site.answers[address].body,
            )

        assert read.id == site.credentials["good"].id

    @ALGORITHMS
    @pytest.mark.parametrize(
        "name", ["tampered", "expired", "revoked", "signed by another", "of another issuer"]
    )
    def test_it_rejects_what_was_spoilt_of_a_token(self, site, algorithm, name):
        with time_machine.travel(ASKED), pytest.raises(OB3VerificationError):
            self.verifier(site, algorithm).verify(
                tokens_of(site, algorithm)[name],
                check_status=True,
                verify_status_list=False,
                download=lambda address: site.answers[address].body,
            )


# -- Open Badges 2.0 -------------------------------------------------------------------------------


# Of what is gone it does not say that it was revoked, but that nothing is left of it.
GONE = "Required property recipient not present"


@pytest.fixture(scope="module")
def openbadges_answers(site):
    good = site.credentials["good"]
    hosted, signed = good.files["hosted"].json, good.files["signed"].text
    # A page can be changed by who has the server: it must still be in its own place.
    elsewhere = {**hosted, "id": f"{HOST}/issuers/{forging.OTHER}/ob2/assertions/1"}
    stranger = site.credentials["expired"].files["hosted"].json["recipient"]
    for_another = {**hosted, "id": f"{hosted['id']}-2", "recipient": stranger}
    asked = {
        "hosted": {"text": hosted["id"]},
        "signed": {"text": signed},
        "hosted png": image(good.files["hosted png"]),
        "hosted svg": image(good.files["hosted svg"]),
        "hosted, for another": {"text": for_another["id"]},
        "hosted elsewhere": {"text": elsewhere["id"]},
        "signed, tampered": {"text": forging.tampered_token(signed)},
        "signed by another": {"text": forging.token_by_another(site, signed, Kind.RSA)},
        "signed by a key that is not listed": {
            "text": forging.assertion_of_another_key(site, signed)
        },
    }
    for name in ("revoked", "expired"):
        files, to = site.credentials[name].files, {"email": site.credentials[name].email}
        asked |= {
            f"hosted, {name}": {"text": files["hosted"].json["id"], **to},
            f"signed, {name}": {"text": files["signed"].text, **to},
            f"hosted png, {name}": {**image(files["hosted png"]), **to},
            f"hosted svg, {name}": {**image(files["hosted svg"]), **to},
        }
    served = {each["id"]: each for each in (elsewhere, for_another)}
    return openbadges_validator.ask(
        {
            "now": ASKED.isoformat(),
            "documents": site.documents() | served,
            "pictures": [at for at, found in site.answers.items() if "image" in found.kind],
            "email": good.email,
            "ask": asked,
        }
    )


class TestOpenbadges:
    pytestmark = [openbadges_validator.needed, matrix.row(matrix.ASSERTION, matrix.OPENBADGES)]
    # What it says of each.
    REASONS = {
        "hosted, revoked": GONE,
        "hosted png, revoked": GONE,
        "hosted svg, revoked": GONE,
        "hosted, expired": "expired on",
        "hosted png, expired": "expired on",
        "hosted svg, expired": "expired on",
        "hosted, for another": "did not match",
        "hosted elsewhere": "does not start with",
        "signed, revoked": "has been revoked",
        "signed, expired": "expired on",
        "signed, tampered": "failed verification",
        "signed by another": "failed verification",
        "signed by a key that is not listed": "other than those authorized",
    }

    @pytest.mark.parametrize("name", ["hosted", "signed", "hosted png", "hosted svg"])
    def test_it_accepts_every_form_that_is_served(self, site, openbadges_answers, name):
        answer = openbadges_answers[name]

        assert (answer["errors"], answer["warnings"]) == ([], [])
        assert (answer["valid"], answer["version"]) == (True, "2.0")
        assert answer["recipient"] == site.credentials["good"].email

    @pytest.mark.parametrize("name", REASONS)
    def test_it_rejects_what_was_spoilt(self, openbadges_answers, name):
        answer = openbadges_answers[name]

        assert answer["valid"] is False
        assert any(self.REASONS[name] in error for error in answer["errors"]), answer["errors"]


def image(answer) -> dict[str, str]:
    return {"image": base64.b64encode(answer.body).decode()}
