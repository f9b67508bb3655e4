"""Addresses of credentials, of their status, and of verification."""

from django.urls import path

from credentials import api, views

urlpatterns = [
    path("", views.home, name="home"),
    path("credentials/<slug:token>", views.page, name="credential"),
    path("credentials/<slug:token>.json", views.document, name="credential-document"),
    path("credentials/<slug:token>.png", views.image, name="credential-image"),
    path("credentials/<slug:token>/anchor.json", views.receipt, name="credential-receipt"),
    path(
        "credentials/<slug:token>/report.json",
        api.CredentialReport.as_view(),
        name="credential-report",
    ),
    path("status/<uuid:uuid>", views.status_list, name="status-list"),
    path("verify", views.verify, name="verify"),
    path("api/verify", api.Verify.as_view(), name="api-verify"),
]
