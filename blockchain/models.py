"""Rows of the witness. It stores leaves only: no badge, no learner, no issuer.

docs/anchoring.md tells how a batch moves through its states, and what each state promises.
"""

from django.db import models
from django.db.models import F, Q
from django.db.models.lookups import Exact
from django.utils.translation import gettext_lazy as _

from blockchain.core import merkle
from blockchain.core.lanes import Lane


def _is_long(field: str, octets: int) -> Exact:
    length = models.Func(F(field), function="octet_length", output_field=models.IntegerField())
    return Exact(length, octets)


class Sender(models.Model):
    """An account that submits roots on one chain.

    Its row is the lease of the one writer: a nonce is chosen and a transaction signed only while
    the row is locked.
    """

    chain = models.CharField(_("chain"), max_length=41)  # CAIP-2
    address = models.CharField(_("address"), max_length=42)
    # Under which name its key was last used here; empty where all share it.
    signer = models.CharField(_("name of its key"), max_length=60, blank=True)
    paused = models.CharField(_("why it does not submit"), max_length=200, blank=True)
    paused_at = models.DateTimeField(_("since when"), null=True)
    first_used_at = models.DateTimeField(_("first used"))
    # Set where it never worked for us: the account of another installation, which anchored what an
    # organisation brought with it. Nobody here has its key, and what else it sends is not ours.
    arrived_at = models.DateTimeField(_("came with an organisation"), null=True, blank=True)
    # What a worker saw last, so that nobody who looks on must ask the chain.
    balance = models.DecimalField(
        _("balance, wei"), max_digits=40, decimal_places=0, null=True, blank=True
    )
    balance_at = models.DateTimeField(_("when it was seen"), null=True)

    class Meta:
        verbose_name = _("submitter")
        verbose_name_plural = _("submitters")
        constraints = [
            models.UniqueConstraint(fields=["chain", "address"], name="sender_is_unique"),
            models.CheckConstraint(
                condition=Q(address__regex=r"^0x[0-9a-f]{40}$"), name="sender_address_form"
            ),
        ]

    def __str__(self) -> str:
        return self.account

    @property
    def account(self) -> str:
        """Return the CAIP-10 account."""
        return f"{self.chain}:{self.address}"


class Sight(models.Model):
    """What a worker saw last of a chain. It decides nothing: it is for people who look on."""

    chain = models.CharField(_("chain"), max_length=41, unique=True)
    asked_at = models.DateTimeField(_("last asked"))
    answered_at = models.DateTimeField(_("last answered"), null=True)
    # Empty while it answers.
    trouble = models.CharField(_("why it did not answer"), max_length=200, blank=True)
    head = models.PositiveBigIntegerField(_("last block"), null=True)
    head_time = models.DateTimeField(_("time of the last block"), null=True)
    finalized = models.PositiveBigIntegerField(_("last final block"), null=True)

    class Meta:
        verbose_name = _("sight of a chain")
        verbose_name_plural = _("sights of chains")

    def __str__(self) -> str:
        return f"{self.chain} at {self.head}"


class State(models.TextChoices):
    """How far a batch has come. Leaves that wait for a batch are in none of these."""

    SEALED = "sealed", _("sealed")
    SIGNED = "signed", _("signed")
    BROADCAST = "broadcast", _("broadcast")
    MINED = "mined", _("in a block")
    CONFIRMED = "confirmed", _("confirmed")
    FINALIZED = "finalized", _("final")
    FAILED = "failed", _("failed")


# A transaction exists and may be mined at any moment; a nonce is taken.
IN_FLIGHT = (State.SIGNED, State.BROADCAST)
# The transaction is in a block that a reorganisation may still take away.
IN_BLOCK = (State.MINED, State.CONFIRMED)
PROVEN = (State.CONFIRMED, State.FINALIZED)
WITHOUT_MANIFEST = Q(manifest="") | Q(state="finalized", final_manifest="")


class BatchManager(models.Manager["Batch"]):
    """Leaves the tree in the database until it is asked for: 4 MB in the largest batches."""

    def get_queryset(self) -> models.QuerySet["Batch"]:
        return super().get_queryset().defer("levels")


