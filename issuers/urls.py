"""Addresses of issuers; their page is among the badges, which stand above."""

from django.urls import path

from issuers.views import (
    console,
    domains,
    founding,
    invitations,
    people,
    public,
    signing_in,
    trail,
    units,
)

urlpatterns = [
    path("issuers/<slug:slug>/did.json", public.did, name="issuer-did"),
    path("issuers/<slug:slug>/keys/<slug:kid>", public.key, name="issuer-key"),
    path("issuers/<slug:slug>/logo.png", public.logo, name="issuer-logo"),
    path("issuers/<slug:slug>/colour.css", public.colour, name="issuer-colour"),
    path("console/", console.organisations, name="console"),
    path("console/you", console.you, name="console-you"),
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
    path("console/<slug:slug>/domains", domains.domains, name="console-domains"),
    path("console/<slug:slug>/domains/add", domains.add_domain, name="console-domain-add"),
    path(
        "console/<slug:slug>/domains/<int:pk>/check",
        domains.check_domain,
        name="console-domain-check",
    ),
    path(
        "console/<slug:slug>/domains/<int:pk>/forget",
        domains.forget_domain,
        name="console-domain-forget",
    ),
    path("console/<slug:slug>/hosts/add", domains.add_host, name="console-host-add"),
    path("console/<slug:slug>/hosts/<int:pk>/check", domains.check_host, name="console-host-check"),
    path(
        "console/<slug:slug>/hosts/<int:pk>/release",
        domains.release_host,
        name="console-host-release",
    ),
    path("console/<slug:slug>/units", units.units, name="console-units"),
    path("console/<slug:slug>/units/add", units.add_unit, name="console-unit-add"),
    path("console/<slug:slug>/units/<uuid:uuid>", units.change_unit, name="console-unit"),
    path(
        "console/<slug:slug>/units/<uuid:uuid>/close", units.close_unit, name="console-unit-close"
    ),
    path("console/<slug:slug>/looks", console.looks, name="console-looks"),
    path("console/<slug:slug>/leave", people.leave, name="console-leave"),
    path("console/<slug:slug>/sign-in", signing_in.sign_in, name="console-sign-in"),
    path("console/<slug:slug>/sign-in/<slug:key>", signing_in.leave_for, name="console-leave-for"),
    path(
        "console/<slug:slug>/sign-in-settings", signing_in.settings, name="console-sign-in-settings"
    ),
    path(
        "console/<slug:slug>/sign-in-settings/second-factor",
        signing_in.second_factor,
        name="console-second-factor",
    ),
    path(
        "console/<slug:slug>/sign-in-settings/connect/<slug:kind>",
        signing_in.connect,
        name="console-connect",
    ),
    path(
        "console/<slug:slug>/sign-in-settings/<slug:key>/change",
        signing_in.change,
        name="console-provider",
    ),
    path(
        "console/<slug:slug>/sign-in-settings/<slug:key>/disconnect",
        signing_in.disconnect,
        name="console-disconnect",
    ),
    # Before allauth's own at the same addresses, which take a token without looking at its
    # signature, and whatever is posted.
    path(
        "account/oidc/<slug:provider_id>/login/", signing_in.oidc_login, name="provider-oidc-login"
    ),
    path(
        "account/oidc/<slug:provider_id>/login/callback/",
        signing_in.oidc_callback,
        name="provider-oidc-callback",
    ),
    path(
        "account/saml/<slug:organization_slug>/acs/",
        signing_in.saml_answer,
        name="provider-saml-answer",
    ),
    path(
        "account/saml/<slug:organization_slug>/acs/finish/",
        signing_in.saml_finish,
        name="provider-saml-finish",
    ),
    path(
        "account/saml/<slug:organization_slug>/sls/",
        signing_in.saml_logout,
        name="provider-saml-logout",
    ),
    path("console/<slug:slug>/trail", trail.trail, name="console-trail"),
    path("console/<slug:slug>/trail.csv", trail.table, name="console-trail-csv"),
    path("console/<slug:slug>/trail.jsonl", trail.whole, name="console-trail-json"),
    path(
        "console/<slug:slug>/trail/before/<int:pk>.jsonl",
        trail.earlier,
        name="console-trail-earlier",
    ),
    path("organisations/new", founding.ask, name="founding-ask"),
    path("organisations/found/<str:token>", founding.founding, name="founding"),
    path("invitations/<slug:token>", invitations.invitation, name="invitation"),
]
