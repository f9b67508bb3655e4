"""Addresses of what can be earned, and of who offers it."""

from django.urls import path

from badges.views import (
    designing,
    designs,
    organisation,
    partnerships,
    previewing,
    public,
    publishing,
)

urlpatterns = [
    path("issuers/<slug:slug>", public.issuer, name="issuer"),
    path("achievements/<uuid:uuid>", public.achievement, name="achievement"),
    path("achievements/<uuid:uuid>/image.png", public.image, name="achievement-image"),
    path("achievements/<uuid:uuid>/image.svg", public.drawing, name="achievement-drawing"),
    path(
        "console/<slug:slug>/organisation", organisation.organisation, name="console-organisation"
    ),
    path("console/<slug:slug>/badges", designs.badges, name="console-badges"),
    path("console/<slug:slug>/badges/gallery", designing.starts, name="console-badge-gallery"),
    path(
        "console/<slug:slug>/badges/gallery/<slug:key>",
        designing.start,
        name="console-badge-start",
    ),
    path("console/<slug:slug>/badges/drawn.png", designing.drawn, name="console-badge-drawn"),
    path("console/<slug:slug>/badges/<uuid:uuid>", designs.badge, name="console-badge"),
    path(
        "console/<slug:slug>/badges/<uuid:uuid>/image.png",
        designs.image,
        name="console-badge-image",
    ),
    path(
        "console/<slug:slug>/badges/<uuid:uuid>/texts",
        designing.texts,
        name="console-badge-texts",
    ),
    path(
        "console/<slug:slug>/badges/<uuid:uuid>/picture",
        designing.picture,
        name="console-badge-picture",
    ),
    path(
        "console/<slug:slug>/badges/<uuid:uuid>/rules",
        designing.rules,
        name="console-badge-rules",
    ),
    path(
        "console/<slug:slug>/badges/<uuid:uuid>/preview",
        previewing.preview,
        name="console-badge-preview",
    ),
    path(
        "console/<slug:slug>/badges/<uuid:uuid>/publish",
        publishing.publish,
        name="console-badge-publish",
    ),
    path(
        "console/<slug:slug>/badges/<uuid:uuid>/change",
        publishing.change,
        name="console-badge-change",
    ),
    path(
        "console/<slug:slug>/badges/<uuid:uuid>/retire",
        publishing.retire,
        name="console-badge-retire",
    ),
    path(
        "console/<slug:slug>/badges/<uuid:uuid>/duplicate",
        publishing.duplicate,
        name="console-badge-duplicate",
    ),
    path(
        "console/<slug:slug>/badges/<uuid:uuid>/discard",
        publishing.discard,
        name="console-badge-discard",
    ),
    path("console/<slug:slug>/certifications/add", publishing.add_block, name="console-block-add"),
    path(
        "console/<slug:slug>/certifications", designs.certifications, name="console-certifications"
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
