"""What may come through the doors of the console about domains, hosts and units."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from issuers.selectors import Placed
from issuers.services import UNIT_KINDS


class DomainForm(forms.Form):
    """Which domain or host."""

    name = forms.CharField(
        label=_("Domain name"),
        max_length=253,
        widget=forms.TextInput(attrs={"autocapitalize": "none", "spellcheck": "false"}),
    )


class UnitForm(forms.Form):
    """What a unit is, and what it is a part of."""

    name = forms.CharField(label=_("Name"), max_length=200)
    kind = forms.ChoiceField(label=_("Kind"), choices=UNIT_KINDS)
    parent = forms.ChoiceField(label=_("Part of"), required=False)
    place = forms.CharField(
        label=_("Place"), max_length=100, required=False, help_text=_("A town, or an address.")
    )

    def __init__(self, *args: Any, places: list[Placed], **kwargs: Any) -> None:
        """Offer the units that it may be a part of."""
        super().__init__(*args, **kwargs)
        self.fields["parent"].choices = [  # type: ignore[attr-defined] # it is a ChoiceField
            ("", _("The organisation itself")),
            *((str(each.unit.uuid), each.path) for each in places if not each.unit.closed_at),
        ]
        self._places = {str(each.unit.uuid): each.unit for each in places}

    def values(self) -> dict[str, Any]:
        """Return what the service takes."""
        cleaned = self.cleaned_data
        return {**cleaned, "parent": self._places.get(cleaned["parent"])}
