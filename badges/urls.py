"""Addresses of what can be earned, and of who offers it."""

from django.urls import path

from badges.views import organisation, partnerships, public

urlpatterns = [
    path("issuers/<slug:slug>", public.issuer, name="issuer"),
    path("achievements/<uuid:uuid>", public.achievement, name="achievement"),
    path("achievements/<uuid:uuid>/image.png", public.image, name="achievement-image"),
    path("achievements/<uuid:uuid>/image.svg", public.drawing, name="achievement-drawing"),
    path(
        "console/<slug:slug>/organisation", organisation.organisation, name="console-organisation"
    ),
    path(
        "console/<slug:slug>/partnerships", partnerships.partnerships, name="console-partnerships"
    ),
    path(
        "console/<slug:slug>/partnerships/propose",
        partnerships.propose,
        name="console-partnership-propose",
    ),
    path(
        "console/<slug:slug>/partnerships/<uuid:uuid>/accept",
        partnerships.accept,
        name="console-partnership-accept",
    ),
    path(
        "console/<slug:slug>/partnerships/<uuid:uuid>/decline",
        partnerships.decline,
        name="console-partnership-decline",
    ),
    path(
        "console/<slug:slug>/partnerships/<uuid:uuid>/end",
        partnerships.end,
        name="console-partnership-end",
    ),
]
