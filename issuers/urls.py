"""Addresses of issuers; their page is among the badges, which stand above."""

from django.urls import path

from issuers.views import console, public

urlpatterns = [
    path("issuers/<slug:slug>/did.json", public.did, name="issuer-did"),
    path("issuers/<slug:slug>/keys/<slug:kid>", public.key, name="issuer-key"),
    path("issuers/<slug:slug>/logo.png", public.logo, name="issuer-logo"),
    path("issuers/<slug:slug>/colour.css", public.colour, name="issuer-colour"),
    path("console/", console.organisations, name="console"),
    path("console/<slug:slug>/", console.home, name="console-home"),
]
