"""A question before something is done: a page of its own, so that it needs no script."""

from collections.abc import Sequence

from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

# How a page is reached that asks, and then does.
CONFIRM = require_http_methods(["GET", "HEAD", "POST"])


def ask(
    request: HttpRequest,
    *,
    title: str,
    about: str,
    act: str,
    back: str,
    form: BaseForm | None = None,
    problem: str = "",
    is_grave: bool = False,
    whom: Sequence[tuple[str, str]] = (),
) -> HttpResponse:
    """Return the page that asks; its button posts to the same address.

    Args:
        request: A member's.
        title: The question.
        about: What happens then.
        act: What the button says.
        back: Where no leads.
        form: What has to be said with it.
        problem: Why it could not be done just now; the answer is then 409.
        is_grave: It cannot be taken back.
        whom: Some whom it is about: their names, and where each leads.
    """
    context = {
        "title": title, "about": about, "act": act, "back": back, "form": form,
        "problem": problem, "is_grave": is_grave, "whom": whom,
    }  # fmt: skip
    return render(request, "console/confirm.html", context, status=409 if problem else 200)
