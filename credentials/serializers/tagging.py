"""What paper says to whoever hears it: the structure of a certificate, and what it claims to keep.

WeasyPrint tags a page by its boxes. A certificate is two pages in one, so their boxes are put into
one order first, as it is read: issuer, badge, name, what for, dates, address, code.

Sources: ISO 32000-1 section 14.8 (tagged PDF); ISO 14289-1 (PDF/UA-1) sections 5 and 7; ISO 19005-3
(PDF/A-3) sections 6.6.2.3 (extension schemas) and 6.8 (associated files).
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import Element

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# PDF/UA-1; and what its one property is, which PDF/A wants to be told.
_IDENTIFIED = b"""\
<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/" pdfuaid:part="1"/>\
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"\
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#"\
 xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#"><pdfaExtension:schemas><rdf:Bag>\
<rdf:li rdf:parseType="Resource"><pdfaSchema:schema>PDF/UA Universal Accessibility Schema\
</pdfaSchema:schema><pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/\
</pdfaSchema:namespaceURI><pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix><pdfaSchema:property>\
<rdf:Seq><rdf:li rdf:parseType="Resource"><pdfaProperty:name>part</pdfaProperty:name>\
<pdfaProperty:valueType>Integer</pdfaProperty:valueType>\
<pdfaProperty:category>internal</pdfaProperty:category>\
<pdfaProperty:description>Which part of ISO 14289 is followed</pdfaProperty:description>\
</rdf:li></rdf:Seq></pdfaSchema:property></rdf:li></rdf:Bag></pdfaExtension:schemas>\
</rdf:Description>"""
# Pixels of CSS, 96 to an inch, as points of PDF.
_POINTS = 0.75


def figure(*, alt: str, left: float, top: float, side: float) -> Any:
    """Return a box for what is drawn without one: a square, in pixels of CSS.

    Args:
        alt: What it says to whoever does not see it.
        left: Where it stands.
        top: Likewise.
        side: How long its sides are.
    """
    boxes = import_module("weasyprint.formatting_structure.boxes")
    box = boxes.ReplacedBox("img", None, Element("img", alt=alt), None)
    box.position_x, box.position_y, box.width, box.height = left, top, side, side
    for name in ("left", "top"):
        for kind in ("margin_{}", "padding_{}", "border_{}_width"):
            setattr(box, kind.format(name), 0)
    return box


def in_order(common: Any, person: Any, code: Any) -> Any:
    """Return the boxes of a certificate as one page, in the order in which they are read.

    Args:
        common: The page of what certificates share; there a place waits for the name.
        person: The page with name and address.
        code: The box of the code.
    """
    name, address = (_found(person, each) for each in ("learner", "address"))

    def read(box: Any) -> Any:
        box = getattr(box, "_box", box)  # what stands out of the flow is behind a placeholder
        if _class(box) == "place":
            return name
        kept = [read(child) for child in box.children if not _is_decoration(child)]
        if box.element_tag == "footer":
            kept += [address, code]
        return box.copy_with_children(kept) if hasattr(box, "copy_with_children") else box

    return read(common)


def languages(tags: dict[Any, dict[str, Any]], language: str) -> dict[int, str]:
    """Return which marks of a page are in another language than the page, by their number."""
    spoken = ((each["mcid"], box.style and box.style["lang"]) for box, each in tags.items())
    return {number: found for number, found in spoken if found and found != language}


def identified(describe: Callable[..., bytes]) -> Callable[..., bytes]:
    """Let the metadata of a PDF say that it is PDF/UA besides what it says already."""

    def told(*given: Any) -> bytes:
        before, end, after = describe(*given).rpartition(b"</rdf:RDF>")
        return before + _IDENTIFIED + end + after

    return told


def finished(pdf: Any, spoken: dict[int, str]) -> None:
    """Mend what WeasyPrint leaves: languages of parts, places of figures, files named twice.

    Args:
        pdf: One certificate, before it is written.
        spoken: As `languages` returns it, of its page.
    """
    for each in _elements(pdf):
        language = spoken.get(each["K"][0]) if isinstance(each["K"][0], int) else None
        if language:
            each["Lang"] = import_module("pydyf").String(language)
        if "BBox" in each.get("A", ()):
            # In points from below (ISO 32000-1 section 14.8.5.4.3), not in pixels from above.
            left, top, right, bottom = (side * _POINTS for side in each["A"]["BBox"])
            height = _height(pdf)
            each["A"]["BBox"][:] = [left, height - bottom, right, height - top]
    if "AF" in pdf.catalog:
        pdf.catalog["AF"][:] = list(dict.fromkeys(pdf.catalog["AF"]))


def _elements(pdf: Any) -> Iterator[Any]:
    """Return the elements of the structure that hold something."""
    found = (each for each in pdf.objects if isinstance(each, dict) and each.get("K"))
    return (each for each in found if each.get("Type") == "/StructElem")


def _height(pdf: Any) -> float:
    [page] = (
        each for each in pdf.objects if isinstance(each, dict) and each.get("Type") == "/Page"
    )
    return float(page["MediaBox"][3])


def _found(page: Any, name: str) -> Any:
    return next(box for box in page.descendants(placeholders=True) if _class(box) == name)


def _class(box: Any) -> str:
    """Return the first word of what an element is; of what stands for it, nothing."""
    if box.element is None or box.element_tag != box.element.tag:
        return ""
    words = str(box.element.get("class", "")).split()
    return words[0] if words else ""


def _is_decoration(box: Any) -> bool:
    return _class(getattr(box, "_box", box)) in {"frame", "band"}
