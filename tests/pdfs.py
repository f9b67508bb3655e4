"""PDF files made by hand, as ISO 32000-2 section 7.5 says: honest ones, and others."""

import zlib


def pdf(*objects: bytes, trailer: bytes = b"") -> bytes:
    """Return a whole file of these objects, numbered from 1; the first is the catalog."""
    made, places = b"%PDF-1.7\n", []
    for number, each in enumerate(objects, start=1):
        places.append(len(made))
        made += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size, start = len(objects) + 1, len(made)
    made += b"xref\n0 %d\n0000000000 65535 f \n%s" % (size, table)
    made += b"trailer\n<</Size %d/Root 1 0 R%s>>\n" % (size, trailer)
    return made + b"startxref\n%d\n%%%%EOF\n" % start


def stream(data: bytes, *, kind: bytes = b"application/json", packed: int = 1) -> bytes:
    """Return an embedded file, packed so many times."""
    for _again in range(packed):
        data = zlib.compress(data, 9)
    names = b" ".join([b"/FlateDecode"] * packed)
    subtype = kind.replace(b"/", b"#2f")
    head = b"<</Type/EmbeddedFile/Subtype/%s/Filter[%s]/Length %d>>" % (subtype, names, len(data))
    return b"%s\nstream\n%s\nendstream" % (head, data)


def named(place: int, name: bytes = b"credential.json") -> bytes:
    """Return the entry of a name tree that leads to the embedded file at a place."""
    file = b"<</Type/Filespec/F(%s)/UF(%s)/EF<</F %d 0 R>>/AFRelationship/Source>>"
    return b"(%s)%s" % (name, file % (name, name, place))


def catalog(names: bytes, more: bytes = b"") -> bytes:
    """Return a catalog with a tree of embedded files of one node."""
    return b"<</Type/Catalog/Pages 2 0 R/Names<</EmbeddedFiles<</Names[%s]>>>>%s>>" % (names, more)


PAGES = b"<</Type/Pages/Kids[]/Count 0>>"


def certificate(*documents: bytes, more: bytes = b"", trailer: bytes = b"") -> bytes:
    """Return a PDF with these documents attached."""
    places = range(3, 3 + len(documents))
    return pdf(
        catalog(b"".join(map(named, places)), more), PAGES, *map(stream, documents), trailer=trailer
    )


def hostile(document: bytes) -> dict[str, bytes]:
    """Return files that none should take; what they hold is a badge, if they hold one."""
    whole = certificate(document)
    circle = b"<</Type/Catalog/Names<</EmbeddedFiles 2 0 R>>>>"
    kids = b"<</Kids[%s]>>" % (b"2 0 R " * 40)
    script = b"/OpenAction<</S/JavaScript/JS(app.alert(1))>>"
    locked = b"/Encrypt<</Filter/Standard/V 2/R 3/Length 128/P -4/O(%s)/U(%s)>>/ID[(a)(a)]" % (
        b"o" * 32, b"u" * 32,
    )  # fmt: skip
    outside = b"(a.json)<</Type/Filespec/FS/URL/F(https://127.0.0.1/a.json)>>"
    jbig2 = stream(document).replace(b"/FlateDecode", b"/JBIG2Decode")
    return {
        "with a script and no badge": pdf(catalog(b"", script), PAGES),
        "with two badges": certificate(document, document + b" "),
        "with a bomb": certificate(b'{"@context":"' + b" " * 60_000_000 + b'"}'),
        "with a bomb in a bomb": pdf(
            catalog(named(3)), PAGES, stream(b" " * 60_000_000, packed=2)
        ),
        "with a program as filter": pdf(catalog(named(3)), PAGES, jbig2),
        "with thousands of files": pdf(
            catalog(b"".join(named(3, b"%d.json" % n) for n in range(5_000))), PAGES,
            stream(document),
        ),
        "with a tree in a circle": pdf(circle, b"<</Kids[2 0 R]>>"),
        "with a tree that grows": pdf(circle, kids),
        "with a file that is itself": pdf(catalog(named(3)), PAGES, b"3 0 R"),
        "with a file elsewhere": pdf(catalog(outside), PAGES),
        "with an address": certificate(b"https://127.0.0.1/badge"),
        "of deep lists": pdf(catalog(b"[" * 50_000 + b"]" * 50_000), PAGES),
        "that is encrypted": certificate(document, trailer=locked),
        "cut off": whole[:-40],
        "cut off in the middle": whole[: len(whole) // 2] + b"%%EOF",
        "with an archive behind it": whole + b"PK\x03\x04" + bytes(100),
        "with ten megabytes before it": whole[:9] + b"%" * 9_900_000 + b"\n" + whole[9:],
        "of open brackets": whole[:9] + b"<<" * 4_000_000 + whole[9:],
    }  # fmt: skip
