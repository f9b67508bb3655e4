"""Addresses of what can be earned, and of who offers it."""

from django.urls import path

from badges import views

urlpatterns = [
    path("issuers/<slug:slug>", views.issuer, name="issuer"),
    path("achievements/<uuid:uuid>", views.achievement, name="achievement"),
    path("achievements/<uuid:uuid>/image.png", views.image, name="achievement-image"),
    path("achievements/<uuid:uuid>/image.svg", views.drawing, name="achievement-drawing"),
]
