"""Property tests of the engine: a modest number of examples, and no stopwatch on a busy machine.

HYPOTHESIS_PROFILE=release, as `make properties` sets it, tries 20,000 examples of each.
"""

import os

from hypothesis import HealthCheck, settings

settings.register_profile(
    "modest", max_examples=100, deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("release", settings.get_profile("modest"), max_examples=20_000)
if settings.get_current_profile_name() == "default":
    settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "modest"))
