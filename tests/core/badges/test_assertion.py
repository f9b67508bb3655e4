"""Open Badges 2.0: the same award in the words of the earlier edition, or the reason why not."""

import copy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from badges.core import assertion, schema, schema2
from learners.core import identity
from tests.core.badges import samples
from tests.core.badges.test_document import achievements, texts

BASE = "https://badges.example.org/ob2"
ISSUER, BADGE, KEY = f"{BASE}/issuer", f"{BASE}/badges/1", f"{BASE}/keys/1"
HOSTED, LIST = f"{BASE}/assertions/abc", f"{BASE}/revoked"
SIGNED = "urn:uuid:6f2f0f80-0000-4000-8000-000000000001"
PROFILE = {
    **samples.PROFILE,
    "email": "badges@atelier-lumen.example.org",
    "description": "Atelier",
    "phone": "+33 1 23 45 67 89",
    "image": {"id": f"{BASE}/logo.png", "type": "Image"},
}
PEM = "-----BEGIN PUBLIC KEY-----\nMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A\n-----END PUBLIC KEY-----\n"


def credential(**changes):
    """A credential with the members of 3.0 that the builder does not write yet."""
    document = samples.credential(valid_until=samples.NOW.replace(year=2030))
    document["evidence"] = [
        {"id": f"{BASE}/evidence", "type": ["Evidence"], "name": "Dossier", "narrative": "Vu"}
    ]
    document["credentialSubject"]["narrative"] = "Devant un jury."
    return {**document, **changes}


def test_the_hosted_assertion_says_what_the_credential_says():
    assert assertion.hosted(credential(), id=HOSTED, badge=BADGE, image=f"{HOSTED}.png") == {
        "@context": "https://w3id.org/openbadges/v2",
        "type": "Assertion",
        "id": HOSTED,
        "recipient": {
            "type": "email",
            "hashed": True,
            "identity": samples.IDENTITY["identityHash"],
            "salt": "Kosher",
        },
        "badge": BADGE,
        "verification": {"type": "hosted"},
        "issuedOn": "2026-03-02T09:30:00Z",
        "expires": "2030-03-02T09:30:00Z",
        "image": f"{HOSTED}.png",
        "narrative": "Devant un jury.",
        "evidence": [
            {"type": "Evidence", "id": f"{BASE}/evidence", "name": "Dossier", "narrative": "Vu"}
        ],
    }


def test_the_signed_assertion_names_its_key():
    written = assertion.signed(credential(), id=SIGNED, badge=BADGE, key=KEY)

    assert written["verification"] == {"type": "signed", "creator": KEY}
    assert written["id"] == SIGNED
    assert (
        written["recipient"] == assertion.hosted(credential(), id=HOSTED, badge=BADGE)["recipient"]
    )


def test_the_recipient_is_recognised_by_the_same_address_and_salt():
    email, salt = "Awa@Example.org", "0123456789abcdef"
    document = credential()
    document["credentialSubject"]["identifier"] = [
        identity.identity_object(identity_type="name", value="Awa", salt=salt),
        identity.identity_object(identity_type="emailAddress", value=email, salt=salt),
    ]

    recipient = assertion.hosted(document, id=HOSTED, badge=BADGE)["recipient"]

    assert recipient["identity"] == identity.identity_hash("awa@example.org", salt)
    assert recipient["salt"] == salt


def test_a_recipient_in_clear_stays_in_clear():
    document = credential()
    clear = {**samples.IDENTITY, "hashed": False, "identityHash": "awa@example.org"}
    document["credentialSubject"]["identifier"] = [clear]

    recipient = assertion.hosted(document, id=HOSTED, badge=BADGE)["recipient"]

    assert recipient == {"type": "email", "hashed": False, "identity": "awa@example.org"}


def test_a_hash_without_a_salt_has_none():
    document = credential()
    bare = {name: value for name, value in samples.IDENTITY.items() if name != "salt"}
    document["credentialSubject"]["identifier"] = [bare]

    assert "salt" not in assertion.hosted(document, id=HOSTED, badge=BADGE)["recipient"]


