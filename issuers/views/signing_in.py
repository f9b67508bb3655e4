"""Signing in through an organisation's identity provider, and connecting one."""

import logging

from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import (
    OAuth2CallbackView,
    OAuth2LoginView,
    OAuth2View,
)
from allauth.socialaccount.providers.saml import views as saml
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from issuers import access, forms, selectors, services
from issuers.access.accounts import SAML
from issuers.access.questions import CONFIRM, ask
from issuers.access.tokens import TokenAdapter
from issuers.core.roles import Action

log = logging.getLogger(__name__)
# A provider that does not answer, or not as it should.
TROUBLE = (services.ProviderUnavailable, OAuth2Error)
# A signed assertion has some ten thousand characters; it is kept in a session until it is read.
MAX_ASSERTION = 300_000


@never_cache
@require_safe
def sign_in(request: HttpRequest, slug: str) -> HttpResponse:
    """Offer the identity providers of an organisation; where there are none, the common way in."""
    home = reverse("console-home", kwargs={"slug": slug})
    providers = selectors.providers_in_use(slug=slug)
    if not providers:
        return redirect(f"{reverse('account_login')}?next={home}")
    context = {"providers": providers, "organisation": providers[0].issuer, "home": home}
    return render(request, "console/sign_in.html", context)


@never_cache
@require_POST
def leave_for(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """Send somebody to an identity provider: by a page, because forms here lead nowhere else."""
    provider = selectors.find_provider(key=key)
    if provider is None or provider.issuer.slug != slug:
        raise Http404
    home = reverse("console-home", kwargs={"slug": slug})
    if provider.kind == provider.Kind.OIDC:
        there = get_adapter(request).get_provider(request, key)
        there.oauth2_adapter_class = TokenAdapter
    else:
        there = get_adapter(request).get_provider(request, SAML, client_id=key)
    try:
        answer = there.redirect(request, process="login", next_url=home)
    except TROUBLE:
        log.exception("identity provider %s cannot be asked", key)
        return _trouble(request)
    if "Location" not in answer:
        return _trouble(request)
    context = {"address": answer["Location"], "provider": provider}
    return render(request, "console/leaving.html", context)


@never_cache
def oidc_login(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Send somebody to a provider of OpenID Connect from the address that allauth has for it."""
    return _oidc(OAuth2LoginView, request, provider_id)


@never_cache
def oidc_callback(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Take up who comes back from a provider of OpenID Connect."""
    return _oidc(OAuth2CallbackView, request, provider_id)


def _oidc(view: type[OAuth2View], request: HttpRequest, provider_id: str) -> HttpResponse:
    try:
        response: HttpResponse = view.adapter_view(TokenAdapter(request, provider_id))(request)
    except SocialApp.DoesNotExist as error:
        raise Http404 from error
    except TROUBLE:
        log.exception("identity provider %s cannot be asked", provider_id)
        return _trouble(request)
    return response


@csrf_exempt
@never_cache
@require_POST
def saml_answer(request: HttpRequest, organization_slug: str) -> HttpResponse:
    """Take up what a provider of SAML posts, unless it is too large to be an assertion."""
    if selectors.find_provider(key=organization_slug) is None:
        raise Http404
    if int(request.headers.get("Content-Length") or 0) > MAX_ASSERTION:
        return _trouble(request, status=413)
    response: HttpResponse = saml.acs(request, organization_slug=organization_slug)
    return response


@never_cache
@require_safe
def saml_finish(request: HttpRequest, organization_slug: str) -> HttpResponse:
    """Read what was posted; what is no assertion at all is refused like one that is forged."""
    try:
        response: HttpResponse = saml.finish_acs(request, organization_slug=organization_slug)
    except (ValueError, SyntaxError):  # what readers of XML and of base64 raise
        log.exception("identity provider %s sent what cannot be read", organization_slug)
        return _trouble(request, status=400)
    return response


def saml_logout(request: HttpRequest, organization_slug: str) -> HttpResponse:
    """Answer that there is no such thing.

    What asks for it need not be signed: anybody could end the sessions of others, and send them on
    to wherever they like. Whoever leaves signs out here.
    """
    raise Http404


@require_safe
@access.member_may(Action.MANAGE_SIGN_IN)
def settings(request: HttpRequest, member: access.Membership) -> HttpResponse:
    """Show how people of the organisation sign in."""
    context = {
        "providers": selectors.providers_of(issuer=member.issuer),
        "domains": sorted(selectors.mail_domains(issuer=member.issuer, now=timezone.now())),
    }
    return render(request, "console/sign_in_settings.html", context)


@CONFIRM
@access.member_may(Action.MANAGE_SIGN_IN)
def second_factor(request: HttpRequest, member: access.Membership) -> HttpResponse:
    """Require a second factor, or no longer."""
    is_required = member.issuer.second_factor
    pressed = forms.SwitchForm(request.POST or None)
    if request.method == "POST" and pressed.is_valid():
        services.require_second_factor(issuer=member.issuer, is_required=pressed.is_on)
        return _back(member)
    form = forms.SwitchForm.to(is_on=not is_required)
    if is_required:
        return ask(
            request,
            title=_("Require no second factor any more?"),
            about=_("A code by e-mail will be enough again."),
            act=_("Require none"),
            back=_settings(member),
            form=form,
            is_grave=True,
        )
    return ask(
        request,
        title=_("Require a second factor?"),
        about=_(
            "Everybody here, you included, gets in with a passkey, or with a code of an "
            "authenticator app besides. Whoever has neither is told how to set one up. People who "
            "come through your identity provider follow its rules."
        ),
        act=_("Require it"),
        back=_settings(member),
        form=form,
    )


@CONFIRM
@access.member_may(Action.MANAGE_SIGN_IN)
def connect(request: HttpRequest, member: access.Membership, kind: str) -> HttpResponse:
    """Connect an identity provider."""
    if kind not in forms.PROVIDER_FORMS:
        raise Http404
    form = forms.PROVIDER_FORMS[kind](request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.connect_provider(
                issuer=member.issuer, kind=kind, now=timezone.now(), **form.cleaned_data
            )
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("The identity provider is connected. Try it."))
            return _back(member)
    return render(request, "console/connect.html", {"form": form, "kind": kind})


@CONFIRM
@access.member_may(Action.MANAGE_SIGN_IN)
def change(request: HttpRequest, member: access.Membership, key: str) -> HttpResponse:
    """Put a provider in use or out of it, and say who may join through it."""
    provider = selectors.provider_at(issuer=member.issuer, key=key)
    if provider is None:
        raise Http404
    initial = {"is_active": provider.is_active, "just_in_time": provider.just_in_time}
    form = forms.ProviderForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        services.change_provider(issuer=member.issuer, provider=provider, **form.cleaned_data)
        return _back(member)
    return ask(
        request,
        title=provider.name,
        about=_("What you change counts from the next time that somebody signs in."),
        act=_("Save"),
        back=_settings(member),
        form=form,
    )


@CONFIRM
@access.member_may(Action.MANAGE_SIGN_IN)
def disconnect(request: HttpRequest, member: access.Membership, key: str) -> HttpResponse:
    """Forget a provider."""
    provider = selectors.provider_at(issuer=member.issuer, key=key)
    if provider is None:
        raise Http404
    if request.method == "POST":
        services.disconnect_provider(issuer=member.issuer, provider=provider)
        return _back(member)
    return ask(
        request,
        title=_("Disconnect %(name)s?") % {"name": provider.name},
        about=_(
            "Whoever signed in through it is out at once. They stay members, and sign in with a "
            "code sent to their address."
        ),
        act=_("Disconnect"),
        back=_settings(member),
        is_grave=True,
    )


def _trouble(request: HttpRequest, status: int = 502) -> HttpResponse:
    return render(request, "console/not_admitted.html", {"why": "trouble"}, status=status)


def _settings(member: access.Membership) -> str:
    return reverse("console-sign-in-settings", kwargs={"slug": member.issuer.slug})


def _back(member: access.Membership) -> HttpResponse:
    return redirect(_settings(member))
