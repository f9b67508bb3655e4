"""Addresses of issuers; their page is among the badges, which stand above."""

from django.urls import path

from issuers import views

urlpatterns = [
    path("issuers/<slug:slug>/did.json", views.did, name="issuer-did"),
    path("issuers/<slug:slug>/keys/<slug:kid>", views.key, name="issuer-key"),
    path("issuers/<slug:slug>/logo.png", views.logo, name="issuer-logo"),
]
