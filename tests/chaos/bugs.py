"""The bugs that are planted: for each, the function, a line of it, and what one might write."""

from typing import Any

from tests.chaos.mutants import Change, Mutant

SENDING = "blockchain.services.attempts"
BROADCASTING = "blockchain.services.broadcasting"
FOLLOWING = "blockchain.services.following"
EVM = "blockchain.chains.evm"


def _mutant(name: str, *changes: tuple[str, str, str, str], **more: Any) -> Mutant:
    return Mutant(name, tuple(Change(*change) for change in changes), **more)


ALL: tuple[Mutant, ...] = (
    # -- The order of things -----------------------------------------------------------------------
    _mutant(
        "sent before it is stored",
        (
            SENDING, "store",
            "signed = signer.sign(unsigned)\n",
            (
                "signed = signer.sign(unsigned)\n"
                "    from blockchain import chains; chains.get_chain().send(signed.raw)\n"
            ),
        ),
    ),
    _mutant(
        "sent before its manifest is written",
        (BROADCASTING, "_sign", "if not manifests.secure(batch=batch):", "if False:"),
        (
            BROADCASTING, "_send_stored",
            "attempt is None or (not attempt.sends and not manifests.secure(batch=batch))",
            "attempt is None",
        ),
    ),
    _mutant(
        "leaf promised after the signing transaction",
        (
            "credentials.services.signing", "_sign_for_one_issuer",
            "anchoring.commit(leaves=leaves, lanes=signer.lanes, now=now)",
            (
                "transaction.on_commit(lambda leaves=leaves, lanes=signer.lanes:"
                " anchoring.commit(leaves=leaves, lanes=lanes, now=now))"
            ),
        ),
        best=(3,),
    ),
    _mutant(
        "resent with a new signature",
        (
            SENDING, "send",
            "answer = chain.send(bytes(attempt.raw))",
            (
                "from dataclasses import replace; from blockchain import chains;"
                " from blockchain.chains import raw; stored = raw.read(bytes(attempt.raw));"
                " answer = chain.send(chains.get_signer().sign("
                "replace(stored, max_fee=stored.max_fee + attempt.sends)).raw)"
            ),
        ),
    ),
    # -- Nonces ------------------------------------------------------------------------------------
    _mutant(
        "nonce asked of what waits",
        (
            EVM, "EvmChain.nonce",
            "at = self._as_agreed(tag)",
            'at = "pending" if tag == "latest" else self._as_agreed(tag)',
        ),
        survives_because=(
            "what it spoils, the rule about gaps mends; and anvil keeps no transaction whose fee is"
            " too low, so that what waits is never in the way of a dearer one"
        ),
    ),
    _mutant(
        "nonce counted in the database",
        (
            SENDING, "free_nonce",
            "nonce = chain_nonce\n",
            (
                'nonce = max(Attempt.objects.filter(sender=sender).values_list("nonce", flat=True),'
                " default=chain_nonce - 1) + 1\n"
            ),
        ),
        best=(3, 8, 11),
    ),
    _mutant(
        "nonce given up before the other use of it is final",
        (
            FOLLOWING, "_follow_each",
            'chain.nonce(address, "finalized")', 'chain.nonce(address, "latest")',
        ),
        best=(4, 9, 14, 19),
    ),
    _mutant(
        "nonce never given up",
        (
            FOLLOWING, "_decide_unseen",
            "return Step.GIVE_UP_NONCE if seen.anchored is None else Step.ADOPT",
            "return Step.NOTHING if seen.anchored is None else Step.ADOPT",
        ),
        best=(1,),
    ),
    _mutant(
        "gap of nonces not filled",
        (
            BROADCASTING, "_fill_gap",
            "    if not _has_gap(sender, chain_nonce):\n        return\n    with",
            "    return\n    with",
        ),
        best=(1, 6),
    ),
    _mutant(
        "dearer offer under the next nonce",
        (
            "blockchain.services.bumping", "_dearer",
            "return replace(stored, max_fee",
            "return replace(stored, nonce=stored.nonce + 1, max_fee",
        ),
        best=(2,),
    ),
    # -- Fees --------------------------------------------------------------------------------------
    _mutant(
        "cap of fees ignored",
        ("blockchain.core.terms", "Terms.fee_cap", "int(self.fee_cap_gwei * fees.GWEI)", "10**13"),
    ),
    _mutant(
        "never offers more",
        ("blockchain.services.bumping", "bump", "if dearer is None:", "if True:"),
        best=(2,),
    ),
    _mutant(
        "what was offered first is sent for ever",
        (
            BROADCASTING, "_send_stored",
            "attempts.of_batch(batch).last()", "attempts.of_batch(batch).first()",
        ),
        best=(2,),
    ),
    # -- Reorganisations and finality --------------------------------------------------------------
    _mutant(
        "reorganisation not noticed",
        (
            FOLLOWING, "_decide_unseen",
            "return Step.NOTHING if behind else Step.REJOIN_QUEUE",
            "return Step.NOTHING",
        ),
        best=(3,),
    ),
    _mutant(
        "confirmed at once",
        (FOLLOWING, "_decide_in_block", ">= confirmations", ">= 0"),
    ),
    _mutant(
        "final where it is confirmed",
        (
            FOLLOWING, "_decide_in_block",
            "if final and seen.anchored_finally == seen.anchored else Step.NOTHING",
            "",
        ),
    ),
    _mutant(
        "block hash not compared",
        (
            FOLLOWING, "decide",
            "batch.state in IN_FLIGHT or batch.block_hash != block.hash",
            "batch.state in IN_FLIGHT",
        ),
        best=(1, 3),
    ),
    _mutant(
        "broken finality not watched for",
        (
            "blockchain.services.watching", "_is_replaced",
            "block is not None and block.hash != batch.block_hash", "False",
        ),
        best=(0,),
    ),
    _mutant(
        "a held submitter goes on",
        (
            BROADCASTING, "_broadcast",
            "if not lanes or any(sender.paused in submitter.HELD for sender in paused):",
            "if not lanes:",
        ),
        best=(0,),
    ),
    # -- Nodes that lie ----------------------------------------------------------------------------
    _mutant(
        "disagreement about an anchor ignored",
        (
            EVM, "EvmChain.anchor_of",
            "any(answer != answers[0] for answer in answers)", "False",
        ),
        best=(1,),
    ),
    _mutant(
        "disagreement about a block ignored",
        (EVM, "_compared", "if len(set(hashes)) > 1:", "if False:"),
        best=(1,),
    ),
    _mutant(
        "final nonce believed of one node",
        (
            EVM, "EvmChain.nonce",
            "min(_answers(self._trusted, question))", "self._read(question)",
        ),
        best=(9,),
    ),
    # -- Several workers ---------------------------------------------------------------------------
    _mutant(
        "moves without comparing",
        (
            "blockchain.services.batches", "move",
            "pk=batch.pk, state=batch.state, nonce=batch.nonce, block_hash=batch.block_hash",
            "pk=batch.pk",
        ),
    ),
    _mutant(
        "awards signed without claiming them",
        (
            "credentials.services.signing", "_claim", ".select_for_update(skip_locked=True)", "",
        ),
        (
            "credentials.services.signing", "_write",
            "cursor.execute(_TAKE_OVER, said)",
            """cursor.execute(_TAKE_OVER.replace(" AND row.state = 'due'", ""), said)""",
        ),
    ),
    _mutant(
        "leaves sealed without claiming them",
        (
            "blockchain.services.sealing", "_claim",
            "cursor.execute(_CLAIM, ",
            'cursor.execute(_CLAIM.replace("FOR UPDATE SKIP LOCKED", ""), ',
        ),
        ("blockchain.services.sealing", "_assign", " AND batch_id IS NULL", ""),
        best=(3, 8, 13),
    ),
    # -- What is lost and found --------------------------------------------------------------------
    _mutant(
        "adopted without its bytes",
        ("blockchain.services.batches", "adopt", "_remember(batch, sender, known, now)", "pass"),
        best=(8, 3),
    ),
    _mutant(
        "rebuilt without its leaves",
        (
            "blockchain.services.rebuilding", "_Restoration.run",
            "placing.place(batch=batch, manifest=self.found),", "",
        ),
        best=(3, 8),
    ),
    _mutant(
        "promises everything again",
        (
            "credentials.services.recommitting", "_lost",
            "known, first = witnessed.lanes_of([leaf for leaf, _issuer, _at in chunk]), None",
            "known, first = {}, None",
        ),
        best=(3, 8),
    ),
    # -- Revocation --------------------------------------------------------------------------------
    _mutant(
        "revoked bit forgotten in the published list",
        (
            "credentials.services.revocation", "_publish_one",
            "bits=bytes(status_list.bits)", "bits=bytes(len(status_list.bits))",
        ),
    ),
    _mutant(
        "revocation does not ask to be published",
        ("credentials.services.status", "set_bits", "status_list.version += 1", "pass"),
    ),
)  # fmt: skip
