"""Somebody at a browser, and what they do more than once there."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from django.utils import translation
from django.utils.translation import gettext

from tests.browser import driving

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Locator, Page

    from tests.browser.driving import Screen

LEARNERS = 500


class Visitor:
    """Somebody at a browser: finds things by what they are called, and notes what is in the way."""

    def __init__(
        self, page: Page, screen: Screen, watch: driving.Watch, *, looks: bool = True
    ) -> None:
        self.page, self.screen, self.watch, self.looks = page, screen, watch, looks
        self.wrong: dict[str, list[str]] = {}

    def word(self, text: str) -> str:
        """Return a text of ours in the language of the screen."""
        with translation.override(self.screen.language):
            return gettext(text)

    def look(self) -> None:
        """Note what is wrong with the page that is open, if this visitor looks at all."""
        if not self.looks:
            return
        path = re.sub(r"^https?://[^/]+", "", self.page.url)
        for each in [*driving.barriers(self.page), *self.watch.complaints]:
            self.wrong.setdefault(each, []).append(path)
        self.watch.complaints.clear()

    def press(self, text: str) -> None:
        """Press a button, or follow a link, and look at where it leads."""
        name = re.compile(rf"^\s*{re.escape(self.word(text))}")
        main = self.page.locator("main")
        found = main.get_by_role("button", name=name).or_(main.get_by_role("link", name=name))
        with self.page.expect_navigation():
            found.first.click()
        self.look()

    def goto(self, address: str) -> None:
        self.page.goto(address)
        self.look()

    def field(self, name: str) -> Locator:
        return self.page.locator(f"main [name={name}]")


def fill_in(visitor: Visitor) -> None:
    """Say what a starting point leaves open, [in square brackets]."""
    for field in visitor.page.locator("main").get_by_role("textbox").all():
        text = field.input_value()
        if (said := re.sub(r"\[([^\[\]]{2,})\]", r"\1", text)) != text:
            field.fill(said)


def spreadsheet(folder: Path, *, is_mended: bool) -> Path:
    """Write what a training manager has: a title, French headings, cp1252, and three mistakes."""
    lines = ["Promotion de printemps;;;", ";;;", "Nom;Prénom;Courriel;Date d'obtention"]
    for number in range(LEARNERS):
        address = f"eleve{number}@example.org"
        day = f"{number % 28 + 1:02d}/03/2026"
        if not is_mended and number == 7:
            address = "eleve7 chez example.org"
        if not is_mended and number == 11:
            day = "31/02/2026"
        lines.append(f"Lefèvre;Élise {number};{address};{day}")
    lines.append(lines[3])
    file = folder / ("mended.csv" if is_mended else "promotion.csv")
    file.write_bytes("\r\n".join(lines).encode("cp1252"))
    return file


def find(visitor: Visitor, console: str, name: str) -> None:
    """Look for a learner among what was issued, and open what is found."""
    visitor.goto(f"{console}credentials")
    visitor.field("words").fill(name)
    visitor.press("Search")
    visitor.press(name)


def public_address(visitor: Visitor) -> str:
    """Return the address that learners share."""
    found = visitor.page.locator("main a[href*='/credentials/']").evaluate_all(
        "all => all.map((one) => one.href).find((one) => /\\/credentials\\/[\\w-]{22}$/.test(one))"
    )
    assert found
    return str(found)


def hand_over(visitor: Visitor, console: str, file: Path) -> None:
    visitor.goto(f"{console}lists/new")
    visitor.field("file").set_input_files(file)
    visitor.press("Read it")
    visitor.press("See what it becomes")


def tally(visitor: Visitor, name: str) -> Locator:
    """Return the number that stands beside a word."""
    exactly = re.compile(rf"^\s*{re.escape(visitor.word(name))}\s*$")
    box = visitor.page.locator("dl.tally > div").filter(
        has=visitor.page.locator("dt", has_text=exactly)
    )
    return box.locator("dd")
