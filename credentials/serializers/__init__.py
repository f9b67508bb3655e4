"""Shapes at the door: a verification in words, for a page, for JSON, for a terminal."""

from credentials.serializers.parts import words as part_words
from credentials.serializers.presentation import Presentation, present
from credentials.serializers.refusals import REFUSALS
from credentials.serializers.refusals import status as refusal_status
from credentials.serializers.refusals import words as refusal_words
from credentials.serializers.report import report_json
from credentials.serializers.transcripts import present_verification

__all__ = [
    "REFUSALS", "Presentation", "part_words", "present", "present_verification", "refusal_status",
    "refusal_words", "report_json",
]  # fmt: skip
