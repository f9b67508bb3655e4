"""What may befall a sound installation, each accident under the invariant that must report it.

A row changed behind our back, a file lost, a chain that went another way: each is done as the
accident would do it, past every service.
"""

import json
from datetime import timedelta

from django.conf import settings as live
from django.db import connection

from blockchain import services as anchoring
from blockchain.chains import registry
from blockchain.chains.interface import Unsigned
from blockchain.chains.memory import MemoryChain
from blockchain.chains.signers import LocalSigner
from blockchain.core import anchor, merkle
from blockchain.models import Attempt, Batch, Commitment, Sender
from credentials import models, selectors, services
from credentials.core import canonical, rdf
from issuers.core import envelope
from learners import selectors as learners
from tests import factories, roles
from tests.conftest import NOW
from tests.services.credentials.audit import histories, trails
from tests.services.credentials.audit.conftest import AT, rows, suspendable

# Without it, no row of one issuer can point to another's.
FOREIGN_KEY = "wall_credentials_credential_status_list_id"
LONG_AGO = NOW - timedelta(days=2)


def sql(statement, *parameters):
    with roles.as_owner(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # what is pending would forbid it
        cursor.execute(statement, parameters)


def first_batch():
    return Batch.objects.select_related("sender").earliest("id")


def signed(issuer):
    return rows(issuer).filter(state="signed").select_related("learner", "status_list").latest("id")


def reseal(credential, *, salt=None, digest=None, document=None):
    """Encrypt a credential again with a part of it changed, as only a fault of ours could."""
    opened = selectors.opened(credential=credential)
    plain = (salt or opened.salt) + (digest or opened.digest) + (document or opened.document)
    rows(credential.issuer).filter(pk=credential.pk).update(
        sealed=envelope.encrypt(
            plain,
            dek=learners.data_key(learner=credential.learner),
            nonce=bytes(12),
            associated=selectors.sealing_context(uuid=credential.uuid),
        )
    )


def submit(key, *, to, data):
    """Send a transaction of an account, past everything that writes it down."""
    chain, signer = factories.memory_chain(), LocalSigner(bytes.fromhex(key))
    nonce = chain.nonce(signer.address, "latest")
    sent = signer.sign(
        Unsigned(
            chain_id=chain.number,
            nonce=nonce,
            to=to,
            data=data,
            gas=80_000,
            max_fee=10**9,
            max_tip=10**9,
        )
    )
    chain.send(sent.raw)
    chain.mine()
    sender, _made = Sender.objects.get_or_create(
        chain=chain.id, address=signer.address, defaults={"first_used_at": NOW}
    )
    return sender, nonce, sent


def write_down(sender, nonce, sent):
    Attempt.objects.create(
        sender=sender,
        nonce=nonce,
        raw=sent.raw,
        transaction=sent.hash,
        max_fee=1,
        max_tip=1,
        signed_at=NOW,
    )


# -- I1
def a_leaf_that_waited_is_gone(issuer):
    Commitment.objects.filter(batch=None).delete()


def a_batch_has_a_gap(issuer):
    last = Commitment.objects.filter(batch=first_batch()).latest("leaf_index")
    Commitment.objects.filter(pk=last.pk).update(leaf_index=9)


def a_batch_failed(issuer):
    Batch.objects.filter(pk=first_batch().pk).update(state="failed", failure="reverted")


def a_transaction_is_stuck(issuer):
    batch = first_batch()
    changes = {"state": "broadcast", "sealed_at": LONG_AGO, "manifest": "", "final_manifest": ""}
    Batch.objects.filter(pk=batch.pk).update(**changes)
    anchoring.write_missing_manifests()


def a_final_block_was_replaced_and_a_worker_saw_it(issuer):
    Batch.objects.filter(pk=first_batch().pk).update(failure="final block 7 was replaced")


# -- I2
def a_status_index_may_be_given_again(issuer):
    models.StatusList.objects.of(issuer).update(taken=bytes(16_384))


def a_status_list_is_another_issuers(issuer):
    sql(f'ALTER TABLE credentials_credential DROP CONSTRAINT "{FOREIGN_KEY}"')
    other = models.StatusList.objects.across_issuers().exclude(issuer=issuer).get()
    index = rows(other.issuer).get().status_index + 1
    rows(issuer).filter(pk=signed(issuer).pk).update(status_list=other, status_index=index)


def a_suspendable_credential_has_lost_its_place(issuer):
    models.Credential.objects.of(issuer).filter(suspended_at=None).update(
        suspension_list=None, suspension_index=None, reinstated_at=None
    )


def a_salt_is_another(issuer):
    reseal(signed(issuer), salt=bytes(32))


def a_document_says_something_else(issuer):
    credential = signed(issuer)
    text = selectors.opened(credential=credential).document
    reseal(credential, document=text.replace(b"Soudure", b"Chirurgie"))


def two_documents_changed_places(issuer):
    """With their leaves and salts: everything holds but the columns beside them."""
    pair = list(rows(issuer).filter(state="signed").select_related("learner").order_by("id")[:2])
    opened = [selectors.opened(credential=each) for each in pair]
    leaves = [bytes(each.leaf) for each in pair]
    rows(issuer).filter(pk=pair[0].pk).update(leaf=bytes(32))
    for credential, other, leaf in zip(reversed(pair), opened, leaves, strict=True):
        reseal(credential, salt=other.salt, digest=other.digest, document=other.document)
        rows(issuer).filter(pk=credential.pk).update(leaf=leaf)


def sealed_bytes_are_another_rows(issuer):
    first = rows(issuer).earliest("id")
    rows(issuer).filter(pk=signed(issuer).pk).update(sealed=first.sealed)


def a_signature_is_of_nobody(issuer):
    """Digest and leaf agree with the document, and the signature does not."""
    credential = signed(issuer)
    document = canonical.loads(selectors.opened(credential=credential).document)
    document["proof"]["created"] = "2026-01-01T00:00:00Z"
    digest, salt = rdf.digest(document), bytes(range(32))
    before, after = bytes(credential.leaf), merkle.leaf(salt=salt, digest=digest)
    reseal(credential, salt=salt, digest=digest, document=canonical.dumps(document))
    rows(issuer).filter(pk=credential.pk).update(leaf=after)
    Commitment.objects.filter(leaf=before).update(leaf=after)


# -- I3
def a_stored_tree_has_a_flipped_bit(issuer):
    batch = Batch.objects.only("levels").get(pk=first_batch().pk)
    levels = bytearray(batch.levels)
    levels[40 * 3] ^= 1
    Batch.objects.filter(pk=batch.pk).update(levels=bytes(levels))


def two_leaves_changed_places(issuer):
    batch = first_batch()
    for before, after in ((0, 1000), (1, 0), (1000, 1)):
        Commitment.objects.filter(batch=batch, leaf_index=before).update(leaf_index=after)


def a_manifest_is_lost(issuer):
    next(live.MANIFEST_DIR.rglob("*.manifest")).unlink()


def a_manifest_has_a_flipped_bit(issuer):
    path = next(live.MANIFEST_DIR.rglob("*.manifest"))
    data = path.read_bytes()
    path.chmod(0o640)
    path.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))


