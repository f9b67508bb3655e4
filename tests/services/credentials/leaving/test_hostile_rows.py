"""Rows of an archive that are others', or not in their form; batches that do not hold."""

import json
import zipfile
from base64 import b64encode
from hashlib import sha256

import pytest

from blockchain import chains
from blockchain.models import Commitment
from credentials.core import canonical
from issuers import models as issuers
from learners import models as learners
from tests import factories
from tests.conftest import NOW
from tests.services.credentials.leaving.conftest import pack
from tests.services.credentials.leaving.spoiling import (
    CREDENTIALS,
    LEARNERS,
    clear,
    edit,
    lines,
    lines_of,
    refused,
    rewrite,
)

__all__ = ["clear"]


# -- rows of others
def test_a_row_that_names_another_organisation_is_refused(clear):
    rewrite(clear, edit(LEARNERS, lambda found: found[0].update(issuer=1)))

    refused(clear, "'issuer' is no column")


def test_a_row_that_points_out_of_the_archive_is_refused(clear):
    stranger = learners.Learner.objects.across_issuers().first()
    rewrite(clear, edit(CREDENTIALS, lambda found: found[0].update(learner=stranger.pk)))

    refused(clear, "learner names a row that is not in the archive")


def test_the_row_of_another_organisation_is_refused(clear):
    rewrite(
        clear,
        edit("tables/issuers.issuer.ndjson", lambda found: found[0].update(slug="ecole-x")),
    )

    refused(clear, "it names another organisation")


def test_two_organisations_in_one_archive_are_refused(clear):
    rewrite(clear, edit("tables/issuers.issuer.ndjson", lambda found: found.append(found[0])))

    refused(clear, "must have one line")


def test_an_organisation_of_another_address_is_refused(clear, settings):
    settings.PUBLIC_URL = "https://elsewhere.example"

    words = refused(clear, "PUBLIC_URL")

    assert "http://localhost:8000" in words


def test_a_did_that_is_another_organisations_is_refused(clear):
    stolen = "did:web:localhost%3A8000:issuers:ecole-z"

    def rename(members):
        edit("tables/issuers.issuer.ndjson", lambda found: found[0].update(did=stolen))(members)

    rewrite(clear, rename, manifest=lambda told: told["organisation"].update(did=stolen))

    refused(clear, "did .* is taken here, by École Z")


def test_a_slug_that_is_taken_is_named(clear):
    factories.issuer(slug="ecole-a", name="Another")

    refused(clear, "slug ecole-a is taken here, by Another")


def test_a_name_of_a_row_that_is_taken_is_named(clear):
    taken = lines_of(clear, LEARNERS)[0]["uuid"]
    z = issuers.Issuer.objects.get()
    learners.Learner.objects.of(z).filter(email="zoe@example.org").update(uuid=taken)

    words = refused(clear, "learners.Learner: uuid is taken here")

    assert taken not in words


# -- what it says
@pytest.mark.parametrize(
    ("table", "column", "value", "words"),
    [
        ("issuers.issuer", "url", "javascript:alert(1)", "form of url"),
        ("issuers.issuer", "kind", "emperor", "form of kind"),
        ("issuers.membership", "role", "owner of all", "form of role"),
        ("learners.learner", "email", "not an address", "form of email"),
        ("learners.learner", "created_at", "yesterday", "created_at: it must be an instant"),
        ("learners.learner", "name", "a\0b", "name: it must be a text"),
        ("learners.learner", "name", None, "name must have a value"),
        ("credentials.credential", "sealed", "***", "sealed: it must be base64"),
        ("credentials.credential", "id", -1, "id must be the number"),
        ("credentials.credential", "state", "held", "break the rule"),
        ("learners.learnerkey", "wrapped_dek", "AAAA", "data key is 32 bytes"),
    ],
)
def test_a_value_that_is_not_in_its_form_is_named(clear, table, column, value, words):
    rewrite(clear, edit(f"tables/{table}.ndjson", lambda found: found[0].update({column: value})))

    refused(clear, words)


SCRIPT = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        ("issuers.issuer", "colour", "red}*{"),
        ("issuers.issuer", "languages", [{"fr": 1}]),
        ("issuers.issuer", "logo", b64encode(b"<html>").decode()),
        ("issuers.domain", "name", "127.0.0.1"),
        ("issuers.domain", "name", "ecole-a.example/x?"),
        ("badges.achievement", "image", b64encode(factories.png() + b"<script>").decode()),
        ("badges.achievement", "drawing", b64encode(SCRIPT).decode()),
        ("badges.achievement", "creator", {"id": "https://x.example", "name": ["X"]}),
        ("badges.achievement", "tags", "everything"),
        ("credentials.evidencefile", "media_type", "text/html"),
        ("credentials.evidencefile", "media_type", "image/png\r\nSet-Cookie: a=b"),
    ],
)
def test_what_no_door_would_have_let_in_is_refused(clear, table, column, value):
    rewrite(clear, edit(f"tables/{table}.ndjson", lambda found: found[0].update({column: value})))

    refused(clear, f"{column} is not as it would be let in here")


