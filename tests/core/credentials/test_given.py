"""What is handed over is told by its bytes: each form of a badge, and what people give instead."""

import gzip
import json
import zlib
from typing import Any

import pytest
from hypothesis import given as cases
from hypothesis import strategies as st

from badges.core import baking, baking2, svg
from credentials.core import canonical, given
from credentials.core.given import Address, Given
from issuers.core import base64url
from tests.core.credentials import strangers
from tests.interop.world import picture

DRAWING = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><circle r="4"/></svg>'
CREDENTIAL = canonical.dumps(strangers.unsigned()).decode()
ASSERTION = canonical.dumps(strangers.hosted2()).decode()
TOKEN, TOKEN2 = strangers.token(), strangers.token2()


def compressed(text: str, keyword: bytes) -> bytes:
    """Bake as some programs do, compressed, though the standard forbids it."""
    image = baking.bake_png(picture(), "{}")
    plain = baking.chunks(memoryview(image))
    ours = next((start, end) for kind, start, end in plain if kind == b"iTXt")
    data = keyword + b"\0\1\0\0\0" + zlib.compress(text.encode())
    chunk = baking._chunk(b"iTXt", data)
    return image[: ours[0]] + chunk + image[ours[1] :]


FORMS: dict[str, tuple[bytes, str, str, bool]] = {
    "3.0 JSON": (CREDENTIAL.encode(), "3.0", "JSON", False),
    "3.0 JWS": (TOKEN.encode() + b"\n", "3.0", "JWS", True),
    "3.0 PNG": (baking.bake_png(picture(), CREDENTIAL), "3.0", "PNG", False),
    "3.0 PNG, compressed": (compressed(CREDENTIAL, b"openbadgecredential"), "3.0", "PNG", False),
    "3.0 PNG of a JWS": (baking.bake_png(picture(), TOKEN), "3.0", "PNG", True),
    "3.0 SVG": (svg.bake(DRAWING, CREDENTIAL), "3.0", "SVG", False),
    "3.0 SVG of a JWS": (svg.bake(DRAWING, TOKEN), "3.0", "SVG", True),
    "2.0 JSON": (ASSERTION.encode(), "2.0", "JSON", False),
    "2.0 JWS": (TOKEN2.encode(), "2.0", "JWS", True),
    "2.0 PNG": (baking2.bake(picture(), ASSERTION), "2.0", "PNG", False),
    "2.0 PNG, compressed": (compressed(ASSERTION, b"openbadges"), "2.0", "PNG", False),
    "2.0 PNG of a JWS": (baking2.bake(picture(), TOKEN2), "2.0", "PNG", True),
    "2.0 SVG": (baking2.bake(DRAWING, ASSERTION), "2.0", "SVG", False),
    "2.0 SVG of a JWS": (baking2.bake(DRAWING, TOKEN2), "2.0", "SVG", True),
}


@pytest.mark.parametrize("name", FORMS)
def test_each_form_of_a_badge_is_told(name):
    data, edition, carrier, is_token = FORMS[name]

    found = given.detect(data)

    assert isinstance(found, Given)
    assert (found.edition, found.carrier, bool(found.token)) == (edition, carrier, is_token)
    expected = strangers.unsigned()
    if edition == "2.0":
        expected = strangers.signed2() if is_token else strangers.hosted2()
    assert found.document == expected


def test_a_bomb_in_a_compressed_chunk_is_left_at_the_bound():
    with pytest.raises(given.Unreadable) as refused:
        given.detect(compressed("[" * 50_000_000, b"openbadgecredential"))

    assert refused.value.reason == "nothing_inside"


@pytest.mark.parametrize("image", [b"PNG", b"SVG"])
def test_an_image_may_hold_only_the_address_of_its_badge(image):
    url = "https://lumen.example.org/ob2/assertions/1"
    if image == b"PNG":
        data = compressed(url, b"openbadges")
    else:
        data = DRAWING.replace(
            b"<circle",
            b'<o:assertion xmlns:o="http://openbadges.org" verify="' + url.encode() + b'"/><circle',
        )

    assert given.detect(data) == Address(url)


def part(kind: str) -> bytes:
    return json.dumps({"@context": "https://w3id.org/openbadges/v2", "type": kind}).encode()


def token(payload: Any) -> bytes:
    body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    return b"e30." + base64url.encode(body).encode() + b".e30"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b" \n", "empty"),
        (b"x" * 10_000_001, "too_large"),
        (b"\xff\xd8\xff\xe0 JFIF", "found_photo"),
        (b"GIF89a", "found_photo"),
        (b"RIFF\0\0\0\0WEBP", "found_photo"),
        (b"%PDF-1.7", "found_pdf"),
        (b"PK\x03\x04", "found_archive"),
        (gzip.compress(b"{}", mtime=0), "found_archive"),
        (b"<!DOCTYPE html><html></html>", "found_page"),
        (b"\n<html lang=fr>", "found_page"),
        (b"<xml/>", "nothing_inside"),
        (DRAWING, "nothing_inside"),
        (picture(), "nothing_inside"),
        (b"[1]", "found_list"),
        (part("BadgeClass"), "found_part"),
        (part("Issuer"), "found_part"),
        (b'{"type": ["VerifiableCredential", "EndorsementCredential"]}', "found_part"),
        (b'{"type": "VerifiablePresentation"}', "found_presentation"),
        (b'{"uid": "1", "verify": {"type": "hosted"}}', "found_edition_1"),
        (token({"vc": {"type": ["VerifiableCredential"]}}), "found_vc_1"),
        (TOKEN.encode() + b"~WyJhIl0~", "found_sd_jwt"),
        (b"e30.e30.e30.e30.e30", "found_encrypted"),
        (token(b"not JSON"), "malformed"),
        (token(b"[]"), "malformed"),
        (token(b"{" + b'"a":1,' * 60_000 + b'"b":1}'), "malformed"),
        (b"a.b.c", "malformed"),
        (b"A" * 5_000 + b".e30.e30", "malformed"),
        (b"e30.e30." + b"A" * 2_000, "malformed"),
        (b"Hello", "malformed"),
        (b"\xff\xfe{\0}\0", "malformed"),
        (b"https://example.org/a b", "malformed"),
        (b"ftp://example.org/", "malformed"),
        (b"https://example.org/" + b"a" * 3_000, "malformed"),
        (b'{"a":' * 5_000, "malformed"),
    ],
)
def test_what_is_given_instead_is_named(data, reason):
    with pytest.raises(given.Unreadable) as refused:
        given.detect(data)

    assert refused.value.reason == reason


@cases(st.binary(max_size=300))
def test_no_bytes_make_it_fail(data):
    for beginning in (b"", b"\x89PNG\r\n\x1a\n", b"<svg", b"{", b"e30."):
        try:
            found = given.detect(beginning + data)
        except given.Unreadable:
            continue
        assert isinstance(found, Given | Address)


def test_an_address_alone_is_an_address():
    assert given.detect(b" HTTPS://example.org/1 \n") == Address("HTTPS://example.org/1")
