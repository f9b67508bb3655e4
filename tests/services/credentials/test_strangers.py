"""Badges of strangers, from the bytes that are handed over to the verdict, over a real network."""

import time
from datetime import timedelta
from typing import Any

import pytest

from badges.core import baking, svg
from badges.core import endorsement as endorsements
from credentials import resolvers, services
from credentials.core import canonical, jose, status_list, verification
from credentials.core.given import Given
from credentials.resolvers import budget
from credentials.services import gathering
from issuers.core import jwk
from issuers.resolvers import fetching
from tests.core.badges import samples
from tests.core.credentials import strangers
from tests.core.credentials.strangers import (
    DID,
    HOST,
    KID,
    NOW,
    P256,
    controller,
    ed25519_controller,
    proven,
    unsigned,
)
from tests.hosts import Hosts
from tests.interop.world import picture

pytestmark = pytest.mark.django_db
DRAWING = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><circle r="4"/></svg>'


@pytest.fixture(autouse=True)
def _database(db: None) -> None:
    """Name it, so that a stranger's document may take its time here."""


def verify(data: bytes | str | dict[str, Any], **options: Any) -> services.Verification:
    if isinstance(data, dict):
        data = canonical.dumps(data)
    return services.verify_document(
        data=data.encode() if isinstance(data, str) else data, now=NOW, **options
    )


def answers(found: services.Verification) -> dict[str, str]:
    return {check.name: f"{check.outcome}:{check.reason}" for check in found.report.checks}


def serve_keys(hosts: Hosts, **changes: Any) -> None:
    hosts.serve(f"{HOST}/.well-known/did.json", controller(**changes))
    hosts.serve(KID, jwk.from_key(P256.public_key()))


# -- VC-JWT ----------------------------------------------------------------------------------------


def test_a_token_whose_key_has_an_address_is_sound_and_its_issuer_unknown(hosts):
    serve_keys(hosts)

    found = verify(strangers.token())

    assert answers(found)["signed"] == "passed:signed"
    assert answers(found)["issuer"] == "inconclusive:issuer_unknown"
    assert found.report.verdict == "inconclusive"
    assert sorted(hosts.asked) == [f"{HOST}/.well-known/did.json", KID]
    assert found.text == strangers.token()


@pytest.mark.parametrize("image", ["png", "svg"])
def test_a_token_in_an_image_is_the_same(hosts, image):
    serve_keys(hosts)
    bake = baking.bake_png if image == "png" else svg.bake

    found = verify(bake(picture() if image == "png" else DRAWING, strangers.token()))

    assert answers(found)["signed"] == "passed:signed"


def test_a_token_at_an_address_is_read(hosts):
    serve_keys(hosts)
    url = hosts.serve(f"{HOST}/badge.jwt", strangers.token(), "text/plain")

    found = services.verify_address(url=url, now=NOW)

    assert answers(found)["signed"] == "passed:signed"


def test_a_pasted_address_is_followed(hosts):
    serve_keys(hosts)
    url = hosts.serve(f"{HOST}/badge.jwt", strangers.token(), "text/plain")

    assert answers(verify(url))["signed"] == "passed:signed"


def test_a_status_list_may_be_a_token_of_the_same_issuer(hosts):
    serve_keys(hosts)
    url = f"{HOST}/status/1"
    listed = status_list.list_credential(
        url=url,
        issuer=DID,
        purpose="revocation",
        bits=status_list.set_bit(status_list.empty(), 7, True),  # noqa: FBT003 - the bit
        valid_from=NOW - timedelta(days=1),
        valid_until=NOW + timedelta(days=1),
    )
    hosts.serve(url, jose.sign_credential(listed, key=P256, kid=KID), "text/plain")

    def stands(index: int) -> str:
        entry = status_list.entry(url=url, index=index, purpose="revocation")
        return answers(verify(strangers.token(unsigned(status=[entry]))))["stands"]

    assert (stands(7), stands(8)) == ("failed:revoked", "passed:stands")
    hosts.serve(url, jose.sign_credential(listed, key=strangers.OTHER, kid=KID), "text/plain")
    assert stands(8) == "inconclusive:status_untrusted"


# -- 1EdTech's revocation list and refresh service -------------------------------------------------


