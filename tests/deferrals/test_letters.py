"""Letters: the decision first, every figure from the books, in the borrower's language, word for word."""

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import translation

from accounts.chain import digest
from config import clock
from deferrals import services
from deferrals.errors import FiguresChanged
from deferrals.models import Letter, ReliefRequest
from deferrals.selectors.letters import verify
from loans.models import Loan
from loans.services import record_payment
from tests.deferrals.conftest import ask, noon, signed
from tests.deferrals.test_story import approve


def text(letter: Letter) -> str:
    """Everything a letter says, one line per piece."""
    lines: list[str] = []
    for block in letter.blocks:
        lines += [block["text"]] if "text" in block else block.get("items", block.get("lines", []))
    return "\n".join(lines)


def newest(request: ReliefRequest) -> Letter:
    return request.letters.latest("pk")


def deny(request: ReliefRequest, reviewer: Any, *codes: str) -> None:
    services.claim(request=request, acting_user=reviewer)
    services.deny(
        request=request,
        reason_codes=codes,
        words="Pay what you can.",
        expected_version=request.version,
        acting_user=reviewer,
    )


def test_the_acknowledgement_says_what_was_asked_and_by_when_the_answer_comes(loan: Loan) -> None:
    letter = newest(ask(loan, language="en"))
    said = text(letter)
    assert letter.title == "We have your request"
    assert said.startswith("王晓雨:\nWe have your request to pause 3 instalments of loan LN-2026-000001.")
    assert "A person decides. Our target is Thursday 14 May 2026." in said
    assert "You will have an answer by Friday 29 May 2026 at the latest." in said
    assert "until we have decided, at the longest until 7 July 2026" in said  # 60 days after 8 May


def test_an_approval_begins_with_the_decision_and_numbers_its_reasons(loan: Loan, staff: SimpleNamespace) -> None:
    request = ask(loan, language="en")
    approve(request, staff.reviewer)
    letter = newest(request)
    kinds = [block["kind"] for block in letter.blocks]
    said = text(letter)
    assert letter.blocks[1]["text"] == "We approved your request to pause 3 instalments of loan LN-2026-000001."
    assert letter.blocks[kinds.index("numbered")]["items"] == [
        "You have paid 3 instalments of this loan so far.",
        "After the pause an instalment is ¥1,116.35; before it was ¥1,079.71.",
    ]
    assert "Nothing is due in May, June and July 2026. Payments resume on 15 August 2026 with ¥1,116.35." in said
    assert "This costs ¥329.73 more than the old schedule." in said
    assert "until Friday 22 May 2026, 24:00" in said
    assert "table" in kinds
    assert letter.blocks[-1]["lines"] == ["Qinghe Consumer Finance", "Case handle: A-02", "8 May 2026"]


def test_a_denial_says_why_what_still_holds_and_where_to_complain(loan: Loan, staff: SimpleNamespace) -> None:
    request = ask(loan, language="en", affordable_minor=50_000)
    deny(request, staff.reviewer, "R06")
    said = text(newest(request))
    assert "After the pause an instalment would be ¥1,116.35, more than the ¥500.00 you told us you can pay." in said
    assert "Pay what you can." in said
    assert "stays so until Friday 22 May 2026" in said
    assert "Complaints: 12378. Free advice: 12345." in said
    assert "No score, and nothing from other lenders." in said


def test_the_agreement_in_force_holds_the_signature_and_the_last_day_to_take_it_back(
    loan: Loan, staff: SimpleNamespace
) -> None:
    request = ask(loan, language="en")
    offer = approve(request, staff.reviewer)
    plan = services.accept(
        offer=offer,
        shown_hash=offer.projection_hash,
        signature=signed("Wang Xiaoyu", language="en"),
        acting_user=loan.borrower.user,
    )
    said = text(newest(request))
    assert "Your new schedule has been in force since 8 May 2026." in said
    assert "You can take this back until Friday 15 May 2026, 24:00, free of charge." in said
    assert f"Signed by Wang Xiaoyu, text fingerprint {plan.acceptance.text_sha256}." in said
    assert "Effective annual rate: 14.15%, was 14.40%" in said


