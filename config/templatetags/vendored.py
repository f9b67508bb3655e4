"""Scripts and styles that others wrote: which file, and what must be in it."""

import base64
from collections.abc import Mapping
from functools import cache

from django import template
from django.conf import settings
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()

FILES: Mapping[str, str] = {
    "alpine": "alpine-csp-3.17.4/cdn.min.js",
    "bootstrap": "bootstrap-5.3.8/bootstrap.layer.css",
    "chart": "chart-4.6.1/chart.umd.min.js",
    "htmx": "htmx-2.0.8/htmx.min.js",
    "jsqr": "jsqr-1.4.0/jsQR.js",
}
SCRIPT = '<script src="{}" integrity="{}" defer></script>'
STYLE = '<link rel="stylesheet" href="{}" integrity="{}">'


@register.simple_tag
def vendored(name: str) -> SafeString:
    """Return the element that loads a stylesheet, or a script once the page is read.

    A browser takes it only with the content whose hash is on record (Subresource Integrity).
    """
    element = STYLE if FILES[name].endswith(".css") else SCRIPT
    return format_html(element, vendored_address(name), vendored_integrity(name))


@register.simple_tag
def vendored_address(name: str) -> str:
    """Return where such a file is, for a script that loads it once it is needed."""
    return static(f"vendor/{FILES[name]}")


@register.simple_tag
def vendored_integrity(name: str) -> str:
    """Return what must be in it, as browsers compare it."""
    digest = bytes.fromhex(hashes()[FILES[name]])
    return f"sha256-{base64.b64encode(digest).decode()}"


@cache
def hashes() -> Mapping[str, str]:
    """Return the SHA-256 of every file that others wrote, by its path, in hexadecimal digits."""
    lines = (settings.BASE_DIR / "static/vendor/SHA256SUMS").read_text().splitlines()
    return {path: digest for digest, path in (line.split("  ", 1) for line in lines)}