def plain_list(hosts: Hosts, *revoked: Any, **changes: Any) -> dict[str, Any]:
    url = f"{HOST}/revoked"
    hosts.serve(url, {"id": url, "issuer": DID, "revokedCredential": list(revoked), **changes})
    return {**unsigned(), "credentialStatus": {"id": url, "type": "1EdTechRevocationList"}}


@pytest.mark.parametrize(
    ("revoked", "changes", "expected"),
    [
        ([], {}, "passed:stands_plainly"),
        ([{"id": f"{HOST}/credentials/1"}], {}, "failed:revoked_plainly"),
        ([{"id": f"{HOST}/credentials/1", "revoked": True}], {}, "failed:revoked_plainly"),
        ([{"id": f"{HOST}/credentials/1", "revoked": False}], {}, "passed:stands_plainly"),
        ([{"id": f"{HOST}/credentials/2"}, 7], {}, "passed:stands_plainly"),
        ([], {"issuer": "did:web:evil.example.com"}, "inconclusive:status_untrusted"),
        ([], {"id": f"{HOST}/other"}, "inconclusive:status_untrusted"),
        ([], {"revokedCredential": "none"}, "inconclusive:status_untrusted"),
    ],
)
def test_a_plain_revocation_list_is_followed(hosts, revoked, changes, expected):
    serve_keys(hosts)
    document = plain_list(hosts, *revoked, **changes)

    assert answers(verify(strangers.token(document)))["stands"] == expected


def refreshing(hosts: Hosts, newer: Any) -> dict[str, Any]:
    serve_keys(hosts)
    hosts.serve(f"{HOST}/refresh", newer, "text/plain")
    service = {"id": f"{HOST}/refresh", "type": "1EdTechCredentialRefresh"}
    return {**unsigned(valid_until=NOW - timedelta(days=1)), "refreshService": service}


def test_a_newer_version_is_followed_once_and_said_to_be_newer(hosts):
    newer = strangers.token(
        {
            **unsigned(valid_from=NOW - timedelta(hours=1)),
            "refreshService": {"id": f"{HOST}/again", "type": "1EdTechCredentialRefresh"},
        }
    )

    found = verify(strangers.token(refreshing(hosts, newer)))

    assert found.is_newer
    assert answers(found)["in_time"] == "passed:in_time"
    assert found.text == newer
    assert f"{HOST}/again" not in hosts.asked


@pytest.mark.parametrize(
    "newer",
    [
        "",
        "<html>",
        strangers.token(unsigned(valid_from=NOW), key=strangers.OTHER),
        strangers.token(unsigned(valid_from=samples.NOW)),
        strangers.token(unsigned(valid_from=NOW, id=f"{HOST}/credentials/2")),
        strangers.token(
            unsigned(valid_from=NOW, issuer={**samples.PROFILE, "id": "did:web:a.example.com"})
        ),
        ASSERTION := canonical.dumps(strangers.hosted2()).decode(),
        f"{HOST}/elsewhere",
    ],
    ids=["empty", "a page", "forged", "older", "another", "another's", "2.0", "an address"],
)
def test_what_is_not_a_newer_version_of_the_same_changes_nothing(hosts, newer):
    found = verify(strangers.token(refreshing(hosts, newer)))

    assert not found.is_newer
    assert answers(found)["in_time"] == "failed:expired"


def test_a_forged_badge_sends_us_nowhere(hosts):
    document = refreshing(hosts, "")
    header, payload, _signature = strangers.token(document).split(".")

    found = verify(f"{header}.{payload}.{'A' * 86}")

    assert answers(found)["signed"] == "failed:signature-mismatch"
    assert f"{HOST}/refresh" not in hosts.asked


# -- Endorsements ----------------------------------------------------------------------------------


def endorsed(about: str, *, spoil: bool = False, comment: str = "Sérieux") -> dict[str, Any]:
    written = endorsements.endorsement_credential(
        id="https://reseau.example.com/endorsements/1",
        issuer={"id": "did:web:reseau.example.com", "type": ["Profile"], "name": "Réseau"},
        endorsed=about,
        name="Endorsement",
        comment=comment,
        valid_from=samples.NOW,
    )
    signed = proven(written, name="did:web:reseau.example.com")
    if spoil:
        signed["credentialSubject"]["endorsementComment"] = "Excellent"
    return signed


