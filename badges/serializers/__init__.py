"""Shapes at the door: an Achievement, of whoever's making, made ready for a page; its drawing."""

from badges.serializers.drawings import SVG_HEADERS, SVG_TYPE
from badges.serializers.organisations import organisation_facts, training_facts
from badges.serializers.parts import Described, described
from badges.serializers.taught import Taught, taught

__all__ = [
    "SVG_HEADERS", "SVG_TYPE", "Described", "Taught", "described", "organisation_facts", "taught",
    "training_facts",
]  # fmt: skip
