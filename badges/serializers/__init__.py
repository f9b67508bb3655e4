"""Shapes at the door: an Achievement, of whoever's making, made ready for a page; its drawing."""

from badges.serializers.checklist import checklist, label
from badges.serializers.drawings import SVG_HEADERS, SVG_TYPE
from badges.serializers.linked_data import linked_data
from badges.serializers.organisations import organisation_facts, training_facts
from badges.serializers.parts import Described, described
from badges.serializers.states import kind, kinds, states
from badges.serializers.taught import Taught, taught
from badges.serializers.thumbnails import picture, thumbnail

__all__ = [
    "SVG_HEADERS", "SVG_TYPE", "Described", "Taught", "checklist", "described", "kind", "kinds",
    "label", "linked_data",
    "organisation_facts", "picture", "states", "taught", "thumbnail", "training_facts",
]  # fmt: skip
