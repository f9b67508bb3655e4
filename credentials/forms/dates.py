"""A field for a day, as every form asks for one: by the browser's own calendar."""

from __future__ import annotations

from typing import Any

from django import forms


def day(**more: Any) -> forms.DateField:
    """Return a field for a day.

    Args:
        more: What a field of Django takes: its label, whether it is required.
    """
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    return forms.DateField(widget=widget, **more)
