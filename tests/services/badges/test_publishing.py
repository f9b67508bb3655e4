"""Draft, publish, retire: a published document never changes."""

import json

import pytest
from django.core.exceptions import ValidationError

from badges import models, selectors, services
from badges.core import baking, sanitising
from tests import factories
from tests.conftest import NOW

pytestmark = pytest.mark.django_db


def test_a_published_badge_has_its_document_word_for_word(ecole_a):
    badge = factories.achievement(issuer=ecole_a)

    document = json.loads(badge.document)

    assert document["id"] == selectors.address(achievement=badge)
    assert document["name"] == "Soudure à l'arc"
    assert document["achievementType"] == "MicroCredential"
    assert document["inLanguage"] == "fr"


def test_a_block_becomes_an_alignment_with_its_official_code(ecole_a):
    block = services.describe_block(
        issuer=ecole_a,
        certification={"code": "RNCP99901", "title": "Soudeur industriel", "level": "4"},
        code="RNCP99901BC02",
        title="Assembler à l'arc",
    )
    badge = factories.achievement(issuer=ecole_a, block=block)

    [alignment] = json.loads(badge.document)["alignment"]

    assert alignment["targetCode"] == "RNCP99901BC02"
    assert alignment["targetFramework"] == "RNCP"
    assert alignment["targetName"] == "Assembler à l'arc"


def test_publishing_twice_is_refused(ecole_a):
    badge = factories.achievement(issuer=ecole_a)

    with pytest.raises(services.WrongState):
        services.publish(issuer=ecole_a, achievement=badge, now=NOW)


def test_a_stranger_cannot_publish_nor_retire(ecole_a, ecole_b):
    badge = services.draft(
        issuer=ecole_a,
        slug="s",
        image=factories.png(),
        now=NOW,
        name="N",
        description="D",
        criteria="C",
    )

    with pytest.raises(services.WrongState):
        services.publish(issuer=ecole_b, achievement=badge, now=NOW)

    badge.refresh_from_db()
    assert badge.state == models.Achievement.State.DRAFT


def test_a_draft_is_nobodys_business(ecole_a):
    badge = services.draft(
        issuer=ecole_a,
        slug="s",
        image=factories.png(),
        now=NOW,
        name="N",
        description="D",
        criteria="C",
    )

    assert selectors.find_published(uuid=badge.uuid) is None


@pytest.mark.parametrize("image", [b"", b"GIF89a", b"\x89PNG\r\n\x1a\n" + bytes(2_000_001)])
def test_an_image_that_is_no_png_or_too_large_is_refused(ecole_a, image):
    with pytest.raises(ValidationError, match="image"):
        services.draft(
            issuer=ecole_a, slug="s", image=image, now=NOW, name="N", description="D", criteria="C"
        )


def test_a_missing_name_is_named(ecole_a):
    with pytest.raises(ValidationError, match="name"):
        services.draft(
            issuer=ecole_a, slug="s", image=factories.png(), now=NOW, description="D", criteria="C"
        )


def drafted(issuer, **images):
    words = {"name": "N", "description": "D", "criteria": "C"}
    given = {"image": factories.png(), **images}
    return services.draft(issuer=issuer, slug="s", now=NOW, **given, **words)


def test_of_an_upload_only_the_picture_is_kept(ecole_a):
    with_badge = baking.bake_png(factories.png(), "{}")
    drawing = b'<svg xmlns="http://www.w3.org/2000/svg" onload="x()"><circle r="4"/></svg>'

    badge = drafted(ecole_a, image=with_badge, drawing=drawing)

    assert badge.image == factories.png()
    assert b"onload" not in badge.drawing
    assert b'<circle r="4">' in badge.drawing
    assert selectors.drawing(achievement=badge) == badge.drawing


def test_without_a_drawing_there_is_one_around_the_picture(ecole_a):
    badge = drafted(ecole_a)

    assert badge.drawing is None
    assert sanitising.sanitise(selectors.drawing(achievement=badge)).removed == ()


@pytest.mark.parametrize(
    ("field", "data"),
    [
        ("image", b"GIF89a"),
        ("image", factories.png()[:-9]),
        ("drawing", b"<svg"),
        ("drawing", b'<!DOCTYPE svg [<!ENTITY a "b">]><svg xmlns="http://www.w3.org/2000/svg"/>'),
    ],
)
def test_an_image_that_is_none_is_refused_by_the_name_of_its_field(ecole_a, field, data):
    with pytest.raises(ValidationError) as refused:
        drafted(ecole_a, **{field: data})

    assert list(refused.value.message_dict) == [field]


def test_a_new_version_has_the_drawing_of_its_image(ecole_a):
    drawing = b'<svg xmlns="http://www.w3.org/2000/svg"><circle r="4"/></svg>'
    first = services.publish(issuer=ecole_a, achievement=drafted(ecole_a, drawing=drawing), now=NOW)

    def revised(**images):
        draft = services.revise(issuer=ecole_a, achievement=first, now=NOW, **images)
        services.publish(issuer=ecole_a, achievement=draft, now=NOW)
        return draft.drawing

    assert revised() == first.drawing
    assert revised(image=factories.png(32, 32)) is None
    with pytest.raises(ValidationError, match="as PNG too"):
        revised(drawing=drawing)
