"""What a request says of itself before its body is read: how large that is, whence it comes."""

from typing import TypedDict

from django.http import HttpRequest


class Client(TypedDict):
    """Whence a request comes, in the words of `services.admit`."""

    remote: str
    forwarded: str


def content_length(request: HttpRequest) -> int:
    """Return the length that the header names; 0 where it names none."""
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0


def client(request: HttpRequest) -> Client:
    """Return whence a request comes."""
    return {
        "remote": request.META.get("REMOTE_ADDR", ""),
        "forwarded": request.headers.get("X-Forwarded-For", ""),
    }