def a_manifest_is_of_another_batch(issuer):
    one, other = Batch.objects.order_by("id")[:2]
    Batch.objects.filter(pk=one.pk).update(manifest=other.manifest)


def the_folder_of_manifests_is_not_there(issuer):
    live.MANIFEST_DIR.rename(live.MANIFEST_DIR.with_name("elsewhere"))


def a_final_batch_was_never_written(issuer):
    Batch.objects.update(finalized_at=AT - timedelta(hours=1), final_manifest="")


def a_batch_was_sent_without_a_manifest(issuer):
    Batch.objects.filter(pk=first_batch().pk).update(
        state="broadcast", manifest="", final_manifest=""
    )


def nobody_writes_manifests(issuer):
    Batch.objects.update(mined_at=AT - timedelta(hours=1), manifest="")


# -- I4
def the_chain_went_another_way(issuer):
    """Past what was final: the anchors return in other blocks."""
    chain = factories.memory_chain()
    chain.reorganise(16)
    chain.mine(8)


def the_chain_lost_an_anchor_for_good(issuer):
    chain = factories.memory_chain()
    chain.reorganise(len(chain._blocks) - 1, forget=True)


def a_node_says_that_less_is_final(issuer):
    factories.memory_chain().finality = 1000


# -- I5
def the_code_of_the_registry_is_another(issuer):
    class Replaced(MemoryChain):
        def code(self, address):
            held = super().code(address)
            return held + b"\x00" if held and address == registry.address() else held

    factories.memory_chain().__class__ = Replaced


