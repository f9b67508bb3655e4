"""Tell the audit trail who acts: whoever is signed in, by which door; a task; a command."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from celery import Task
from django.conf import settings
from django.urls import Resolver404, resolve

from issuers import trail

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse


class ActingMiddleware:
    """Name the door by its name, never by its address: addresses hold tokens.

    Who is signed in is asked for only when something is first changed.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with trail.acting(door=_door_of(request), user_id=_user_of(request)):
            return self._get_response(request)


def _door_of(request: HttpRequest) -> Callable[[], str]:
    def ask() -> str:
        try:
            return f"{request.method} {resolve(request.path_info).view_name}"
        except Resolver404:
            return f"{request.method} ?"

    return ask


def _user_of(request: HttpRequest) -> Callable[[], int | None]:
    def ask() -> int | None:
        if settings.SESSION_COOKIE_NAME not in request.COOKIES:
            return None
        return request.user.pk

    return ask


class ActingTask(Task[..., Any]):
    """A task that says its name."""

    abstract = True

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        with trail.acting(door=f"task {self.name}"):
            return super().__call__(*args, **kwargs)
