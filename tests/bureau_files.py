"""A file for a credit bureau in the world of the house tests."""

import io
from datetime import date
from typing import Any

from credit.models import BureauFile
from credit.selectors.bureau_choice import Held
from credit.services import write_bureau_file

BUREAU_OBJECTS: dict[str, Any] = dict.fromkeys(
    [f"admin:credit_bureaufile_{page}" for page in ("page", "copy")],
    lambda world: {"public_id": BureauFile.objects.get(lender=world.lender).public_id},
)


def bureau_answers(outside: str, viewers: str) -> dict[str, tuple[str, str]]:
    """Who gets what at the pages of bureau files, on GET and on POST with an empty form."""
    return {
        "admin:credit_bureaufile_page": (f"{outside}, 200 {viewers}, 404", f"{outside}, 405"),
        "admin:credit_bureaufile_copy": (f"{outside}, 405", f"{outside}, 200 servicing, 404"),
    }


def make_bureau_file(world: Any) -> None:
    """April, with the months that the books have furnished, and one that was held back."""
    april = date(2026, 4, 1)
    write_bureau_file(
        lender=world.lender, format="pboc", month=april, sink=io.BytesIO(), acting_user=None,
        held=[Held("LN-2025-009999", april, "not_told")],
    )  # fmt: skip
