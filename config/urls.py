"""Every public address, by app."""

from django.urls import URLPattern, URLResolver, include, path

from config import accessibility, views
from config.operating.site import site

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("issuers.urls")),
    path("", include("badges.urls")),
    path("", include("credentials.urls")),
    path("account/", include("allauth.urls")),
    path("operator/", (site.get_urls(), "admin", "admin")),
    path("", include("config.mailbox")),
    path("accessibility", accessibility.declaration, name="accessibility"),
    path("favicon.ico", views.icon),
    path("healthz", views.healthz),
    path("readyz", views.readyz),
    path("hosts/live", views.live_host),
    path("language/", include("django.conf.urls.i18n")),
]
