"""The script with which a reader repeats our checks: one file, made of the modules in `browser/`.

It is served as one file with one digest, and written into evidence files as it is, so that what a
reader runs can be compared with what was published. The modules are ES modules (ECMA-262) that
import one another; joined in this order they need no imports. Nothing is translated or shortened.

What it computes is what the rest of this package computes: RDFC-1.0, Data Integrity, RFC 9162.
"""

import base64
import hashlib
import re
from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).with_name("browser")
# Each one needs only those before it.
MODULES = (
    "json", "bytes", "contexts", "graph", "canonical", "seals", "issuer", "walk", "chain", "gather",
    "page",
)  # fmt: skip
_IMPORT = re.compile(r"^import [^;]*;\n", re.MULTILINE)
_EXPORT = re.compile(r"^export ", re.MULTILINE)


@cache
def text() -> str:
    """Return the script: the modules, one after the other, without imports and exports."""
    parts = [(_FOLDER / f"{name}.js").read_text(encoding="utf-8") for name in MODULES]
    return "\n".join(_EXPORT.sub("", _IMPORT.sub("", part)) for part in parts)


@cache
def integrity() -> str:
    """Return its digest as pages name it: `sha384-` and base64.

    Source: Subresource Integrity (W3C) section 3.1.
    """
    digest = hashlib.sha384(text().encode()).digest()
    return "sha384-" + base64.b64encode(digest).decode("ascii")
