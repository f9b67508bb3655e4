"""Put a credential into an SVG image (bake), and take it out again (unbake).

The element of the standard is inserted into the bytes of the file, right behind the root's tag; all
else stays as its author wrote it, prefixes and comments included.

Source: Open Badges 3.0 section 5.3.2 (baking into SVG); Open Badges Baking Specification 2.0.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from badges.core import markup
from badges.core.baking import MAX_TEXT_BYTES, BakingError, NoBadge

NAMESPACE = "https://purl.imsglobal.org/ob/v3p0"
NAMESPACE_V2 = "http://openbadges.org"
CREDENTIAL = f"{{{NAMESPACE}}}credential"
ASSERTION = f"{{{NAMESPACE_V2}}}assertion"

COMPACT_JWS = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")

_DECLARATION = b"xmlns:openbadges"
# These two are not written as they are in XML, and may only stand in the strings of a JSON text.
_ESCAPES = {"]]>": "]]\\u003e", "\ufffe": "\\ufffe", "\uffff": "\\uffff"}


@dataclass(frozen=True, slots=True)
class Badge:
    """What one badge element of an SVG holds.

    Attributes:
        name: CREDENTIAL or ASSERTION.
        verify: the attribute of that name: a compact JWS, or an address; None without it.
        body: the text of the element, without spaces around it.
    """

    name: str
    verify: str | None
    body: str


def bake(image: bytes, credential: str) -> bytes:
    """Return the SVG `image` with `credential` in it, and with no other badge.

    Args:
        image: an SVG in UTF-8, at most `markup.MAX_SVG_BYTES`.
        credential: the credential as JSON, or as a compact JWS; at most MAX_TEXT_BYTES in UTF-8.

    Raises:
        BakingError: the image is not such an SVG, or the text cannot be put into one.

    Source: Open Badges 3.0 section 5.3.2.1.
    """
    element = _element(credential)
    markup.require_utf8(image)
    found = _read(image)
    pieces = [*_root_with_prefix(image, found), element]
    position = found.root.end
    for start, end in found.places():
        pieces.append(image[position:start])
        position = end
    pieces.append(b"</" + found.root.name + b">" if found.root.is_empty else b"")
    pieces.append(image[position:])
    baked = b"".join(pieces)
    if len(baked) > markup.MAX_SVG_BYTES:
        raise BakingError(
            f"The SVG with its credential is larger than {markup.MAX_SVG_BYTES // 1_000_000} MB."
        )
    return baked


def unbake(image: bytes) -> str:
    """Return the credential that the SVG `image` holds: JSON, or a compact JWS.

    Args:
        image: an SVG of anybody's, at most `markup.MAX_SVG_BYTES`.

    Raises:
        BakingError: the image is not an SVG, cannot be read, or holds no credential.

    Source: Open Badges 3.0 section 5.3.2.2: the first element counts.
    """
    badges = _read(image, allow_doctype=True).badges
    for badge in badges:
        if badge.name == CREDENTIAL:
            return _require_text(badge.body if badge.verify is None else badge.verify.strip())
    older = " It holds an Open Badges 2.0 assertion, which is another format." if badges else ""
    raise NoBadge(f"The SVG holds no Open Badges 3.0 credential.{older}")


def badges(image: bytes) -> tuple[Badge, ...]:
    """Return what the badge elements of an SVG hold, of either edition, in their order.

    Args:
        image: an SVG of anybody's, at most `markup.MAX_SVG_BYTES`.

    Raises:
        BakingError: the image is not an SVG, or cannot be read.
    """
    return tuple(_read(image, allow_doctype=True).badges)


def without_badges(image: bytes) -> bytes:
    """Return the SVG `image` without its badge elements, of either edition.

    Args:
        image: an SVG in UTF-8, at most `markup.MAX_SVG_BYTES`.

    Raises:
        BakingError: the image is not such an SVG.
    """
    markup.require_utf8(image)
    pieces, position = [], 0
    for start, end in _read(image).places():
        pieces.append(image[position:start])
        position = end
    return b"".join((*pieces, image[position:]))


def writable_json(text: str) -> str:
    """Write a JSON text so that it can stand in a CDATA section, and say the same.

    Raises:
        BakingError: it holds a character that XML cannot have, and that no JSON text has.

    Source: XML 1.0 sections 2.2 and 2.7; RFC 8259 section 7.
    """
    for unwritable, escape in _ESCAPES.items():
        text = text.replace(unwritable, escape)
    if markup.UNWRITABLE.search(text):
        raise BakingError("The credential holds a control character, or half a character.")
    return text


@dataclass(slots=True)
class _Found:
    """What baking and unbaking need to know of an SVG."""

    image: bytes
    badges: list[Badge] = field(default_factory=list)
    # Where each badge has its start tag and its end tag, in the encoding of the file.
    offsets: list[tuple[int, int]] = field(default_factory=list)
    # Namespaces of what stays in the file: a prefix that they need must not change its meaning.
    used: set[str] = field(default_factory=set)
    opened: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    inside: tuple[str, str | None, int, int] | None = None
    root_at: int | None = None

    def start(self, name: str, attributes: Mapping[str, str], at: int) -> None:
        if self.root_at is None:
            self.root_at = at
        self.opened.append(name)
        if self.inside is None and name in (CREDENTIAL, ASSERTION):
            self.inside = (name, attributes.get("verify"), at, len(self.opened))
        elif self.inside is None:
            self.used |= {each[1:].partition("}")[0] for each in (name, *attributes) if "}" in each}

    def end(self, name: str, at: int) -> None:
        if self.inside is not None and self.inside[3] == len(self.opened):
            kind, verify, start, _ = self.inside
            self.badges.append(Badge(kind, verify, "".join(self.texts).strip()))
            self.offsets.append((start, at))
            self.inside, self.texts = None, []
        self.opened.pop()

    def text(self, data: str) -> None:
        if self.inside is not None:
            self.texts.append(data)

    def places(self) -> Iterator[tuple[int, int]]:
        """Tell where each badge begins and ends in a file in UTF-8."""
        for start, end_tag in self.offsets:
            tag = markup.start_tag(self.image, start)
            yield start, tag.end if tag.is_empty else self.image.index(b">", end_tag) + 1

    @property
    def root(self) -> markup.StartTag:
        """The tag of the root; there is one as soon as the reading came to its end."""
        return markup.start_tag(self.image, self.root_at or 0)


def _read(image: bytes, *, allow_doctype: bool = False) -> _Found:
    found = _Found(image)
    markup.read(image, found, allow_doctype=allow_doctype)
    return found


def _root_with_prefix(image: bytes, found: _Found) -> list[bytes]:
    """Return what comes before the element: the root's tag binds the prefix to the namespace.

    Raises:
        BakingError: something else in the file needs the prefix.
    """
    root = found.root
    start = found.root_at or 0
    end = image.rindex(b"/", start, root.end) if root.is_empty else root.end - 1
    if _DECLARATION not in root.values:
        declaration = b' %s="%s"' % (_DECLARATION, NAMESPACE.encode())
        return [image[: root.name_end], declaration, image[root.name_end : end], b">"]
    value_start, value_end = root.values[_DECLARATION]
    bound = image[value_start + 1 : value_end - 1].decode()
    if bound != NAMESPACE and (bound in found.used or "&" in bound):
        raise BakingError("The SVG uses the prefix openbadges for something else: rename it.")
    return [image[:value_start], b'"%s"' % NAMESPACE.encode(), image[value_end:end], b">"]


def _element(credential: str) -> bytes:
    """Write the element that holds a credential.

    Raises:
        BakingError: it is neither JSON nor a compact JWS, is too large, or cannot be written.
    """
    if COMPACT_JWS.fullmatch(credential):
        opening, body = f'<openbadges:credential verify="{credential}">', ""
    elif credential.lstrip(" \t\r\n").startswith("{"):
        opening, body = "<openbadges:credential>", f"<![CDATA[{writable_json(credential)}]]>"
    else:
        raise BakingError("The credential is neither a JSON object nor a compact JWS.")
    if len(credential.encode()) > MAX_TEXT_BYTES:
        raise BakingError(f"The credential is larger than {MAX_TEXT_BYTES // 1_000_000} MB.")
    return f"{opening}{body}</openbadges:credential>".encode()


def _require_text(text: str) -> str:
    if not text:
        raise BakingError("The SVG has a place for a credential, and nothing in it.")
    if len(text.encode()) > MAX_TEXT_BYTES:
        raise BakingError(f"The badge in the SVG is larger than {MAX_TEXT_BYTES // 1_000_000} MB.")
    return text
