"""Statements: their vectors, the chain that they form, and tags that cannot be confused."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blockchain.core import anchor, merkle
from credentials.core import canonical, statements
from issuers.core import did
from tests.core.credentials.verifiable import CHAIN, DID, LIST, MULTIKEY, SUBMITTER, list_text
from tests.core.issuers import test_jwk

AT = datetime(2026, 3, 2, 9, 0, 0, 999, tzinfo=UTC)
ACCOUNT = f"{CHAIN}:{SUBMITTER}"
hashes = st.binary(min_size=32, max_size=32)


def history(sequence=1, previous=None, **changes):
    given = {
        "issuer": DID,
        "keys": [
            did.IssuerKey(MULTIKEY, AT - timedelta(days=30), expires=AT),
            did.IssuerKey(
                test_jwk.RSA_THUMBPRINT,
                AT - timedelta(days=9),
                revoked=AT - timedelta(days=1),
                jwk=test_jwk.RSA_JWK,
            ),
        ],
        "submitters": [(ACCOUNT, AT - timedelta(days=29))],
        "sequence": sequence,
        "previous": previous,
        "at": AT,
    }
    return statements.key_history(**(given | changes))


def version(sequence=1, previous=None, **changes):
    given = {
        "issuer": DID,
        "url": LIST,
        "published": canonical.loads(list_text()),
        "sequence": sequence,
        "previous": previous,
        "at": AT,
    }
    return statements.status_list_version(**(given | changes))


def head(sequence=1, previous=None, **changes):
    given = {
        "issuer": DID,
        "seal": 3,
        "seal_digest": b"\xab" * 32,
        "sequence": sequence,
        "previous": previous,
        "at": AT,
    }
    return statements.trail_head(**(given | changes))


# -- Vectors: made with sha256sum over the text that is written here ------------------------------


def test_a_key_history_is_written_so():
    assert canonical.jcs(history(submitters=[], keys=[did.IssuerKey(MULTIKEY, AT)])) == (
        b'{"at":"2026-03-02T09:00:00Z",'
        b'"issuer":"did:web:badges.example.org:issuers:ecole-a",'
        b'"keys":[{"id":"did:web:badges.example.org:issuers:ecole-a#' + MULTIKEY.encode() + b'",'
        b'"publicKeyMultibase":"' + MULTIKEY.encode() + b'","validFrom":"2026-03-02T09:00:00Z"}],'
        b'"previous":null,"sequence":1,"submitters":[],"type":"IssuerKeyHistory","version":1}'
    )


def test_it_says_the_ends_of_keys_and_who_anchors():
    found = history()

    assert found["keys"][0]["expires"] == "2026-03-02T09:00:00Z"
    assert found["keys"][1]["publicKeyJwk"] == test_jwk.RSA_JWK
    assert found["keys"][1]["revoked"] == "2026-03-01T09:00:00Z"
    assert found["submitters"] == [{"account": ACCOUNT, "acceptedFrom": "2026-02-01T09:00:00Z"}]


def test_a_head_of_an_audit_trail_is_a_number_and_a_digest():
    assert canonical.jcs(head()) == (
        b'{"at":"2026-03-02T09:00:00Z",'
        b'"issuer":"did:web:badges.example.org:issuers:ecole-a",'
        b'"previous":null,"seal":3,"sealDigest":"' + b"ab" * 32 + b'",'
        b'"sequence":1,"type":"AuditTrailHead","version":1}'
    )


def test_a_version_names_the_list_by_its_digest():
    found = version()

    assert found["type"] == "StatusListVersion"
    assert found["list"] == LIST
    expected = sha256(canonical.jcs(canonical.loads(list_text()))).hexdigest()
    assert found["listDigest"] == expected


@pytest.mark.parametrize(("made", "tag"), [(version, b"\x02"), (history, b"\x03"), (head, b"\x04")])
def test_a_leaf_is_the_hash_of_tag_salt_and_digest(made, tag):
    salt = bytes(range(32))

    expected = sha256(tag + salt + sha256(canonical.jcs(made())).digest()).digest()

    assert statements.leaf(made(), salt=salt) == expected


def test_leaves_by_hand():
    # ( printf '\x02'; head -c 64 /dev/zero ) | sha256sum, and the same with \x03 and \x04
    expected = {
        0x02: "977c6d24ff2b851777af4dce0615e547112c6c0128a37338b3a1db9d055fff09",
        0x03: "dc48a742ae32cfd66352372d6120ed14d6629fc166246b05ff8b03e23804701f",
        0x04: "59ef1a5a00f35b1a722da56ca70b52a721f33998634d4fa4259301f170f7b6bd",
    }
    for tag, leaf in expected.items():
        assert merkle.leaf(salt=bytes(32), digest=bytes(32), tag=tag).hex() == leaf


# -- Tags -----------------------------------------------------------------------------------------


@given(hashes, hashes, hashes, hashes)
def test_no_leaf_of_one_kind_is_a_leaf_of_another(salt, digest, other_salt, other_digest):
    leaves = {
        merkle.leaf(salt=one, digest=two, tag=tag)
        for tag in (merkle.DOCUMENT, *statements.TAGS.values())
        for one, two in {(salt, digest), (other_salt, other_digest)}
    }

    assert len(leaves) == 4 * len({(salt, digest), (other_salt, other_digest)})


@given(hashes, hashes)
def test_no_leaf_of_any_kind_is_a_node(salt, digest):
    node = merkle.root([salt, digest])

    assert node not in {
        merkle.leaf(salt=salt, digest=digest, tag=tag) for tag in range(256) if tag != 1
    }


@pytest.mark.parametrize("tag", [1, -1, 256, 1000])
def test_what_is_no_tag_is_refused(tag):
    with pytest.raises(ValueError, match="tag"):
        merkle.leaf(salt=bytes(32), digest=bytes(32), tag=tag)


def test_the_tags_are_those_that_were_chosen_once():
    assert statements.TAGS == {
        "StatusListVersion": 2,
        "IssuerKeyHistory": 3,
        "AuditTrailHead": 4,
    }
    assert merkle.DOCUMENT == 0


# -- Anchors --------------------------------------------------------------------------------------


def anchored(statement, tag=None):
    salt = b"\x05" * 32
    digest = statements.digest(statement)
    leaf = merkle.leaf(
        salt=salt, digest=digest, tag=statements.tag(statement) if tag is None else tag
    )
    levels = merkle.build([bytes(32), leaf])
    proof = anchor.AnchorProof(
        salt=salt,
        inclusion=merkle.prove(levels, 1),
        root=levels[-1],
        chain=CHAIN,
        contract=anchor.REGISTRY,
        submitter=SUBMITTER,
        transaction="0x" + "cd" * 32,
        block_number=7,
        block_hash="0x" + "ef" * 32,
        block_time=AT,
        state="finalized",
    )
    finding = anchor.Finding(
        anchored_at=AT,
        block_number=7,
        finalized=True,
        confirmations=100,
        transaction=anchor.Sent(SUBMITTER, anchor.REGISTRY, proof.root, proof.block_hash),
        block_hash=proof.block_hash,
        block_time=AT,
    )
    return proof, finding


@pytest.mark.parametrize("made", [version, history])
def test_a_statement_is_verified_against_the_chain(made):
    proof, finding = anchored(made())

    statements.verify(made(), proof, finding, submitters=[ACCOUNT], confirmations=1)


@pytest.mark.parametrize("made", [version, history])
def test_a_statement_that_was_changed_or_anchored_as_something_else_is_refused(made):
    proof, finding = anchored(made())
    chain = {"submitters": [ACCOUNT], "confirmations": 1}

    with pytest.raises(anchor.WrongPath):
        statements.verify(made() | {"at": "2026-03-01T09:00:00Z"}, proof, finding, **chain)
    for tag in {0, 2, 3} - {statements.tag(made())}:
        proof, finding = anchored(made(), tag)
        with pytest.raises(anchor.WrongPath):
            statements.verify(made(), proof, finding, **chain)


def test_a_statement_that_nobody_accepted_anchored_is_refused():
    proof, finding = anchored(history())

    with pytest.raises(anchor.SubmitterNotAccepted):
        statements.verify(history(), proof, finding, submitters=[], confirmations=1)
    with pytest.raises(anchor.RootNotOnChain):
        statements.verify(
            history(),
            proof,
            replace(finding, anchored_at=None),
            submitters=[ACCOUNT],
            confirmations=1,
        )


def test_the_receipt_of_a_statement_is_none_of_a_document():
    proof, _finding = anchored(history())

    with pytest.raises(anchor.WrongPath):
        anchor.verify_inclusion(statements.digest(history()), proof)


@pytest.mark.parametrize(
    "changes",
    [{"type": "OpenBadgeCredential"}, {"type": None}, {"type": ["x"]}, {"version": 2}],
)
def test_what_is_no_statement_has_no_leaf(changes):
    with pytest.raises(statements.StatementError):
        statements.leaf(history() | changes, salt=bytes(32))


# -- The chain of versions ------------------------------------------------------------------------


@pytest.mark.parametrize("made", [version, history])
def test_each_follows_the_one_before(made):
    first = made()
    second = made(2, statements.digest(first))
    third = made(3, statements.digest(second))

    statements.follows(second, first)
    statements.follows(third, second)
    for later, earlier in ((third, first), (first, second), (second, second)):
        with pytest.raises(statements.StatementError):
            statements.follows(later, earlier)


def test_a_past_that_was_changed_is_seen():
    first = history()
    second = history(2, statements.digest(first))

    with pytest.raises(statements.StatementError, match="another past"):
        statements.follows(second, first | {"submitters": []})


@pytest.mark.parametrize(
    "changes", [{"issuer": "did:web:other.example"}, {"url": "https://other.example/1"}]
)
def test_what_is_about_something_else_does_not_follow(changes):
    first = version()

    with pytest.raises(statements.StatementError, match="same"):
        statements.follows(version(2, statements.digest(first), **changes), first)


@pytest.mark.parametrize(
    ("sequence", "previous"), [(0, None), (1, bytes(32)), (2, None), (-1, bytes(32))]
)
def test_only_the_first_has_no_predecessor(sequence, previous):
    with pytest.raises(statements.StatementError, match="predecessor"):
        history(sequence, previous)


def test_an_instant_without_zone_is_refused():
    with pytest.raises(statements.StatementError, match="zone"):
        history(at=datetime(2026, 3, 2))  # noqa: DTZ001 - the point
