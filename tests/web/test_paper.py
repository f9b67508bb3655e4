"""A certificate keeps what it claims: PDF/A-3 level A, and PDF/UA-1.

No validator of these comes as a package, so this one asks for what the standards want of a file
like ours and a program can see. Whether a text says what is meant, no validator sees either.
"""

import io
import re
from xml.etree import ElementTree as ET

import pytest
from pypdf import PdfReader
from pypdf.generic import ArrayObject, ContentStream, DictionaryObject

from credentials import selectors
from tests import factories

pytestmark = pytest.mark.django_db
RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
PDFA, PDFUA = "{http://www.aiim.org/pdfa/ns/id/}", "{http://www.aiim.org/pdfua/ns/id/}"
DUBLIN = "{http://purl.org/dc/elements/1.1/}"
# ISO 32000-1 section 14.8.4; those that certificates may use.
STANDARD = {
    "Document", "Part", "Sect", "Div", "NonStruct", "H1", "P", "L", "LI", "LBody", "Span", "Link",
    "Figure",
}  # fmt: skip
HOLDS = {"/L": {"/LI"}, "/LI": {"/LBody"}}
# ISO 19005-2 section 6.5.1 (actions) and 6.2.5; ISO 19005-3 leaves them as they are.
FORBIDDEN = {
    "/JavaScript", "/JS", "/Launch", "/Sound", "/Movie", "/ResetForm", "/ImportData", "/Hide",
    "/SetOCGState", "/Rendition", "/Trans", "/GoTo3DView", "/AA", "/OpenAction", "/TR", "/HTP",
    "/XFA", "/Encrypt", "/Ref", "/PS", "/Alternates", "/OPI",
}  # fmt: skip


@pytest.fixture
def pdf(client, ecole_a, credential, page):
    """Print a certificate in English of a badge in French, on record."""
    factories.change(ecole_a, colour="#7a1f4d", logo=factories.png(200, 60))
    factories.anchor_everything()
    return client.get(f"{page}/certificate.pdf", {"lang": "en"}).content


@pytest.fixture
def read(pdf):
    return PdfReader(io.BytesIO(pdf), strict=True)


@pytest.fixture
def root(read):
    return read.root_object


def every(value, seen):
    """Give each dictionary that hangs on a value, once."""
    value = value.get_object()
    if id(value) in seen:
        return
    seen.add(id(value))
    if isinstance(value, DictionaryObject):
        yield value
        for name in list(value):
            yield from every(value.raw_get(name), seen)
    elif isinstance(value, ArrayObject):
        for each in value:
            yield from every(each, seen)


def elements(root):
    """Give the elements of the structure, each with what holds it, in their order."""
    waiting = [(each.get_object(), None) for each in root["/StructTreeRoot"]["/K"]]
    while waiting:
        element, parent = waiting.pop(0)
        if element.get("/S") is None:
            continue
        yield element, parent
        kids = [each.get_object() for each in element["/K"]]
        inner = [(each, element) for each in kids if isinstance(each, DictionaryObject)]
        waiting = inner + waiting


def marks(element):
    return [each for each in element["/K"] if isinstance(each, int)]


def test_it_says_what_it_claims_where_both_standards_look(root):
    metadata = root["/Metadata"].get_object()
    assert (metadata["/Type"], metadata["/Subtype"]) == ("/Metadata", "/XML")

    said = ET.fromstring(re.search(rb"<rdf:RDF.*</rdf:RDF>", metadata.get_data(), re.DOTALL)[0])  # noqa: S314 - our own
    claims = {name: value for each in said for name, value in each.attrib.items()}

    assert (claims[f"{PDFA}part"], claims[f"{PDFA}conformance"]) == ("3", "A")
    assert claims[f"{PDFUA}part"] == "1"
    # PDF/A wants every other schema to be described (ISO 19005-2 section 6.6.2.3.2).
    assert [each.text for each in said.iter() if each.tag.endswith("schema#}prefix")] == ["pdfuaid"]
    [title] = said.iterfind(f".//{DUBLIN}title//{RDF}li")
    assert title.text == "Soudure à l'arc \N{EN DASH} Élève 0"


def test_its_header_and_trailer_are_for_archives(pdf, read):
    assert re.match(rb"%PDF-1\.7\n%[\x80-\xff]{4}", pdf)
    assert pdf.rstrip().endswith(b"%%EOF")
    assert not read.is_encrypted
    assert len(read.trailer["/ID"]) == 2


def test_nothing_in_it_acts_or_is_forbidden(root):
    found = {name for each in every(root, set()) for name in each}
    kinds = {each.get(name) for each in every(root, set()) for name in ("/S", "/Subtype", "/Type")}

    assert not (found | kinds) & FORBIDDEN
    # Nothing is drawn with a mode that a viewer could lack, or behind a mask.
    assert all(each.get("/BM", "/Normal") == "/Normal" for each in every(root, set()))
    assert all(each.get("/SMask", "/None") == "/None" for each in every(root, set()))
    smoothed = [each["/Interpolate"].value for each in every(root, set()) if "/Interpolate" in each]
    assert set(smoothed) == {False}


def test_its_colours_are_defined(root):
    [intent] = root["/OutputIntents"]
    profile = intent["/DestOutputProfile"].get_object()

    assert intent["/S"] == "/GTS_PDFA1"
    assert (profile["/N"], profile.get_data()[36:40]) == (3, b"acsp")


