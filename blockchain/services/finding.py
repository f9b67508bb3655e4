"""Find: ask the chain about an anchor proof, whoever it came from."""

from blockchain import chains
from blockchain.chains.interface import Chain, Unavailable
from blockchain.core import anchor


def find(*, proof: anchor.AnchorProof) -> anchor.Finding:
    """Return what the chain holds for `proof`; `anchor.verify` judges it.

    Args:
        proof: Parsed, not trusted: nothing that it says is copied into the answer.

    Raises:
        Unavailable: the chain is none of this installation's, or its nodes do not answer, or
            have not come as far as the proof.
    """
    chain = chains.get_chain(proof.chain)
    chain.check()
    head = chain.head()
    if head.number < proof.block_number:
        raise Unavailable(
            f"the node is at block {head.number}, the proof names {proof.block_number}"
        )
    block = chain.block(proof.block_number)
    anchored, final = _anchors(chain, proof)
    return anchor.Finding(
        anchored_at=anchored.time if anchored else None,
        block_number=anchored.block_number if anchored else None,
        finalized=anchored is not None and final == anchored,
        confirmations=head.number - proof.block_number + 1 if block else 0,
        transaction=_sent(chain, proof.transaction),
        block_hash=block.hash if block else None,
        block_time=block.time if block else None,
    )


def _anchors(
    chain: Chain, proof: anchor.AnchorProof
) -> tuple[chains.Anchored | None, chains.Anchored | None]:
    """Ask the registry at the head and at the last final block.

    Only a known registry is called: another contract could answer what it likes, and
    `anchor.verify` will refuse it anyway.
    """
    if proof.contract not in anchor.REGISTRIES:
        return None, None

    def anchored(tag: chains.Tag) -> chains.Anchored | None:
        return chain.anchor_of(
            registry=proof.contract, submitter=proof.submitter, root=proof.root, tag=tag
        )

    return anchored("latest"), anchored("finalized")


def _sent(chain: Chain, name: str) -> anchor.Sent | None:
    found = chain.transaction(name)
    if found is None:
        return None
    return anchor.Sent(
        sender=found.sender,
        recipient=found.recipient,
        data=found.data,
        block_hash=found.block_hash,
    )
