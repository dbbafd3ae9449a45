"""The agreement: who may sign it, its months, its cost, and its text in each language."""

from datetime import date
from types import SimpleNamespace

import pytest
from django.utils import translation

from accounts.chain import digest
from deferrals.agreement import agreement_blocks, cost_sentence, months_text, same_name, schedule_block
from deferrals.models import Offer
from loans.engine.relief import Projection
from loans.models import Loan
from tests.deferrals.conftest import ask
from tests.deferrals.test_story import approve

NAMES = ("王晓雨", "Wang Xiaoyu")


@pytest.fixture
def offer(loan: Loan, staff: SimpleNamespace) -> Offer:
    return approve(ask(loan), staff.reviewer)


def projected(offer: Offer) -> Projection:
    return Projection.from_dict(offer.projection)


@pytest.mark.parametrize(
    "typed", ["王晓雨", " 王晓雨 ", "Wang Xiaoyu", "wang  xiaoyu", "WANG XIAOYU", "Ｗａｎｇ　Ｘｉａｏｙｕ"]
)
def test_case_width_and_spaces_do_not_matter_in_a_name(typed: str) -> None:
    assert same_name(typed, *NAMES)


@pytest.mark.parametrize("typed", ["", " ", "王小雨", "王晓", "Xiaoyu Wang", "WangXiaoyu", "王晓雨 Wang Xiaoyu"])
def test_another_name_is_another_name(typed: str) -> None:
    assert not same_name(typed, *NAMES)


def test_nothing_typed_is_not_the_name_of_somebody_without_a_latin_one() -> None:
    assert not same_name("", "王晓雨", "")
    assert not same_name("　", "王晓雨", "")


@pytest.mark.parametrize(
    ("days", "english", "chinese"),
    [
        ([], "", ""),
        ([(2026, 5)], "May 2026", "2026年5月"),
        ([(2026, 5), (2026, 6)], "May and June 2026", "2026年5月、6月"),
        ([(2026, 5), (2026, 6), (2026, 7)], "May, June and July 2026", "2026年5月、6月、7月"),
        (
            [(2026, 11), (2026, 12), (2027, 1)],
            "November, December 2026 and January 2027",
            "2026年11月、12月、2027年1月",
        ),
        ([(2026, 12), (2027, 12)], "December 2026 and December 2027", "2026年12月、2027年12月"),
    ],
)
def test_months_are_listed_as_one_writes_them(days: list[tuple[int, int]], english: str, chinese: str) -> None:
    listed = tuple(date(year, month, 15) for year, month in days)
    assert (months_text(listed, "en"), months_text(listed, "zh-hant")) == (english, chinese)


@pytest.mark.parametrize(
    ("more_minor", "sentence"),
    [
        (32_973, "This costs ¥329.73 more than the old schedule."),
        (0, "This costs nothing more than the old schedule."),
        (-28_132, "This saves ¥281.32 against the old schedule."),
    ],
)
def test_the_cost_is_one_sentence_either_way(more_minor: int, sentence: str) -> None:
    with translation.override("en"):
        assert cost_sentence(SimpleNamespace(cost_to_borrower_minor=more_minor)) == sentence  # type: ignore[arg-type]


def test_the_table_sets_old_beside_new_and_sums_both(offer: Offer) -> None:
    with translation.override("en"):
        table = schedule_block(projected(offer), "en")
    assert len(table["rows"]) == 9
    assert table["rows"][0] == ["4", "15 May 2026", "1,079.71", "15 August 2026", "1,116.35"]
    assert table["rows"][-1] == ["12", "15 January 2027", "1,079.64", "15 April 2027", "1,116.25"]
    assert table["foot"] == ["Left to pay", "", "9,717.32", "", "10,047.05"]


@pytest.mark.parametrize(
    ("language", "lender", "months", "resume"),
    [
        ("en", "Qinghe Consumer Finance", "May, June and July 2026", "15 August 2026"),
        ("zh-hans", "青禾消费金融", "2026年5月、6月、7月", "2026年8月15日"),
        ("zh-hant", "青禾消費金融", "2026年5月、6月、7月", "2026年8月15日"),
    ],
)
def test_the_agreement_names_everything_in_each_language(
    offer: Offer, language: str, lender: str, months: str, resume: str
) -> None:
    blocks = agreement_blocks(offer, language=language)
    text = str(blocks)
    for fact in (
        lender, "王晓雨", "LN-2026-000001", offer.request.number, months, resume, "¥1,116.35", "¥329.73", "¥0.00",
        "14.15%", "14.40%", "12378", "12345", offer.projection_hash,
    ):  # fmt: skip
        assert fact in text, fact
    assert [block["kind"] for block in blocks].count("table") == 1


def test_the_same_offer_is_the_same_text_and_another_language_another(offer: Offer) -> None:
    hashes = [digest(agreement_blocks(offer, language=code)) for code in ("en", "en", "zh-hans")]
    assert hashes[0] == hashes[1] != hashes[2]


def test_the_agreement_is_written_in_the_language_asked_not_in_that_of_the_page(offer: Offer) -> None:
    with translation.override("zh-hant"):
        blocks = agreement_blocks(offer, language="en")
        assert translation.get_language() == "zh-hant"
    assert blocks[0] == {"kind": "h", "text": "Parties and loan"}
