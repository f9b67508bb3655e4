"""The pictures of the documentation: `make screenshots` draws all of docs/screenshots anew.

It starts the demonstration, does in it what the pages are for, and photographs what people see, in
both languages, on a screen and on a phone. Few colours make small files.
"""

from __future__ import annotations

import io
import itertools
import os
import re
import sys
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import django
from PIL import Image

from config.embedded.process import BASE

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from tests.browser.driving import Screen
    from tests.browser.sites import Site
    from tests.browser.visiting import Visitor

FOLDER = BASE / "docs" / "screenshots"
MOST_BYTES = 2_500_000
COLOURS = 128
ADMINISTRATOR = "administrator@institut-ardoise.example"
CONSOLE = "console/institut-ardoise/"
FIRST_NAMES = (
    "Awa",
    "Inês",
    "Maëlle",
    "Deniz",
    "Jonas",
    "Léonie",
    "Rachid",
    "Solène",
    "Tuan",
    "Yara",
)
LAST_NAMES = ("Le Goff", "Diallo", "Ferreira", "Çelik", "Marchand", "Nguyen", "Haddad", "Rousseau",
              "Klein", "Abadie", "Roy", "Lambert")  # fmt: skip


def lines(place: str) -> str:
    """Return a list of some place as people have it: French headings, two mistakes."""
    written = ["Nom;Prénom;Courriel;Date d'obtention"]
    for number, (last, first) in enumerate(itertools.product(LAST_NAMES, FIRST_NAMES)):
        address, day = f"apprenant{number}@{place}.example.org", f"{number % 28 + 1:02}/06/2026"
        if number == 17:
            address = f"apprenant17 chez {place}.example.org"
        if number == 42:
            day = "31/06/2026"
        written.append(f"{last};{first};{address};{day}")
    return "\n".join(written)


@dataclass(frozen=True, slots=True)
class Photographer:
    """Takes pictures of what one visitor sees.

    Attributes:
        suffix: How the names of the files end: the language, and "phone" on one.
    """

    visitor: Visitor
    suffix: str

    def take(self, name: str, *, at: str = "") -> None:
        """Write what the screen shows; from the first element that `at` selects, if it is given."""
        page = self.visitor.page
        page.evaluate("document.fonts.ready")
        if at:
            page.locator(at).first.evaluate(
                "one => one.scrollIntoView({block: 'start', behavior: 'instant'})"
            )
        drawn = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
        # Without dithering: areas stay flat, which is what PNG packs.
        few = drawn.quantize(COLOURS, dither=Image.Dither.NONE)
        few.save(FOLDER / f"{name}.{self.suffix}.png", optimize=True)


