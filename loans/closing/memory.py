"""Looking for garbage between the chunks of a close, and not in the middle of one.

A chunk makes some hundred thousand objects that live until it is done. Python would look at
all of them, and at all that was there before, again and again while it is at it.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def tidied_between() -> Iterator[None]:
    """For the length of the block garbage is looked for only where `tidy` is called."""
    was_enabled = gc.isenabled()
    gc.freeze()
    gc.disable()
    try:
        yield
    finally:
        gc.unfreeze()
        if was_enabled:
            gc.enable()


def tidy() -> None:
    """Collect what a chunk left; what was there before the close is not looked at."""
    if not gc.isenabled():
        gc.collect()
