"""Monthly bills to work with: 0.05 % a day, billed on the 1st, due on the 10th, a limit of 20,000.00."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from accounts.models import Borrower, Lender
from config import clock
from loans.models import AccountEntry, BillOffer, CreditLimit, LimitChange, Product, RevolvingAccount
from loans.services import bill_buying, bill_opening, bill_paying, bill_planning, billing
from loans.services.drawing import Signature
from tests.loans.conftest import at_noon, product_of

OPENED_ON = date(2026, 5, 1)
SIGNATURE = Signature(typed_name="王晓雨", method="reauthentication", language="zh-hans")
BILLED: dict[str, Any] = {
    "code": "monthly",
    "kind": "revolving",
    "name_zh_hans": "青禾月付",
    "name_zh_hant": "青禾月付",
    "name_en": "Qinghe monthly",
    "rate_annual": Decimal("0.1825"),
    "profile": {"base": "consumer-cn"},
    "penalty_uplift": Decimal("0.5"),
    "annual_cap": Decimal("0.24"),
    "grace_days": 0,
    "bill_day": 1,
    "due_days": [10, 8, 9],
    "minimum_rate": Decimal("0.1"),
    "daily_rate": Decimal("0.0005"),
    "plan_fees": [
        {"instalments": 3, "rate": "0.023"},
        {"instalments": 6, "rate": "0.045"},
        {"instalments": 9, "rate": "0.065"},
        {"instalments": 12, "rate": "0.088"},
    ],
    "min_principal_minor": 50_000,
    "max_principal_minor": 5_000_000,
}
SHORT = {
    "uplift": "penalty_uplift",
    "base": "penalty_base",
    "minimum_share": "minimum_rate",
    "cap_annual": "annual_cap",
}


def billed(lender: Lender, terms: str = "", **changed: Any) -> Product:
    """A product of monthly bills; `terms` are those of a golden table ("due_day=28;grace_days=3")."""
    given: dict[str, Any] = dict(one.split("=") for one in terms.split(";")) if terms else {}
    if "due_day" in given:
        given["due_days"] = [int(given.pop("due_day"))]
    if "profile" in given or "day_count" in given:
        conventions = {"base": given.pop("profile", "consumer-cn")}
        given["profile"] = conventions | ({"day_count": given.pop("day_count")} if "day_count" in given else {})
    named = {SHORT.get(name, name): value for name, value in given.items()}
    for name in ("penalty_uplift", "minimum_rate", "annual_cap", "rate_annual"):
        if name in named:
            named[name] = Decimal(named[name])
    for name in ("bill_day", "grace_days"):
        if name in named:
            named[name] = int(named[name])
    return product_of(lender, **(BILLED | named | changed))


def limit_on(borrower: Borrower, product: Product, minor: int = 2_000_000, on: date = OPENED_ON) -> CreditLimit:
    made = CreditLimit.objects.create(
        lender=product.lender, borrower=borrower, product=product, product_code=product.code,
        number=f"LM-{product.code}", rate_annual=product.rate_annual, opened_on=on,
    )  # fmt: skip
    LimitChange.objects.create(
        limit=made, lender=product.lender, number=1, kind="opened", old_minor=0, new_minor=minor,
        reason="application", announced_at=clock.now(), announced_on=on, effective_on=on,
    )  # fmt: skip
    return made


def asked(limit: CreditLimit, due_day: int | None = None) -> BillOffer:
    due_day = limit.product.due_days[0] if due_day is None else due_day
    return bill_opening.ask_to_open(limit=limit, due_day=due_day, acting_user=limit.borrower.user)


def read(offer: BillOffer) -> BillOffer:
    with clock.at(offer.made_at + timedelta(seconds=5)):
        return bill_opening.confirm_offer_read(offer=offer, acting_user=offer.borrower.user)


def opened(limit: CreditLimit, on: date = OPENED_ON, **changed: Any) -> RevolvingAccount:
    """Asked for, read and signed on one day."""
    with at_noon(on):
        offer = read(asked(limit))
        signature = replace(SIGNATURE, typed_name=limit.borrower.name)
        given = {"shown_hash": offer.terms_hash, "signature": signature, "acting_user": limit.borrower.user}
        return bill_opening.open_account(offer=offer, **(given | changed))


def live(account: RevolvingAccount, story: str) -> None:
    """Live through a story of a golden table, each fact on its day, through the services."""
    made: list[AccountEntry] = []
    for number, told in enumerate((one for one in story.split(";") if one.strip()), start=1):
        day, kind, *more = told.split()
        with at_noon(date.fromisoformat(day)):
            made.append(_fact(account, made, kind, more, f"{account.number}-{day}-{number}"))
    account.refresh_from_db()


def buy(account: RevolvingAccount, amount_minor: int, key: str, merchant: str = "绿叶超市") -> AccountEntry:
    return bill_buying.purchase(
        account=account, merchant=merchant, amount_minor=amount_minor, key=key, acting_user=account.borrower.user
    )


def pay(account: RevolvingAccount, amount_minor: int, key: str) -> AccountEntry:
    return bill_paying.pay_bill(
        account=account, amount_minor=amount_minor, key=key, channel="borrower", acting_user=account.borrower.user
    )


def bill_up_to(account: RevolvingAccount, on: date) -> None:
    with at_noon(on):
        billing.close_bill(account=account, acting_user=None)
    account.refresh_from_db()


def _fact(account: RevolvingAccount, made: list[AccountEntry], kind: str, more: list[str], key: str) -> AccountEntry:
    if kind == "buy":
        return buy(account, int(more[0]), key)
    if kind == "pay":
        return pay(account, int(more[0]), key)
    if kind == "refund":
        bought = made[int(more[1]) - 1]
        return bill_buying.refund_purchase(bought=bought, amount_minor=int(more[0]), key=key, acting_user=None)
    if kind == "back":
        return bill_paying.return_credit(account=account, amount_minor=int(more[0]), key=key, acting_user=None)
    if kind == "split":
        user = account.borrower.user
        plan = bill_planning.offer_plan(
            account=account, amount_minor=int(more[0]), parts=int(more[1]), acting_user=user
        )
        with clock.at(plan.made_at + timedelta(seconds=5)):
            agreed = bill_planning.plan_bill(plan=plan, shown_hash=plan.rows_hash, acting_user=user)
        assert agreed.entry is not None
        return agreed.entry
    raise AssertionError(kind)
