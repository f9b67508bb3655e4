"""Views that are wrong on purpose, each in one way: the matrix must find every one of them."""

from __future__ import annotations

from typing import Any

from django.core.mail import send_mail
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import include, path
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from badges import models as badges
from issuers import access, models, scope
from issuers.core.roles import Action
from learners import models as learners


def without_a_door(request: HttpRequest, slug: str) -> HttpResponse:
    """Believe the address: whoever writes another organisation's name into it gets its learners."""
    issuer = get_object_or_404(models.Issuer, slug=slug)
    found = learners.Learner.objects.of(issuer).filter(issuer=issuer)
    return HttpResponse(" ".join(each.email for each in found))


@access.member_may(Action.VIEW)
def across(request: HttpRequest, member: access.Membership) -> HttpResponse:
    """Ask for everybody's learners in a console."""
    found = learners.Learner.objects.across_issuers()
    return HttpResponse(" ".join(each.email for each in found))


@access.member_may(Action.VIEW)
def out_of_the_door(request: HttpRequest, member: access.Membership) -> HttpResponse:
    """Leave the console's door, and look at what others have."""
    with scope.outside():
        told = [
            each.email
            for issuer in models.Issuer.objects.all()
            for each in learners.Learner.objects.of(issuer).filter(issuer=issuer)
        ]
    return HttpResponse(" ".join(told))


def without_a_name(request: HttpRequest) -> HttpResponse:
    """Ask in SQL of one's own, and name nobody."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT email FROM learners_learner")
        return HttpResponse(" ".join(email for (email,) in cursor.fetchall()))


class Partner(serializers.Serializer[models.Issuer]):
    """Writes a partner, and more of it than is public."""

    name = serializers.CharField()
    people = serializers.SerializerMethodField()

    def get_people(self, partner: models.Issuer) -> list[str]:
        with scope.outside():
            found = models.Membership.objects.of(partner).filter(issuer=partner)
            return [each.user.email for each in found.select_related("user")]


class Partners(APIView):
    """The partners of an organisation, through a serializer that says too much."""

    def get(self, request: Any, slug: str) -> Response:
        issuer = get_object_or_404(models.Issuer, slug=slug)
        found = badges.Partnership.objects.of(issuer).filter(issuer=issuer)
        partners = [each.partner for each in found.select_related("partner")]
        told: Any = Partner(many=True, instance=partners)  # type: ignore[arg-type] # many
        return Response(told.data)


def write(request: HttpRequest, slug: str) -> HttpResponse:
    """Write what was posted, whoever posted it."""
    issuer = get_object_or_404(models.Issuer, slug=slug)
    if request.method == "POST":
        with scope.inside(issuer):
            models.Unit.objects.of(issuer).filter(issuer=issuer).update(place="")
    return HttpResponse("done")


def send(request: HttpRequest, slug: str) -> HttpResponse:
    """Say nothing, and write it to somebody."""
    issuer = get_object_or_404(models.Issuer, slug=slug)
    found = learners.Learner.objects.of(issuer).filter(issuer=issuer)
    send_mail("Learners", " ".join(each.name for each in found), None, ["me@example.org"])
    return HttpResponse("sent")


def tell_that_it_is_there(request: HttpRequest, slug: str) -> HttpResponse:
    """Refuse a stranger in words that tell that there is something."""
    return HttpResponse("forbidden", status=403)


tell_that_it_is_there.action = Action.VIEW  # type: ignore[attr-defined] # as the porter marks views


def in_a_header(request: HttpRequest, slug: str) -> HttpResponse:
    """Put into a header what the page does not say."""
    issuer = get_object_or_404(models.Issuer, slug=slug)
    found = learners.Learner.objects.of(issuer).filter(issuer=issuer)
    return HttpResponse("", headers={"X-Learners": " ".join(str(each) for each in found)})


def relation(request: HttpRequest, slug: str, name: str) -> HttpResponse:
    """Ask a view or a function of the database that sees more than whoever asks."""
    issuer = get_object_or_404(models.Issuer, slug=slug)
    with scope.inside(issuer), connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {name}")
        return JsonResponse({"found": [str(row) for row in cursor.fetchall()]})


def fault(request: HttpRequest, slug: str) -> HttpResponse:
    """Fall over what others have."""
    raise ValueError(slug)


urlpatterns = [
    path("planted/door/<slug:slug>", without_a_door),
    path("console/<slug:slug>/planted/across", across),
    path("console/<slug:slug>/planted/out", out_of_the_door),
    path("planted/name", without_a_name),
    path("planted/serializer/<slug:slug>", Partners.as_view()),
    path("planted/write/<slug:slug>", write),
    path("planted/send/<slug:slug>", send),
    path("console/<slug:slug>/planted/forbidden", tell_that_it_is_there),
    path("planted/header/<slug:slug>", in_a_header),
    path("planted/view/<slug:slug>", relation, {"name": "everyone"}),
    path("planted/function/<slug:slug>", relation, {"name": "everyone()"}),
    path("planted/fault/<slug:slug>", fault),
    path("", include("config.urls")),
]
