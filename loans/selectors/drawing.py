"""A draw-down worked out, and its pages on the way to a signature."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from accounts.chain import digest
from loans.agreed import agreed, check_offered
from loans.contracts import contingent_lines, contract_blocks, sheet_of
from loans.due_days import DAYS, first_due_on
from loans.engine.cost_sheet import CostSheet
from loans.engine.explain import Line, explain_terms
from loans.engine.schedule import Row, Terms, schedule, schedule_hash
from loans.errors import TermsRefused
from loans.models import Contract, CreditLimit, DrawDown, Product
from loans.papers import GOVERNING, Block

MOST_INSTALMENTS = 60


@dataclass(frozen=True, slots=True)
class Drawing:
    """A draw-down worked out: its terms, every instalment, and the hash of them."""

    terms: Terms
    rows: tuple[Row, ...]
    hash: str


def worked_out(
    limit: CreditLimit, *, amount_minor: int, instalment_count: int, method: str, due_day: int | None = None, on: date
) -> Drawing:
    """What a draw would be. Raises `TermsRefused` where the product does not offer it."""
    if (due_day is not None) != (limit.product.due_day_choice == Product.DueDay.CHOSEN):
        raise TermsRefused("due_day", "not_offered" if due_day else "missing")
    if due_day is not None and due_day not in DAYS:
        raise TermsRefused("due_day", "not_offered")
    terms = agreed(
        product=limit.product,
        principal_minor=amount_minor,
        instalment_count=instalment_count,
        disbursed_on=on,
        first_due_on=first_due_on(on, due_day) if due_day else None,
        rate_annual=limit.rate_annual,
        method=method,
        profile=None,
    )
    check_offered(limit.product, terms)
    if not limit.product.instalment_counts and not 1 <= instalment_count <= MOST_INSTALMENTS:
        raise TermsRefused("instalments", "not_offered")
    rows = schedule(terms)
    return Drawing(terms, rows, schedule_hash(rows))


@dataclass(frozen=True, slots=True)
class DrawPage:
    """What is signed if it is signed today; `is_current` says that it is what was shown when it was asked for.

    `steps` say how each instalment was computed, row by row.
    """

    draw_down: DrawDown
    drawing: Drawing
    sheet: CostSheet
    contingent: tuple[str, ...]
    title: str
    blocks: list[Block]
    governing: tuple[str, list[Block]]
    steps: tuple[tuple[Line, ...], ...]
    is_current: bool


def draw_page(draw_down: DrawDown, language: str) -> DrawPage | None:
    """No queries, if `draw_down` has its limit, product, lender, borrower and account; None where it is not offered."""
    limit = draw_down.limit
    try:
        drawing = worked_out(
            limit,
            amount_minor=draw_down.amount_minor,
            instalment_count=draw_down.instalment_count,
            method=draw_down.method,
            due_day=draw_down.due_day,
            on=limit.lender.today(),
        )
    except TermsRefused:
        return None
    sheet = sheet_of(limit.product, drawing.terms, drawing.rows)
    words = (limit, drawing.terms, drawing.rows, sheet, draw_down.account)
    title, blocks = contract_blocks(*words, language)
    return DrawPage(
        draw_down=draw_down,
        drawing=drawing,
        sheet=sheet,
        contingent=tuple(contingent_lines(limit.product, drawing.terms)),
        title=title,
        blocks=blocks,
        governing=contract_blocks(*words, GOVERNING) if language != GOVERNING else ("", []),
        steps=explain_terms(drawing.terms),
        is_current=drawing.hash == draw_down.schedule_hash,
    )


def own_draw_downs(user: Any) -> Any:
    """One's own draw-downs, with what their pages need."""
    related = ("limit__product__lender", "limit__lender", "limit__borrower", "lender", "account", "contract__loan")
    return DrawDown.objects.filter(borrower__user=user).select_related(*related)


def own_contracts(user: Any) -> Any:
    return Contract.objects.of(user).select_related("lender", "loan__product", "borrower")


def is_whole(contract: Contract) -> bool:
    """Whether the contract is still, letter by letter, what was signed."""
    return digest(contract.content()) == contract.sha256
