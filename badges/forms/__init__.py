"""What may come through the doors of the console about an organisation and its badges."""

from badges.forms.alignments import lines
from badges.forms.alignments import said as said_in_lines
from badges.forms.designs import BlockForm, LookForm, RulesForm, TextsForm, UploadForm
from badges.forms.organisations import OrganisationForm, PartnershipForm

__all__ = [
    "BlockForm", "LookForm", "OrganisationForm", "PartnershipForm", "RulesForm", "TextsForm",
    "UploadForm", "lines", "said_in_lines",
]  # fmt: skip
