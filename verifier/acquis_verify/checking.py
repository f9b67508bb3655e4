"""Check: gather what the core asks for, let it decide, and tell what rests on the record alone.

Keys and accounts come from the issuer's DID document, else from its key history once the chain has
borne that out; never from who hands over the badge.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from acquis_verify import network
from blockchain.core import anchor
from credentials.core import canonical, members, standing, statements, verification
from credentials.core.report import Check, Material, Outcome, Report, Unavailable
from issuers.core import did

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from acquis_verify.dossiers import Dossier, Version

CONFIRMATIONS = 2


@dataclass(frozen=True, slots=True)
class Answer:
    """What was found.

    Attributes:
        report: The checks of the core.
        verdict: verified, recorded (true as far as the record goes), refuted or inconclusive.
        account: Who put the key history on record, where the verdict rests on it.
        said: What each node did.
    """

    report: Report
    verdict: str
    account: str
    said: tuple[str, ...]


class _Asker:
    """Asks nodes, each receipt once."""

    def __init__(self, nodes: Sequence[str]) -> None:
        self._nodes = nodes
        self._found: dict[anchor.AnchorProof, anchor.Finding | Unavailable] = {}
        self.said: list[str] = []

    def find(self, receipt: anchor.AnchorProof) -> anchor.Finding | Unavailable:
        if receipt not in self._found:
            self._found[receipt], said = network.find(self._nodes, receipt)
            self.said += [each for each in said if each not in self.said]
        return self._found[receipt]


def check(
    dossier: Dossier, *, nodes: Sequence[str], now: datetime, ask_issuer: bool = True
) -> Answer:
    """Verify a badge.

    Args:
        dossier: what somebody kept.
        nodes: addresses of nodes that the reader chose; none: the chain is not asked.
        now: the instant of the verification.
        ask_issuer: whether the issuer's own addresses are asked at all.
    """
    document, asker = dossier.document, _Asker(nodes)
    published = _issuer_document(document) if ask_issuer else _silence("it was not asked")
    account = ""
    if isinstance(published, Unavailable) and dossier.history is not None:
        stated = _stated(dossier.history, document, asker)
        if stated is not None:
            published = stated
            account = f"{dossier.history.receipt.chain}:{dossier.history.receipt.submitter}"
    receipt, finding = _best(dossier.receipts, asker)
    material = Material(
        did_document=published,
        issuer_known=True,
        status_lists=_lists(document) if ask_issuer else {},
        receipt=receipt,
        finding=finding,
        anchor_required=True,
        confirmations=CONFIRMATIONS,
    )
    report = verification.verify(document, material, now)
    report, rests_on_record = _as_last_stated(report, dossier, material, asker)
    verdict = report.verdict.value
    if verdict == "verified" and (account or rests_on_record):
        verdict = "recorded"
    return Answer(report, verdict, account, tuple(asker.said))


def _issuer_document(document: Mapping[str, Any]) -> Mapping[str, Any] | Unavailable:
    try:
        address = did.did_web_url(members.issuer_id(document))
    except did.DidError as error:
        return _silence(str(error))
    return network.fetch(address)


def _lists(document: Mapping[str, Any]) -> dict[str, Any]:
    addresses = map(members.status_address, members.status_entries(document)[:2])
    return {address: network.fetch(address) for address in addresses if address}


def _best(
    receipts: Sequence[anchor.AnchorProof], asker: _Asker
) -> tuple[anchor.AnchorProof | None, anchor.Finding | Unavailable | None]:
    """Return the first receipt whose chain answers; the first of all where none does."""
    for receipt in receipts:
        finding = asker.find(receipt)
        if not isinstance(finding, Unavailable):
            return receipt, finding
    return (receipts[0], asker.find(receipts[0])) if receipts else (None, None)


def _stated(
    history: Version, document: Mapping[str, Any], asker: _Asker
) -> Mapping[str, Any] | None:
    """Return the DID document that a key history stands for, if the chain holds it."""
    said = history.statement
    if said.get("type") != statements.KEY_HISTORY or not _is_of(said, document):
        return None
    try:
        accounts = [str(each["account"]) for each in said["submitters"]]
        methods = [
            {
                **{name: value for name, value in each.items() if name != "validFrom"},
                "type": "Multikey",
                "controller": said["issuer"],
            }
            for each in said["keys"]
            if "publicKeyMultibase" in each
        ]
    except (KeyError, TypeError, AttributeError):
        return None
    if not _holds(history, asker, accounts):
        return None
    return {
        "id": said["issuer"],
        "verificationMethod": methods,
        "assertionMethod": [each.get("id") for each in methods],
        "service": [
            {
                "id": f"{said['issuer']}{did.SUBMITTERS_FRAGMENT}",
                "type": did.SUBMITTERS_TYPE,
                "serviceEndpoint": accounts,
            }
        ],
    }


def _as_last_stated(
    report: Report, dossier: Dossier, material: Material, asker: _Asker
) -> tuple[Report, bool]:
    """Answer the fourth check from the record where the issuer's lists cannot be had."""
    stands = report.checks[3]
    if stands.outcome is not Outcome.INCONCLUSIVE or isinstance(material.did_document, Unavailable):
        return report, False
    document = dossier.document
    lists: dict[str, Mapping[str, Any]] = {}
    times = []
    for entry in members.status_entries(document):
        address = members.status_address(entry)
        version = dossier.versions.get(address)
        if version is None or version.published is None:
            return report, False
        if not _is_list(version, address, document, material, asker):
            return report, False
        lists[address] = version.published
        times.append(version.receipt.block_time)
    # What was published then is judged by the clock of the chain.
    result = standing.check(document, replace(material, status_lists=lists), min(times))
    outcome, reason, detail = result
    answered = Check(stands.number, stands.name, outcome, reason, {**detail, "on_record": "yes"})
    checks = (*report.checks[:3], answered, *report.checks[4:])
    return replace(report, checks=checks), outcome is not Outcome.INCONCLUSIVE


def _is_list(
    version: Version,
    address: str,
    document: Mapping[str, Any],
    material: Material,
    asker: _Asker,
) -> bool:
    said, published = version.statement, version.published
    if said.get("type") != statements.STATUS_LIST or not _is_of(said, document):
        return False
    if published is None or said.get("list") != address:
        return False
    if said.get("listDigest") != sha256(canonical.jcs(published)).hexdigest():
        return False
    try:
        accounts = did.submitters(material.did_document)  # type: ignore[arg-type] # asked before
    except did.DidError:
        return False
    return _holds(version, asker, accounts)


def _is_of(statement: Mapping[str, Any], document: Mapping[str, Any]) -> bool:
    return statement.get("issuer") == members.issuer_id(document)


def _holds(version: Version, asker: _Asker, accounts: Sequence[str]) -> bool:
    finding = asker.find(version.receipt)
    if isinstance(finding, Unavailable):
        return False
    try:
        statements.verify(
            version.statement,
            version.receipt,
            finding,
            submitters=accounts,
            confirmations=CONFIRMATIONS,
        )
    except (statements.StatementError, anchor.AnchorError, canonical.MalformedDocument):
        return False
    return True


def _silence(why: str) -> Unavailable:
    return Unavailable("DID document", why)
