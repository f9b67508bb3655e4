"""The designer in the console: from a starting point to a published badge, without a script."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from badges import models, selectors
from badges import services as catalogue
from badges.selectors import designs
from badges.services import finishing, gallery
from issuers.core import roles
from tests import factories
from tests.conftest import NOW
from tests.web.conftest import read

pytestmark = pytest.mark.django_db

BADGES = "/console/ecole-a/badges"
LOOK = {"shape": "circle", "palette": "plum", "icon": "star", "ribbon": "Niveau 2"}


@pytest.fixture(autouse=True)
def _signed_in(client, ecole_a):
    client.force_login(factories.member(issuer=ecole_a, name="Dora", role=roles.Role.DESIGNER))


@pytest.fixture
def draft(client, ecole_a):
    client.post(f"{BADGES}/gallery/skill")
    return models.Achievement.objects.of(ecole_a).get(translates=None)


def rules(**changes):
    return {
        "achievement_type": "Competency", "standing": "revocable", "layout": "landscape",
        "alignments-TOTAL_FORMS": "2", "alignments-INITIAL_FORMS": "0",
    } | changes  # fmt: skip


def texts(**changes):
    return {
        "name_fr": "Souder", "description_fr": "D", "criteria_fr": "- C", "tags_fr": "a, b , a",
        "name_en": "Welding", "description_en": "D", "criteria_en": "C",
    } | changes  # fmt: skip


def test_the_gallery_shows_every_starting_point_in_both_languages(client):
    page, french = (
        read(client.get(f"{BADGES}/gallery")),
        read(client.get(f"{BADGES}/gallery?lang=fr")),
    )

    assert "Safety training" in page.text
    assert "Formation à la sécurité" in french.text
    assert page.text.count("Start from this") == len(gallery.STARTS)


def test_a_starting_point_becomes_a_draft_that_is_written_at_once(client, ecole_a):
    response = client.post(f"{BADGES}/gallery/safety")

    row = models.Achievement.objects.of(ecole_a).get(translates=None)
    assert response["Location"] == f"{BADGES}/{row.uuid}/texts"
    assert (row.state, row.validity_months, row.standing) == ("draft", 24, "suspendable")
    assert client.post(f"{BADGES}/gallery/nothing").status_code == 404


def test_texts_are_written_side_by_side_and_saved(client, draft):
    response = client.post(f"{BADGES}/{draft.uuid}/texts", texts(next="1"))

    assert response["Location"] == f"{BADGES}/{draft.uuid}/picture"
    said = {row.language: row for row in designs.design_of(achievement=draft).drafts}
    assert (said["fr"].name, said["en"].name) == ("Souder", "Welding")
    assert said["fr"].tags == ["a", "b"]


def test_nothing_typed_is_lost_where_something_is_wrong(client, draft):
    response = client.post(
        f"{BADGES}/{draft.uuid}/texts", texts(name_fr="", description_fr="Mon texte")
    )

    page = read(response)
    assert response.status_code == 400
    assert "Mon texte" in page.text
    assert "Write a name, or empty the other boxes of this language." in page.text
    assert "#id_name_fr" in page.links
    assert "id_name_fr" in page.ids


def test_the_picture_is_drawn_from_a_few_choices(client, draft):
    seen = client.post(f"{BADGES}/{draft.uuid}/picture", LOOK | {"act": "show"}).content.decode()
    draft.refresh_from_db()
    assert 'data-saved="yes" hidden' in seen
    assert 'data-saved="no">' in seen
    assert draft.look["shape"] == "hexagon"

    client.post(f"{BADGES}/{draft.uuid}/picture", LOOK)

    draft.refresh_from_db()
    assert draft.look["ribbon"] == "Niveau 2"
    assert b"<svg" in bytes(draft.drawing)
    served = client.get(f"{BADGES}/drawn.png", LOOK)
    assert Image.open(io.BytesIO(served.content)).size == (240, 240)


@pytest.mark.parametrize(
    ("changes", "said", "field"),
    [
        ({"icon": "letters"}, "Write one to three letters", "monogram"),
        ({"ribbon": "日本"}, "The font of badges has no 日", "ribbon"),
        ({"shape": "pony"}, "pony", "shape"),
        ({"palette": "own", "deep": "red"}, "Write six digits", "deep"),
    ],
)
def test_what_cannot_be_drawn_is_said_beside_its_field(client, draft, changes, said, field):
    response = client.post(f"{BADGES}/{draft.uuid}/picture", LOOK | changes)

    page = read(response)
    assert response.status_code == 400
    assert said in page.text
    assert f"#id_{field}" in page.links
    assert client.get(f"{BADGES}/drawn.png", LOOK | changes).status_code == 400


def test_an_image_of_ones_own_is_kept_without_what_is_no_picture(client, draft):
    svg = b'<svg xmlns="http://www.w3.org/2000/svg"><script>x</script><circle r="9"/></svg>'
    files = {
        "image": SimpleUploadedFile("a.png", factories.png() + b"<script>"),
        "drawing": SimpleUploadedFile("a.svg", svg),
    }

    client.post(f"{BADGES}/{draft.uuid}/picture", {"act": "upload", **files})

    draft.refresh_from_db()
    assert bytes(draft.image) == factories.png()
    assert b"script" not in bytes(draft.drawing)
    assert draft.look is None


@pytest.mark.parametrize("content", [b"GIF89a", b"x" * 2_000_001])
def test_an_upload_that_is_no_image_is_refused_with_the_remedy(client, draft, content):
    response = client.post(
        f"{BADGES}/{draft.uuid}/picture",
        {"act": "upload", "image": SimpleUploadedFile("a.png", content)},
    )

    assert response.status_code == 400
    assert "PNG" in read(response).text
    draft.refresh_from_db()
    assert draft.look is not None


def test_rules_blocks_and_skills_hold_in_every_language(client, draft, ecole_a):
    block = factories.block_badges(issuer=ecole_a, badges_of=(1,))[0].block

    response = client.post(
        f"{BADGES}/{draft.uuid}/rules",
        rules(
            validity_months="36", needs_evidence="on", certifies=f"block-{block.pk}",
            **{"alignments-0-framework": "ROME", "alignments-0-code": "H2913",
               "alignments-0-target_name": "Soudage manuel"},
        ),
    )  # fmt: skip

    assert response.status_code == 302, read(response).text
    for row in designs.design_of(achievement=draft).drafts:
        assert (row.validity_months, row.needs_evidence, row.block) == (36, True, block)
        assert row.alignments.get().target_code == "H2913"
    assert "RNCP99001BC01" in read(client.get(f"{BADGES}/{draft.uuid}")).text


def test_a_code_that_is_none_of_its_framework_is_said_so(client, draft):
    line = {"alignments-0-framework": "ROME", "alignments-0-code": "XX",
            "alignments-0-target_name": "Soudage"}  # fmt: skip

    response = client.post(f"{BADGES}/{draft.uuid}/rules", rules(validity_months="0", **line))

    page = read(response)
    assert response.status_code == 400
    assert "A code of the ROME is written M1805." in page.text
    assert "#id_validity_months" in page.links
    assert "#id_alignments-0-code" in page.links


def test_a_preview_shows_what_is_typed_and_keeps_nothing(client, draft):
    address = f"{BADGES}/{draft.uuid}/preview"

    typed = client.post(address, texts(show="en", name_en="Typed just now", criteria_en=""))
    kept = read(client.get(address))

    assert "Typed just now" in read(typed).text
    assert "(not written yet)" in read(typed).text
    assert "Typed just now" not in kept.text
    assert "frame-ancestors 'self'" in typed["Content-Security-Policy"]
    assert typed["X-Frame-Options"] == "SAMEORIGIN"


def test_publishing_shows_what_is_missing_and_where_to_say_it(client, ecole_a):
    client.post(f"{BADGES}/gallery/blank")
    row = models.Achievement.objects.of(ecole_a).get()

    page = read(client.get(f"{BADGES}/{row.uuid}/publish"))
    refused = client.post(f"{BADGES}/{row.uuid}/publish")

    assert "This is missing" in page.text
    assert f"{BADGES}/{row.uuid}/texts" in page.links
    assert refused.status_code == 409
    row.refresh_from_db()
    assert row.state == "draft"


def test_what_is_left_in_brackets_keeps_a_badge_from_being_published(client, ecole_a):
    client.post(f"{BADGES}/gallery/course")
    row = models.Achievement.objects.of(ecole_a).get(translates=None)

    page = read(client.get(f"{BADGES}/{row.uuid}/publish")).text
    refused = client.post(f"{BADGES}/{row.uuid}/publish")

    assert "Name (English): Replace what is left in square brackets: [Title of the course]" in page
    assert "Criteria (English): Replace what is left in square brackets: [70]" in page
    assert refused.status_code == 409
    row.refresh_from_db()
    assert row.state == "draft"


@pytest.mark.parametrize("text", ["See [the plan](https://a.example/).", "- [x] done", "a [1] b"])
def test_links_and_boxes_are_nothing_that_is_left(text):
    finishing.require_finished(achievement=models.Achievement(criteria=text))


def test_a_badge_goes_from_draft_to_published_to_a_next_version_to_retired(client, draft):
    client.post(f"{BADGES}/{draft.uuid}/publish")
    draft.refresh_from_db()
    assert draft.state == "published"
    assert client.get(f"/achievements/{draft.uuid}").status_code == 200

    for step in ("texts", "picture", "rules"):
        response = client.get(f"{BADGES}/{draft.uuid}/{step}")
        assert response["Location"] == f"{BADGES}/{draft.uuid}"

    client.post(f"{BADGES}/{draft.uuid}/change")
    following = designs.design_of(achievement=draft).drafts[0]
    assert following.version == 2
    page = read(client.get(f"{BADGES}/{draft.uuid}"))
    assert f"{BADGES}/{following.uuid}/texts" in page.links

    client.post(f"{BADGES}/{following.uuid}/discard")
    client.post(f"{BADGES}/{draft.uuid}/retire")
    draft.refresh_from_db()
    assert draft.state == "retired"
    assert client.post(f"{BADGES}/{draft.uuid}/retire").status_code == 409
    assert client.post(f"{BADGES}/{draft.uuid}/discard").status_code == 409


def test_a_badge_is_duplicated(client, draft):
    response = client.post(f"{BADGES}/{draft.uuid}/duplicate")

    page = client.get(response["Location"]).content.decode()
    assert 'value="Leading a meeting (copy)"' in page
    assert 'value="Animer une réunion (copie)"' in page


def test_a_badge_under_habilitation_says_who_certifies(client, charlie, ecole_a, ecole_b):
    block = factories.block_badges(issuer=ecole_a, blocks=1, badges_of=(1,))[0].block
    partnership = catalogue.propose_partnership(
        issuer=ecole_a, partner=ecole_b, start_date=NOW.date(), now=NOW, blocks=[block]
    )
    catalogue.accept_partnership(issuer=ecole_b, partnership=partnership, now=NOW)
    client.force_login(charlie)
    client.post("/console/ecole-b/badges/gallery/block")
    row = models.Achievement.objects.of(ecole_b).get(translates=None)
    page = f"/console/ecole-b/badges/{row.uuid}"
    client.post(f"{page}/texts", texts())
    [offered] = selectors.standing_habilitations(partner=ecole_b, day=NOW.date())

    assert "RNCP99001BC01 Bloc 1 de la régie (École A)" in read(client.get(f"{page}/rules")).text
    client.post(f"{page}/rules", rules(certifies=f"habilitation-{offered.uuid}"))
    assert "École A" in read(client.get(f"{page}/preview")).text
    assert "École A" in read(client.get(page)).text
    client.post(f"{page}/publish")

    row.refresh_from_db()
    assert (row.state, row.certificateur) == ("published", ecole_a)
    assert "RNCP99001BC01" in read(client.get(f"/achievements/{row.uuid}")).text


def test_a_block_is_described_once_and_read_strictly(client, ecole_a):
    form = {"code": "rncp38596 bc02", "title": "Souder à l'arc", "certification_title": "Soudeur"}

    wrong = client.post("/console/ecole-a/certifications/add", form | {"code": "BC02"})
    client.post("/console/ecole-a/certifications/add", form)

    assert "The code of a block is written RNCP38596BC02." in read(wrong).text
    page = read(client.get("/console/ecole-a/certifications")).text
    assert "RNCP38596 · Soudeur" in page
    assert "RNCP38596BC02 Souder à l'arc" in page


@pytest.mark.parametrize(
    "page",
    ["", "/texts", "/picture", "/rules", "/preview", "/publish", "/change", "/retire", "/discard"],
)
def test_a_draft_of_another_organisation_is_not_there(client, charlie, ecole_b, draft, page):
    client.force_login(charlie)

    assert client.get(f"/console/ecole-b/badges/{draft.uuid}{page}").status_code == 404
    assert client.get(f"{BADGES}/{draft.uuid}{page}").status_code == 404


def test_who_only_looks_sees_no_way_to_change_anything(client, ecole_a, draft):
    client.force_login(factories.member(issuer=ecole_a, name="Vera", role=roles.Role.VIEWER))

    page = read(client.get(f"{BADGES}/{draft.uuid}"))

    assert draft.name in page.text
    assert not [link for link in page.links if link.endswith(("/texts", "/publish", "/discard"))]
    assert client.get(f"{BADGES}/{draft.uuid}/texts").status_code == 403
    assert client.post(f"{BADGES}/{draft.uuid}/publish").status_code == 403
