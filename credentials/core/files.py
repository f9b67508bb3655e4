"""Which kind of file somebody hands over, and its first sheet: CSV and XLSX are read, others named.

What a file is called counts for nothing; what it begins with does.

Source: RFC 4180; ECMA-376 part 2, annex B (packages); [MS-CFB] section 2.2 (older workbooks).
"""

from credentials.core import separated, sheets, workbook
from credentials.core.sheets import Sheet, UnreadableSheet

_BEGINNINGS = (
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old_workbook"),  # .xls, and XLSX with a password
    (b"%PDF-", "pdf"),
    (b"\x89PNG", "picture"),
    (b"\xff\xd8\xff", "picture"),
    (b"GIF8", "picture"),
    (b"\x1f\x8b", "packed"),
    (b"Rar!", "packed"),
    (b"7z\xbc\xaf", "packed"),
)


def read(content: bytes, *, sheet: str = "") -> Sheet:
    """Read a list.

    Args:
        content: the file.
        sheet: which sheet of a workbook; empty: the first that holds something.

    Raises:
        UnreadableSheet: nothing can be read from it; names why.

    Source: as the module says.
    """
    if not content.strip():
        raise UnreadableSheet("empty")
    if len(content) > sheets.MAX_BYTES:
        raise UnreadableSheet("too_large", most=str(sheets.MAX_BYTES // 1_000_000))
    if content.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return workbook.read(content, sheet=sheet)
    for beginning, reason in _BEGINNINGS:
        if content.startswith(beginning):
            raise UnreadableSheet(reason)
    text = content[:300].lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    if text.startswith((b"<html", b"<!doctype", b"<table", b"<?xml", b"<workbook", b"{\\rtf")):
        raise UnreadableSheet("markup")
    return separated.read(content)