def test_the_day_of_the_award_is_the_one_that_was_first():
    document = credential(awardedDate="2026-01-01T00:00:00Z")

    assert assertion.hosted(document, id=HOSTED, badge=BADGE)["issuedOn"] == "2026-01-01T00:00:00Z"


@pytest.mark.parametrize(
    "identifiers",
    [
        [],
        [{**samples.IDENTITY, "identityType": "name"}],
        [{**samples.IDENTITY, "identityHash": "md5$0cc175b9c0f1b6a831c399e269772661"}],
    ],
)
def test_a_recipient_without_an_address_has_no_such_edition(identifiers):
    document = credential()
    document["credentialSubject"]["identifier"] = identifiers

    with pytest.raises(assertion.NotExpressible, match="e-mail"):
        assertion.hosted(document, id=HOSTED, badge=BADGE)


def test_the_badge_class_says_what_the_achievement_says():
    achievement = samples.credential()["credentialSubject"]["achievement"]

    assert assertion.badge_class(achievement, id=BADGE, issuer=ISSUER) == {
        "@context": "https://w3id.org/openbadges/v2",
        "type": "BadgeClass",
        "id": BADGE,
        "name": "Concevoir une interface accessible",
        "description": "Concevoir et évaluer une interface que chacun peut utiliser.",
        "image": {
            "type": "schema:ImageObject",
            "id": "https://badges.example.org/achievements/1/image.png",
            "caption": "Hexagone bleu",
        },
        "criteria": {
            "id": "https://badges.example.org/achievements/1/criteria",
            "narrative": "Présenter un prototype évalué devant un jury.",
        },
        "issuer": ISSUER,
        "tags": ["accessibilité", "conception"],
        "version": "2",
        "alignment": [
            {
                "targetName": "Concevoir",
                "targetUrl": "https://www.francecompetences.fr/recherche/rncp/99001/",
                "targetFramework": "RNCP",
                "targetCode": "RNCP99001BC01",
            }
        ],
        "related": [
            {
                "type": "BadgeClass",
                "id": "https://badges.example.org/achievements/0",
                "version": "1",
            }
        ],
    }


def test_a_badge_class_may_have_another_picture_and_needs_one():
    achievement = {**samples.credential()["credentialSubject"]["achievement"]}

    pictured = assertion.badge_class(achievement, id=BADGE, issuer=ISSUER, image=f"{BASE}/x.png")
    del achievement["image"]

    assert pictured["image"] == f"{BASE}/x.png"
    with pytest.raises(assertion.NotExpressible, match="picture"):
        assertion.badge_class(achievement, id=BADGE, issuer=ISSUER)


@given(achievements, texts)
def test_whatever_was_awarded_conforms_in_both_editions(what, name):
    from badges.core import document

    written = document.achievement_document(what)

    badge = assertion.badge_class(
        written, id=BADGE, issuer=ISSUER, image=None if "image" in written else f"{BASE}/x.png"
    )

    assert schema2.problems(badge, strict=True) == ()
    assert badge["name"] == written["name"]
    given_to = samples.credential(achievement=written, name=name)
    hosted = assertion.hosted(given_to, id=HOSTED, badge=BADGE)
    assert schema2.problems(hosted, strict=True) == ()


def test_the_issuer_says_what_the_profile_says():
    assert assertion.issuer(
        PROFILE, id=ISSUER, keys=[KEY], revocation_list=LIST, starts_with=[f"{BASE}/"]
    ) == {
        "@context": "https://w3id.org/openbadges/v2",
        "type": "Issuer",
        "id": ISSUER,
        "name": "Atelier Lumen",
        "url": "https://atelier-lumen.example.org/",
        "email": "badges@atelier-lumen.example.org",
        "description": "Atelier",
        "telephone": "+33 1 23 45 67 89",
        "image": f"{BASE}/logo.png",
        "publicKey": KEY,
        "revocationList": LIST,
        "verification": {"type": "VerificationObject", "startsWith": [f"{BASE}/"]},
    }


