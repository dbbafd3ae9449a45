"""The first whole story: asked, decided, accepted, kept on record; by the pages alone."""

from collections.abc import Callable
from datetime import date
from types import SimpleNamespace

import pytest

from config import clock
from deferrals.models import ReliefRequest
from loans.models import Loan, ScheduleVersion
from loans.services import furnish_months
from tests.deferrals.conftest import fixture_loan, noon, publish
from tests.journeys.conftest import Visitor, sign_in
from tests.loans.reporting import agreed

WORDS = {
    "zh-hans": ("缓还中", "批准", "逾期"),
    "zh-hant": ("緩還中", "批准", "逾期"),
    "en": ("on arrangement", "approved", "late"),
}


@pytest.mark.parametrize(("language", "width"), [("zh-hans", 360), ("zh-hant", 1280), ("en", 320)])
def test_a_borrower_gets_relief_and_keeps_an_honest_record(
    visitor: Callable[..., Visitor],
    qinghe,
    borrower,
    staff: SimpleNamespace,
    language: str,
    width: int,  # type: ignore[no-untyped-def]
) -> None:
    publish(qinghe)
    loan = fixture_loan(qinghe, borrower)
    arrangement, approved, late = WORDS[language]

    at_home = visitor(language, width)
    sign_in(at_home, borrower.user)
    at_home.go("/")
    assert "¥1,079.71" in at_home.text()
    at_home.press(f"a[href='/relief/new/{loan.public_id}/']")
    assert "¥1,116.35" in at_home.text()
    at_home.page.check("input[name=pause][value='3']")
    at_home.page.select_option("select[name=ground]", "illness")
    at_home.page.fill("input[name=affordable_minor]", "０")
    at_home.page.check("input[name=auto_debit][value=pause]")
    at_home.press("main form.stack button.button")
    assert "¥329.73" in at_home.text()
    at_home.press("main section form button.button")
    request = ReliefRequest.objects.get()
    assert request.number in at_home.text()

    at_work = visitor(language, 1280)
    sign_in(at_work, staff.reviewer, second_factor=True)
    at_work.go("/staff/deferrals/reliefrequest/queue/")
    assert request.number in at_work.text()
    at_work.press("form[action$='next/'] button")
    assert "1,116.35" in at_work.text()
    at_work.page.check("input[name=outcome][value=approved]")
    at_work.page.check("input[name=approve_reasons][value=A01]")
    at_work.page.fill("textarea[name=words]", "三期之后可以恢复。")
    at_work.press("form.decide button.button")
    at_work.press("main form button.button:not(.button--quiet)")
    request.refresh_from_db()
    assert request.state == "offered"

    at_home.go("/")
    at_home.press(f"a[href='/relief/requests/{request.public_id}/offer/']")
    previewed = [
        cell.inner_text().removeprefix("¥") for cell in at_home.page.locator("table tbody tr td:nth-child(5)").all()
    ][:9]
    for tick in ("dates", "cost", "record"):
        at_home.page.check(f"input[name=ticks][value={tick}]")
    at_home.page.fill("input[name=typed_name]", "王晓雨")
    at_home.press("main form[action$='accept/'] button.button")
    request.refresh_from_db()
    assert request.state == "active"

    adopted = ScheduleVersion.objects.get(loan=loan, number=2).instalments.filter(number__gte=4).order_by("number")
    assert [row.due_minor for row in adopted] == [111_635] * 8 + [111_625]
    assert previewed == [f"{row.due_minor // 100:,}.{row.due_minor % 100:02d}" for row in adopted]
    at_home.go(f"/loans/{loan.public_id}/")
    assert "1,116.35" in at_home.text()
    at_home.go("/relief/letters/")
    at_home.press("main ul.list li:nth-child(2) a")
    assert approved in at_home.text()

    with clock.at(noon(date(2026, 6, 8))):
        agreed(loan.borrower, loan.lender)
        furnish_months(loan=Loan.objects.get(pk=loan.pk), through=date(2026, 5, 1), acting_user=None)
        at_home.go("/credit/")
        marks = [glyph.get_attribute("aria-label") or "" for glyph in at_home.page.locator(".months svg").all()]
    may = [mark for mark in marks if "2026年5月" in mark or "May 2026" in mark]
    assert may
    assert all(arrangement in mark.lower() for mark in may)
    assert not any(late in mark.lower() for mark in marks)


def test_everything_works_without_scripts(visitor: Callable[..., Visitor], qinghe, borrower, chromium) -> None:  # type: ignore[no-untyped-def]
    """The same form, sent by a browser that runs no script at all."""
    publish(qinghe)
    loan = fixture_loan(qinghe, borrower)
    plain = visitor("en", 360)
    sign_in(plain, borrower.user)
    cookies = plain.context.cookies()
    quiet = chromium.new_context(viewport={"width": 360, "height": 900}, java_script_enabled=False)
    quiet.add_cookies(cookies)
    page = quiet.new_page()
    page.goto(f"{plain.server}/relief/new/{loan.public_id}/")
    page.locator("main form.stack button.button").click()
    assert page.title().startswith("Error:")
    page.check("input[name=pause][value='1']")
    page.select_option("select[name=ground]", "unsaid")
    page.fill("input[name=affordable_minor]", "500")
    page.check("input[name=auto_debit][value=keep]")
    page.locator("main form.stack button.button").click()
    page.locator("main section form button.button").click()
    assert ReliefRequest.objects.get().affordable_minor == 50_000
    quiet.close()
