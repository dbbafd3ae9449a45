"""A loan from the first wish to the closed service, in Chinese, by the pages alone."""

from collections.abc import Callable
from typing import Any

from accounts.models import Borrower, Lender, LenderRelation
from loans.books import violations
from loans.models import Contract, CreditLimit, Loan, SettlementCertificate
from tests.journeys.conftest import Visitor, sign_in
from tests.loans.applicants import make_known, offered, on_record


def test_apply_sign_receive_pay_settle_and_leave(
    visitor: Callable[..., Visitor], qinghe: Lender, borrower: Borrower, settings: Any
) -> None:
    settings.DEMO = True  # its gateway pays out at once, and its pages record payments
    settings.COST_SHEET_SECONDS = 0
    make_known(borrower)
    on_record(borrower, qinghe, months=24)
    product = offered(qinghe)
    her = visitor("zh-hans", 360)
    sign_in(her, borrower.user)

    _apply(her, qinghe, product.code)
    limit = CreditLimit.objects.get()
    _draw(her, limit)
    loan = Loan.objects.get(contract__isnull=False)
    assert (loan.state, loan.principal_minor) == ("active", 300_000)
    assert Contract.objects.get().language == "zh-hans"

    her.go(f"/loans/{loan.public_id}/pay/")
    her.page.fill("input[name=amount]", "500")
    her.press("main form button.button")
    assert "¥500.00" in her.text()
    her.go(f"/loans/{loan.public_id}/settle/")
    her.press("main form button.button")
    loan.refresh_from_db()
    assert loan.state == "settled"

    her.go(f"/loans/{loan.public_id}/")
    her.press(f"form[action='/loans/{loan.public_id}/certificate/'] button")
    assert SettlementCertificate.objects.get().number in her.page.locator("main").inner_text().replace(" ", "")
    _leave(her, qinghe)
    assert list(violations([qinghe])) == []


def _apply(her: Visitor, lender: Lender, code: str) -> None:
    her.go("/loans/applications/")
    her.press(f"a[href='/loans/applications/new/{lender.code}/{code}/']")
    for box in her.page.locator("fieldset.consent input[type=checkbox]").all():
        assert not box.is_checked()
        box.check()
    her.press("main form button.button")
    her.page.fill("input[name=wished_minor]", "２０，０００")
    her.page.locator("input[name=use]").first.check()
    her.page.fill("input[name=income_minor]", "20000")
    her.page.fill("input[name=other_monthly_minor]", "0")
    her.press("main form button.button")
    assert "¥20,000.00" in her.text()
    her.press("main section form button.button")
    assert "已批准" in her.text()


def _draw(her: Visitor, limit: CreditLimit) -> None:
    her.press(f"a[href='/loans/limits/{limit.public_id}/']")
    her.press(f"a[href='/loans/limits/{limit.public_id}/draw/']")
    her.page.fill("input[name=amount]", "3000")
    her.page.check("input[name=count][value='3']")
    her.press("main form button.button")
    assert "综合年化成本" in her.text()
    her.press("main form button.button")
    assert "借款合同" in her.text()
    her.page.fill("input[name=typed_name]", "王晓雨")
    her.press("main form button.button")
    assert "由王晓雨于" in her.text()


def _leave(her: Visitor, lender: Lender) -> None:
    her.go(f"/loans/closing/{lender.code}/")
    her.press(f"a[href='/loans/closing/{lender.code}/confirm/']")
    her.page.check("input[name=read]")
    her.press("main form button.button")
    assert LenderRelation.objects.get(lender=lender).state == "closing"
