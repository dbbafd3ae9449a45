"""Borrowing by the pages alone, step by step; each step ends on the page that it leads to."""

from dataclasses import dataclass

from accounts.models import Lender
from loans.models import CreditLimit, Loan
from tests.journeys.conftest import Visitor


@dataclass(frozen=True, slots=True)
class Words:
    """What must stand on the pages of a story, in its language; `name` is what is typed as a signature."""

    approved: str
    cost: str
    contract: str
    signed: str
    name: str
    certificate: str


CHINESE = Words("已批准", "综合年化成本", "借款合同", "由王晓雨于", "王晓雨", "结清证明")
ENGLISH = Words(
    "Approved", "Real annual rate", "Loan contract", "Signed by Wang Xiaoyu", "Wang Xiaoyu", "Settlement certificate"
)
BUTTON = "main form button.button"


def apply(her: Visitor, lender: Lender, code: str, words: Words) -> CreditLimit:
    """Consents one by one, the questions, the answers once more; approved at once."""
    her.go("/loans/applications/")
    her.press(f"a[href='/loans/applications/new/{lender.code}/{code}/']")
    for box in her.page.locator("fieldset.consent input[type=checkbox]").all():
        assert not box.is_checked()
        box.check()
    her.press(BUTTON)
    her.page.fill("input[name=wished_minor]", "２０，０００")
    her.page.locator("input[name=use]").first.check()
    her.page.fill("input[name=income_minor]", "20000")
    her.page.fill("input[name=other_monthly_minor]", "0")
    her.press(BUTTON)
    assert "¥20,000.00" in her.text()
    her.press("main section form button.button")
    assert words.approved in her.text()
    return CreditLimit.objects.get(lender=lender)


def draw(her: Visitor, limit: CreditLimit, amount: str, count: int, words: Words) -> tuple[Loan, list[list[str]]]:
    """Ask, read the cost sheet, sign. The loan that is paid out, and the contract's table as it stands signed."""
    her.press(f"a[href='/loans/limits/{limit.public_id}/']")
    her.press(f"a[href='/loans/limits/{limit.public_id}/draw/']")
    her.page.fill("input[name=amount]", amount)
    her.page.check(f"input[name=count][value='{count}']")
    her.press(BUTTON)
    assert words.cost in her.text()
    her.press(BUTTON)
    assert words.contract in her.text()
    her.page.fill("input[name=typed_name]", words.name)
    her.press(BUTTON)
    assert words.signed in her.text()
    rows = her.page.locator("article.letter table").first.locator("tbody tr").all()
    return Loan.objects.get(contract__draw_down__limit=limit), [row.locator("th, td").all_inner_texts() for row in rows]


def pay(her: Visitor, loan: Loan, amount: str, shown: str) -> None:
    her.go(f"/loans/{loan.public_id}/pay/")
    her.page.fill("input[name=amount]", amount)
    her.press(BUTTON)
    assert shown in her.text()


def pay_off(her: Visitor, loan: Loan, shown: str) -> None:
    """The quote, then the whole of it."""
    her.go(f"/loans/{loan.public_id}/settle/")
    assert shown in her.text()
    her.press(BUTTON)
    loan.refresh_from_db()
    assert loan.state == Loan.State.SETTLED


def certify(her: Visitor, loan: Loan, words: Words) -> None:
    her.go(f"/loans/{loan.public_id}/")
    her.press(f"form[action='/loans/{loan.public_id}/certificate/'] button")
    shown = her.text()
    assert words.certificate in shown
    assert loan.certificates.get().number in shown.replace(" ", "")


def leave(her: Visitor, lender: Lender) -> None:
    her.go(f"/loans/closing/{lender.code}/")
    her.press(f"a[href='/loans/closing/{lender.code}/confirm/']")
    her.page.check("input[name=read]")
    her.press(BUTTON)
