"""The badge that is attached to a PDF: certificates carry theirs so.

A PDF is taken for what it says about files within it and nothing else: no page is drawn, no action
and no script is looked at, no program is started. It is read as the standard says or not at all,
since whatever mends a file may see another one than its reader does. Whoever calls this does it in
a process that can be killed: bounds are kept here too, but the library is large.

Source: ISO 32000-2 sections 7.5 (structure), 7.9.6 (name trees), 7.11.4 (embedded files) and 14.13
(associated files); ISO 19005-3 section 6.8.
"""

import io
from collections.abc import Iterator
from typing import Any

from pypdf import PdfReader, apply_configuration
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, StreamObject

from credentials.core import canonical

# A certificate has one file in one node.
MAX_FILES = 50
MAX_NODES = 50
# Of tables and of what is packed together, unpacked: what an honest PDF of 10 MB stays far below.
MAX_UNPACKED = 10_000_000
_BOUNDS = (
    "maximum_declared_stream_length",
    "array_based_stream_maximum_output_length",
    "zlib_maximum_output_length",
    "zlib_maximum_recovery_input_length",
    "lzw_maximum_output_length",
    "run_length_maximum_output_length",
    "brotli_maximum_output_length",
    "jbig2_maximum_output_length",
    "stream_decoding_work_maximum_length",
)
_NAMES = (".json", ".jsonld", ".jwt", ".jws")
_END = b"%%EOF"


class NoBadge(ValueError):  # noqa: N818 - it says what is wrong
    """No badge can be taken out of this PDF.

    Attributes:
        reason: stable code: "found_pdf", "pdf_several", "pdf_encrypted" or "pdf_damaged".
    """

    def __init__(self, reason: str) -> None:
        """Keep the code."""
        super().__init__(reason)
        self.reason = reason


def badge_in(pdf: bytes) -> str:
    """Return the text of the badge that is attached to a PDF; it may be anything still.

    A file counts as a badge by its name or its kind: JSON, or a token. Of several, the one that has
    a context does; two of these are refused, because a reader could be shown either.

    Args:
        pdf: at most the 10 MB that anything handed over may have. What is attached may take as much
            as a document may: `canonical.MAX_BYTES`, unpacked.

    Raises:
        NoBadge: there is none, there are several, or the file cannot be read.

    Source: as the module says.
    """
    if not pdf.rstrip().endswith(_END):
        raise NoBadge("pdf_damaged")
    try:
        with apply_configuration(jbig2dec_binary=None, **_bounds(MAX_UNPACKED)):
            return _badge_in(pdf)
    except NoBadge:
        raise
    except Exception as error:
        # What the library raises for a file that is made to break it, nobody has listed.
        raise NoBadge("pdf_damaged") from error


def _badge_in(pdf: bytes) -> str:
    reader = PdfReader(io.BytesIO(pdf), strict=True)
    if reader.is_encrypted:
        raise NoBadge("pdf_encrypted")
    found: dict[int, StreamObject] = {}
    for count, file in enumerate(_files(reader.root_object), start=1):
        if count > MAX_FILES:
            raise NoBadge("pdf_several")
        held = file["/EF"].get_object()
        place = held.raw_get("/UF" if "/UF" in held else "/F")
        name = "/UF" if "/UF" in file else "/F"
        stream = place.get_object()
        if not isinstance(place, IndirectObject) or not isinstance(stream, StreamObject):
            raise NoBadge("pdf_damaged")
        kind = str(stream.get("/Subtype", "")).lower()
        if "json" in kind or "jwt" in kind or str(file.get(name, "")).lower().endswith(_NAMES):
            found[place.idnum] = stream
    texts = [_text(stream) for stream in found.values()]
    if len(texts) > 1:
        texts = [text for text in texts if '"@context"' in text] or texts
    if len(texts) > 1:
        raise NoBadge("pdf_several")
    if not texts:
        raise NoBadge("found_pdf")
    return texts[0]


def _files(root: DictionaryObject) -> Iterator[Any]:
    """Give each file that the PDF names or says to belong to it, not always once."""
    names = root.get("/Names", DictionaryObject()).get_object()
    nodes = [names["/EmbeddedFiles"]] if "/EmbeddedFiles" in names else []
    walked = 0
    while nodes:
        walked += 1
        if walked > MAX_NODES:  # in a circle, or as good as
            raise NoBadge("pdf_damaged")
        node = nodes.pop().get_object()
        for file in node.get("/Names", ArrayObject()).get_object()[1::2]:
            yield file.get_object()
        nodes += node.get("/Kids", ArrayObject()).get_object()[: MAX_NODES + 1]
    for file in root.get("/AF", ArrayObject()).get_object():
        yield file.get_object()


def _text(stream: StreamObject) -> str:
    with apply_configuration(stream_filters_maximum_length=1, **_bounds(canonical.MAX_BYTES)):
        data = stream.get_data()
    if len(data) > canonical.MAX_BYTES:
        raise NoBadge("pdf_damaged")
    return data.decode()


def _bounds(size: int) -> dict[str, Any]:
    return dict.fromkeys(_BOUNDS, size)
