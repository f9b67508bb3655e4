"""What a signed document says of an award, as the plain values that `award.read` takes.

The way back: a correction says what the first award said, but for what was wrong.

Source: Open Badges 3.0 appendix B (AchievementSubject, Evidence, Result, Alignment).
"""

from collections.abc import Mapping
from typing import Any

_SUBJECT = {
    "credits_earned": "creditsEarned", "activity_start": "activityStartDate",
    "activity_end": "activityEndDate", "license_number": "licenseNumber",
    "narrative": "narrative", "role": "role", "term": "term",
}  # fmt: skip
_ALIGNMENT = {
    "target_name": "targetName", "target_url": "targetUrl",
    "target_framework": "targetFramework", "target_code": "targetCode",
    "target_type": "targetType", "target_description": "targetDescription",
}  # fmt: skip
_SRI = "sha384-"


def told(document: Mapping[str, Any], *, address: str) -> dict[str, Any]:
    """Return what a document of ours says of its award, without what is not said.

    Args:
        document: A credential as `document.open_badge_credential` wrote it.
        address: Of the achievement that was awarded; results lose it.

    Source: Open Badges 3.0 appendix B (AchievementSubject).
    """
    subject = document["credentialSubject"]
    values = {name: subject.get(member) for name, member in _SUBJECT.items()}
    values |= {
        "awarded_at": document.get("awardedDate"),
        "results": [_result(each, address) for each in subject.get("result", [])],
        "evidence": [
            {name: value for name, value in each.items() if name != "type"}
            for each in document.get("evidence", [])
        ],
        "source": _profile(subject.get("source")),
        "resources": [
            {
                "id": each["id"],
                "digest": str(each["digestSRI"]).removeprefix(_SRI),
                "media_type": each["mediaType"],
            }
            for each in document.get("relatedResource", [])
        ],
    }
    return _said(values)


def _result(result: Mapping[str, Any], address: str) -> dict[str, Any]:
    described = str(result["resultDescription"])
    level = result.get("achievedLevel")
    return _said(
        {
            "result": described.removeprefix(f"{address}#"),
            "value": result.get("value"),
            "level": level.removeprefix(f"{described}/") if level else None,
            "status": result.get("status"),
            "alignments": [
                _said({name: each.get(member) for name, member in _ALIGNMENT.items()})
                for each in result.get("alignment", [])
            ],
        }
    )


def _profile(profile: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if profile is None:
        return None
    values = {name: profile.get(name) for name in ("id", "name", "url", "email", "description")}
    values["image"] = profile.get("image", {}).get("id")
    values["country"] = profile.get("address", {}).get("addressCountry")
    return _said(values)


def _said(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value not in (None, [])}
