"""Property tests of the engine: a modest number of examples, and no stopwatch on a busy machine."""

from hypothesis import settings

settings.register_profile("modest", max_examples=100, deadline=None, print_blob=True)
if settings.get_current_profile_name() == "default":
    settings.load_profile("modest")
