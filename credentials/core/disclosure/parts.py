"""What of a badge its learner may hide, and what never.

A reader must know who speaks, of what achievement, since when, until when, and where to ask whether
it still stands; so those are mandatory, and with them everything that is not listed below. What may
be hidden is what is said of the learner alone.

    of the credential   when it was awarded, evidence, endorsements
    of the subject      each identity hash, results, dates of activity, credits, number of the
                        licence, narrative, role, term, who assessed

A part does not bear the name of its whole: that is an address, and whoever has it reads everything.
Not hidden by any of it: the name that stands instead, the issuer, the place on the status list. By
these, two parts of one badge are known to belong together, and the issuer knows to which badge.

Sources: Open Badges 3.0 appendix B; Data Integrity ECDSA Cryptosuites 1.0 section 6 (privacy).
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from badges.core import vocabulary

# Part -> the members that it is made of.
_OF_CREDENTIAL: Mapping[str, tuple[str, ...]] = {
    "awarded": ("awardedDate",),
    # The files of evidence are named there too, at addresses where they can be read.
    "evidence": ("evidence", "relatedResource"),
    "endorsements": ("endorsement", "endorsementJwt"),
}
_OF_SUBJECT: Mapping[str, tuple[str, ...]] = {
    "results": ("result",),
    "activity": ("activityStartDate", "activityEndDate"),
    "credits": ("creditsEarned",),
    "license": ("licenseNumber",),
    "narrative": ("narrative",),
    "role": ("role",),
    "term": ("term",),
    "source": ("source",),
}
IDENTITY = "identity"
_UNSAID = frozenset({"@context", "proof"})


class NotABadge(ValueError):  # noqa: N818 - it says what is wrong
    """The document is not a badge about one subject, so it is not known what may be hidden."""


class UnknownPart(ValueError):  # noqa: N818 - it says what is wrong
    """The badge has no such part, or it is mandatory.

    Attributes:
        name: what was asked for.
    """

    def __init__(self, name: str) -> None:
        """Keep the name."""
        super().__init__(f"this badge has no part {name[:80]!r} that could be hidden")
        self.name = name


class Anonymous(ValueError):  # noqa: N818 - it says what is wrong
    """All that says whom the badge is about would be hidden: nobody could tell whose it is."""


@dataclass(frozen=True, slots=True)
class Part:
    """Something that is shown or hidden as one.

    Attributes:
        name: stable word; for identities, `identity-` and the type of the identity.
        pointers: JSON pointers of what it is made of.
        values: what stands there, for whoever decides.
    """

    name: str
    pointers: tuple[str, ...]
    values: tuple[Any, ...]


def parts(document: Mapping[str, Any]) -> tuple[Part, ...]:
    """Return the parts of a badge that may be hidden, in the order of the module's docstring.

    Args:
        document: a badge, with or without its proof.

    Raises:
        NotABadge: it is something else, or about several subjects.
    """
    subject = _subject(document)
    return (
        *_identities(subject),
        *_members(document, "", _OF_CREDENTIAL),
        *_members(subject, "/credentialSubject", _OF_SUBJECT),
    )


def mandatory(document: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the JSON pointers of what is never hidden: everything that is in no part.

    Args:
        document: a badge, with or without its proof.

    Raises:
        NotABadge: it is something else, or about several subjects.
    """
    subject = _subject(document)
    free = {pointer for part in parts(document) for pointer in part.pointers}
    pointers = [
        *(f"/{_escape(name)}" for name in document if name not in {*_UNSAID, "credentialSubject"}),
        *(f"/credentialSubject/{_escape(name)}" for name in subject if name != "identifier"),
    ]
    return tuple(pointer for pointer in pointers if pointer not in free)


def under(document: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Return a badge as it is signed to be shown in part: under another name, without its proof.

    Its own name is an address that leads to the whole, and so does that of its refreshService.

    Args:
        document: a badge, with or without its proof.
        name: a URI that leads nowhere.
    """
    left_out = {"proof", "refreshService"}
    said = {member: value for member, value in document.items() if member not in left_out}
    return {**said, "id": name}


def shown(document: Mapping[str, Any], hidden: Collection[str]) -> tuple[str, ...]:
    """Return the JSON pointers of what is shown besides what is mandatory.

    Args:
        document: a badge, with or without its proof.
        hidden: names of the parts to hide.

    Raises:
        NotABadge: it is something else, or about several subjects.
        UnknownPart: it has no part of that name.
        Anonymous: nothing would say whom it is about.
    """
    found = parts(document)
    names = {part.name for part in found}
    for name in hidden:
        if name not in names:
            raise UnknownPart(name)
    kept = [part for part in found if part.name not in hidden]
    if "id" not in _subject(document) and not any(_is_identity(part) for part in kept):
        raise Anonymous("one of the identities stays: a badge says whom it is about")
    return tuple(pointer for part in kept for pointer in part.pointers)


def _is_identity(part: Part) -> bool:
    return part.name.startswith(f"{IDENTITY}-")


def _subject(document: Mapping[str, Any]) -> Mapping[str, Any]:
    types, subject = document.get("type"), document.get("credentialSubject")
    if (
        not isinstance(types, list)
        or vocabulary.OPEN_BADGE_CREDENTIAL not in types
        or not isinstance(subject, Mapping)
    ):
        raise NotABadge("only of a badge about one subject is it known what may be hidden")
    return subject


def _identities(subject: Mapping[str, Any]) -> Iterable[Part]:
    found: dict[str, list[tuple[str, Any]]] = {}
    listed = subject.get("identifier")
    for index, item in enumerate(listed if isinstance(listed, list) else ()):
        if isinstance(item, Mapping):
            name = f"{IDENTITY}-{item.get('identityType')}"
            found.setdefault(name, []).append((f"/credentialSubject/identifier/{index}", item))
    for name, places in found.items():
        pointers, values = zip(*places, strict=True)
        yield Part(name, pointers, values)


def _members(
    owner: Mapping[str, Any], pointer: str, known: Mapping[str, tuple[str, ...]]
) -> Iterable[Part]:
    for name, members in known.items():
        there = [member for member in members if member in owner]
        if there:
            pointers = tuple(f"{pointer}/{member}" for member in there)
            yield Part(name, pointers, tuple(owner[member] for member in there))


def _escape(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")