@pytest.mark.parametrize(
    ("ending", "kind", "sentence", "until"),
    [
        ("withdraw", "withdrawn", "You withdrew your request.", "15 May 2026"),
        ("decline", "declined", "You did not accept the offer.", "22 May 2026"),
        ("lapse", "expired", "The offer was not accepted in time and has lapsed.", "6 June 2026"),
    ],
)
def test_an_end_says_what_happened_and_until_when_things_stand_still(
    loan: Loan, staff: SimpleNamespace, ending: str, kind: str, sentence: str, until: str
) -> None:
    """7 days after a withdrawal, 14 after an offer; the offer of 8 May lapses after 22 May."""
    request = ask(loan, language="en")
    offer = approve(request, staff.reviewer) if ending != "withdraw" else None
    if ending == "withdraw":
        services.withdraw(request=request, acting_user=loan.borrower.user)
    elif ending == "decline":
        services.decline(offer=offer, acting_user=loan.borrower.user)
    else:
        with clock.at(noon(date(2026, 5, 23))):
            services.tick(lender=loan.lender)
    letter = newest(request)
    assert letter.kind == kind
    assert sentence in text(letter)
    assert until in text(letter)
    assert "No mark is left, and you can ask again at any time." in text(letter)


def test_taking_it_back_is_written_too(loan: Loan, staff: SimpleNamespace) -> None:
    request = ask(loan, language="en")
    offer = approve(request, staff.reviewer)
    plan = services.accept(
        offer=offer, shown_hash=offer.projection_hash, signature=signed(), acting_user=loan.borrower.user
    )
    services.rescind(plan=plan, acting_user=loan.borrower.user)
    assert "as if there had been no pause" in text(newest(request))


def test_new_figures_come_with_a_letter_that_takes_the_old_ones_back(loan: Loan, staff: SimpleNamespace) -> None:
    request = ask(loan, language="en")
    offer = approve(request, staff.reviewer)
    record_payment(loan=loan, amount_minor=50_000, key="p", channel="borrower", acting_user=loan.borrower.user)
    with pytest.raises(FiguresChanged):
        services.accept(
            offer=offer, shown_hash=offer.projection_hash, signature=signed(), acting_user=loan.borrower.user
        )
    said = text(newest(request))
    assert "The earlier figures no longer hold." in said
    assert "¥315.68" in said  # 3 x 1.2 % of 9,159.05 - 390.09
    assert "¥329.73" not in said


@pytest.mark.parametrize(("language", "lender"), [("zh-hans", "青禾消费金融"), ("zh-hant", "青禾消費金融")])
def test_a_letter_is_in_the_borrowers_language_whatever_the_page_speaks(loan: Loan, language: str, lender: str) -> None:
    with translation.override("en"):
        letter = newest(ask(loan, language=language))
    assert letter.language == language
    assert letter.blocks[-1]["lines"][0] == lender
    assert "2026年5月14日" in text(letter)


def test_the_hash_covers_number_title_and_text(loan: Loan) -> None:
    letter = newest(ask(loan))
    content = {"number": letter.request.number, "title": letter.title, "blocks": letter.blocks}
    assert letter.sha256 == digest(content)
    assert letter.check_code.replace(" ", "").lower() == letter.sha256[:16]
    assert len(letter.check_code) == 19


def spoilt(code: str) -> str:
    return ("0" if code[0] != "0" else "1") + code[1:]


def test_a_letter_is_found_by_number_and_code_as_people_type_them(loan: Loan) -> None:
    letter = newest(ask(loan))
    number, code = letter.request.number, letter.check_code
    for typed in (code, code.lower(), code.replace(" ", ""), f"  {code.lower()} "):
        assert verify(f" {number.lower()} ", typed).letter == letter, typed


def test_number_and_code_must_belong_together(loan: Loan) -> None:
    request = ask(loan)
    first = newest(request)
    services.withdraw(request=request, acting_user=loan.borrower.user)
    other = newest(ask(loan, key="again"))
    assert verify(other.request.number, first.check_code).letter is None
    assert verify(first.check_code, first.request.number).letter is None
    assert verify(first.request.number, spoilt(first.check_code)).letter is None
    assert verify(first.request.number, first.check_code[:-1]).letter is None
    assert verify(first.request.number, "").letter is None


def test_a_letter_whose_text_was_changed_in_the_database_is_not_ours(
    loan: Loan, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database refuses to change a letter; were it done all the same, the page would not vouch for it."""
    letter = newest(ask(loan))
    forged = Letter.objects.get(pk=letter.pk)
    forged.blocks = [{"kind": "p", "text": "Pay 9,999.00 to me."}]
    found = SimpleNamespace(select_related=lambda *names: [forged])
    monkeypatch.setattr(Letter.objects, "filter", lambda **names: found)
    assert verify(letter.request.number, letter.check_code).letter is None