class Batch(models.Model):
    """Leaves that were sealed together, and the one transaction that anchors their root.

    Every move is a compare-and-set on state and nonce (`services.batches.move`), so that two
    workers can never both make it.
    """

    chain = models.CharField(_("chain"), max_length=41)
    # With the chain, its lane: whose account submits it (see core.lanes). `sender` is who did.
    signer = models.CharField(_("name of the submitter's key"), max_length=60, blank=True)
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.SEALED)
    root = models.BinaryField(_("root"), max_length=32)
    tree_size = models.PositiveIntegerField(_("leaves"))
    # All levels one after the other, lowest first: a proof is 16 slices of it, never the whole.
    levels = models.BinaryField(_("tree"))

    sender = models.ForeignKey(
        Sender, models.PROTECT, null=True, related_name="batches", verbose_name=_("submitter")
    )
    nonce = models.PositiveBigIntegerField(_("nonce"), null=True)
    registry = models.CharField(_("registry"), max_length=42, blank=True)

    transaction = models.CharField(_("transaction"), max_length=66, blank=True)
    block_number = models.PositiveBigIntegerField(_("block"), null=True)
    block_hash = models.CharField(_("block hash"), max_length=66, blank=True)
    block_time = models.DateTimeField(_("time of the block"), null=True)
    gas_used = models.PositiveBigIntegerField(_("gas used"), null=True)
    gas_price = models.DecimalField(_("wei per gas"), max_digits=30, decimal_places=0, null=True)

    sealed_at = models.DateTimeField(_("sealed"))
    signed_at = models.DateTimeField(_("signed"), null=True)
    broadcast_at = models.DateTimeField(_("broadcast"), null=True)
    mined_at = models.DateTimeField(_("seen in a block"), null=True)
    confirmed_at = models.DateTimeField(_("confirmed"), null=True)
    finalized_at = models.DateTimeField(_("final"), null=True)
    failed_at = models.DateTimeField(_("failed"), null=True)
    failure = models.CharField(_("why it failed"), max_length=200, blank=True)
    reorganisations = models.PositiveIntegerField(_("reorganisations"), default=0)

    # Set where another installation sealed it: leaves in it may be of documents that are not here.
    arrived_at = models.DateTimeField(_("came with an organisation"), null=True, blank=True)

    # Names (SHA-256) of the files that hold this batch outside the database: see core.manifest.
    manifest = models.CharField(max_length=64, blank=True)
    final_manifest = models.CharField(max_length=64, blank=True)

    objects = BatchManager()

    class Meta:
        verbose_name = _("batch")
        verbose_name_plural = _("batches")
        indexes = [
            # The few batches that workers look for, among the many that are done.
            models.Index(
                fields=["chain", "nonce"],
                name="batch_unfinished",
                condition=Q(state__in=["sealed", "signed", "broadcast", "mined", "confirmed"]),
            ),
            # Serves `manifests.write_missing`: nearly always nothing.
            models.Index(fields=["id"], name="batch_without_manifest", condition=WITHOUT_MANIFEST),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=State.values), name="batch_state_known"),
            models.CheckConstraint(condition=_is_long("root", 32), name="batch_root_is_32_bytes"),
            models.CheckConstraint(
                condition=Q(tree_size__range=(1, merkle.MAX_LEAVES)), name="batch_size_in_bounds"
            ),
            # The same leaves may take several lanes at the same time, and have one root on each.
            models.UniqueConstraint(
                fields=["root", "chain", "signer"], name="batch_root_is_once_in_a_lane"
            ),
            # Two batches must never compete for one nonce.
            models.UniqueConstraint(fields=["sender", "nonce"], name="batch_nonce_is_its_own"),
            models.CheckConstraint(
                condition=Q(sender__isnull=True, nonce__isnull=True, registry="")
                | Q(sender__isnull=False, nonce__isnull=False) & ~Q(registry=""),
                name="batch_nonce_has_a_sender",
            ),
            models.CheckConstraint(
                condition=Q(state="sealed", nonce__isnull=True)
                | Q(state="failed")
                | ~Q(state__in=["sealed", "failed"]) & Q(nonce__isnull=False),
                name="batch_has_a_nonce_once_signed",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["mined", "confirmed", "finalized"])
                | Q(
                    transaction__regex=r"^0x[0-9a-f]{64}$",
                    block_number__isnull=False,
                    block_hash__regex=r"^0x[0-9a-f]{64}$",
                    block_time__isnull=False,
                ),
                name="batch_in_a_block_names_it",
            ),
        ]

    def __str__(self) -> str:
        return f"batch {bytes(self.root).hex()[:12]}… ({self.state})"

    @property
    def lane(self) -> Lane:
        """Return the way that it takes."""
        return Lane(self.chain, self.signer)