def a_root_was_anchored_by_two_of_our_accounts(issuer):
    root = bytes(first_batch().root)
    write_down(*submit(f"{9:064x}", to=anchor.REGISTRY, data=root))


# -- I6
def the_chain_holds_an_anchor_that_no_batch_has(issuer):
    write_down(*submit(live.SUBMITTER_KEY, to=anchor.REGISTRY, data=b"\x07" * 32))


# -- I7
def somebody_else_used_our_key(issuer):
    submit(live.SUBMITTER_KEY, to="0x" + "99" * 20, data=b"")


def somebody_used_a_nonce_before_our_transaction(issuer):
    sender, nonce, sent = submit(live.SUBMITTER_KEY, to="0x" + "99" * 20, data=b"")
    write_down(sender, nonce, sent)
    Attempt.objects.filter(transaction=sent.hash).update(transaction="0x" + "77" * 32)


def a_transaction_was_never_written_down(issuer):
    batch = first_batch()
    Attempt.objects.filter(batch=batch).update(batch=None)


# -- I8
def revocations(issuer):
    return models.StatusList.objects.of(issuer).filter(purpose="revocation")


def a_revocation_is_not_in_the_bits(issuer):
    rows(issuer).filter(pk=signed(issuer).pk).update(revoked_at=AT, revocation_reason="Fraud")


def a_bit_is_set_for_nobody(issuer):
    found_list = revocations(issuer).get()
    bits = bytearray(found_list.bits)
    free = next(at for at, byte in enumerate(bits) if not byte)
    bits[free] = 0x80
    revocations(issuer).update(bits=bytes(bits))


def a_published_list_has_another_signature(issuer):
    found_list = revocations(issuer).get()
    document = json.loads(bytes(found_list.published))
    document["validUntil"] = "2036-01-01T00:00:00Z"
    revocations(issuer).update(published=canonical.dumps(document))


def a_published_list_was_rolled_back(issuer):
    revocations(issuer).update(version=1)


def a_list_was_never_published(issuer):
    revocations(issuer).update(published=None, published_at=None)


def a_list_is_not_renewed(issuer):
    revocations(issuer).update(published_at=AT - timedelta(hours=14))


def a_revocation_is_not_published(issuer):
    services.revoke(
        issuer=issuer,
        credential=signed(issuer),
        reason="Fraud",
        now=AT - timedelta(minutes=6),
    )


def a_published_list_is_no_list(issuer):
    revocations(issuer).update(published=b"[]")


def a_suspension_is_not_in_the_bits(issuer):
    suspendable(issuer).filter(suspended_at=None).update(suspended_at=AT, reinstated_at=None)


def an_endorsement_was_revoked_and_its_bit_is_clear(issuer):
    models.Endorsement.objects.across_issuers().update(revoked_at=AT)


def a_suspension_is_not_published(issuer):
    [credential] = suspendable(issuer).filter(suspended_at=None)
    services.suspend(
        issuer=issuer, credential=credential, reason="Doubt", now=AT - timedelta(minutes=6)
    )


def a_reinstatement_is_not_published(issuer):
    [credential] = suspendable(issuer).exclude(suspended_at=None)
    services.reinstate(issuer=issuer, credential=credential, now=AT - timedelta(minutes=6))


# -- I10
def nobody_signs(issuer):
    rows(issuer).filter(state="due").update(sign_after=AT - timedelta(hours=1))


def nobody_seals(issuer):
    Commitment.objects.filter(batch=None).update(committed_at=AT - timedelta(minutes=21))


