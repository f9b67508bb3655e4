"""What the badges of a transcript count towards: written into it, and read from one.

A *bloc de compétences* is an achievement of its own, part of a certification; the badge that
attests it is its exact match. A block that nobody attests is in the transcript all the same, so
that a reader sees what is missing. All blocks together are not the certification: its certifier
alone can award that.

Source: Comprehensive Learner Record 2.0, data models ClrSubject and Association; article L6113-1 of
the code du travail.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from badges.core import frameworks, transcripts
from badges.core.document import Achievement, achievement_document
from credentials.core.clr import Association

PART, MATCH = "isPartOf", "exactMatchOf"
_PART_OF, _WHOLE_OF = (PART, "isChildOf"), ("isParentOf",)
# As long as a title may be in a document of ours.
MAX_TEXT = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A certification or one of its blocks.

    Attributes:
        id: the address by which associations name it.
        code: such as RNCP38596 or RNCP38596BC02.
        title: as registered.
        url: where it is described; empty where nobody says.
    """

    id: str
    code: str
    title: str
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Certification:
    """A certification, all its blocks in order, and which achievements attest them.

    Attributes:
        entry: the certification itself.
        blocks: its blocks.
        attested: pairs of the id of an achievement of the transcript and the id of its block.
    """

    entry: Entry
    blocks: Sequence[Entry]
    attested: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a whole; `held_by` are the ids of the credentials that attest it."""

    id: str
    code: str
    name: str
    held_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Whole:
    """What parts make up."""

    id: str
    code: str
    name: str
    parts: tuple[Part, ...]


def achievements(
    certifications: Sequence[Certification], *, language: str
) -> tuple[dict[str, Any], ...]:
    """Write certifications and blocks as Achievements, which a transcript lists without awarding.

    Args:
        certifications: in the order in which they shall be read.
        language: of their titles, such as fr.

    Raises:
        NonConformant: a title or an address cannot be written.

    Source: Comprehensive Learner Record 2.0, ClrSubject.achievement.
    """
    written = []
    for each in certifications:
        whole = f"{each.entry.code} {each.entry.title}"
        written.append(_achievement(each.entry, whole, "Certification", language))
        written.extend(
            _achievement(block, whole, frameworks.BLOC_TYPE, language) for block in each.blocks
        )
    return tuple(written)


def associations(certifications: Sequence[Certification]) -> tuple[Association, ...]:
    """Write that blocks are parts of their certification, and which achievements attest them.

    Source: Comprehensive Learner Record 2.0, data model Association.
    """
    return tuple(
        association
        for each in certifications
        for association in (
            *(Association(PART, block.id, each.entry.id) for block in each.blocks),
            *(Association(MATCH, achievement, block) for achievement, block in each.attested),
        )
    )


def _achievement(entry: Entry, whole: str, kind: str, language: str) -> dict[str, Any]:
    return achievement_document(
        Achievement(
            id=entry.id,
            name=entry.title,
            description=whole,
            criteria_id=entry.url or None,
            criteria_narrative=None if entry.url else whole,
            achievement_type=kind,
            human_code=entry.code,
            in_language=language,
        )
    )


# -- Reading ---------------------------------------------------------------------------------------


def badges(document: Mapping[str, Any]) -> tuple[Mapping[str, Any], ...]:
    """Return the badges within a transcript, of whatever shape; at most MAX_CREDENTIALS."""
    items = _items(_subject(document).get("verifiableCredential"))
    return tuple(items)[: transcripts.MAX_CREDENTIALS]


def wholes(document: Mapping[str, Any]) -> tuple[Whole, ...]:
    """Return what a transcript says that its badges count towards, in its order.

    Args:
        document: a ClrCredential of anybody, of whatever shape: what cannot be read is left out.

    Source: Comprehensive Learner Record 2.0, data model Association.
    """
    awarded: dict[str, list[str]] = {}
    known: dict[str, Mapping[str, Any]] = {}
    for each in badges(document):
        achievement = _subject(each).get("achievement")
        if isinstance(achievement, Mapping):
            name = _text(achievement, "id")
            known[name] = achievement
            awarded.setdefault(name, []).append(_text(each, "id"))
    for achievement in _items(_subject(document).get("achievement")):
        known.setdefault(_text(achievement, "id"), achievement)
    parts_of: dict[str, list[str]] = {}
    held = {name: list(by) for name, by in awarded.items()}
    for kind, source, target in _links(document):
        if kind in _PART_OF:
            parts_of.setdefault(target, []).append(source)
        elif kind in _WHOLE_OF:
            parts_of.setdefault(source, []).append(target)
        elif kind == MATCH:
            # It holds in both directions; only one of the two is awarded.
            held.setdefault(target, []).extend(awarded.get(source, ()))
            held.setdefault(source, []).extend(awarded.get(target, ()))
    return tuple(
        Whole(
            whole,
            _text(known[whole], "humanCode"),
            _text(known[whole], "name"),
            tuple(
                Part(
                    part,
                    _text(known[part], "humanCode"),
                    _text(known[part], "name"),
                    tuple(dict.fromkeys(held.get(part, ()))),
                )
                for part in dict.fromkeys(parts)
                if part in known
            ),
        )
        for whole, parts in parts_of.items()
        if whole in known
    )


def _links(document: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    found = list(_items(_subject(document).get("association")))
    for each in found[: transcripts.MAX_ASSOCIATIONS]:
        yield _text(each, "associationType"), _text(each, "sourceId"), _text(each, "targetId")


def _subject(document: Mapping[str, Any]) -> Mapping[str, Any]:
    subject = document.get("credentialSubject")
    return subject if isinstance(subject, Mapping) else {}


def _items(value: object) -> Iterator[Mapping[str, Any]]:
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, Mapping):
            yield item


def _text(members: Mapping[str, Any], name: str) -> str:
    value = members.get(name)
    return value[:MAX_TEXT] if isinstance(value, str) else ""
