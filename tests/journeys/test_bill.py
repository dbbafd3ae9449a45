"""A monthly bill from the first wish to the closed service, in Chinese, by the pages alone."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from django.core.management import call_command

from accounts.models import Borrower, Lender, LenderRelation
from config import clock
from loans.books import violations
from loans.models import BillContract, CreditLimit, RevolvingAccount, SettlementCertificate
from tests.journeys.conftest import Visitor, sign_in
from tests.loans import monthly
from tests.loans.applicants import make_known, on_record


def on(month: int, day: int) -> Any:
    """Noon in Shanghai, for the browser's server too."""
    return clock.at(datetime(2026, month, day, 4, tzinfo=UTC))


def test_apply_sign_buy_be_billed_pay_the_minimum_pay_off_close_and_leave(
    visitor: Callable[..., Visitor], qinghe: Lender, borrower: Borrower, settings: Any
) -> None:
    settings.DEMO = True  # its shop sells, and its pages record payments
    settings.COST_SHEET_SECONDS = 0
    make_known(borrower)
    on_record(borrower, qinghe, months=24)
    monthly.billed(qinghe)
    her = visitor("zh-hans", 320)
    sign_in(her, borrower.user)

    _apply(her, qinghe)
    _open(her, CreditLimit.objects.get())
    account = RevolvingAccount.objects.get()
    home = f"/loans/bills/{account.public_id}/"
    assert BillContract.objects.get().language == "zh-hans"
    _buy(her, home, "绿叶超市", "１，０００")
    assert "¥19,000.00" in her.text()

    with on(6, 1):
        call_command("bill", "--all")
        her.go(f"{home}statements/1/")
        assert "2026年6月10日" in her.text()
        assert "¥100.00" in her.text()
        her.go("/")
        assert "¥1,000.00" in her.text()
    with on(6, 10):
        _pay(her, home, "minimum")
        assert "¥100.00" in her.text()
        her.go(home)
        # 900.00 at 0.05 % a day for 30 days
        assert "¥900.00" in her.text()
    with on(6, 20):
        _pay(her, home, "payoff")  # ten days cost 4.50
        assert "¥904.50" in her.text()
    with on(7, 1):
        call_command("bill", "--all")
        her.go(f"{home}statements/2/")
        assert "900.00 × 18.25% ÷ 365 × 10 = 4.50" in her.text()
        _close(her, home)
        account.refresh_from_db()
        assert account.state == "closed"
        assert SettlementCertificate.objects.get().number in her.page.locator("main").inner_text().replace(" ", "")
        _leave(her, qinghe)
        assert list(violations([qinghe])) == []


def test_a_bill_becomes_instalments_after_its_costs_were_read(
    visitor: Callable[..., Visitor], qinghe: Lender, borrower: Borrower, settings: Any
) -> None:
    settings.COST_SHEET_SECONDS = 0
    account = monthly.opened(monthly.limit_on(borrower, monthly.billed(qinghe)))
    monthly.live(account, "2026-05-08 buy 1200000")
    her = visitor("en", 360)
    sign_in(her, borrower.user)
    with on(6, 5):
        call_command("bill", "--all")
        her.go(f"/loans/bills/{account.public_id}/instalments/")
        her.page.check("input[name=parts][value='12']")
        her.press("main form button.button")
        # 8.8 % of 12,000.00 is 1,056.00; the first of twelve is 1,088.00
        for said in ("15.86%", "¥1,056.00", "¥1,088.00"):
            assert said in her.text()
        her.press("main form button.button")
    account.refresh_from_db()
    assert account.entries.latest("sequence").kind == "instalments"


def _apply(her: Visitor, lender: Lender) -> None:
    her.go("/loans/applications/")
    her.press(f"a[href='/loans/applications/new/{lender.code}/monthly/']")
    for box in her.page.locator("fieldset.consent input[type=checkbox]").all():
        box.check()
    her.press("main form button.button")
    her.page.fill("input[name=wished_minor]", "20000")
    her.page.locator("input[name=use]").first.check()
    her.page.fill("input[name=income_minor]", "20000")
    her.page.fill("input[name=other_monthly_minor]", "0")
    her.press("main form button.button")
    her.press("main section form button.button")
    assert "已批准" in her.text()


def _open(her: Visitor, limit: CreditLimit) -> None:
    her.go(f"/loans/limits/{limit.public_id}/")
    her.press(f"a[href='/loans/bills/open/{limit.public_id}/']")
    her.page.check("input[name=due_day][value='10']")
    her.press("main form button.button")
    assert "¥15.00" in her.text()  # 1,000.00 carried over for thirty days
    her.press("main form button.button")
    her.page.fill("input[name=typed_name]", "王晓雨")
    her.press("main form button.button")


def _buy(her: Visitor, home: str, merchant: str, price: str) -> None:
    her.press(f"a[href='{home}shop/']")
    her.page.fill("input[name=merchant]", merchant)
    her.page.fill("input[name=amount]", price)
    her.press("main form button.button")
    assert merchant in her.text()


def _pay(her: Visitor, home: str, what: str) -> None:
    her.go(f"{home}pay/")
    her.page.check(f"input[name=what][value='{what}']")
    her.press("main form button.button")


def _close(her: Visitor, home: str) -> None:
    her.go(f"{home}close/")
    her.press("main form button.button")
    her.press(f"form[action='{home}certificate/'] button")


def _leave(her: Visitor, lender: Lender) -> None:
    her.go(f"/loans/closing/{lender.code}/")
    her.press(f"a[href='/loans/closing/{lender.code}/confirm/']")
    her.page.check("input[name=read]")
    her.press("main form button.button")
    assert LenderRelation.objects.get(lender=lender).state == "closing"
