"""What somebody hands over to be verified: told by its bytes, taken apart, nothing in it believed.

A badge comes as JSON, as a compact JWS, inside a PNG or an SVG, or as the address of one of these;
its edition is 3.0 or 2.0. What is attached to a PDF is taken out elsewhere (`attached`), and comes
here then. Whatever else people give in earnest (a photograph, a page, half of a badge) is refused
under a name of its own, so that they can be told what to give instead.

Sources: Open Badges 3.0 sections 5.3 and 8.2; Open Badges 2.0, "Baking" and "Signed Badges".
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from badges.core import baking, markup, schema2, unbaking
from credentials.core import canonical, jose
from issuers.core import base64url

MAX_BYTES = baking.MAX_IMAGE_BYTES
MAX_ADDRESS = 2_000

Edition = Literal["3.0", "2.0"]
Carrier = Literal["JSON", "JWS", "PNG", "SVG", "PDF"]

_ADDRESS = re.compile(r"https?://[\x21-\x7e]+", re.IGNORECASE)
_COMPACT = re.compile(r"[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]*){2}")
_ENCRYPTED = re.compile(r"[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]*){4}")
_DISCLOSED = re.compile(r"[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]*){2}~[A-Za-z0-9_.~-]*")
_PDF = b"%PDF"
# How files begin that are given instead of a badge.
_BEGINNINGS: tuple[tuple[bytes, str], ...] = (
    (b"\xff\xd8\xff", "found_photo"),
    (b"GIF8", "found_photo"),
    (b"RIFF", "found_photo"),
    (b"\x00\x00\x00", "found_photo"),
    (b"BM", "found_photo"),
    (_PDF, "found_pdf"),
    (b"PK\x03\x04", "found_archive"),
    (b"\x1f\x8b", "found_archive"),
)
_SVG_WITHIN = 4_096


class Unreadable(ValueError):  # noqa: N818 - it says what is wrong
    """What was given is no badge that can be read.

    Attributes:
        reason: stable code: what was found.
    """

    def __init__(self, reason: str, message: str) -> None:
        """Keep the code beside the message."""
        super().__init__(message)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Address:
    """Where the badge is: what was given was only this."""

    url: str


@dataclass(frozen=True, slots=True)
class Given:
    """A badge, taken apart.

    Attributes:
        edition: of Open Badges.
        document: what it says: a credential (3.0) or an Assertion (2.0).
        carrier: what it came in.
        token: the compact JWS that holds the document; empty where there is none.
    """

    edition: Edition
    document: Mapping[str, Any]
    carrier: Carrier
    token: str = ""


def detect(data: bytes) -> Given | Address:
    """Tell what bytes of anybody's hold.

    Args:
        data: at most MAX_BYTES.

    Raises:
        Unreadable: they hold no badge; the reason says what they hold instead.
    """
    if len(data) > MAX_BYTES:
        raise Unreadable("too_large", f"more than {MAX_BYTES // 1_000_000} MB")
    if not data.strip():
        raise Unreadable("empty", "there is nothing in it")
    carrier = _picture(data)
    if carrier is None:
        return _text(_decoded(data), "JSON")
    try:
        held = unbaking.unbake(data)
    except baking.BakingError as error:
        raise Unreadable("nothing_inside", str(error)) from error
    return _text(held.text, carrier)


def is_pdf(data: bytes) -> bool:
    """Say whether bytes claim to be a PDF of a size that is looked at."""
    return data.startswith(_PDF) and len(data) <= MAX_BYTES


def from_pdf(text: str) -> Given:
    """Tell what was attached to a PDF; `detect` itself never looks into one.

    Raises:
        Unreadable: it is no badge; an address is none either, a certificate carries its badge.
    """
    found = _text(text, "PDF")
    if isinstance(found, Address):
        raise Unreadable("found_pdf", "only an address is attached to the PDF")
    return found


def _picture(data: bytes) -> Carrier | None:
    """Say which kind of picture it is; None for text.

    Raises:
        Unreadable: a kind of file that holds no badge.
    """
    if data.startswith(b"\x89PNG"):
        return "PNG"
    for beginning, reason in _BEGINNINGS:
        if data.startswith(beginning):
            raise Unreadable(reason, f"the file begins with {beginning!r}")
    start = data[:_SVG_WITHIN].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if not start.startswith(b"<"):
        return None
    if b"<svg" in start or b":svg" in start:
        return "SVG"
    if b"<html" in start or start.startswith(b"<!doctype html"):
        raise Unreadable("found_page", "the text is HTML")
    if len(data) <= markup.MAX_SVG_BYTES:
        return "SVG"
    raise Unreadable("malformed", "the text is XML, and no SVG")


def _decoded(data: bytes) -> str:
    try:
        return data.decode().strip()
    except UnicodeDecodeError as error:
        raise Unreadable("malformed", "the file is neither a picture nor UTF-8 text") from error


def _text(text: str, carrier: Carrier) -> Given | Address:
    text = text.strip()
    if text.startswith("{"):
        return _json(text, carrier)
    if len(text) <= MAX_ADDRESS and _ADDRESS.fullmatch(text):
        return Address(text)
    if _COMPACT.fullmatch(text):
        return _token(text, "JWS" if carrier == "JSON" else carrier)
    if _DISCLOSED.fullmatch(text):
        raise Unreadable("found_sd_jwt", "the text is an SD-JWT")
    if _ENCRYPTED.fullmatch(text):
        raise Unreadable("found_encrypted", "the text is an encrypted JWE")
    if text.startswith("["):
        raise Unreadable("found_list", "the text is a JSON array")
    return _json(text, carrier)


def _json(text: str, carrier: Carrier) -> Given:
    try:
        document = canonical.loads(text.encode(errors="surrogatepass"))
    except canonical.MalformedDocument as error:
        raise Unreadable("malformed", str(error)) from error
    return _of_edition(document, carrier, "")


def payload(token: str) -> dict[str, Any]:
    """Return the credential in a VC-JWT, whoever signed it and however: what it says, no more.

    Raises:
        Unreadable: there is none in it.

    Source: Open Badges 3.0 section 8.2.4.
    """
    said = _said(token)
    return {name: value for name, value in said.items() if name not in jose.CLAIMS}


def _token(token: str, carrier: Carrier) -> Given:
    said = _said(token)
    if isinstance(said.get("vc"), Mapping):
        raise Unreadable("found_vc_1", "the token wraps its credential in `vc`")
    if _is_2(said):
        return _of_edition(said, carrier, token)
    return _of_edition(payload(token), carrier, token)


def _said(token: str) -> dict[str, Any]:
    if not _COMPACT.fullmatch(token):
        raise Unreadable("malformed", "the text is not a compact JWS")
    header, body, signature = token.split(".")
    if len(header) > jose.MAX_HEADER or len(signature) > jose.MAX_SIGNATURE:
        raise Unreadable("malformed", "the header or the signature of the token is too long")
    try:
        return canonical.loads(base64url.decode(body))
    except (base64url.Base64Error, canonical.MalformedDocument) as error:
        raise Unreadable("malformed", f"the token holds no document: {error}") from error


def _of_edition(document: Mapping[str, Any], carrier: Carrier, token: str) -> Given:
    """Tell the edition of a document.

    Raises:
        Unreadable: it is a document of a standard that is at hand, and no badge.
    """
    kinds = _words(document.get("type"))
    if _is_2(document):
        if "Assertion" not in kinds:
            raise Unreadable("found_part", f"the document is a {', '.join(kinds)[:80] or 'part'}")
        return Given("2.0", document, carrier, token)
    if "https://w3id.org/openbadges/v1" in _words(document.get("@context")) or (
        "@context" not in document and isinstance(document.get("verify"), Mapping)
    ):
        raise Unreadable("found_edition_1", "the document is one of Open Badges 1")
    if "VerifiablePresentation" in kinds:
        raise Unreadable("found_presentation", "the document is a VerifiablePresentation")
    if "EndorsementCredential" in kinds or "BitstringStatusListCredential" in kinds:
        raise Unreadable("found_part", f"the document is a {', '.join(kinds)[:80]}")
    return Given("3.0", document, carrier, token)


def _is_2(document: Mapping[str, Any]) -> bool:
    return schema2.CONTEXT in _words(document.get("@context"))


def _words(value: object) -> tuple[str, ...]:
    items = value if isinstance(value, list) else [value]
    return tuple(item for item in items if isinstance(item, str))