def test_every_letter_has_a_shape_and_a_meaning(read):
    fonts = [each.get_object() for each in read.pages[0]["/Resources"]["/Font"].values()]

    assert fonts
    for font in fonts:
        [inner] = font["/DescendantFonts"]
        described = inner.get_object()["/FontDescriptor"]
        assert {"/FontFile2", "/FontFile3"} & set(described), font["/BaseFont"]
        assert b"begincmap" in font["/ToUnicode"].get_data()
        assert font["/Encoding"] == "/Identity-H"
        if inner.get_object()["/Subtype"] == "/CIDFontType2":
            assert "/CIDToGIDMap" in inner.get_object()


def test_badge_and_receipt_are_attached_and_say_what_they_are(client, credential, page, root):
    files = [each.get_object() for each in root["/AF"]]

    named = root["/Names"]["/EmbeddedFiles"]["/Names"]
    assert [each.get_object() for each in named[1::2]] == files
    assert list(named[::2]) == sorted(named[::2])
    told = [(each["/F"], each["/UF"], each["/AFRelationship"]) for each in files]
    assert told == [
        ("credential.json", "credential.json", "/Source"),
        ("receipt.json", "receipt.json", "/Supplement"),
    ]
    assert all(each["/Desc"] for each in files)
    streams = [each["/EF"]["/F"].get_object() for each in files]
    assert {each["/Subtype"] for each in streams} == {"/application/json"}
    assert all(each["/Params"]["/ModDate"].startswith("D:20260302") for each in streams)
    assert streams[0].get_data() == selectors.opened(credential=credential).document
    assert streams[1].get_data() == client.get(f"{page}/anchor.json").content


def test_until_it_is_on_record_it_is_made_anew(client, ecole_a):
    page = f"/credentials/{factories.signed(issuer=ecole_a).token}"
    first = PdfReader(io.BytesIO(client.get(f"{page}/certificate.pdf").content))
    assert [each.get_object()["/F"] for each in first.root_object["/AF"]] == ["credential.json"]

    factories.anchor_everything()

    then = PdfReader(io.BytesIO(client.get(f"{page}/certificate.pdf").content))
    assert len(then.root_object["/AF"]) == 2


def test_it_is_tagged_in_the_order_in_which_it_is_read(read, root):
    assert root["/MarkInfo"] == {"/Marked": True}
    assert root["/ViewerPreferences"]["/DisplayDocTitle"].value is True
    assert root["/Lang"] == "en"
    assert read.pages[0]["/Tabs"] == "/S"

    found = list(elements(root))
    for element, parent in found:
        assert element["/S"][1:] in STANDARD
        assert element["/K"], element["/S"]
        if parent is not None:
            assert element["/S"] in HOLDS.get(parent["/S"], {element["/S"]})
    kinds = [element["/S"] for element, _parent in found]
    assert kinds.count("/H1") == 1
    assert [element["/Alt"] for element, _parent in found if element["/S"] == "/Figure"] == [
        "Logo: École A", "Image of the badge: Soudure à l'arc",
        "Code that leads to the address of the badge",
    ]  # fmt: skip
    # What is in another language than the page says so.
    assert {element.get("/Lang") for element, _parent in found} == {None, "fr"}


def test_everything_drawn_has_one_place_in_the_structure_or_is_decoration(read, root):
    drawn, depth = [], []
    for values, operator in ContentStream(read.pages[0].get_contents(), read).operations:
        if operator in {b"BDC", b"BMC"}:
            assert not depth, "marks do not lie in one another"
            depth.append(values[0])
            if operator == b"BDC":
                drawn.append(values[1]["/MCID"])
        elif operator == b"EMC":
            depth.pop()
        elif operator in {
            b"Tj",
            b"TJ",
            b"'",
            b'"',
            b"f",
            b"F",
            b"f*",
            b"S",
            b"s",
            b"B",
            b"b",
            b"Do",
            b"sh",
        }:
            assert depth, f"{operator} stands outside"

    placed = [mark for element, _parent in elements(root) for mark in marks(element)]
    assert sorted(placed) == sorted(drawn) == list(range(len(drawn)))
    # And back: the tree leads from each mark to its element.
    number, tree = root["/StructTreeRoot"]["/ParentTree"]["/Nums"][:2]
    assert number == read.pages[0]["/StructParents"]
    assert [mark in marks(each.get_object()) for mark, each in enumerate(tree.get_object())] == [
        True
    ] * len(drawn)


def test_its_link_says_where_it_leads_and_stands_in_the_structure(read, root, credential):
    [link] = [each.get_object() for each in read.pages[0]["/Annots"]]

    assert link["/Contents"] == link["/A"]["/URI"] == selectors.address(token=credential.token)
    assert link["/F"] == 4  # it is printed
    [element] = [each for each, _parent in elements(root) if each["/S"] == "/Link"]
    [reference] = [each.get_object() for each in element["/K"] if not isinstance(each, int)]
    assert reference["/Obj"] == link
    back = root["/StructTreeRoot"]["/ParentTree"]["/Nums"]
    assert back[back.index(link["/StructParent"]) + 1].get_object() == element


def test_its_figures_are_where_the_structure_says(read, root):
    _left, _bottom, width, height = read.pages[0].mediabox

    for element, _parent in elements(root):
        if element["/S"] == "/Figure":
            x1, y1, x2, y2 = element["/A"]["/BBox"]
            assert 0 <= x1 < x2 <= width
            assert 0 <= y1 < y2 <= height
