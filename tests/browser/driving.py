"""A real browser (Debian's Chromium, driven by Playwright), and what it must never complain of."""

from __future__ import annotations

import json
import os
import shutil
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import pytest
from django.db import connections
from playwright.sync_api import sync_playwright

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request

PROGRAM = shutil.which("chromium") or shutil.which("chromium-browser")
# On a machine that runs other tests as well.
PATIENCE_MILLISECONDS = 60_000
# The window's own buttons and menus are pages by now, each in a process, and nobody looks at them.
# The last such option counts: what Playwright switches off is said again.
WITHOUT = (
    "InitialWebUI", "PreloadTopChromeWebUI", "WebUIToolbarProcessOverheadExperiment",
    "WebUIOmniboxPopup", "WebUIOmniboxAimPopup",
    "AimEnabled", "AvoidCorsURLLoaderRestartOnRedirect", "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose", "HttpsFirstBalancedModeAutoEnable", "HttpsUpgrades",
    "LensOverlay", "MediaRouter", "NetworkTimeServiceQuerying", "OptimizationHints",
    "PaintHolding", "PreconnectToSearch", "ThirdPartyStoragePartitioning",
)  # fmt: skip
OPTIONS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage",
    f"--disable-features={','.join(WITHOUT)}",
    # What was compiled of the judge, a long script, is kept for the next page.
    "--js-flags=--no-flush-bytecode",
)  # fmt: skip
# What drives the browser says so, and is not counted; a reader's does not.
AS_A_READER = "Object.defineProperty(Navigator.prototype, 'webdriver', {get: () => false});"
AXE = Path(__file__).resolve().parent / "node_modules" / "axe-core" / "axe.min.js"
# Whoever has no browser may go without; where changes land, its absence is a failure.
needed = pytest.mark.skipif(
    (PROGRAM is None or not AXE.is_file()) and not os.environ.get("CI"),
    reason="Chromium or axe is not installed: npm ci --prefix tests/browser --ignore-scripts",
)
# WCAG 2.2 AA and what it contains, and what is good practice besides.
RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")


@dataclass(frozen=True, slots=True)
class Screen:
    """How somebody looks at pages."""

    language: str
    width: int
    height: int
    scheme: Literal["light", "dark"] = "light"

    def __str__(self) -> str:
        return f"{self.language} {self.width} {self.scheme}"


DESKTOP_FR = Screen("fr", 1280, 900)
DESKTOP_EN = Screen("en", 1280, 900, "dark")
PHONE_FR = Screen("fr", 390, 844, "dark")
PHONE_EN = Screen("en", 390, 844)


@dataclass
class Watch:
    """What a browser complained of, and whom it asked; empty where all is well."""

    origin: str
    complaints: list[str] = field(default_factory=list)

    def over(self, page: Page) -> None:
        """Listen to a page from now on, and to whom it asks."""
        self.listen(page)
        page.on("request", self._request)

    def listen(self, page: Page) -> None:
        """Listen to what a page says from now on."""
        page.on("console", self._console)
        page.on("pageerror", lambda error: self._note(page.url, f"error: {error}"))
        page.on("crash", lambda _page: self._note(page.url, "it crashed"))

    def _console(self, message: ConsoleMessage) -> None:
        # What the policy forbids is said here as well.
        if message.type in {"error", "warning"}:
            self._note(message.location.get("url", ""), f"{message.type}: {message.text}")

    def _request(self, request: Request) -> None:
        if not request.url.startswith((f"{self.origin}/", "data:", "blob:", "about:")):
            self._note(request.frame.url, f"asks {request.url}")

    def _note(self, where: str, what: str) -> None:
        self.complaints.append(f"{where}: {what}")


@contextmanager
def browser(*more: str) -> Iterator[Browser]:
    """Start a browser that ends with this context.

    Args:
        more: Options besides the usual ones.
    """
    # Playwright's loop runs in this thread, and Django would take every query for a mistake.
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    try:
        with sync_playwright() as playwright:
            started = playwright.chromium.launch(executable_path=PROGRAM, args=[*OPTIONS, *more])
            yield started
            # Those of this loop; the ones before it are others.
            connections.close_all()
            started.close()
    finally:
        if before is None:
            del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]
        else:
            os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = before


def context(browser: Browser, screen: Screen, **more: Any) -> BrowserContext:
    """Open a window of its own: no cookies, a language, a size; its pages can be judged."""
    opened = browser.new_context(
        locale={"fr": "fr-FR", "en": "en-GB"}[screen.language],
        viewport={"width": screen.width, "height": screen.height},
        color_scheme=screen.scheme,
        is_mobile=screen.width < 600,
        has_touch=screen.width < 600,
        **more,
    )
    opened.set_default_timeout(PATIENCE_MILLISECONDS)
    if AXE.is_file():
        opened.add_init_script(path=AXE)
    return opened


def show(page: Page, screen: Screen) -> None:
    """Turn the screen that a page is on, or let night fall; the page stays as it is."""
    page.set_viewport_size({"width": screen.width, "height": screen.height})
    page.emulate_media(color_scheme=screen.scheme)


@cache
def _judge() -> str:
    """Return a script that tells what is wrong with a page, and how much wider it is."""
    options = {
        "runOnly": {"type": "tag", "values": RULES},
        "resultTypes": ["violations"],
        "iframes": False,  # what a frame shows is a page of its own, and judged as one
    }
    return (
        # A colour that is on its way to another has a contrast that nobody chose.
        "Promise.allSettled(document.getAnimations()"
        ".filter((one) => one.effect.getComputedTiming().endTime < Infinity)"
        ".map((one) => one.finished))"
        f".then(() => axe.run(document, {json.dumps(options)}))"
        ".then((answer) => [answer.violations,"
        " document.documentElement.scrollWidth - document.documentElement.clientWidth])"
    )


def barriers(page: Page) -> list[str]:
    """Return what keeps somebody from using a page, as axe judges it, and what is cut off."""
    found, wider = page.evaluate(_judge())
    told = [
        f"{each['id']} ({each['impact']}): {each['help']}: "
        + json.dumps([node["target"] for node in each["nodes"]][:4])
        for each in found
    ]
    # WCAG 2.2, 1.4.10: nobody scrolls sideways to read.
    if wider > 0:
        told.append(f"reflow: the page is {wider} pixels wider than the screen")
    return told
