"""Shapes at the door: how a drawing is handed to a browser that may open it as a page."""

SVG_TYPE = "image/svg+xml"
# It is sanitised when it comes in; opened by itself it may moreover do nothing but be looked at.
SVG_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; img-src data:; style-src 'unsafe-inline'; sandbox"
    ),
}