def test_a_person_whose_name_the_database_cannot_hold_is_refused(clear):
    rewrite(
        clear,
        edit("people.ndjson", lambda found: found[0].update(name="a\0b", email="new@example.org")),
    )

    refused(clear, "people.ndjson, line 1: name: it must be a text without NUL")


def test_rows_out_of_order_are_refused(clear):
    rewrite(clear, edit(LEARNERS, lambda found: found.reverse()))

    refused(clear, "in the order of their numbers")


def test_a_member_given_twice_in_a_row_is_refused(clear):
    def twice(members):
        members[LEARNERS] = members[LEARNERS].replace(b'{"id":', b'{"id":1,"id":', 1)

    rewrite(clear, twice)

    refused(clear, "given twice")


# -- the anchoring
def test_a_batch_whose_leaves_lead_elsewhere_is_refused(clear):
    def spoil(members):
        name = next(each for each in members if each.endswith(".manifest"))
        members[name] = members[name][:-1] + bytes([members[name][-1] ^ 1])

    rewrite(clear, spoil)

    refused(clear, "lead to another root")


def test_an_anchor_that_the_chain_does_not_hold_is_refused(clear, settings):
    asked(clear, settings).mine(40)

    refused(clear, "does not hold its root")


def test_a_chain_that_is_asked_here_must_answer(clear, settings):
    asked(clear, settings).down = True

    refused(clear, "does not answer now")


def test_a_chain_that_is_behind_is_waited_for(clear, settings):
    asked(clear, settings)

    refused(clear, "wait until it is there")


def asked(path, settings):
    """Let the chain of the batches be one that is asked here; it is new, and knows of none."""
    [batch, *_others] = lines_of(path, "anchoring/batches.ndjson")
    settings.CHAIN_ID = int(batch["chain"].partition(":")[2])
    chains.get_chain.cache_clear()
    return factories.memory_chain()


def test_a_number_that_its_submitter_did_not_use_is_refused(settled, archive, elsewhere):
    pack(settled, archive, passphrase=None)
    elsewhere()
    with zipfile.ZipFile(archive) as made_of:
        members = {info.filename: made_of.read(info) for info in made_of.infolist()}
    old, new = renumbered(members)

    def told_anew(told):
        entry = told["members"].pop(old)
        content = members[new]
        told["members"][new] = entry | {
            "plainBytes": len(content),
            "bytes": len(content),
            "sha256": sha256(content).hexdigest(),
        }

    rewrite(archive, renumbered, manifest=told_anew)

    refused(archive, "has its transaction otherwise than its manifest")


def renumbered(members):
    """Say of the first batch that it was the submitter's thousandth; return which file went."""
    table = "anchoring/batches.ndjson"
    batches = lines(members[table])
    old = f"anchoring/manifests/{batches[0]['final_manifest']}.manifest"
    header, _feed, leaves = members.pop(old).partition(b"\n")
    told = json.loads(header)
    told["anchor"]["nonce"] = 1000
    content = canonical.jcs(told) + b"\n" + leaves
    batches[0]["final_manifest"] = name = sha256(content).hexdigest()
    members[f"anchoring/manifests/{name}.manifest"] = content
    members[table] = b"".join(json.dumps(row).encode() + b"\n" for row in batches)
    return old, f"anchoring/manifests/{name}.manifest"


def test_leaves_that_wait_here_are_not_claimed_by_a_batch_that_comes(clear):
    [place, *_others] = [
        each for each in lines_of(clear, "anchoring/commitments.ndjson") if each["root"]
    ]
    Commitment.objects.create(
        leaf=bytes.fromhex(place["leaf"]),
        chain=place["chain"],
        signer=place["signer"],
        committed_at=NOW,
    )

    refused(clear, "1 of its leaves wait for an anchor here")

    assert Commitment.objects.get().batch is None


def test_a_manifest_of_no_batch_does_not_reach_the_folder(clear, tmp_path):
    content = b"{}\n"
    name = f"anchoring/manifests/{sha256(content).hexdigest()}.manifest"
    entry = {"plainBytes": 3, "bytes": 3, "sha256": sha256(content).hexdigest()}
    rewrite(
        clear,
        lambda members: members.update({name: content}),
        manifest=lambda told: told["members"].update({name: entry}),
    )

    refused(clear, "is of no batch")

    assert list((tmp_path / "other-manifests").rglob("*.manifest")) == []


def test_a_leaf_at_another_place_is_refused(clear):
    rewrite(
        clear,
        edit("anchoring/commitments.ndjson", lambda found: found[0].update(leaf_index=3)),
    )

    refused(clear, "not at that place")
