"""Addresses of credentials, of their status, and of verification."""

from django.urls import path, re_path

from credentials import api, views
from credentials.urls import wallet
from credentials.views import (
    approvals,
    artefacts,
    choosing,
    cohorts,
    correcting,
    counting,
    delivery,
    editions,
    embedding,
    europass,
    exports,
    figures,
    first_steps,
    intakes,
    issued,
    keys,
    ledger,
    lists,
    mail,
    monitoring,
    openbadges2,
    overview,
    piles,
    printings,
    proof,
    reminding,
    runs,
    searching,
    sharing,
    specimens,
    statements,
    transcripts,
    wishes,
    withdrawing,
    wording,
)

urlpatterns = [
    path("", views.home, name="home"),
    path("credentials/<slug:token>", views.page, name="credential"),
    path("credentials/<slug:token>.json", views.document, name="credential-document"),
    path("credentials/<slug:token>/refresh", views.document, name="credential-refresh"),
    path("credentials/<slug:token>.png", views.image, name="credential-image"),
    path("credentials/<slug:token>.svg", views.drawing, name="credential-drawing"),
    path("credentials/<slug:token>.jwt", editions.jwt, name="credential-jwt"),
    path("credentials/<slug:token>/es256.jwt", editions.jwt_es256, name="credential-jwt-es256"),
    path(
        "credentials/<slug:token>/certificate.pdf",
        artefacts.certificate,
        name="credential-certificate",
    ),
    path("credentials/<slug:token>/card.png", artefacts.card, name="credential-card"),
    path("credentials/<slug:token>/qr.svg", artefacts.code_svg, name="credential-code-svg"),
    path("credentials/<slug:token>/qr.png", artefacts.code_png, name="credential-code-png"),
    path("credentials/<slug:token>/embed", embedding.widget, name="credential-embed"),
    path("oembed", embedding.embedding, name="oembed"),
    path("credentials/<slug:token>/share", sharing.form, name="credential-share"),
    path("credentials/<slug:token>/shared.json", sharing.part, name="credential-part"),
    path(
        "credentials/<slug:token>/blockcerts.json", views.blockcerts, name="credential-blockcerts"
    ),
    path("credentials/<slug:token>/elm.jsonld", europass.export, name="credential-elm"),
    path("credentials/<slug:token>/anchor.json", views.receipt, name="credential-receipt"),
    path("credentials/<slug:token>/anchors.json", views.receipts, name="credential-receipts"),
    path(
        "credentials/<slug:token>/report.json",
        api.CredentialReport.as_view(),
        name="credential-report",
    ),
    path(
        "console/<slug:slug>/badges/<uuid:uuid>/certificate.pdf",
        specimens.certificate,
        name="console-badge-certificate",
    ),
    path(
        "console/<slug:slug>/badges/<uuid:uuid>/sheet", specimens.sheet, name="console-badge-sheet"
    ),
    path(
        "console/<slug:slug>/badges/<uuid:uuid>/card.png", specimens.card, name="console-badge-card"
    ),
    path(
        "console/<slug:slug>/badges/<uuid:uuid>/letter",
        specimens.letter,
        name="console-badge-letter",
    ),
    # The Open Badges 2.0 edition; its addresses are ids, and each issuer has its own scope.
    path("issuers/<slug:slug>/ob2", openbadges2.issuer, name="ob2-issuer"),
    path(
        "issuers/<slug:slug>/ob2/achievements/<uuid:uuid>",
        openbadges2.badge_class,
        name="ob2-badge",
    ),
    path(
        "issuers/<slug:slug>/ob2/assertions/<slug:token>",
        openbadges2.assertion,
        name="ob2-assertion",
    ),
    path(
        "issuers/<slug:slug>/ob2/assertions/<slug:token>.json",
        openbadges2.document,
        name="ob2-document",
    ),
    path(
        "issuers/<slug:slug>/ob2/assertions/<slug:token>.png", openbadges2.image, name="ob2-image"
    ),
    path(
        "issuers/<slug:slug>/ob2/assertions/<slug:token>.svg",
        openbadges2.drawing,
        name="ob2-drawing",
    ),
    path(
        "issuers/<slug:slug>/ob2/assertions/<slug:token>.jws", openbadges2.signed, name="ob2-signed"
    ),
    path("issuers/<slug:slug>/ob2/keys/<slug:kid>", openbadges2.key, name="ob2-key"),
    path(
        "issuers/<slug:slug>/ob2/revoked", openbadges2.revocation_list, name="ob2-revocation-list"
    ),
    path("issuers/<slug:slug>/revoked", views.revoked, name="issuer-revoked"),
    path("endorsements/<slug:token>", views.endorsement, name="endorsement"),
    path("evidence/<slug:token>", views.evidence, name="evidence"),
    path(
        "issuers/<slug:slug>/blockcerts.json", lists.blockcerts_profile, name="blockcerts-profile"
    ),
    path(
        "issuers/<slug:slug>/blockcerts/revoked",
        lists.blockcerts_revoked,
        name="blockcerts-revoked",
    ),
    path("transcripts/<slug:token>", transcripts.page, name="transcript"),
    path("transcripts/<slug:token>.json", transcripts.document, name="transcript-document"),
    path("transcripts/<slug:token>/anchor.json", transcripts.receipt, name="transcript-receipt"),
    path(
        "transcripts/<slug:token>/report.json",
        api.TranscriptReport.as_view(),
        name="transcript-report",
    ),
    path("issuers/<slug:slug>/history", statements.histories, name="key-histories"),
    path("issuers/<slug:slug>/history/<slug:version>", statements.history, name="key-history"),
    path("issuers/<slug:slug>/trail", statements.heads, name="trail-heads"),
    path("issuers/<slug:slug>/trail/<slug:version>", statements.head, name="trail-head"),
    path("status/<uuid:uuid>", views.status_list, name="status-list"),
    path("network", views.network, name="network"),
    re_path("^network/(?P<root>[0-9a-f]{64})$", ledger.batch, name="network-batch"),
    path("console/<slug:slug>/ledger", ledger.ledger, name="console-ledger"),
    path("status/<uuid:uuid>/versions", statements.list_versions, name="list-versions"),
    path(
        "status/<uuid:uuid>/versions/<slug:version>", statements.list_version, name="list-version"
    ),
    path("verify", views.verify, name="verify"),
    path("monitor", monitoring.monitor, name="monitor"),
    path("monitor.atom", monitoring.domain_atom, name="monitor-atom"),
    path("monitor.json", monitoring.domain_json, name="monitor-json"),
    path("issuers/<slug:slug>/issued.atom", monitoring.atom, name="issuer-issued-atom"),
    path("issuers/<slug:slug>/issued.json", monitoring.json, name="issuer-issued-json"),
    path("counted", counting.counted, name="counted"),
    path("verify/several", piles.several, name="verify-several"),
    path("verify/several/<slug:token>", piles.pile, name="verify-pile"),
    path("verify/several/<slug:token>/table.csv", piles.table, name="verify-pile-table"),
    path("verify/several/<slug:token>/receipt.json", piles.receipt, name="verify-pile-receipt"),
    path("verify/keys.json", piles.keys, name="verify-keys"),
    path("verifier.js", proof.verifier, name="verifier"),
    path("credentials/<slug:token>/check", proof.page, name="credential-check"),
    path("credentials/<slug:token>/proof.html", proof.dossier, name="credential-dossier"),
    # What somebody holds, over all organisations: see docs/wallet.md.
    *wallet.urlpatterns,
    path("console/<slug:slug>/wishes", wishes.wishes, name="console-wishes"),
    path(
        "console/<slug:slug>/wishes/<uuid:uuid>/answer", wishes.answer, name="console-wish-answer"
    ),
    path("console/<slug:slug>/wishes/<uuid:uuid>/erase", wishes.erase, name="console-wish-erase"),
    path("console/<slug:slug>/mail", mail.mail, name="console-mail"),
    path("console/<slug:slug>/mail/<int:pk>/again", mail.again, name="console-mail-again"),
    path("console/<slug:slug>/mail/again/<slug:state>", mail.all_again, name="console-mail-all"),
    path("console/<slug:slug>/mail/remind/<uuid:uuid>", mail.remind, name="console-mail-remind"),
    path("console/<slug:slug>/mail/tell/<uuid:uuid>", mail.tell, name="console-mail-tell"),
    path("console/<slug:slug>/mail/reminders", reminding.reminders, name="console-reminders"),
    path("console/<slug:slug>/mail/reminders/stop", reminding.stop, name="console-reminders-stop"),
    path("console/<slug:slug>/messages", wording.kinds, name="console-messages"),
    path("console/<slug:slug>/messages/<slug:kind>", wording.edit, name="console-message"),
    path(
        "console/<slug:slug>/messages/<slug:kind>/preview",
        wording.preview,
        name="console-message-preview",
    ),
    path(
        "console/<slug:slug>/messages/<slug:kind>/standard",
        wording.standard,
        name="console-message-standard",
    ),
    path("mail/events/<slug:provider>", delivery.events, name="mail-events"),
    path("api/verify", api.Verify.as_view(), name="api-verify"),
    # To leave with everything, or to keep a copy.
    path("console/<slug:slug>/export", exports.exports, name="console-export"),
    path("console/<slug:slug>/export/order", exports.order, name="console-export-order"),
    path("console/<slug:slug>/export/<uuid:uuid>/file", exports.fetch, name="console-export-file"),
    path(
        "console/<slug:slug>/export/<uuid:uuid>/remove",
        exports.remove,
        name="console-export-remove",
    ),
    path("console/<slug:slug>/", overview.home, name="console-home"),
    path("console/<slug:slug>/under-way", overview.under_way, name="console-under-way"),
    path("console/<slug:slug>/figures", figures.figures, name="console-figures"),
    path("console/<slug:slug>/figures/badges.csv", figures.of_badges, name="console-figures-csv"),
    path(
        "console/<slug:slug>/figures/sessions.csv",
        figures.of_cohorts,
        name="console-figures-cohorts",
    ),
    path("console/<slug:slug>/figures/days.csv", figures.over_time, name="console-figures-days"),
    path("console/<slug:slug>/troubles", overview.troubles, name="console-troubles"),
    path(
        "console/<slug:slug>/samples/badge",
        first_steps.issue_to_oneself,
        name="console-sample-badge",
    ),
    path("console/<slug:slug>/samples/list", first_steps.add_list, name="console-sample-list"),
    path("console/<slug:slug>/samples/remove", first_steps.remove, name="console-sample-remove"),
    path("console/<slug:slug>/first-steps/hide", first_steps.hide, name="console-settle-in"),
    # Four eyes: what waits for a second person.
    path("console/<slug:slug>/keys", keys.keys, name="console-keys"),
    path("console/<slug:slug>/keys/new/<slug:kind>", keys.rotate, name="console-key-rotate"),
    path("console/<slug:slug>/keys/orders/<int:pk>/cancel", keys.cancel, name="console-key-cancel"),
    path("console/<slug:slug>/keys/<slug:kid>/retire", keys.retire, name="console-key-retire"),
    path("console/<slug:slug>/keys/<slug:kid>/stolen", keys.disown, name="console-key-disown"),
    # What was issued: see docs/following-up.md.
    path("console/<slug:slug>/credentials", issued.credentials, name="console-credentials"),
    path("console/<slug:slug>/search", searching.search, name="console-search"),
    path("console/<slug:slug>/credentials/looks", searching.keep, name="console-look-keep"),
    path(
        "console/<slug:slug>/credentials/looks/<uuid:uuid>/remove",
        searching.drop,
        name="console-look-drop",
    ),
    path("console/<slug:slug>/credentials/act", withdrawing.act, name="console-credentials-act"),
    path("console/<slug:slug>/credentials/issue", choosing.choose, name="console-issue-chosen"),
    path(
        "console/<slug:slug>/credentials/table.csv", issued.table, name="console-credentials-table"
    ),
    path(
        "console/<slug:slug>/credentials/<uuid:uuid>", issued.credential, name="console-credential"
    ),
    path(
        "console/<slug:slug>/credentials/<uuid:uuid>/revoke",
        withdrawing.revoke,
        name="console-credential-revoke",
    ),
    path(
        "console/<slug:slug>/credentials/<uuid:uuid>/suspend",
        withdrawing.suspend,
        name="console-credential-suspend",
    ),
    path(
        "console/<slug:slug>/credentials/<uuid:uuid>/reinstate",
        withdrawing.reinstate,
        name="console-credential-reinstate",
    ),
    path(
        "console/<slug:slug>/credentials/<uuid:uuid>/correct",
        correcting.correct,
        name="console-credential-correct",
    ),
    path(
        "console/<slug:slug>/learners/<uuid:uuid>/address",
        correcting.address,
        name="console-learner-address",
    ),
    path("console/<slug:slug>/sessions", cohorts.cohorts, name="console-cohorts"),
    path("console/<slug:slug>/sessions/add", cohorts.add, name="console-cohort-add"),
    path("console/<slug:slug>/sessions/<uuid:uuid>", cohorts.change, name="console-cohort"),
    path(
        "console/<slug:slug>/sessions/<uuid:uuid>/remove",
        cohorts.remove,
        name="console-cohort-remove",
    ),
    path("console/<slug:slug>/lists/<uuid:uuid>/session", cohorts.place, name="console-list-place"),
    path("console/<slug:slug>/issue", intakes.enter, name="console-issue"),
    path("console/<slug:slug>/lists", runs.lists, name="console-lists"),
    path("console/<slug:slug>/lists/new", intakes.upload, name="console-list-new"),
    path("console/<slug:slug>/lists/sample.csv", intakes.sample, name="console-list-sample"),
    path("console/<slug:slug>/lists/<uuid:uuid>", runs.one, name="console-list"),
    path(
        "console/<slug:slug>/lists/<uuid:uuid>/columns",
        intakes.columns,
        name="console-list-columns",
    ),
    path("console/<slug:slug>/lists/<uuid:uuid>/look", intakes.look, name="console-list-look"),
    path(
        "console/<slug:slug>/lists/<uuid:uuid>/confirm",
        intakes.confirm,
        name="console-list-confirm",
    ),
    path(
        "console/<slug:slug>/lists/<uuid:uuid>/delete",
        intakes.throw_away,
        name="console-list-delete",
    ),
    path("console/<slug:slug>/lists/<uuid:uuid>/pause", runs.pause, name="console-list-pause"),
    path("console/<slug:slug>/lists/<uuid:uuid>/go-on", runs.go_on, name="console-list-go-on"),
    path(
        "console/<slug:slug>/lists/<uuid:uuid>/try-again",
        runs.try_again,
        name="console-list-try-again",
    ),
    path("console/<slug:slug>/lists/<uuid:uuid>/cancel", runs.cancel, name="console-list-cancel"),
    path(
        "console/<slug:slug>/lists/<uuid:uuid>/certificates",
        printings.order,
        name="console-printing-order",
    ),
    path(
        "console/<slug:slug>/certificates/<uuid:uuid>/file",
        printings.fetch,
        name="console-printing-file",
    ),
    path(
        "console/<slug:slug>/certificates/<uuid:uuid>/remove",
        printings.remove,
        name="console-printing-remove",
    ),
    path(
        "console/<slug:slug>/lists/<uuid:uuid>/left-out.csv",
        intakes.left_out,
        name="console-list-left-out",
    ),
    path(
        "console/<slug:slug>/lists/<uuid:uuid>/rows/<int:place>",
        intakes.row,
        name="console-list-row",
    ),
    path("console/<slug:slug>/approvals", approvals.approvals, name="console-approvals"),
    path("console/<slug:slug>/four-eyes", approvals.four_eyes, name="console-four-eyes"),
    path("console/<slug:slug>/approvals/<uuid:uuid>", approvals.approval, name="console-approval"),
    path(
        "console/<slug:slug>/approvals/<uuid:uuid>/awards/<int:pk>",
        approvals.preview,
        name="console-preview",
    ),
    path(
        "console/<slug:slug>/approvals/<uuid:uuid>/release",
        approvals.release,
        name="console-release",
    ),
    path(
        "console/<slug:slug>/approvals/<uuid:uuid>/return",
        approvals.give_back,
        name="console-return",
    ),
    path(
        "console/<slug:slug>/approvals/<uuid:uuid>/hand-in",
        approvals.hand_in,
        name="console-hand-in",
    ),
    path(
        "console/<slug:slug>/approvals/<uuid:uuid>/discard",
        approvals.discard,
        name="console-discard",
    ),
]
