"""Endorsements in a credential: each a credential of somebody else, checked by itself.

What others say of a badge, of its issuer or of its achievement does not change whether the badge
itself holds: it is listed beside the verdict, with who says so and whether that is borne out.

Source: Open Badges 3.0 appendix B (EndorsementCredential) and section 9.1, last step.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from badges.core import endorsement
from credentials.core import given, members, verification
from credentials.core.report import Endorsement, Material, Outcome, Report, Unavailable

# Each costs a signature, a look-up and a place on the page.
MAX_ENDORSEMENTS = 5
_ORDER = ("conforms", "signed", "issuer", "about", "stands", "in_time")
_MAX_TEXT = 300


def found_in(document: Mapping[str, Any]) -> Iterator[tuple[str, str, Mapping[str, Any], str]]:
    """Yield the endorsements in a credential, the first MAX_ENDORSEMENTS.

    Each as: what it is in (credential, achievement or issuer), the id of that, the endorsement, and
    the token that it came in, if it came in one.
    """
    count = 0
    for place, holder in _holders(document):
        for each, token in _of(holder):
            if count == MAX_ENDORSEMENTS:
                return
            count += 1
            yield place, str(holder.get("id", "")), each, token


def examine(
    document: Mapping[str, Any], material: Material, now: datetime, *, without_graph: bool = False
) -> tuple[Endorsement, ...]:
    """Check each endorsement in a credential.

    Args:
        document: The credential, of anybody.
        material: What was gathered: the documents of those who endorse, and status lists.
        now: The instant of the verification.
        without_graph: Leave those that need a canonical form open, as in `verification.verify`.

    Source: Open Badges 3.0 section 9.1.
    """
    found = []
    for place, endorsed, each, token in found_in(document):
        name = members.issuer_id(each)
        known = Unavailable("DID document", "it was not looked for")
        own = replace(
            material,
            did_document=material.controllers.get(name, known),
            issuer_known=name in material.known_controllers,
            token=token,
            key_document=None,
            receipt=None,
            finding=None,
            anchor_required=False,
            identity=(),
        )
        report = verification.verify(each, own, now, without_graph=without_graph)
        outcome, reason = _judged(each, endorsed, report)
        issuer = each.get("issuer")
        said = issuer.get("name") if isinstance(issuer, Mapping) else None
        subject = each.get("credentialSubject")
        comment = subject.get("endorsementComment") if isinstance(subject, Mapping) else None
        found.append(
            Endorsement(
                of=place,
                by=_text(name),
                name=_text(said),
                comment=_text(comment),
                outcome=outcome,
                reason=reason,
            )
        )
    return tuple(found)


def _judged(each: Mapping[str, Any], endorsed: str, report: Report) -> tuple[Outcome, str]:
    """Return what the checks of an endorsement come to: the first that failed, or stayed open."""
    subject = each.get("credentialSubject")
    about = subject.get("id") if isinstance(subject, Mapping) else None
    checks = {check.name: (check.outcome, check.reason) for check in report.checks}
    if endorsement.problems(each):
        checks["conforms"] = (Outcome.FAILED, "nonconformant")
    else:
        checks["conforms"] = (Outcome.PASSED, "conforms")
    if about != endorsed or not endorsed:
        checks["about"] = (Outcome.FAILED, "about_another")
    for wanted in (Outcome.FAILED, Outcome.INCONCLUSIVE):
        for name in _ORDER:
            if checks[name][0] is wanted:
                return checks[name]
    return Outcome.PASSED, "endorsed"


def _holders(document: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    yield "credential", document
    subject = document.get("credentialSubject")
    achievement = subject.get("achievement") if isinstance(subject, Mapping) else None
    if isinstance(achievement, Mapping):
        yield "achievement", achievement
    issuer = document.get("issuer")
    if isinstance(issuer, Mapping):
        yield "issuer", issuer


def _of(holder: Mapping[str, Any]) -> Iterator[tuple[Mapping[str, Any], str]]:
    embedded, tokens = holder.get("endorsement"), holder.get("endorsementJwt")
    for each in embedded if isinstance(embedded, list) else [embedded]:
        if isinstance(each, Mapping):
            yield each, ""
    for each in tokens if isinstance(tokens, list) else [tokens]:
        if isinstance(each, str):
            try:
                yield given.payload(each), each
            except given.Unreadable:
                yield {}, each


def _text(value: object) -> str:
    return value[:_MAX_TEXT] if isinstance(value, str) else ""
