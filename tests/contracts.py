"""In the world of the house: the owner has signed two contracts, one was given up, and a draw-down waits."""

from datetime import timedelta
from typing import Any

from config import clock
from loans.models import Contract, CreditLimit, DrawDown
from loans.services import drawing
from loans.services.cancelling import cancel_contract


def make_contracts(world: Any) -> None:
    limit = CreditLimit.objects.filter(borrower=world.borrower("owner")).earliest("pk")
    sign(ask(limit))
    given_up = sign(ask(limit))
    cancel_contract(loan=given_up.loan, words="开户行暂停收款。", acting_user=world.people["servicing"])
    ask(limit)


def ask(limit: CreditLimit) -> DrawDown:
    """1,000.00 over three months to the first confirmed account."""
    owner = limit.borrower.user
    assert owner is not None
    account = limit.borrower.bank_accounts.exclude(verified_at=None).earliest("pk")
    return drawing.ask_to_draw(
        limit=limit, amount_minor=100_000, instalment_count=3, method="level", account=account, acting_user=owner
    )


def sign(draw_down: DrawDown) -> Contract:
    owner = draw_down.borrower.user
    assert owner is not None
    with clock.at(draw_down.made_at + timedelta(seconds=5)):
        read = drawing.confirm_reading(draw_down=draw_down, acting_user=owner)
    signature = drawing.Signature(typed_name=draw_down.borrower.name, method="password", language="zh-hans")
    return drawing.sign_contract(draw_down=read, shown_hash=read.schedule_hash, signature=signature, acting_user=owner)
