"""A file to the bank and one from it, in the world of the house tests."""

from typing import Any

from loans.models import BankFile, BankFileLine, PaymentOrder

# What the pages of bank files name, for `tests/house/matrix.py`.
FILE_OBJECTS: dict[str, Any] = {
    **dict.fromkeys(
        [f"admin:loans_bankfile_{page}" for page in ("desk", "write")],
        lambda world: {"lender_code": world.lender.code},
    ),
    **dict.fromkeys(
        [f"admin:loans_bankfile_{page}" for page in ("page", "copy")],
        lambda world: {"public_id": BankFile.objects.get(lender=world.lender, direction="out").public_id},
    ),
}


def file_answers(outside: str, viewers: str) -> dict[str, tuple[str, str]]:
    """Who gets what at the pages of bank files, on GET and on POST with an empty form."""
    return {
        "admin:loans_bankfile_desk": (f"{outside}, 200 servicing, 404", f"{outside}, 422 servicing, 404"),
        "admin:loans_bankfile_write": (f"{outside}, 405", f"{outside}, 302 servicing, 404"),
        "admin:loans_bankfile_page": (f"{outside}, 200 {viewers}, 404", f"{outside}, 405"),
        "admin:loans_bankfile_copy": (f"{outside}, 405", f"{outside}, 302 servicing, 404"),
    }


def make_bank_files(world: Any) -> None:
    """The order that is with the gateway stands in a file; the bank's answer names somebody nobody knows."""
    order = PaymentOrder.objects.get(lender=world.lender, key="order-1")
    told = {
        "out": ("pain.008.001.08", "debit", order, order.amount_minor, ""),
        "in": ("camt.054.001.08", "credit", None, 5_000, "suspense"),
    }
    for direction, (message, kind, own, amount_minor, answer) in told.items():
        file = BankFile.objects.create(
            lender=world.lender, direction=direction, message=message, message_id=f"qinghe-{direction}", size=1,
            sha256=direction.ljust(64, "0"), currency="CNY", line_count=1, total_minor=amount_minor,
            head={
                "created_at": "2026-05-08T04:00:00+00:00", "digits": 2, "batches": [],
                "creditor": {"name": "Qinghe", "account": "1", "agent": "1", "scheme_id": ""},
            },
        )  # fmt: skip
        BankFileLine.objects.create(
            file=file, lender=world.lender, number=1, kind=kind, order=own, amount_minor=amount_minor, currency="CNY",
            answer=answer,
        )  # fmt: skip