class Commitment(models.Model):
    """A leaf that was promised to be anchored, on one lane: it has a row for each of its lanes.

    Deleting a person leaves it: 32 unlinkable bytes.
    """

    leaf = models.BinaryField(_("leaf"), max_length=32)
    chain = models.CharField(_("chain"), max_length=41)
    signer = models.CharField(_("name of the submitter's key"), max_length=60, blank=True)
    batch = models.ForeignKey(
        Batch,
        models.PROTECT,
        null=True,
        related_name="commitments",
        verbose_name=_("batch"),
        db_index=False,
    )
    leaf_index = models.PositiveIntegerField(_("position in the batch"), null=True)
    committed_at = models.DateTimeField(_("committed"))

    class Meta:
        verbose_name = _("commitment")
        verbose_name_plural = _("commitments")
        indexes = [
            # Serves `seal`: what waits in each lane, oldest first.
            models.Index(
                fields=["chain", "signer", "id"],
                name="commitment_waits",
                condition=Q(batch__isnull=True),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=_is_long("leaf", 32), name="commitment_leaf_is_32_bytes"
            ),
            models.UniqueConstraint(
                fields=["leaf", "chain", "signer"], name="commitment_is_once_in_a_lane"
            ),
            models.CheckConstraint(
                condition=Q(chain__regex=r"^eip155:[1-9][0-9]*$"), name="commitment_has_a_chain"
            ),
            models.UniqueConstraint(
                fields=["batch", "leaf_index"],
                name="commitment_position_is_its_own",
                condition=Q(batch__isnull=False),
            ),
            models.CheckConstraint(
                condition=Q(batch__isnull=True, leaf_index__isnull=True)
                | Q(batch__isnull=False, leaf_index__isnull=False),
                name="commitment_in_a_batch_has_a_position",
            ),
        ]

    def __str__(self) -> str:
        return f"leaf {bytes(self.leaf).hex()[:12]}…"


class Attempt(models.Model):
    """A signed transaction, written down before its first byte is sent.

    Attempts of one batch share its nonce, so that at most one of them can ever be mined. An attempt
    without a batch fills a gap of nonces or deployed the registry. Attempts are never deleted:
    every transaction of ours on the chain must be found here.
    """

    sender = models.ForeignKey(
        Sender, models.PROTECT, related_name="attempts", verbose_name=_("submitter")
    )
    batch = models.ForeignKey(
        Batch, models.PROTECT, null=True, related_name="attempts", verbose_name=_("batch")
    )
    nonce = models.PositiveBigIntegerField(_("nonce"))
    raw = models.BinaryField(_("signed transaction"))
    transaction = models.CharField(_("transaction"), max_length=66, unique=True)
    max_fee = models.DecimalField(_("highest price, wei per gas"), max_digits=30, decimal_places=0)
    max_tip = models.DecimalField(_("highest tip, wei per gas"), max_digits=30, decimal_places=0)
    signed_at = models.DateTimeField(_("signed"))
    # Null again after a reorganisation: it is then due to be sent at once.
    sent_at = models.DateTimeField(_("last sent"), null=True)
    sends = models.PositiveIntegerField(_("times sent"), default=0)
    answer = models.CharField(_("what the node said last"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("attempt")
        verbose_name_plural = _("attempts")
        indexes = [models.Index(fields=["sender", "nonce"], name="attempt_nonce")]
        constraints = [
            models.CheckConstraint(
                condition=Q(transaction__regex=r"^0x[0-9a-f]{64}$"), name="attempt_hash_form"
            ),
        ]

    def __str__(self) -> str:
        return f"attempt {self.transaction[:14]}… (nonce {self.nonce})"