def test_each_endorsement_is_checked_and_listed_and_none_changes_the_verdict(hosts):
    hosts.serve(f"{HOST}/.well-known/did.json", ed25519_controller())
    hosts.serve(
        "https://reseau.example.com/.well-known/did.json",
        ed25519_controller("did:web:reseau.example.com"),
    )
    plain = unsigned()
    document = {
        **plain,
        "endorsement": [
            endorsed(plain["id"]),
            endorsed(plain["id"], spoil=True),
            endorsed("https://other.example.org/1"),
        ],
    }
    document["credentialSubject"]["achievement"]["endorsement"] = [
        endorsed(document["credentialSubject"]["achievement"]["id"])
    ]

    found = verify(proven(document))
    bare = verify(proven(plain))

    assert [(each.of, each.name, each.reason) for each in found.report.endorsements] == [
        ("credential", "Réseau", "issuer_unknown"),
        ("credential", "Réseau", "signature-mismatch"),
        ("credential", "Réseau", "about_another"),
        ("achievement", "Réseau", "issuer_unknown"),
    ]
    assert answers(found) == answers(bare)


def test_only_a_few_endorsements_are_looked_at(hosts):
    hosts.serve(f"{HOST}/.well-known/did.json", ed25519_controller())
    one = {"type": ["EndorsementCredential"], "issuer": "did:web:a.example.com"}
    hostile = {
        **unsigned(),
        "endorsement": [
            {**one, "issuer": f"did:web:a{number}.example.com"} for number in range(50)
        ],
    }

    found = verify({**hostile, "proof": {"type": "DataIntegrityProof", "cryptosuite": "x"}})

    assert len(found.report.endorsements) == 5
    assert len(hosts.asked) <= 6


# -- T1: a copied profile --------------------------------------------------------------------------


def test_a_copied_profile_never_comes_to_a_verdict_in_green(hosts, ecole_a):
    """Name, picture and address of a known issuer, under every kind of name but its own."""
    from issuers import selectors as issuers

    copied = issuers.profile(issuer=ecole_a)
    serve_keys(hosts)
    own = {**copied, "id": DID}
    key = f"did:key:{jwk.encode_multikey(P256.public_key())}"
    theirs = {
        "another DID": (unsigned(issuer=own), KID),
        "a key": (unsigned(issuer={**copied, "id": key}), f"{key}#{key.removeprefix('did:key:')}"),
        "its very name": (unsigned(issuer=copied), KID),
        "its very name, key shown": (unsigned(issuer=copied), None),
    }

    verdicts = {
        name: verify(strangers.token(document, kid=kid)).report
        for name, (document, kid) in theirs.items()
    }

    assert {name: report.verdict.value for name, report in verdicts.items()} == {
        "another DID": "inconclusive",
        "a key": "inconclusive",
        "its very name": "refuted",
        "its very name, key shown": "refuted",
    }
    assert verdicts["a key"].checks[2].reason == "self_asserted"


# -- What it may cost ------------------------------------------------------------------------------


def test_slow_hosts_take_no_more_than_the_time_of_one_badge(hosts, monkeypatch):
    monkeypatch.setattr(fetching, "SECONDS", 0.6)
    monkeypatch.setattr(budget, "SECONDS", 1.0)
    lists = [f"{HOST}/status/{number}" for number in range(4)]
    for url in (KID, f"{HOST}/.well-known/did.json", *lists):
        hosts.drip(url, 20.0)
    entries = [status_list.entry(url=url, index=1, purpose="revocation") for url in lists]
    started = time.monotonic()

    material = gathering.material(
        Given(
            "3.0",
            {**unsigned(), "credentialStatus": entries},
            "JWS",
            strangers.token({**unsigned(), "credentialStatus": entries}),
        ),
        budget=resolvers.Budget(),
        receipt=None,
        anchor_required=False,
        identity=(),
    )

    assert time.monotonic() - started < 2.0, "each host took 20 s"
    assert isinstance(material.did_document, verification.Unavailable)
    assert {type(found) for found in material.status_lists.values()} == {verification.Unavailable}
    assert len(hosts.asked) <= 2


def test_a_badge_with_many_addresses_asks_few_of_them(hosts):
    serve_keys(hosts)
    entries = [
        status_list.entry(url=f"https://a{number}.example.com/", index=1, purpose="revocation")
        for number in range(60)
    ]

    verify(strangers.token({**unsigned(), "credentialStatus": entries}))

    assert len(hosts.asked) <= 4
