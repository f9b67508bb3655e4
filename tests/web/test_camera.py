"""Which page may ask for the camera: the one that reads codes, and no other."""

import pytest

from tests.web.conftest import read

pytestmark = pytest.mark.django_db


def test_the_page_for_verifying_may_use_the_camera(client, db):
    response = client.get("/verify")

    assert response["Permissions-Policy"].startswith("camera=(self)")
    shown = read(response)
    assert "/static/camera.js" in shown.loads
    # Without a script that can read codes nothing of it is shown, and nothing of it is sent.
    [place] = [found for _tag, found in shown.elements if "data-camera" in found]
    assert "hidden" in place
    # What others wrote is loaded once a code is to be read, and only by who cannot do it alone.
    assert place["data-reader"] == "/static/vendor/jsqr-1.4.0/jsQR.js"
    assert place["data-integrity"].startswith("sha256-")
    assert place["data-reader"] not in shown.loads
    [photo] = [found for _tag, found in shown.elements if "data-camera-photo" in found]
    assert "name" not in photo


def test_no_other_page_may(client, credential, page):
    badge = f"/achievements/{credential.achievement.uuid}"
    for address in ("/", page, f"{page}/share", f"{page}/embed", badge, "/issuers/ecole-a",
                    "/verify/several", "/nowhere", f"{page}.json", "/healthz"):  # fmt: skip
        assert "camera=()" in client.get(address)["Permissions-Policy"], address


def test_a_refused_upload_keeps_the_policy(client, db):
    response = client.post("/verify", {"document": "{"})

    assert response.status_code == 400
    assert response["Permissions-Policy"].startswith("camera=(self)")