def test_an_issuer_lists_the_keys_of_its_past():
    assert assertion.issuer(PROFILE, id=ISSUER, keys=[KEY, f"{BASE}/keys/0"])["publicKey"] == [
        KEY,
        f"{BASE}/keys/0",
    ]
    assert "publicKey" not in assertion.issuer(PROFILE, id=ISSUER)


@pytest.mark.parametrize("member", ["url", "email"])
def test_an_issuer_without_an_address_has_no_such_edition(member):
    silent = {name: value for name, value in PROFILE.items() if name != member}

    with pytest.raises(assertion.NotExpressible, match=member):
        assertion.issuer(silent, id=ISSUER)


def test_the_key_names_its_owner():
    assert assertion.cryptographic_key(id=KEY, owner=ISSUER, pem=PEM) == {
        "@context": "https://w3id.org/openbadges/v2",
        "type": "CryptographicKey",
        "id": KEY,
        "owner": ISSUER,
        "publicKeyPem": PEM,
    }


@pytest.mark.parametrize("count", [0, 1, 2, 5])
def test_a_list_of_what_is_revoked_never_has_less_than_two_entries(count):
    ids = {f"urn:uuid:6f2f0f80-0000-4000-8000-00000000000{n}": "Erreur" for n in range(count)}

    entries = assertion.revocation_list(id=LIST, issuer=ISSUER, revoked=ids)["revokedAssertions"]

    assert len(entries) >= 2
    assert entries[0] == {"id": assertion.SENTINEL}
    assert len({entry["id"] for entry in entries}) == len(entries)
    assert [entry for entry in entries if "revocationReason" in entry] == [
        {"id": each, "revocationReason": "Erreur"} for each in ids
    ]


def test_a_list_that_nobody_would_fetch_is_refused():
    most = dict.fromkeys((f"urn:x:{n}" for n in range(assertion.MAX_REVOKED)), "why")

    assertion.revocation_list(id=LIST, issuer=ISSUER, revoked=most)
    with pytest.raises(assertion.NotExpressible, match="40000"):
        assertion.revocation_list(id=LIST, issuer=ISSUER, revoked={**most, "urn:one-more": None})


def test_a_revoked_assertion_says_why():
    assert assertion.revoked(id=HOSTED, reason="Erreur") == {
        "@context": "https://w3id.org/openbadges/v2",
        "type": "Assertion",
        "id": HOSTED,
        "revoked": True,
        "revocationReason": "Erreur",
    }
    assert "revocationReason" not in assertion.revoked(id=HOSTED)


@pytest.mark.parametrize(
    ("write", "pointer"),
    [
        (lambda: assertion.hosted(credential(), id="urn:uuid:1", badge=BADGE), "/id"),
        (lambda: assertion.hosted(credential(), id=HOSTED, badge="badge"), "/badge"),
        (
            lambda: assertion.hosted(credential(validFrom="soon"), id=HOSTED, badge=BADGE),
            "/issuedOn",
        ),
        (
            lambda: assertion.hosted(
                credential(validUntil="2020-01-01T00:00:00Z"), id=HOSTED, badge=BADGE
            ),
            "/expires",
        ),
        (lambda: assertion.signed(credential(), id="abc", badge=BADGE, key=KEY), "/id"),
        (
            lambda: assertion.signed(credential(), id=SIGNED, badge=BADGE, key="did:web:x"),
            "/verification/creator",
        ),
        (lambda: assertion.issuer(PROFILE, id="did:web:x.example"), "/id"),
        (lambda: assertion.issuer({**PROFILE, "email": "nobody"}, id=ISSUER), "/email"),
        (lambda: assertion.issuer({**PROFILE, "name": " "}, id=ISSUER), "/name"),
        (lambda: assertion.cryptographic_key(id=KEY, owner=ISSUER, pem="MIIB"), "/publicKeyPem"),
        (lambda: assertion.revocation_list(id=LIST, issuer=ISSUER, revoked={"x": None}), "/id"),
        (lambda: assertion.revoked(id="abc"), "/id"),
    ],
)
def test_what_the_standard_has_no_words_for_is_refused_by_name(write, pointer):
    with pytest.raises(schema.NonConformant) as refusal:
        write()

    assert any(problem.pointer.endswith(pointer) for problem in refusal.value.problems)


