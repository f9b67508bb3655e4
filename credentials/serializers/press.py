"""The press: certificates as PDF pages, by WeasyPrint.

A page has two layers. What certificates of a badge have in common is laid out once and kept: that
is nearly everything. For each person there is left to lay out a name and an address, and to draw
a code. Style, fonts and pictures are read once, too.

Nothing is fetched: the only addresses that a page may name are those of fonts and pictures that
lie here.
"""

from __future__ import annotations

import io
import re
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

from credentials.serializers import tagging

if TYPE_CHECKING:
    from collections.abc import Sequence

    from credentials.serializers.certificate import Certificate

# Pages that are printed together: more take more memory, and no less time each.
SHEETS = 50
# Pictures of badges and logos that are kept, and the pixels of their longer side: 260 to an inch.
PICTURES = 32
PIXELS = 600
# Layers that are kept: one for each badge, day and language.
LAYERS = 16
# Of the QR codes (ISO/IEC 18004 section 7.8).
MASK = 3
# Where a code stands in each layout, and its side: pixels of CSS, 96 to an inch.
CODE_AT = {
    "landscape": (241 / 25.4 * 96, 164 / 25.4 * 96),
    "portrait": (162 / 25.4 * 96, 231 / 25.4 * 96),
}
CODE_SIDE = 26 / 25.4 * 96
_RUNS = re.compile(rb"\x01+")
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
        self._layers: OrderedDict[tuple[str, ...], Any] = OrderedDict()
        self._cache: dict[str, Any] = {}
        fetcher = import_module("weasyprint.urls").URLFetcher
        response = import_module("weasyprint.urls").URLFetcherResponse

        class Here(fetcher):  # type: ignore[misc, valid-type] # it is loaded when it is needed
            """Gives fonts and pictures of ours, and nothing else."""

            def fetch(_self, url: str, headers: Any = None) -> Any:  # noqa: N805
                return response(url, self._content(url))

        class Html(self._weasyprint.HTML):  # type: ignore[misc, name-defined] # the same
            """A page that knows no style but ours: to try 200 rules of HTML's took a third."""

            def _ua_stylesheets(self, forms: bool = False) -> list[Any]:  # noqa: FBT001, FBT002
                return []

        self._html, self._fetcher = Html, Here()
        style = (settings.BASE_DIR / "static/certificate.css").read_text()
        style = style.replace('url("fonts/', f'url("{_HERE}font/')
        self._style = self._weasyprint.CSS(
            string=style, url_fetcher=self._fetcher, font_config=self._fonts
        )

    def certificate(self, printed: Certificate) -> bytes:
        """Print one certificate (PDF/A-3a, PDF/UA-1), with document and receipt inside."""
        with self._lock:
            attached = [("credential.json", "Open Badges 3.0", "Source", printed.document)]
            if printed.receipt:
                attached.append(("receipt.json", "Anchor receipt", "Supplement", printed.receipt))
            files = [
                self._weasyprint.Attachment(
                    string=content,
                    url_fetcher=self._fetcher,
                    name=name,
                    description=description,
                    relationship=relationship,
                    created=printed.written,
                    modified=printed.written,
                )
                for name, description, relationship, content in attached
            ]
            return self._print([printed], attachments=files, pdf_variant="pdf/a-3a")

    def sheets(self, printed: Sequence[Certificate]) -> bytes:
        """Print several certificates into one file, for paper: at most SHEETS."""
        with self._lock:
            return self._print(printed[:SHEETS])

    def _print(self, printed: Sequence[Certificate], **options: Any) -> bytes:
        # Tags are of a page that is read; sheets are for paper.
        members = {"printed": printed, "is_read": bool(options)}
        people = self._laid_out("certificate_people", members, **options)
        drawn: dict[int, list[bytes]] = {}
        spoken: dict[int, str] = {}
        for page, each in zip(people.pages, printed, strict=True):
            common = self._layer(each, f"{_height_of_name(page):.2f}px")
            page.bookmarks = common.bookmarks
            at = CODE_AT[each.layout]
            page.paint = _painter(page, common, (_code(each.address, at), at), drawn, spoken)
        metadata = people.metadata
        metadata.generate_rdf_metadata = tagging.identified(metadata.generate_rdf_metadata)
        done: bytes = people.write_pdf(
            finisher=lambda _document, pdf: tagging.finished(pdf, spoken), **options
        )
        return done

    def _layer(self, shown: Certificate, height: str) -> Any:
        """Return what a certificate has in common with others whose name takes the same height."""
        logo = self._picture(shown.logo) if shown.logo else ""
        image, language = self._picture(shown.image), translation.get_language() or "en"
        key = (
            *(shown.badge, shown.badge_language, shown.description, shown.issuer, shown.issued),
            *(shown.until, shown.colour, logo, image, language, height),
            *(shown.layout, shown.signatory, shown.role, shown.caution),
        )
        if key not in self._layers:
            members = {"shown": shown, "logo": logo, "image": image, "height": height}
            [self._layers[key]] = self._laid_out("certificate", members).pages
        self._layers.move_to_end(key)
        for name in [*self._pictures][: -PICTURES or None]:
            self._pictures.pop(name)
            self._cache.pop(name, None)
        while len(self._layers) > LAYERS:
            self._layers.popitem(last=False)
        return self._layers[key]

    def _laid_out(self, template: str, members: dict[str, Any], **options: Any) -> Any:
        members["language"] = translation.get_language() or "en"
        html = render_to_string(f"credentials/{template}.html", members)
        return self._html(string=html, url_fetcher=self._fetcher).render(
            stylesheets=[self._style], font_config=self._fonts, cache=self._cache, **options
        )

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


