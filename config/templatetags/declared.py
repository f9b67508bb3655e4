"""What the foot of every page says of how accessible the installation is."""

from django import template
from django.conf import settings
from django.utils.functional import Promise

from config.accessibility import DEGREES

register = template.Library()


@register.simple_tag
def conformity() -> Promise:
    """Return the degree that the operator declares, in words."""
    return DEGREES[settings.ACCESSIBILITY]