# -- Documents of others ---------------------------------------------------------------------------

THEIRS = {
    "@context": ["https://w3id.org/openbadges/v2", "https://x.example/more"],
    "id": "https://x.example/1",
    "type": ["Assertion", "Extension"],
    "recipient": {
        "type": "email",
        "hashed": True,
        "identity": "md5$0cc175b9c0f1b6a831c399e269772661",
    },
    "badge": {
        "id": "https://x.example/badge",
        "type": "BadgeClass",
        "name": "B",
        "description": "",
        "image": "data:image/png;base64,AAAA",
        "criteria": "https://x.example/criteria",
        "issuer": {
            "id": "https://x.example/issuer",
            "type": "Profile",
            "name": "X",
            "url": "http://x.example",
            "email": "x@x.example",
        },
    },
    "verification": {"type": "HostedBadge"},
    "issuedOn": "2016-12-31T23:59:59.5+00:00",
    "evidence": "https://x.example/evidence",
}


def test_documents_of_others_are_read_as_they_write_them():
    assert schema2.problems(THEIRS) == ()
    schema2.validate(THEIRS)


@pytest.mark.parametrize(
    ("path", "value", "pointer"),
    [
        (["@context"], "https://w3id.org/openbadges/v1", "/@context"),
        (["type"], "Endorsement", "/type"),
        (["type"], None, "/type"),
        (["recipient"], "x@x.example", "/recipient"),
        (["recipient", "identity"], "sha256$", "/recipient/identity"),
        (["recipient", "hashed"], "true", "/recipient/hashed"),
        (["badge"], 5, "/badge"),
        (["badge", "type"], "Badge", "/badge/type"),
        (["badge", "issuer", "email"], "nobody", "/badge/issuer/email"),
        (["badge", "criteria"], {}, "/badge/criteria"),
        (["verification"], {"type": "magic"}, "/verification/type"),
        (["verification"], {"type": "signed"}, "/verification/creator"),
        (["issuedOn"], "2016-12-31", "/issuedOn"),
        (["evidence"], [{"narrative": 5}], "/evidence/0/narrative"),
        (["evidence"], None, "/evidence"),
    ],
)
def test_where_they_depart_from_the_standard_is_told(path, value, pointer):
    document = copy.deepcopy(THEIRS)
    target = document
    for name in path[:-1]:
        target = target[name]
    target[path[-1]] = value

    assert pointer in [problem.pointer for problem in schema2.problems(document)]


@pytest.mark.parametrize("document", [None, [], "text", 5, {}])
def test_what_is_not_a_document_is_told(document):
    assert schema2.problems(document)


@pytest.mark.parametrize("way", [["secret"], [[]], {}, 5, None])
def test_a_way_to_verify_that_is_no_word_is_told(way):
    document = {**THEIRS, "verification": {"type": way}}

    told = [problem.pointer for problem in schema2.problems(document)]
    assert [each for each in told if each.startswith("/verification/type")]


def test_a_hostile_document_is_read_only_so_far():
    many = {**THEIRS, "evidence": [{"narrative": 5}] * 100_000}

    assert len(schema2.problems(many)) == 50


@given(st.recursive(st.none() | st.booleans() | st.integers() | texts,
                    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(list(THEIRS)), inner)))  # fmt: skip  # noqa: E501 - one shape
def test_nothing_breaks_the_reading(document):
    if isinstance(document, dict):
        document = {**document, "type": "Assertion", "@context": schema2.CONTEXT}

    assert all(problem.message for problem in schema2.problems(document))