def _height_of_name(page: Any) -> float:
    """Return what the name on a page takes, in pixels of CSS."""
    boxes = page._page_box.descendants()  # noqa: SLF001 - WeasyPrint has no other way to ask
    found = (box for box in boxes if box.element_tag == "p")
    return float(next(found).height)


def _painter(
    page: Any,
    common: Any,
    code: tuple[bytes, tuple[float, float]],
    drawn: dict[int, list[bytes]],
    spoken: dict[int, str],
) -> Any:
    """Return what paints a page: what it shares, the person, the code.

    Args:
        page: The person's layer.
        common: The shared one.
        code: The code, as steps of a drawing, and where it stands.
        drawn: By shared layer, the steps that drew it in this file: fonts and pictures are named
            alike throughout a file, so it is drawn once.
        spoken: For what is in another language than the page: which, by its mark.
    """
    paint, language = page.paint, translation.get_language() or "en"
    alt = translation.gettext("Code that leads to the address of the badge")
    steps_of_code, (left, top) = code
    picture = tagging.figure(alt=alt, left=left, top=top, side=CODE_SIDE)

    def painted(stream: Any, scale: float = 1) -> None:
        steps = drawn.get(id(common))
        if steps is None:
            before = len(stream.stream)
            common.paint(stream, scale)
            drawn[id(common)] = stream.stream[before:]
        else:
            stream.stream.extend(steps)
        paint(stream, scale)
        with stream.marked(picture, "Figure"), stream.stacked():
            stream.transform(a=scale, d=scale)
            stream.stream.append(steps_of_code)
        if stream._tags is not None:  # noqa: SLF001 - how WeasyPrint says that it tags
            spoken.update(tagging.languages(stream._tags, language))  # noqa: SLF001
            ordered = tagging.in_order(common._page_box, page._page_box, picture)  # noqa: SLF001
            page._page_box = ordered  # noqa: SLF001 - what it tags by

    return painted


def _code(address: str, at: tuple[float, float]) -> bytes:
    """Return the QR code of an address as one black path: sharp at any size.

    Eight masks are allowed, and a reader takes any. To choose the best is four fifths of the work;
    addresses are drawn at random, so that no mask is bad for many of them.
    """
    rows = segno.make(address, error="m", micro=False, mask=MASK).matrix
    module = CODE_SIDE / len(rows)
    steps = [b"%.4f 0 0 %.4f %.4f %.4f cm 0 g" % (module, module, *at)]
    for y, row in enumerate(rows):
        steps += [b"%d %d %d 1 re" % (run.start(), y, run.end() - run.start())
                  for run in _RUNS.finditer(bytes(row))]  # fmt: skip
    return b"\n".join([*steps, b"f"])


@cache
def press() -> Press:
    """Return the press of this process.

    Raises:
        NoPress: see there.
    """
    return Press()
