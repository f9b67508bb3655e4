"""Read the XML of strangers: bounded, without a DTD's powers, and knowing where each tag stands.

expat reads, defusedxml forbids: no entity, no external reference, no internal subset. What is
bounded here is what neither bounds: bytes, depth, number of elements.

Source: XML 1.0 (W3C); Namespaces in XML 1.0 (W3C); SVG 1.1 and 2 (W3C).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol
from xml.etree.ElementTree import ParseError

from defusedxml.ElementTree import DefusedXMLParser

from badges.core.baking import BakingError

SVG = "http://www.w3.org/2000/svg"
# A drawing of a badge takes some tens of kilobytes; with a photograph and a credential in it, some
# hundreds.
MAX_SVG_BYTES = 4_000_000
# Drawing programs nest groups a dozen deep.
MAX_DEPTH = 64
MAX_ELEMENTS = 50_000

_NAME = re.compile(rb"<([^\s/>]+)")
_ATTRIBUTE = re.compile(rb"""\s+([^\s=/>]+)\s*=\s*("[^"]*"|'[^']*')""")
_TAG_END = re.compile(rb"\s*(/?)>")
_ENCODING = re.compile(rb"""<\?xml[^>]*?\sencoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
# What XML 1.0 has no way to write, not even as a reference (section 2.2).
UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


class Reader(Protocol):
    """What is told of an SVG while it is read; names are `{namespace}local`."""

    def start(self, name: str, attributes: Mapping[str, str], at: int) -> None:
        """Take a start tag, and the offset of its `<`."""

    def end(self, name: str, at: int) -> None:
        """Take an end tag, and its offset; that of an empty element is where its tag ends."""

    def text(self, data: str) -> None:
        """Take a piece of text."""


@dataclass(frozen=True, slots=True)
class StartTag:
    """Where the parts of a start tag stand in the bytes.

    Attributes:
        name: as written, with its prefix.
        values: of each attribute, as written, the first and last byte of its value with its quotes.
        name_end: where the name ends.
        end: after its `>`.
        is_empty: whether it is its own end.
    """

    name: bytes
    values: Mapping[bytes, tuple[int, int]]
    name_end: int
    end: int
    is_empty: bool


def read(source: bytes, reader: Reader, *, allow_doctype: bool = False) -> None:
    """Tell `reader` what is in an SVG, from its first tag to its last.

    Args:
        source: an SVG of anybody's, at most MAX_SVG_BYTES, in any encoding that expat knows.
        reader: what is told.
        allow_doctype: whether a DOCTYPE without an internal subset is passed over. It is never
            fetched.

    Raises:
        BakingError: too large, too deep, too many elements, not well-formed, not an SVG, or with
            declarations of its own.
    """
    if len(source) > MAX_SVG_BYTES:
        raise BakingError(f"The SVG is larger than {MAX_SVG_BYTES // 1_000_000} MB.")
    target = _Target(reader)
    parser: Any = DefusedXMLParser(target=target, forbid_dtd=not allow_doctype)
    target.expat = parser.parser
    if allow_doctype:
        parser.parser.StartDoctypeDeclHandler = _pass_over_doctype
    try:
        parser.feed(source)
        parser.close()
    except BakingError:
        raise
    except (ParseError, ValueError, LookupError) as error:
        # defusedxml's refusals are ValueErrors; an unknown encoding is a LookupError.
        raise BakingError(f"The SVG cannot be read: {_reason(error)}.") from error


def require_utf8(source: bytes) -> None:
    """Return if bytes can be inserted into the SVG as UTF-8, raise otherwise.

    Raises:
        BakingError: the SVG is in another encoding.
    """
    declared = _ENCODING.search(source[:200])
    try:
        source.decode()
    except UnicodeDecodeError as error:
        raise BakingError("The SVG is not in UTF-8: save it again in that encoding.") from error
    if declared and declared[1].lower() not in {b"utf-8", b"utf8", b"us-ascii"}:
        raise BakingError("The SVG says it is not in UTF-8: save it again in that encoding.")


def start_tag(source: bytes, at: int) -> StartTag:
    """Tell the parts of the start tag at an offset of a well-formed document."""
    name = _NAME.match(source, at)
    if name is None:
        raise BakingError("The SVG cannot be read: a tag does not stand where it was found.")
    values: dict[bytes, tuple[int, int]] = {}
    position = name.end()
    while found := _ATTRIBUTE.match(source, position):
        values[found[1]] = found.span(2)
        position = found.end()
    end = _TAG_END.match(source, position)
    if end is None:
        raise BakingError("The SVG cannot be read: a tag does not end where it should.")
    return StartTag(name[1], values, name.end(), end.end(), bool(end[1]))


@dataclass(slots=True)
class _Target:
    """What the parser calls; counts, and passes on."""

    reader: Reader
    expat: Any = None
    depth: int = 0
    elements: int = 0
    pending: list[str] = field(default_factory=list)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._flush()
        self.depth += 1
        self.elements += 1
        if self.elements == 1 and name != f"{{{SVG}}}svg":
            raise BakingError(
                f'The image is not an SVG: it does not begin with <svg xmlns="{SVG}">.'
            )
        if self.depth > MAX_DEPTH:
            raise BakingError(f"The SVG is nested more than {MAX_DEPTH} levels deep.")
        if self.elements > MAX_ELEMENTS:
            raise BakingError(f"The SVG has more than {MAX_ELEMENTS} elements.")
        self.reader.start(name, attributes, self.expat.CurrentByteIndex)

    def end(self, name: str) -> None:
        self._flush()
        self.depth -= 1
        self.reader.end(name, self.expat.CurrentByteIndex)

    def data(self, data: str) -> None:
        self.pending.append(data)

    def close(self) -> None:
        """Do nothing: the parser wants to call it."""

    def _flush(self) -> None:
        if self.pending:
            self.reader.text("".join(self.pending))
            self.pending.clear()


def _pass_over_doctype(
    name: str, system_id: str | None, public_id: str | None, has_internal_subset: int
) -> None:
    if has_internal_subset:
        raise BakingError("The SVG declares things in its DOCTYPE: remove the DOCTYPE.")


def _reason(error: Exception) -> str:
    if isinstance(error, ParseError):
        return str(error)
    if type(error).__module__.startswith("defusedxml"):
        return "it has a DOCTYPE or an entity of its own; remove the DOCTYPE"
    return "its encoding is not known"
