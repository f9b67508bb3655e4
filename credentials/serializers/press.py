"""The press: certificates as PDF pages, by WeasyPrint.

What pages have in common is read once: the style, the fonts, the pictures. Nothing is fetched: the
only addresses that a page may name are those of fonts and pictures that lie here.
"""

from __future__ import annotations

import io
from collections import OrderedDict
from functools import cache
from hashlib import sha256
from importlib import import_module
from threading import Lock
from typing import TYPE_CHECKING, Any

import segno
from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from PIL import Image

if TYPE_CHECKING:
    from collections.abc import Sequence

    from credentials.serializers.certificate import Certificate

# Pages that are printed together: more take more memory, and no less time each.
SHEETS = 50
# Pictures of badges and logos that are kept, and the pixels of their longer side: 260 to an inch.
PICTURES = 32
PIXELS = 600
# Of the QR codes (ISO/IEC 18004 section 7.8).
MASK = 3
_HERE = "acquis:"
_FONTS = ("manrope", "source-serif-4")


class NoPress(Exception):  # noqa: N818 - it says what is missing
    """This machine lacks the libraries that WeasyPrint draws with; the message says which."""


class Press:
    """Prints certificates; one at a time, since Pango is not made for two threads."""

    def __init__(self) -> None:
        """Load the style and the fonts.

        Raises:
            NoPress: the system's libraries are missing.
        """
        try:
            self._weasyprint = import_module("weasyprint")
            fonts = import_module("weasyprint.text.fonts")
        except OSError as error:
            raise NoPress(str(error)) from error
        self._lock = Lock()
        self._fonts = fonts.FontConfiguration()
        self._pictures: OrderedDict[str, bytes] = OrderedDict()
        self._cache: dict[str, Any] = {}
        fetcher = import_module("weasyprint.urls").URLFetcher
        response = import_module("weasyprint.urls").URLFetcherResponse

        class Here(fetcher):  # type: ignore[misc, valid-type] # it is loaded when it is needed
            """Gives fonts and pictures of ours, and nothing else."""

            def fetch(_self, url: str, headers: Any = None) -> Any:  # noqa: N805
                return response(url, self._content(url))

        self._fetcher = Here()
        style = (settings.BASE_DIR / "templates/credentials/certificate.css").read_text()
        self._style = self._weasyprint.CSS(
            string=style, url_fetcher=self._fetcher, font_config=self._fonts
        )

    def certificate(self, printed: Certificate) -> bytes:
        """Print one certificate: PDF/A-3u, with the signed document inside."""
        with self._lock:
            options = {
                "attachments": [
                    self._weasyprint.Attachment(
                        string=printed.document,
                        name="credential.json",
                        description="Open Badges 3.0",
                        relationship="Source",
                    )
                ],
                "pdf_variant": "pdf/a-3u",
            }
            return self._print([printed], **options)

    def sheets(self, printed: Sequence[Certificate]) -> bytes:
        """Print several certificates into one file, for paper: at most SHEETS."""
        with self._lock:
            return self._print(printed[:SHEETS])

    def _print(self, printed: Sequence[Certificate], **options: Any) -> bytes:
        pages = [
            {
                "certificate": each,
                "code": self._place(_code(each.address), f"code-{number}"),
                "logo": self._picture(each.logo) if each.logo else "",
                "image": self._picture(each.image),
            }
            for number, each in enumerate(printed)
        ]
        html = render_to_string(
            "credentials/certificate.html",
            {"pages": pages, "language": translation.get_language() or "en"},
        )
        document = self._weasyprint.HTML(string=html, url_fetcher=self._fetcher)
        try:
            done: bytes = document.write_pdf(
                stylesheets=[self._style], font_config=self._fonts, cache=self._cache, **options
            )
        finally:
            # A code is one person's; pictures are wanted again, until there are too many.
            codes = [str(page["code"]) for page in pages]
            for name in [*codes, *list(self._pictures)[: -PICTURES or None]]:
                self._pictures.pop(name, None)
                self._cache.pop(name, None)
        return done

    def _picture(self, picture: bytes) -> str:
        """Put a picture where a page finds it: once, in the size that paper needs."""
        name = f"{_HERE}picture/{sha256(picture).hexdigest()[:32]}"
        if name in self._pictures:
            self._pictures.move_to_end(name)
            return name
        with Image.open(io.BytesIO(picture)) as found:
            image = found.convert("RGBA")
        image.thumbnail((PIXELS, PIXELS), Image.Resampling.LANCZOS)
        paper = Image.new("RGB", image.size, "white")
        paper.paste(image, mask=image)
        stream = io.BytesIO()
        # WeasyPrint takes a JPEG over as it is, and packs any other picture again for each page.
        paper.save(stream, "JPEG", quality=93, subsampling=0)
        return self._place(stream.getvalue(), name.rpartition("/")[2])

    def _place(self, content: bytes, name: str) -> str:
        place = f"{_HERE}picture/{name}"
        self._pictures[place] = content
        return place

    def _content(self, url: str) -> bytes:
        kind, _slash, name = url.removeprefix(_HERE).partition("/")
        if url.startswith(_HERE) and kind == "picture" and url in self._pictures:
            return self._pictures[url]
        if url.startswith(_HERE) and kind == "font" and name.startswith(_FONTS):
            place = settings.BASE_DIR / "static" / "fonts"
            if name in {each.name for each in place.iterdir()}:
                return bytes((place / name).read_bytes())
        raise ValueError("A certificate loads nothing from elsewhere.")


def _code(address: str) -> bytes:
    """Return the QR code of an address as a PNG image of one bit a pixel.

    Eight masks are allowed, and a reader takes any. To choose the best is four fifths of the work;
    addresses are drawn at random, so that no mask is bad for many of them.
    """
    stream = io.BytesIO()
    code = segno.make(address, error="m", micro=False, mask=MASK)
    code.save(stream, kind="png", scale=8, border=0)
    return stream.getvalue()


@cache
def press() -> Press:
    """Return the press of this process.

    Raises:
        NoPress: see there.
    """
    return Press()
