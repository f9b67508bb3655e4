"""The words in which a verification speaks: checks, reports, and the material that they need.

Verification is what Open Badges 3.0 section 9 calls it: is it authentic, does it stand; not whether
what it says is true.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any, NamedTuple, TypeAlias

from blockchain.core import anchor
from credentials.core.recognition import Recognised


class Outcome(StrEnum):
    """What one check came to. Inconclusive is neither good news nor bad news."""

    PASSED = "passed"
    FAILED = "failed"
    INCONCLUSIVE = "inconclusive"
    NOT_APPLICABLE = "not_applicable"


class Verdict(StrEnum):
    """What all checks together came to."""

    VERIFIED = "verified"
    REFUTED = "refuted"
    INCONCLUSIVE = "inconclusive"


class Check(NamedTuple):
    """One line of the report: `reason` is a stable code.

    `detail` holds values for the words around it.
    """

    number: int
    name: str
    outcome: Outcome
    reason: str
    detail: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Endorsement:
    """What somebody else says of the badge, of its achievement or of its issuer.

    Attributes:
        of: credential, achievement or issuer.
        by: The id of who says it.
        name: What they call themselves.
        comment: What they say.
        outcome: Whether it holds.
        reason: A stable code.
    """

    of: str
    by: str
    name: str
    comment: str
    outcome: Outcome
    reason: str


@dataclass(frozen=True, slots=True)
class Report:
    """The checks in order, made at one instant; endorsements stand beside them, without a say."""

    checks: tuple[Check, ...]
    checked_at: datetime
    endorsements: tuple[Endorsement, ...] = ()

    @property
    def verdict(self) -> Verdict:
        """Say *verified* if every check that applies passed, *refuted* if one failed.

        Else *inconclusive*.
        """
        outcomes = {check.outcome for check in self.checks}
        if Outcome.FAILED in outcomes:
            return Verdict.REFUTED
        if Outcome.INCONCLUSIVE in outcomes:
            return Verdict.INCONCLUSIVE
        return Verdict.VERIFIED

    @property
    def decisive(self) -> Check | None:
        """Return the check that a reader must hear of first; None when verified.

        Tampering before revocation before expiry: a forged document must not be introduced as
        merely expired.
        """
        order = ("conforms", "signed", "issuer", "anchored", "stands", "about", "in_time")
        for outcome in (Outcome.FAILED, Outcome.INCONCLUSIVE):
            found = {check.name: check for check in self.checks if check.outcome is outcome}
            for name in order:
                if name in found:
                    return found[name]
        return None


@dataclass(frozen=True, slots=True)
class Unavailable:
    """Something that could not be had: `what` it is.

    And `reason` in a few words for the detail line.
    """

    what: str
    reason: str


@dataclass(frozen=True, slots=True)
class CheckedList:
    """A status list whose signature was checked, because thousands of credentials ask it.

    Attributes:
        document: The list, a credential.
        method: The name of the key that signed it.
        public_key: That key, 32 bytes: whether it was the issuer's is asked each time.
        created: When it says that it was signed.
        bits: What its `encodedList` holds.
    """

    document: Mapping[str, Any]
    method: str
    public_key: bytes
    created: datetime
    bits: bytes


FoundList: TypeAlias = Mapping[str, Any] | str | CheckedList | Unavailable


@dataclass(frozen=True, slots=True)
class Material:
    """Everything outside the document that the checks need; gathered by services.

    Each part found or Unavailable.

    Attributes:
        did_document: The issuer's DID document.
        token: The VC-JWT that holds the document; empty where the proof is in the document.
        key_document: What the address in the token's `kid` answered: one JWK.
        issuer_known: Whether this installation knows the issuer; an unknown issuer is never
            verified by default.
        status_lists: Status lists by the URL that the document names: a credential, its VC-JWT, a
            list whose signature was checked before, or the plain list of 1EdTech.
        controllers: The DID documents of those who endorse, by their names.
        known_controllers: Which of these this installation knows.
        whole: The badge of which the document shows a part, where it does and the whole is here.
        receipt: The anchor receipt; None where nobody has one (yet). Of the whole, where there is
            one.
        finding: What the chain holds for the receipt.
        rechecked: Whether the anchor is known to be in doubt: its block was final and was replaced.
        anchor_required: Whether a missing receipt leaves the verdict open (our own credentials) or
            not.
        confirmations: How deep an anchor must be.
        identity: Pairs of identity type and value, e.g. ("emailAddress", "awa@example.org"), to
            compare.
        recognised: What is known of the document beforehand; of no other than this very object.
    """

    did_document: Mapping[str, Any] | Unavailable
    token: str = ""
    key_document: Mapping[str, Any] | Unavailable | None = None
    issuer_known: bool = False
    status_lists: Mapping[str, FoundList] = field(default_factory=dict)
    controllers: Mapping[str, Mapping[str, Any] | Unavailable] = field(default_factory=dict)
    known_controllers: frozenset[str] = frozenset()
    whole: Mapping[str, Any] | None = None
    receipt: anchor.AnchorProof | Unavailable | None = None
    finding: anchor.Finding | Unavailable | None = None
    rechecked: bool = False
    anchor_required: bool = False
    confirmations: int = 1
    identity: tuple[tuple[str, str], ...] = ()
    recognised: Recognised | None = None

    def known_of(self, document: Mapping[str, Any]) -> Recognised | None:
        """Return what is known of a document beforehand, if it is the one that it is known of."""
        found = self.recognised
        return found if found is not None and found.document is document else None


# What one step of the walk answers: the outcome, a stable reason, values for the words around it.
Result = tuple[Outcome, str, dict[str, str]]
