"""What a provider tells of the e-mails that it took: delivered, came back, unwanted.

The request is proven and read by Anymail's view of that provider; its signal is not used, so that
what is done with an event stands here. Opens and clicks are not listened to.
"""

import logging
from typing import Any

import anymail.urls
from anymail.exceptions import AnymailWebhookValidationFailure
from anymail.signals import EventType
from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from credentials.selectors.messages import State
from credentials.services import telling

log = logging.getLogger(__name__)

STATES = {
    EventType.DELIVERED: State.DELIVERED,
    EventType.BOUNCED: State.BOUNCED,
    EventType.REJECTED: State.BOUNCED,
    EventType.FAILED: State.FAILED,
    EventType.COMPLAINED: State.COMPLAINED,
    EventType.UNSUBSCRIBED: State.COMPLAINED,
}
# A provider sends a handful at a time.
MAX_BYTES = 1_000_000


@csrf_exempt
@never_cache
def events(request: HttpRequest, provider: str) -> HttpResponse:
    """Take events in; there is no such page but for the provider that is used, with a secret."""
    view = _view(provider)
    if view is None:
        raise Http404
    if request.method == "HEAD":  # some look whether anybody is there
        return HttpResponse()
    if request.method != "POST":
        return HttpResponse(status=405, headers={"Allow": "HEAD, POST"})
    if int(request.headers.get("Content-Length") or 0) > MAX_BYTES:
        return HttpResponse(status=413)
    try:
        view.run_validators(request)
        found = view.parse_events(request)
    except AnymailWebhookValidationFailure:
        return HttpResponse(status=403)
    except (ValueError, LookupError, TypeError, AttributeError, SuspiciousOperation) as error:
        log.warning("an event of %s cannot be read: %s", provider, type(error).__name__)
        return HttpResponse(status=400)
    for event in found:
        _take(event)
    return HttpResponse()


def _view(provider: str) -> Any:
    """Return Anymail's view of the provider that is used; None where there is none."""
    if provider != settings.EMAIL_PROVIDER or not settings.ANYMAIL.get("WEBHOOK_SECRET"):
        return None
    for each in anymail.urls.urlpatterns:
        if each.name == f"{provider}_tracking_webhook":
            return each.callback.view_class(**each.callback.view_initkwargs)
    return None


def _take(event: Any) -> None:
    state = STATES.get(event.event_type)
    mark = (event.metadata or {}).get("acquis", "")
    if state is None or not isinstance(mark, str):
        return
    said = " ".join(filter(None, [event.mta_response, event.description])) or ""
    telling.tell_delivery(mark=mark, state=state, said=str(said), now=timezone.now())