def main() -> None:
    """Draw every picture."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    os.environ["DEBUG"] = "1"
    django.setup()
    from tests.browser import driving, sites

    with tempfile.TemporaryDirectory() as folder, driving.browser() as browser:
        site = sites.Site(Path(folder) / "data")
        try:
            site.ready()
            draw(site, browser)
        finally:
            site.stop()
    sizes = sum(each.stat().st_size for each in FOLDER.glob("*.png"))
    print(f"{len(list(FOLDER.glob('*.png')))} pictures, {sizes / 1e6:.1f} MB in {FOLDER}")  # noqa: T201
    if sizes > MOST_BYTES:
        sys.exit(f"They may take {MOST_BYTES / 1e6:.1f} MB.")


def draw(site: Site, browser: Browser) -> None:
    from tests.browser import driving

    FOLDER.mkdir(exist_ok=True)
    for old in FOLDER.glob("*.png"):
        old.unlink()
    kept: list[Any] = []
    for screen in (driving.DESKTOP_FR, driving.DESKTOP_EN):
        on_a_screen(site, browser, replace(screen, scheme="light"), kept)
    for screen in (driving.PHONE_FR, driving.PHONE_EN):
        on_a_phone(site, browser, replace(screen, scheme="light"), kept)
    at_night(site, browser, replace(driving.DESKTOP_EN, scheme="dark"))


def photographer(site: Site, browser: Browser, screen: Screen, *, note: str = "") -> Photographer:
    from tests.browser import driving, visiting

    is_phone = screen.width < 600
    window = driving.context(browser, screen, device_scale_factor=2 if is_phone else 1)
    watch = driving.Watch(site.address)
    visitor = visiting.Visitor(window.new_page(), screen, watch, looks=False)
    marks = [note, "phone" if is_phone else "", screen.language]
    return Photographer(visitor, ".".join(filter(None, marks)))


def on_a_screen(site: Site, browser: Browser, screen: Screen, kept: list[Any]) -> None:
    camera = photographer(site, browser, screen)
    readers(site, camera)
    console(site, camera, kept)
    camera.visitor.goto(f"{site.address}/mailbox")
    camera.take("mailbox")


def on_a_phone(site: Site, browser: Browser, screen: Screen, kept: list[Any]) -> None:
    camera = photographer(site, browser, screen)
    readers(site, camera)
    altered(site, camera)
    sign_in(site, camera.visitor.page, kept)
    for name, path in (("overview", ""), ("credentials", "credentials")):
        camera.visitor.goto(f"{site.address}/{CONSOLE}{path}")
        camera.take(name)


def sign_in(site: Site, page: Page, kept: list[Any]) -> None:
    """Sign in, the first time with a code: who asks for four within minutes is told to wait."""
    if kept:
        page.context.add_cookies(kept)
    else:
        site.sign_in(page, ADMINISTRATOR)
        kept += page.context.cookies()


def at_night(site: Site, browser: Browser, screen: Screen) -> None:
    camera = photographer(site, browser, screen, note="dark")
    camera.visitor.goto(samples(site)["verified"])
    camera.take("badge")


def samples(site: Site) -> dict[str, str]:
    """Return the addresses that the demonstration tells, by the state that it names."""
    told = re.findall(r"^\s+(\S+/credentials/\S+)\s+(\w+)", site.output, re.MULTILINE)
    return {state: address for address, state in reversed(told)}


def readers(site: Site, camera: Photographer) -> None:
    """Show what whoever reads a badge sees: it stands, it was revoked, how it was checked."""
    badges = samples(site)
    visitor = camera.visitor
    visitor.goto(badges["verified"])
    camera.take("badge")
    visitor.goto(badges["revoked"])
    camera.take("badge-revoked")
    visitor.goto(f"{site.address}/verify")
    camera.take("verify")
    visitor.goto(f"{badges['verified']}/check")
    visitor.page.locator("[data-proof][data-verdict]").wait_for()
    camera.take("check", at="#steps")


def altered(site: Site, camera: Photographer) -> None:
    """Show what /verify says of a document in which a word was changed."""
    visitor = camera.visitor
    document = visitor.page.request.get(f"{samples(site)['verified']}.json").text()
    visitor.goto(f"{site.address}/verify")
    visitor.page.locator("summary.way__label").first.click()
    visitor.field("document").fill(document.replace("Institut", "Faculté"))
    visitor.press("Verify")
    camera.take("verify-altered")


def console(site: Site, camera: Photographer, kept: list[Any]) -> None:
    """Show the way of an issuer: overview, a badge, a list with mistakes, what comes of it."""
    from tests.browser import visiting

    visitor, page = camera.visitor, camera.visitor.page
    home = f"{site.address}/{CONSOLE}"
    sign_in(site, page, kept)
    visitor.goto(home)
    camera.take("overview")
    visitor.goto(f"{home}badges/gallery")
    visitor.press("Start from this")
    camera.take("designer")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "juin.csv"
        file.write_bytes(lines(visitor.screen.language).encode("cp1252"))
        visiting.hand_over(visitor, home, file)
    camera.take("import-mistakes")
    issued = len(lines(visitor.screen.language).splitlines()) - 3
    visitor.press("Go on")
    visitor.field("window").select_option("0")
    visitor.field("typed").fill(str(issued))
    visitor.press("Issue")
    camera.take("progress")
    visiting.tally(visitor, "Signed").filter(has_text=str(issued)).wait_for()
    page.reload()
    camera.take("report")
    visitor.goto(f"{home}credentials")
    camera.take("credentials")
    visiting.find(visitor, home, "Maëlle Ferreira")
    camera.take("credential")
    visitor.goto(visiting.public_address(visitor))
    camera.take("badge-not-yet-anchored")
    visitor.goto(f"{home}figures")
    camera.take("figures")


if __name__ == "__main__":
    main()
