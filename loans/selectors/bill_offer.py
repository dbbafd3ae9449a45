"""A monthly bill on its way to a signature, and a bill on its way into instalments: what is shown before agreeing."""

from dataclasses import dataclass
from typing import Any

from accounts.chain import digest
from accounts.wording import DIGITS
from loans.bill_contracts import bill_contract_blocks, carried_cost_minor, cost_lines, daily_rate, late_lines
from loans.bill_facts import offered_terms
from loans.engine.formulas import Line
from loans.engine.revolving import bill_plan, explain_plan
from loans.engine.schedule import Row
from loans.models import BillOffer, BillPlan
from loans.papers import GOVERNING, Block
from loans.selectors.limit_use import use_of

EXAMPLE_MINOR = 100_000


@dataclass(frozen=True, slots=True)
class OfferPage:
    """What is signed if it is signed today; `is_current` says that it is what was shown when it was asked for."""

    offer: BillOffer
    limit_minor: int
    rate_daily: Any
    example_minor: int
    example_cost_minor: int
    costs: tuple[str, ...]
    late: tuple[str, ...]
    title: str
    blocks: list[Block]
    governing: tuple[str, list[Block]]
    is_current: bool


@dataclass(frozen=True, slots=True)
class PlanPage:
    """A plan with every instalment and how each was computed; `left_minor` is what waits for bills to come."""

    plan: BillPlan
    rows: tuple[Row, ...]
    steps: tuple[tuple[Line, ...], ...]
    left_minor: int = 0


def offer_page(offer: BillOffer, language: str) -> OfferPage:
    """The queries of `use_of`, if `offer` has its limit, product, lender and borrower."""
    limit, today = offer.limit, offer.lender.today()
    written = offered_terms(limit.product, limit.rate_annual, due_day=offer.due_day, opened_on=today)
    limit_minor = use_of(limit, today).limit_minor
    words = (limit, written, limit_minor)
    title, blocks = bill_contract_blocks(*words, language)
    return OfferPage(
        offer=offer,
        limit_minor=limit_minor,
        rate_daily=daily_rate(written),
        example_minor=EXAMPLE_MINOR,
        example_cost_minor=carried_cost_minor(written, EXAMPLE_MINOR),
        costs=tuple(cost_lines(written, limit.lender.currency)),
        late=tuple(late_lines(written)),
        title=title,
        blocks=blocks,
        governing=bill_contract_blocks(*words, GOVERNING) if language != GOVERNING else ("", []),
        is_current=digest(written) == offer.terms_hash,
    )


def plan_page(plan: BillPlan, left_minor: int = 0) -> PlanPage:
    """No queries, if `plan` has its account, product and bill."""
    conventions = plan.account.product.conventions
    rate = plan.fee_rate.normalize()
    rows = bill_plan(plan.amount_minor, plan.parts, rate, plan.bill.due_on, conventions)
    steps = explain_plan(rows, rate, conventions, DIGITS.get(plan.account.currency, 2))
    return PlanPage(plan, rows, steps, left_minor)


def own_offers(user: Any) -> Any:
    related = ("limit__product__lender", "limit__lender", "limit__borrower", "lender", "contract__account")
    return BillOffer.objects.filter(borrower__user=user).select_related(*related)


def own_plans(user: Any) -> Any:
    related = ("account__product__lender", "account__lender", "account__limit", "account__borrower", "bill", "entry")
    return BillPlan.objects.of(user).select_related(*related)
