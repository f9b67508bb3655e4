"""Addresses of what can be earned, and of who offers it."""

from django.urls import path

from badges.views import organisation, public

urlpatterns = [
    path("issuers/<slug:slug>", public.issuer, name="issuer"),
    path("achievements/<uuid:uuid>", public.achievement, name="achievement"),
    path("achievements/<uuid:uuid>/image.png", public.image, name="achievement-image"),
    path("achievements/<uuid:uuid>/image.svg", public.drawing, name="achievement-drawing"),
    path(
        "console/<slug:slug>/organisation", organisation.organisation, name="console-organisation"
    ),
]
