"""Take from an uploaded SVG what is a drawing, and leave out what acts, calls or hides.

The result is written anew from a list of what is allowed, so what is not known here is not in it.

Refused     a file that is not an SVG, or is more than one: too large, too deep, not well-formed,
            with declarations of its own (entities, an internal subset), or drawn by references
            that go round in a circle or multiply (`use` of `use` of `use`).
Removed     scripts and handlers (`script`, `on…`), HTML inside the drawing (`foreignObject`),
            animations (they can rewrite an address), whatever points outside the file (`href`,
            `url(…)`, style sheets, `javascript:`), images that are not PNG, JPEG, GIF or WebP in a
            `data:` address, and the notes of drawing programs. Each is named in the answer, so that
            a person can be told why the drawing changed.
Replaced    a link (`a`) by a group, so that what it holds stays.

Source: SVG 2 (W3C) sections 2.2 (secure static mode) and 13; CSS Syntax Level 3 (W3C).
"""

import re
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from badges.core import markup
from badges.core.baking import BakingError

XLINK = "http://www.w3.org/1999/xlink"
_XML = "http://www.w3.org/XML/1998/namespace"
# What a person can read; a hostile file must not make us write a book.
MAX_REMOVED = 20

_ELEMENT_NAMES = """
svg g defs symbol use switch title desc style image
path rect circle ellipse line polyline polygon
text tspan textPath
linearGradient radialGradient stop pattern marker clipPath mask
filter feBlend feColorMatrix feComponentTransfer feComposite feConvolveMatrix feDiffuseLighting
feDisplacementMap feDistantLight feDropShadow feFlood feFuncA feFuncB feFuncG feFuncR
feGaussianBlur feMerge feMergeNode feMorphology feOffset fePointLight feSpecularLighting feSpotLight
feTile feTurbulence
"""
# Attributes that a style sheet could set as well, or that are numbers and words.
_ATTRIBUTE_NAMES = """
style viewBox preserveAspectRatio width height x y x1 y1 x2 y2 cx cy r rx ry fx fy fr d points
pathLength transform dx dy rotate textLength lengthAdjust startOffset method spacing side
offset gradientUnits gradientTransform spreadMethod patternUnits patternContentUnits
patternTransform markerWidth markerHeight markerUnits refX refY orient clipPathUnits maskUnits
maskContentUnits filterUnits primitiveUnits filterRes in in2 result mode type values tableValues
slope intercept amplitude exponent operator k1 k2 k3 k4 order kernelMatrix divisor bias targetX
targetY edgeMode kernelUnitLength preserveAlpha surfaceScale diffuseConstant specularConstant
specularExponent lighting-color scale xChannelSelector yChannelSelector azimuth elevation
flood-color flood-opacity stdDeviation radius pointsAtX pointsAtY pointsAtZ z limitingConeAngle
baseFrequency numOctaves seed stitchTiles
alignment-baseline baseline-shift clip clip-path clip-rule color color-interpolation
color-interpolation-filters color-rendering direction display dominant-baseline enable-background
fill fill-opacity fill-rule filter font-family font-size font-size-adjust font-stretch font-style
font-variant font-weight glyph-orientation-vertical image-rendering kerning letter-spacing
marker-end marker-mid marker-start mask mask-type mix-blend-mode isolation opacity overflow
paint-order pointer-events shape-rendering stop-color stop-opacity stroke stroke-dasharray
stroke-dashoffset stroke-linecap stroke-linejoin stroke-miterlimit stroke-opacity stroke-width
text-anchor text-decoration text-rendering transform-origin unicode-bidi vector-effect visibility
word-spacing writing-mode
"""
# Attributes that nobody reads as a style or as an address.
_PLAIN_NAMES = """
id class lang role aria-label aria-labelledby aria-hidden version
requiredExtensions requiredFeatures systemLanguage
"""
_FUNCTION_NAMES = """
url rgb rgba hsl hsla calc matrix translate translatex translatey rotate scale scalex scaley skewx
skewy rect inset circle ellipse polygon path blur brightness contrast drop-shadow grayscale
hue-rotate invert opacity saturate sepia not
"""
_ELEMENTS = frozenset(_ELEMENT_NAMES.split())
_ATTRIBUTES = frozenset(_ATTRIBUTE_NAMES.split())
_PLAIN = frozenset(_PLAIN_NAMES.split())
_FUNCTIONS = frozenset(("", *_FUNCTION_NAMES.split()))
# Elements whose text is shown; elsewhere there are only the spaces of the author's layout.
_WITH_TEXT = frozenset({"title", "desc", "style", "text", "tspan", "textPath"})

