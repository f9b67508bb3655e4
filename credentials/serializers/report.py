"""The report as JSON: the same numbers, outcomes and words as the page."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Any

from rest_framework import serializers

from blockchain.core import anchor
from credentials.serializers.transcripts import transcript_json

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from credentials.core.verification import Check
    from credentials.serializers.presentation import Presentation
    from issuers.selectors import ProvenDomain


class CheckSerializer(serializers.Serializer[Any]):
    """One line of the report."""

    number = serializers.IntegerField()
    name = serializers.CharField()
    outcome = serializers.CharField()
    reason = serializers.CharField()
    question = serializers.CharField()
    sentence = serializers.CharField()
    detail = serializers.DictField(child=serializers.CharField())


class EndorsementSerializer(serializers.Serializer[Any]):
    """Who speaks for the badge; whether it holds changes nothing in the verdict."""

    of = serializers.CharField()
    by = serializers.CharField()
    name = serializers.CharField()
    comment = serializers.CharField()
    outcome = serializers.CharField()
    reason = serializers.CharField()


class ReportSerializer(serializers.Serializer[Any]):
    """A report; no name and no address of a person is in it.

    `verdict` is verified, refuted or inconclusive; `state` says which kind of each; `title`,
    `summary`, `question` and `sentence` are words for people, in `language`, and may be reworded.
    `is_newer` says that the report is about a later version of the badge, which its issuer gave in
    answer to the one that was sent. Where the issuer replaced the badge by a corrected one, `state`
    is "corrected", and `correction` holds the `id` of the newest. A report on a transcript has
    `transcript` besides: its badges, and what those that stand count towards. Everything else is
    stable.
    """

    verdict = serializers.CharField()
    state = serializers.CharField()
    language = serializers.CharField()
    title = serializers.CharField()
    summary = serializers.CharField()
    checked_at = serializers.DateTimeField()
    edition = serializers.CharField()
    is_newer = serializers.BooleanField()
    credential = serializers.DictField()
    checks = CheckSerializer(many=True)
    receipt = serializers.JSONField(allow_null=True)
    endorsements = EndorsementSerializer(many=True)


def report_json(
    presentation: Presentation,
    checks: tuple[Check, ...],
    *,
    language: str,
    proven: Sequence[ProvenDomain] = (),
) -> dict[str, Any]:
    """Return the report as JSON members.

    Args:
        presentation: The words.
        checks: The checks that the words are about, in the same order.
        language: The language of the words.
        proven: The domains that the issuer proved here.
    """
    receipt = presentation.receipt
    lines = [
        {
            "number": check.number,
            "name": check.name,
            "outcome": check.outcome.value,
            "reason": check.reason,
            "question": line.question,
            "sentence": line.sentence,
            "detail": check.detail,
        }
        for check, line in zip(checks, presentation.lines, strict=True)
    ]
    transcript = presentation.transcript
    more = {"transcript": transcript_json(transcript)} if transcript is not None else {}
    if presentation.correction:
        more |= {"correction": {"id": presentation.correction}}
    return more | dict(
        ReportSerializer(
            {
                "verdict": presentation.verdict,
                "state": presentation.state.code,
                "language": language,
                "title": str(presentation.state.title),
                "summary": presentation.summary,
                "checked_at": presentation.checked_at,
                "edition": presentation.edition,
                "is_newer": presentation.is_newer,
                "credential": {
                    "id": presentation.id,
                    "name": presentation.badge.name,
                    "issuer": {
                        "id": presentation.issuer.id,
                        "name": presentation.issuer.name,
                        "domains": [_domain(each) for each in proven],
                    },
                },
                "checks": lines,
                "receipt": anchor.to_json(receipt) if receipt else None,
                "endorsements": [
                    {
                        "of": each.place,
                        "by": each.id,
                        "name": each.name,
                        "comment": each.comment,
                        "outcome": each.outcome.value,
                        "reason": each.reason,
                    }
                    for each in presentation.endorsers
                ],
            }
        ).data
    )


def _domain(proven: ProvenDomain) -> dict[str, str | None]:
    """Return what is known of a domain; `lapsed_at` is null while its proof stands."""
    return {
        "name": proven.name,
        "method": proven.method,
        "verified_at": _instant(proven.verified_at),
        "confirmed_at": _instant(proven.confirmed_at),
        "lapsed_at": _instant(proven.lapsed_at) if proven.lapsed_at else None,
    }


def _instant(value: datetime) -> str:
    return value.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
