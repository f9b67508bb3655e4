"""A badge is taken out of a PDF as the standard says, or not at all, within bounds."""

import io
import time

import pytest
from hypothesis import given as cases
from hypothesis import strategies as st
from pypdf import PdfReader, PdfWriter

from credentials.core import attached
from tests import pdfs

BADGE = b'{"@context": ["https://www.w3.org/ns/credentials/v2"], "name": "\xc3\x89t\xc3\xa9"}'
HOSTILE = pdfs.hostile(BADGE)
REASONS = {
    "with a script and no badge": "found_pdf",
    "with two badges": "pdf_several",
    "with thousands of files": "pdf_several",
    "that is encrypted": "pdf_encrypted",
}


def test_the_badge_attached_to_a_pdf_is_found():
    assert attached.badge_in(pdfs.certificate(BADGE)) == BADGE.decode()


def test_a_file_that_only_belongs_to_the_pdf_is_found_and_one_named_twice_is_one():
    file = pdfs.named(3).partition(b")")[2]
    only = pdfs.pdf(b"<</Type/Catalog/AF[%s]>>" % file, pdfs.PAGES, pdfs.stream(BADGE))
    twice = pdfs.certificate(BADGE, more=b"/AF[%s]" % file)

    assert attached.badge_in(only) == attached.badge_in(twice) == BADGE.decode()


def test_what_is_no_badge_may_be_attached_as_well():
    files = pdfs.named(3, b"terms.txt") + pdfs.named(4, b"figures.json") + pdfs.named(5, b"b")
    made = pdfs.pdf(
        pdfs.catalog(files), pdfs.PAGES, pdfs.stream(b"{}", kind=b"text/plain"),
        pdfs.stream(b'{"type": "figures"}'), pdfs.stream(BADGE, kind=b"application/ld+json"),
    )  # fmt: skip

    assert attached.badge_in(made) == BADGE.decode()


def test_a_file_that_another_program_wrote_anew_is_read():
    stream = io.BytesIO()
    PdfWriter(clone_from=PdfReader(io.BytesIO(pdfs.certificate(BADGE)))).write(stream)

    assert attached.badge_in(stream.getvalue()) == BADGE.decode()


def test_tables_in_a_circle_are_read_once():
    whole = pdfs.certificate(BADGE)
    start = int(whole.rpartition(b"startxref\n")[2].partition(b"\n")[0])

    assert attached.badge_in(pdfs.certificate(BADGE, trailer=b"/Prev %d" % start)) == BADGE.decode()


@pytest.mark.parametrize("what", sorted(set(HOSTILE) - {"with an address"}))
def test_a_pdf_made_to_do_harm_is_refused_in_time(what):
    started = time.process_time()

    with pytest.raises(attached.NoBadge) as refused:
        attached.badge_in(HOSTILE[what])

    assert refused.value.reason == REASONS.get(what, "pdf_damaged")
    assert time.process_time() - started < 5


@cases(st.data())
def test_no_bytes_make_it_fail(data):
    whole = bytearray(pdfs.certificate(BADGE))
    for place in data.draw(st.lists(st.integers(0, len(whole) - 1), max_size=8)):
        whole[place] = data.draw(st.integers(0, 255))

    try:
        found = attached.badge_in(bytes(whole))
    except attached.NoBadge:
        return
    assert isinstance(found, str)