_FRAGMENT = re.compile(r"#[A-Za-z_][\w.:-]*")
_IMAGE = re.compile(r"data:image/(?:png|jpeg|gif|webp);base64,[A-Za-z0-9+/=\s]+")
# Each word is looked at once, from its beginning: a long one costs no more than its length.
_FUNCTION = re.compile(r"(?<![\w-])([\w-]*)\(")
_URL = re.compile(r"(?<![\w-])url\(", re.IGNORECASE)
_OWN_URL = re.compile(r"""(?<![\w-])url\(\s*(["']?)#[A-Za-z_][\w.:-]*\1\s*\)""", re.IGNORECASE)
_OWN_URL_NAME = re.compile(r"""url\(\s*["']?#([A-Za-z_][\w.:-]*)""", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Sanitised:
    """A drawing, and what is no longer in it.

    Attributes:
        image: the SVG, in UTF-8.
        removed: what was removed, each once: `element script`, `attribute onload`, `reference …`,
            `style …`; at most MAX_REMOVED.
    """

    image: bytes
    removed: tuple[str, ...]


def sanitise(image: bytes) -> Sanitised:
    """Return the drawing of an uploaded SVG, and what had to be left out.

    Args:
        image: an SVG of anybody's, at most `markup.MAX_SVG_BYTES`.

    Raises:
        BakingError: it is refused; the message says why.

    Source: SVG 2 section 2.2.
    """
    writer = _Writer()
    markup.read(image, writer, allow_doctype=True)
    writer.references.require_few()
    written = "".join(writer.pieces).encode()
    if len(written) > markup.MAX_SVG_BYTES:
        raise BakingError(f"The SVG is larger than {markup.MAX_SVG_BYTES // 1_000_000} MB.")
    return Sanitised(written, tuple(writer.removed))


@dataclass(slots=True)
class _References:
    """How often each part of a drawing is drawn, counting what is drawn by reference."""

    # By id, and the empty one for the whole: elements inside, and what they refer to.
    sizes: Counter[str] = field(default_factory=Counter)
    targets: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    enclosing: list[str] = field(default_factory=lambda: [""])
    known: dict[str, int] = field(default_factory=dict)

    def enter(self, attributes: Mapping[str, str]) -> None:
        """Count an element in everything around it, and in itself."""
        self.enclosing.append(attributes.get("id") or self.enclosing[-1])
        referred = [value[1:] for name, value in attributes.items() if name == "xlink:href"]
        for name, value in attributes.items():
            if name not in _PLAIN:
                referred += _OWN_URL_NAME.findall(value)
        for place in set(self.enclosing):
            self.sizes[place] += 1
            self.targets[place].update(referred)

    def leave(self) -> None:
        self.enclosing.pop()

    def require_few(self) -> None:
        """Return if drawing everything draws at most MAX_ELEMENTS elements, raise otherwise."""
        if self._drawn("", ()) > markup.MAX_ELEMENTS:
            raise BakingError(f"The SVG draws more than {markup.MAX_ELEMENTS} elements.")

    def _drawn(self, place: str, on_the_way: tuple[str, ...]) -> int:
        if place in on_the_way or len(on_the_way) > markup.MAX_DEPTH:
            raise BakingError("The SVG refers to itself, or refers on too many times.")
        if place not in self.known:
            inside = sum(
                times * self._drawn(target, (*on_the_way, place))
                for target, times in self.targets[place].items()
                if target in self.sizes
            )
            self.known[place] = self.sizes[place] + inside
        return self.known[place]


@dataclass(slots=True)
class _Writer:
    """Writes what is allowed, in the order in which it is read."""

    pieces: list[str] = field(default_factory=list)
    # Keys of a dictionary: each once, in the order they were met.
    removed: dict[str, None] = field(default_factory=dict)
    opened: list[str] = field(default_factory=list)
    skipped: int = 0
    # A style sheet is judged whole: what is harmless in two pieces may not be in one.
    sheet: list[str] = field(default_factory=list)
    references: _References = field(default_factory=_References)

    def start(self, name: str, attributes: Mapping[str, str], at: int) -> None:
        local = _local(name, markup.SVG)
        in_sheet = self.opened[-1:] == ["style"]
        if self.skipped or in_sheet or local not in _ELEMENTS | {"a"}:
            if not self.skipped:
                self._remove_foreign("element", name, markup.SVG)
            self.skipped += 1
            return
        tag = "g" if local == "a" else local
        if local == "a":
            self._remove("element a")
        declarations = f' xmlns="{markup.SVG}" xmlns:xlink="{XLINK}"' if not self.opened else ""
        kept = self._attributes(local, attributes)
        self.references.enter(kept)
        written = "".join(f' {each}="{_quote(value)}"' for each, value in kept.items())
        self.pieces.append(f"<{tag}{declarations}{written}>")
        self.opened.append(tag)

    def end(self, name: str, at: int) -> None:
        if self.skipped:
            self.skipped -= 1
            return
        tag = self.opened.pop()
        self.references.leave()
        if tag == "style":
            sheet = "".join(self.sheet)
            self.sheet.clear()
            if is_harmless_css(sheet):
                self.pieces.append(_escape(sheet))
            else:
                self._remove("style sheet")
        self.pieces.append(f"</{tag}>")

    def text(self, data: str) -> None:
        if self.skipped or self.opened[-1] not in _WITH_TEXT:
            return
        if self.opened[-1] == "style":
            self.sheet.append(data)
        else:
            self.pieces.append(_escape(data))

    def _attributes(self, element: str, attributes: Mapping[str, str]) -> dict[str, str]:
        """Choose what is kept; of `href` and `xlink:href` the first, as SVG 2 section 16.1.6."""
        kept: dict[str, str] = {}
        for name, value in sorted(attributes.items(), key=lambda item: item[0] != "href"):
            if name in {"href", f"{{{XLINK}}}href"}:
                if element != "a" and self._may_refer(element, value):
                    kept.setdefault("xlink:href", value.strip())
            elif name == f"{{{_XML}}}space":
                kept["xml:space"] = "preserve" if value == "preserve" else "default"
            elif name in _PLAIN or (name in _ATTRIBUTES and is_harmless_css(value)):
                kept[name] = value
            elif name in _ATTRIBUTES:
                self._remove(f"reference {name}")
            else:
                self._remove_foreign("attribute", name, "")
        return kept

    def _may_refer(self, element: str, value: str) -> bool:
        form = _IMAGE if element == "image" else _FRAGMENT
        if form.fullmatch(value.strip()):
            return True
        self._remove(f"reference {value.strip()[:40]}")
        return False

    def _remove_foreign(self, kind: str, name: str, namespace: str) -> None:
        """Note a thing by its name, or, where a drawing program put it, by the program's."""
        found, _, local = name.removeprefix("{").rpartition("}")
        self._remove(f"{kind} {local}" if found == namespace else f"notes of {found[:80]}")

    def _remove(self, what: str) -> None:
        if len(self.removed) < MAX_REMOVED:
            self.removed[what] = None


def _local(name: str, namespace: str) -> str:
    """Return the local name, if the name is of the namespace; else nothing."""
    found, _, local = name.removeprefix("{").rpartition("}")
    return local if found == namespace else ""


def is_harmless_css(value: str) -> bool:
    r"""Tell whether a style, or any attribute, calls nothing outside of the file.

    Escapes (`\75rl`) and at-rules (`@import`, `@font-face`) could, so neither is allowed; nor is a
    function that is not known to be about colours, shapes or transformations.

    Source: CSS Syntax Level 3 sections 4.3.4 and 4.3.7.
    """
    if any(mark in value for mark in ("\\", "@", "<", "//")):
        return False
    if any(function.lower() not in _FUNCTIONS for function in _FUNCTION.findall(value)):
        return False
    if len(_URL.findall(value)) != len(_OWN_URL.findall(value)):
        return False
    return "javascript:" not in "".join(value.split()).lower()


def _escape(text: str) -> str:
    """Write text so that XML gives it back."""
    for character, escape in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("\r", "&#13;")):
        text = text.replace(character, escape)
    return text


def _quote(value: str) -> str:
    """Write the value of an attribute so that XML gives it back."""
    value = _escape(value).replace('"', "&quot;")
    return value.replace("\n", "&#10;").replace("\t", "&#9;")
