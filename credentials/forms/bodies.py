"""How large the body of a request says that it is, before anything of it is read."""

from django.http import HttpRequest


def content_length(request: HttpRequest) -> int:
    """Return the length that the header names; 0 where it names none."""
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0
