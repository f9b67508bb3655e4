"""Pages for machines: alive? may it be sent visitors? under which host? and with which sign?"""

import logging
import threading

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.templatetags.static import static
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from config import hosts

log = logging.getLogger(__name__)


@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Answer, whatever the rest is like: a process that does is not to be killed."""
    return HttpResponse("ok\n", content_type="text/plain")


@never_cache
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """Say whether the database answers and has every migration; why not is in the log."""
    try:
        connection.ensure_connection()
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        database = True
        migrations = is_migrated()
    except DatabaseError:
        log.exception("the database does not answer")
        database = migrations = False
    states = {"database": database, "migrations": migrations}
    return JsonResponse(
        {name: "ok" if is_well else "not ready" for name, is_well in states.items()},
        status=200 if all(states.values()) else 503,
    )


@never_cache
@require_safe
def live_host(request: HttpRequest) -> HttpResponse:
    """Say whether a host has pages here: to a proxy that gets certificates when they are needed."""
    if hosts.live.owner_of(request.GET.get("domain", "").lower()) is None:
        return HttpResponse("unknown\n", content_type="text/plain", status=404)
    return HttpResponse("live\n", content_type="text/plain")


@require_safe
def icon(request: HttpRequest) -> HttpResponse:
    """Lead browsers to the sign: they ask here where what they show is no page of ours."""
    return HttpResponseRedirect(static("mark.svg"))


# Set once every migration was found applied: they do not come undone while a process lives.
_migrated = threading.Event()


def is_migrated() -> bool:
    """Say whether every migration of this code is applied."""
    if not _migrated.is_set():
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            return False
        _migrated.set()
    return True
