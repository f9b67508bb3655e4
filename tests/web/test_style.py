"""The stylesheet: contrast that everybody can read, nothing from elsewhere."""

import re

import pytest
from django.conf import settings

CSS = (settings.BASE_DIR / "static/acquis.css").read_text()
READABLE = 4.5
TONES = ("good", "bad", "open", "over")
PAIRS = [
    *((ink, ground) for ink in ("ink", "ink-soft", "link") for ground in ("paper", "sheet")),
    *((tone, f"{tone}-ground") for tone in TONES),
    *((tone, ground) for tone in TONES for ground in ("paper", "sheet")),
    *(("ink", f"{tone}-ground") for tone in TONES),
    ("on-accent", "accent"),
]


def tokens(*, dark: bool) -> dict[str, str]:
    light, _comma, after = CSS.partition("@media (prefers-color-scheme: dark)")
    found = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", light))
    if dark:
        found |= dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", after))
    return found


def luminance(colour: str) -> float:
    """Return the relative luminance (WCAG 2.2)."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(first: str, second: str) -> float:
    light, dark = sorted((luminance(first), luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), PAIRS)
def test_text_can_be_read(ink, ground, dark):
    found = tokens(dark=dark)

    assert contrast(found[ink], found[ground]) >= READABLE


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("ground", ["paper", "sheet"])
def test_the_edge_of_a_field_and_the_focus_can_be_seen(ground, dark):
    found = tokens(dark=dark)

    assert contrast(found["line-strong"], found[ground]) >= 3
    assert contrast(found["focus"], found[ground]) >= 3


def test_it_loads_nothing_from_elsewhere():
    assert "@import" not in CSS
    assert set(re.findall(r"url\(\"?([^)\"]+)", CSS)) == {"guilloche.svg"}
    assert (settings.BASE_DIR / "static/guilloche.svg").is_file()


def test_it_cares_about_motion_print_and_forced_colours():
    for feature in ("prefers-reduced-motion", "@media print", "forced-colors", ":focus-visible"):
        assert feature in CSS
