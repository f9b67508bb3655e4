"""Addresses of what learners have of their own, and of what they show by it."""

from django.urls import path

from credentials.views.wallet import (
    badges,
    collecting,
    downloads,
    importing,
    links,
    records,
    signing_in,
    wishing,
)

urlpatterns = [
    path("wallet", badges.badges, name="wallet"),
    path("wallet/sign-in", signing_in.sign_in, name="wallet-sign-in"),
    path("wallet/code", signing_in.code, name="wallet-code"),
    path("wallet/sign-out", signing_in.sign_out, name="wallet-sign-out"),
    path("wallet/give-up", signing_in.give_up, name="wallet-give-up"),
    path("wallet/addresses", signing_in.addresses, name="wallet-addresses"),
    path(
        "wallet/addresses/<int:pk>/remove", signing_in.remove_address, name="wallet-address-remove"
    ),
    path("wallet/badges/<slug:token>", badges.badge, name="wallet-badge"),
    path("wallet/badges/<slug:token>/page", badges.show, name="wallet-privacy"),
    path("wallet/all.zip", downloads.everything, name="wallet-all"),
    path("wallet/badges/<slug:token>/files", downloads.downloads, name="wallet-files"),
    path("wallet/badges/<slug:token>/all.zip", downloads.archive, name="wallet-archive"),
    path("wallet/badges/<slug:token>/files/<str:kind>", downloads.file, name="wallet-file"),
    path("wallet/badges/<slug:token>/links", links.links, name="wallet-links"),
    path(
        "wallet/badges/<slug:token>/links/<uuid:uuid>/back",
        links.take_back,
        name="wallet-link-back",
    ),
    path("wallet/badges/<slug:token>/ask", wishing.wish, name="wallet-wish"),
    path("wallet/transcripts/<slug:transcript>", records.record, name="wallet-transcript"),
    path(
        "wallet/transcripts/<slug:transcript>/files/<str:kind>",
        records.file,
        name="wallet-transcript-file",
    ),
    path("wallet/collections", collecting.collections, name="wallet-collections"),
    path("wallet/collections/new", collecting.edit, name="wallet-collection-new"),
    path("wallet/collections/<slug:token>", collecting.edit, name="wallet-collection"),
    path(
        "wallet/collections/<slug:token>/remove",
        collecting.remove,
        name="wallet-collection-remove",
    ),
    path("collections/<slug:token>", collecting.collection, name="collection"),
    path("wallet/elsewhere", importing.elsewhere, name="wallet-elsewhere"),
    path("wallet/elsewhere/<uuid:uuid>/check", importing.check, name="wallet-import-check"),
    path("wallet/elsewhere/<uuid:uuid>/file", importing.fetch, name="wallet-import-file"),
    path("wallet/elsewhere/<uuid:uuid>/remove", importing.remove, name="wallet-import-remove"),
    path("shown", links.shown, name="shown"),
]
