"""Addresses of issuers; their page is among the badges, which stand above."""

from django.urls import path

from issuers.views import console, invitations, people, public

urlpatterns = [
    path("issuers/<slug:slug>/did.json", public.did, name="issuer-did"),
    path("issuers/<slug:slug>/keys/<slug:kid>", public.key, name="issuer-key"),
    path("issuers/<slug:slug>/logo.png", public.logo, name="issuer-logo"),
    path("issuers/<slug:slug>/colour.css", public.colour, name="issuer-colour"),
    path("console/", console.organisations, name="console"),
    path("console/<slug:slug>/", console.home, name="console-home"),
    path("console/<slug:slug>/people", people.people, name="console-people"),
    path("console/<slug:slug>/people/invite", people.invite, name="console-invite"),
    path(
        "console/<slug:slug>/people/invitations/<uuid:uuid>/again",
        people.invite_again,
        name="console-invite-again",
    ),
    path(
        "console/<slug:slug>/people/invitations/<uuid:uuid>/withdraw",
        people.withdraw,
        name="console-withdraw",
    ),
    path("console/<slug:slug>/people/<int:pk>/role", people.change_role, name="console-role"),
    path("console/<slug:slug>/people/<int:pk>/remove", people.remove, name="console-remove"),
    path("console/<slug:slug>/leave", people.leave, name="console-leave"),
    path("invitations/<slug:token>", invitations.invitation, name="invitation"),
]
