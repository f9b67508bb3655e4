"""Hypothesis profiles: a few examples while writing, many where time is cheap."""

import os

from hypothesis import HealthCheck, settings

# Machines differ by ten: a deadline would refuse the slow one, not the slow code.
settings.register_profile(
    "quick", max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("ci", parent=settings.get_profile("quick"), max_examples=500)
# Hours for all of it: what docs/sealing.md names, a change of sealing should go through once.
settings.register_profile("many", parent=settings.get_profile("ci"), max_examples=10_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))