def nobody_sends(issuer):
    anchoring.seal(now=AT + timedelta(hours=1))
    anchoring.write_missing_manifests()
    batch = Batch.objects.latest("id")
    Batch.objects.filter(pk=batch.pk).update(sealed_at=AT - timedelta(minutes=11), manifest="")
    anchoring.write_missing_manifests()


def a_leaf_is_nobodys(issuer):
    Commitment.objects.create(chain="eip155:1", leaf=b"\x05" * 32, committed_at=AT)


# -- I11
def an_award_was_issued_twice(issuer):
    sql("ALTER TABLE credentials_credential DROP CONSTRAINT one_credential_per_reference")
    first = rows(issuer).filter(state="due").get()
    first.pk, first.uuid, first.token = None, "0" * 31 + "1", "t" * 22
    first.save(force_insert=True)


def nothing_keeps_awards_unique(issuer):
    sql("ALTER TABLE credentials_credential DROP CONSTRAINT one_credential_per_reference")


# -- I12
def a_table_lost_its_wall(issuer):
    sql("ALTER TABLE learners_learner NO FORCE ROW LEVEL SECURITY")


def a_policy_lets_everybody_in(issuer):
    sql("ALTER POLICY wall_issuer ON learners_learner USING (true)")


def a_view_shows_everything(issuer):
    sql("CREATE VIEW everyone AS SELECT * FROM learners_learner")


CORRUPTIONS = {
    "I1": (
        a_leaf_that_waited_is_gone, a_batch_has_a_gap, a_batch_failed, a_transaction_is_stuck,
        a_final_block_was_replaced_and_a_worker_saw_it, histories.a_version_is_in_no_batch,
    ),
    "I2": (
        a_status_index_may_be_given_again, a_salt_is_another,
        a_suspendable_credential_has_lost_its_place,
        a_document_says_something_else, two_documents_changed_places,
        sealed_bytes_are_another_rows, a_signature_is_of_nobody,
        histories.a_past_version_was_rewritten, histories.a_list_of_the_past_was_exchanged,
        histories.a_salt_of_a_version_is_another,
    ),
    "I3": (
        a_stored_tree_has_a_flipped_bit, two_leaves_changed_places, a_manifest_is_lost,
        a_manifest_has_a_flipped_bit, a_manifest_is_of_another_batch,
        the_folder_of_manifests_is_not_there, a_final_batch_was_never_written,
        a_batch_was_sent_without_a_manifest, nobody_writes_manifests,
    ),
    "I4": (
        the_chain_went_another_way, the_chain_lost_an_anchor_for_good,
        a_node_says_that_less_is_final,
    ),
    "I5": (
        the_code_of_the_registry_is_another, a_root_was_anchored_by_two_of_our_accounts,
    ),
    "I6": (the_chain_holds_an_anchor_that_no_batch_has,),
    "I7": (
        somebody_else_used_our_key, somebody_used_a_nonce_before_our_transaction,
        a_transaction_was_never_written_down,
    ),
    "I8": (
        a_revocation_is_not_in_the_bits, a_bit_is_set_for_nobody,
        a_published_list_has_another_signature, a_published_list_was_rolled_back,
        a_list_was_never_published, a_list_is_not_renewed, a_revocation_is_not_published,
        a_published_list_is_no_list, a_suspension_is_not_in_the_bits,
        an_endorsement_was_revoked_and_its_bit_is_clear,
        a_suspension_is_not_published, a_reinstatement_is_not_published,
    ),
    "I9": (
        histories.a_theft_is_forgotten, histories.a_theft_is_moved_to_a_later_time,
        histories.a_key_that_ended_goes_on, histories.a_key_is_said_to_be_older,
        histories.a_credential_is_dated_after_its_anchor,
    ),
    "I10": (
        nobody_signs, nobody_seals, nobody_sends, a_leaf_is_nobodys,
        histories.a_version_was_never_stated, trails.nobody_does_what_was_ordered,
    ),
    "I11": (an_award_was_issued_twice, nothing_keeps_awards_unique),
    "I12": (a_table_lost_its_wall, a_policy_lets_everybody_in, a_view_shows_everything),
    "I15": trails.ACCIDENTS,
}  # fmt: skip
