"""Deploy the registry: once per chain, by anybody, at the same address everywhere."""

import logging
import time
from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from blockchain import chains
from blockchain.chains import registry as anchor_registry
from blockchain.chains.interface import Chain, EvmSigner, Unavailable
from blockchain.core import anchor
from blockchain.core.lanes import Lane
from blockchain.models import Sender
from blockchain.services import attempts, submitter

GAS_LIMIT = 300_000  # measured: 112,714
# Chains where an unlocked account of the node may pay. Elsewhere a node with unlocked accounts is
# somebody's wallet, and not ours to spend.
DEVELOPMENT_CHAINS = frozenset({1337, 31337, 131_277_322_940_537})
ALLOWANCE = 10**19
PATIENCE_SECONDS = 180

log = logging.getLogger(__name__)


class RegistryMismatch(Exception):  # noqa: N818 - it says what is wrong
    """Other code than the registry's is at its address."""


def deploy_registry(
    *, now: datetime, wait: Callable[[float], None] = time.sleep, lane: Lane | None = None
) -> str:
    """See to it that the registry is on the chain, and return its address.

    What is there already is left alone, so it may be called at every start. On a development chain
    an unlocked account of the node pays, gives the submitter something to spend, and puts the
    deterministic deployment proxy in place; elsewhere the submitter pays and the proxy must exist.

    Args:
        now: The instant of the submitter's first use.
        wait: How to let a second pass between two looks at the chain.
        lane: On which chain, and with whose account; the first lane, if none is named.

    Raises:
        NoSubmitter: this process was given no key.
        RegistryMismatch: something else is at the address.
        Unavailable: the chain does not answer, or did not take the transaction in three minutes.
    """
    lane = lane or submitter.first_lane()
    chain, signer = chains.get_chain(lane.chain), submitter.require_signer(lane)
    chain.check()
    sender = submitter.register(lane=lane, signer=signer, now=now)
    purse = _purse(chain)
    if purse is not None and chain.balance(signer.address) < ALLOWANCE // 10:
        chain.send_unlocked(sender=purse, to=signer.address, value=ALLOWANCE, data=b"")
        _until(lambda: chain.balance(signer.address) >= ALLOWANCE // 10, "the allowance", wait)
    if _is_there(chain):
        return anchor.REGISTRY
    _require_proxy(chain, purse, wait)
    if purse is not None:
        chain.send_unlocked(
            sender=purse, to=anchor_registry.PROXY, value=0, data=anchor_registry.deployment()
        )
    else:
        _deploy_as_submitter(chain, signer, sender, now)
    _until(lambda: _is_there(chain), "the registry", wait)
    log.info("the registry is at %s on %s", anchor.REGISTRY, chain.id)
    return anchor.REGISTRY


def _is_there(chain: Chain) -> bool:
    code = chain.code(anchor.REGISTRY)
    if code and code != anchor_registry.artefact().runtime:
        raise RegistryMismatch(f"{anchor.REGISTRY} on {chain.id} holds other code")
    return bool(code)


def _purse(chain: Chain) -> str | None:
    """Return an account that the node of a development chain signs for."""
    if chain.number not in DEVELOPMENT_CHAINS:
        return None
    accounts = chain.unlocked()
    return accounts[0] if accounts else None


def _require_proxy(chain: Chain, purse: str | None, wait: Callable[[float], None]) -> None:
    if chain.code(anchor_registry.PROXY):
        return
    if purse is None:
        raise Unavailable(
            f"{chain.id} has no deterministic deployment proxy at {anchor_registry.PROXY}"
        )
    deployer = anchor_registry.PROXY_DEPLOYER
    cost = anchor_registry.PROXY_DEPLOYMENT_COST
    if chain.balance(deployer) < cost:
        chain.send_unlocked(sender=purse, to=deployer, value=cost, data=b"")
        _until(lambda: chain.balance(deployer) >= cost, "the proxy's cost", wait)
    answer = chain.send(anchor_registry.PROXY_DEPLOYMENT)
    _until(lambda: bool(chain.code(anchor_registry.PROXY)), f"the proxy ({answer})", wait)


def _deploy_as_submitter(chain: Chain, signer: EvmSigner, sender: Sender, now: datetime) -> None:
    """Sign, store, send, as `broadcast` does; what an earlier call stored is sent again."""
    terms = chains.terms_of(chain.id)
    offered, chain_nonce = (
        attempts.offer(chain, cap=terms.fee_cap),
        chain.nonce(sender.address, "latest"),
    )
    if offered is None:
        raise Unavailable(f"gas costs more than {terms.fee_cap_name} allows")
    with transaction.atomic():
        submitter.lease(sender)
        attempt = attempts.without_batch(sender, chain_nonce).first() or attempts.store(
            unsigned=attempts.prepare(
                chain=chain,
                nonce=attempts.free_nonce(sender, chain_nonce),
                to=anchor_registry.PROXY,
                data=anchor_registry.deployment(),
                gas=GAS_LIMIT,
                offered=offered,
            ),
            signer=signer,
            sender=sender,
            batch=None,
            now=now,
        )
    attempts.send(chain=chain, attempt=attempt, now=now)


def _until(done: Callable[[], bool], what: str, wait: Callable[[float], None]) -> None:
    for _second in range(PATIENCE_SECONDS):
        if done():
            return
        wait(1.0)
    raise Unavailable(f"{what} did not arrive in {PATIENCE_SECONDS} seconds")
