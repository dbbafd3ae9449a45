"""The piece of a form that asks: separate boxes, none ticked, the text that was read."""

from typing import Any

import pytest
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import translation

from accounts.models import Borrower, Lender
from credit import services
from credit.consent_form import CHANGED, UNTICKED, Ask, ConsentForm, origin_of
from credit.consent_texts import consent_text
from tests.credit.consents import give

ASKS = [Ask("query"), Ask("reporting", is_required=True), Ask("marketing")]


def form_of(borrower: Borrower, lender: Lender, data: Any = None, **more: Any) -> ConsentForm:
    return ConsentForm(data, borrower=borrower, lender=lender, **{"asks": ASKS, **more})


def sent(form: ConsentForm, *ticked: str) -> dict[str, str]:
    """What a browser sends back: every hash, and the boxes that were ticked."""
    data = {part.hash_name: part.text.sha256 for part in form.parts}
    return data | {f"consent-{name}": "on" for name in ticked}


def test_nothing_is_ticked_for_anyone(borrower: Borrower, qinghe: Lender) -> None:
    form = form_of(borrower, qinghe)
    page = "".join(render_to_string("components/consent.html", {"part": part}) for part in form.parts)
    assert page.count('type="checkbox"') == 3
    assert " checked" not in page
    for part in form.parts:
        assert part.text.statement in page
        assert all(words in page for _label, words in part.text.rows)
        assert f'name="{part.hash_name}" value="{part.text.sha256}"' in page


def test_each_answer_carries_what_was_read(borrower: Borrower, qinghe: Lender) -> None:
    form = form_of(borrower, qinghe, sent(form_of(borrower, qinghe), "reporting"))
    assert form.is_valid()
    assert [(one.purpose, one.is_given) for one in form.answers] == [
        ("query", False), ("reporting", True), ("marketing", False),
    ]  # fmt: skip
    services.answer_consents(
        borrower=borrower, lender=qinghe, answers=form.answers, language=form.language, acting_user=borrower.user
    )
    again = form_of(borrower, qinghe)
    assert [consent.purpose for consent in again.standing] == ["reporting"]
    assert again.parts == []


def test_a_needed_box_must_be_ticked_and_another_need_not(borrower: Borrower, qinghe: Lender) -> None:
    form = form_of(borrower, qinghe, sent(form_of(borrower, qinghe), "marketing"))
    assert not form.is_valid()
    assert form.errors == {"reporting": [str(UNTICKED)]}
    ticked = {part.name: part.is_ticked for part in form.parts}
    assert ticked == {"consent-query": False, "consent-reporting": False, "consent-marketing": True}


@pytest.mark.parametrize("wrong", ["", "0" * 64])
def test_a_tick_under_other_words_is_not_taken(borrower: Borrower, qinghe: Lender, wrong: str) -> None:
    data = {**sent(form_of(borrower, qinghe), "query", "reporting"), "consent-query-sha256": wrong}
    form = form_of(borrower, qinghe, data)
    assert form.errors == {"query": [str(CHANGED)]}
    assert [part.is_ticked for part in form.parts] == [False, True, False]


def test_the_page_in_another_language_asks_in_other_words(borrower: Borrower, qinghe: Lender) -> None:
    chinese = sent(form_of(borrower, qinghe), "reporting")
    with translation.override("en"):
        form = form_of(borrower, qinghe, chinese)
        assert not form.is_valid()
        assert form.parts[0].text.language == "en"


def test_a_no_is_remembered_unless_the_person_comes_to_answer(borrower: Borrower, qinghe: Lender) -> None:
    for purpose in ("marketing", "reporting"):
        services.refuse_consent(borrower=borrower, lender=qinghe, purpose=purpose, acting_user=borrower.user)
    assert [ask.purpose for ask in form_of(borrower, qinghe).asks] == ["query", "reporting"]
    assert [ask.purpose for ask in form_of(borrower, qinghe, asks_again=True).asks] == [ask.purpose for ask in ASKS]


def test_what_stands_is_named_and_not_asked(borrower: Borrower, qinghe: Lender) -> None:
    given = give(borrower, qinghe, "query")
    form = form_of(borrower, qinghe)
    assert form.standing == [given]
    assert [ask.purpose for ask in form.asks] == ["reporting", "marketing"]


def test_a_sharing_has_a_box_for_each_lender_it_names(borrower: Borrower, qinghe: Lender, jiangpan: Lender) -> None:
    form = form_of(borrower, qinghe, asks=[Ask("sharing", named=jiangpan)])
    part = form.parts[0]
    assert part.name == "consent-sharing-jiangpan"
    assert part.text == consent_text("sharing", "zh-hans", lender="青禾消费金融", other="江畔银行")
    bound = form_of(borrower, qinghe, sent(form, "sharing-jiangpan"), asks=[Ask("sharing", named=jiangpan)])
    assert bound.is_valid()
    assert bound.answers[0].named == jiangpan


def test_the_queries_of_a_form_are_four(borrower: Borrower, qinghe: Lender, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(4):
        assert len(form_of(borrower, qinghe).parts) == 3


def test_where_an_answer_came_from_is_kept() -> None:
    request = RequestFactory().get("/", REMOTE_ADDR="192.0.2.7", headers={"user-agent": "Firefox"})
    assert origin_of(request) == services.Origin("192.0.2.7", "Firefox", "tick")
