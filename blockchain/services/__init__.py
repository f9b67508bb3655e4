"""The verbs of the witness, and the only customer of its chains.

    commit      a leaf is promised: it will be anchored
    seal        leaves that waited long enough become a batch with a root
    manifests   the batch is written to a file, so that it outlives the database
    broadcast   the root is signed, written down, and sent
    follow      what became of it is read from the chain, until it is final
    retry       a batch that was stopped goes on, after a person has looked
    rebuild     a database that lost batches gets them back from the files
    unpack      a batch comes with an organisation, from another installation
    look        what a chain shows now is noted, for people who look on
    find        what the chain holds for somebody's anchor proof
    witness     the chain for an auditor, who only reads

docs/anchoring.md has the states and the invariant.
"""

from blockchain.chains.interface import Unavailable
from blockchain.core.lanes import Lane
from blockchain.services.broadcasting import broadcast
from blockchain.services.deployment import RegistryMismatch, deploy_registry
from blockchain.services.finding import find
from blockchain.services.following import follow
from blockchain.services.looking import look
from blockchain.services.manifests import content as manifest_content
from blockchain.services.manifests import keep as keep_manifest
from blockchain.services.manifests import write_lost as write_lost_manifests
from blockchain.services.manifests import write_missing as write_missing_manifests
from blockchain.services.rebuilding import Outcome as RebuildOutcome
from blockchain.services.rebuilding import Rebuilt, rebuild
from blockchain.services.retrying import NothingToRetry, retry
from blockchain.services.sealing import AlreadyCommitted, commit, seal
from blockchain.services.submitter import NoSubmitter, first_lane, submitter_account
from blockchain.services.unpacking import Arrival, Refused, Unpacked, unpack
from blockchain.services.witnessing import Witness, witness, witnesses

__all__ = [
    "AlreadyCommitted", "Arrival", "Lane", "NoSubmitter", "NothingToRetry", "RebuildOutcome",
    "Rebuilt", "Refused", "RegistryMismatch", "Unavailable", "Unpacked", "Witness", "broadcast",
    "commit", "deploy_registry", "find", "first_lane", "follow", "keep_manifest", "look",
    "manifest_content", "rebuild", "retry", "seal", "submitter_account", "unpack", "witness",
    "witnesses", "write_lost_manifests", "write_missing_manifests",
]  # fmt: skip
