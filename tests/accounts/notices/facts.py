"""Facts for any template, at their longest; and the simplest notice of a test."""

from datetime import date, datetime
from typing import Any

from accounts.notices.template import Words, slots

LENDERS = {
    "zh-hans": "青禾消费金融股份有限公司",
    "zh-hant": "青禾消費金融股份有限公司",
    "en": "Qinghe Consumer Finance Limited Company",
}
LOAN = "L-2026-000123"
NAME = "王晓雨"


def facts_for(words: Words, language: str) -> dict[str, Any]:
    """Everything the text may name: sums in millions, the longest dates, whole references."""
    names = set().union(*(slots(text) for text in (words.title, words.sms, *words.lines)))
    facts: dict[str, Any] = {name: _fact(name) for name in names}
    facts |= {"lender": LENDERS[language], "complaint_line": "12378", "advice_line": "12345", "name": NAME}
    return facts | {"items": [{"loan": LOAN, "number": 12, "sum_minor": 123_456_789}], "stage": "pre_legal"}


def _fact(name: str) -> Any:
    if name.endswith("_minor"):
        return 123_456_789
    if name.endswith("_on"):
        return date(2026, 12, 23)  # a Wednesday: the longest weekday; "23 December" the longest short date
    if name.endswith("_at"):
        return datetime.fromisoformat("2026-12-23T10:30:00+08:00")
    return {"loan": LOAN, "limit": "LM-2026-000123", "number": 12}.get(name, "银行余额不足")


def said(**facts: Any) -> dict[str, Any]:
    """The facts of a received payment."""
    return {"loan": LOAN, "sum_minor": 107_971, "paid_on": date(2026, 5, 8), **facts}
