"""Reading the code of a badge on /verify: with a camera that sees one, and from a picture."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest
import segno
from PIL import Image

from tests.browser import answering, driving

if TYPE_CHECKING:
    from pathlib import Path

    from django.test import Client

pytestmark = [pytest.mark.django_db, driving.needed]
ADDRESS = "http://localhost:8000/credentials/AAAAAAAAAAAAAAAAAAAAAA"
WIDTH, HEIGHT = 640, 480


def seen() -> Image.Image:
    """Draw what a camera sees: a code on a sheet, not straight, on a grey table."""
    drawn = io.BytesIO()
    segno.make(ADDRESS, error="m", micro=False).save(drawn, kind="png", scale=6, border=4)
    table = Image.new("L", (WIDTH, HEIGHT), 110)
    with Image.open(drawn) as code:
        sheet = code.convert("L").rotate(12, expand=True, fillcolor=110)
    table.paste(sheet, ((WIDTH - sheet.width) // 2, (HEIGHT - sheet.height) // 2))
    return table


def film(picture: Image.Image, place: Path) -> Path:
    """Write a film that shows a grey picture (YUV4MPEG2, which Chromium's false camera plays)."""
    frame = b"FRAME\n" + picture.tobytes() + b"\x80" * (WIDTH * HEIGHT // 2)
    place.write_bytes(f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F10:1 Ip A1:1 C420\n".encode() + frame * 3)
    return place


def test_a_code_is_read_by_the_camera_and_from_a_picture(client: Client, tmp_path: Path) -> None:
    picture = seen()
    picture.save(tmp_path / "photo.png")
    Image.new("L", (80, 80), 200).save(tmp_path / "nothing.png")
    house = answering.House(client)
    watch = driving.Watch(house.address)

    with driving.browser(
        "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-video-capture={film(picture, tmp_path / 'film.y4m')}",
    ) as browser:  # fmt: skip
        window = driving.context(browser, driving.PHONE_EN)
        house.serve(window)
        page = window.new_page()
        watch.over(page)
        page.goto(f"{house.address}/verify")
        before = [each.path for each in house.answers]
        assert page.get_by_role("button", name="Stop").count() == 0
        page.locator("[data-camera-photo]").set_input_files(tmp_path / "nothing.png")
        page.get_by_text("There is no code of a badge in this picture.").wait_for()
        page.locator("[data-camera-photo]").set_input_files(tmp_path / "photo.png")
        page.get_by_text("The code was read.").wait_for()
        read = [page.locator("#id_address").input_value()]
        page.locator("#id_address").fill("")
        page.get_by_role("button", name="Scan a QR code").click()
        page.get_by_text("The code was read.").wait_for()
        read.append(page.locator("#id_address").input_value())
        wrong = [*driving.barriers(page), *watch.complaints]
        is_off = page.locator("[data-camera-video], [data-camera-stop]").evaluate_all(
            "all => all.every((each) => each.offsetParent === null)"
        )
        window.close()

    assert read == [ADDRESS, ADDRESS]
    assert wrong == []
    assert is_off
    # Chromium reads no codes itself here: what does was fetched once, when it was asked for.
    assert not [each for each in before if "vendor" in each]
    vendored = [each.path for each in house.answers if "vendor" in each.path]
    assert vendored == ["/static/vendor/jsqr-1.4.0/jsQR.js"]
