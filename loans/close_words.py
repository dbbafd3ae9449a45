"""Steps of a close and what they count, in the words of the staff's site."""

from collections.abc import Iterator, Mapping

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

STEPS: dict[str, Promise] = {
    "bills": pgettext_lazy("step of a close", "Monthly bills"),
    "bill_stages": pgettext_lazy("step of a close", "Stages of monthly bills"),
    "bill_months": pgettext_lazy("step of a close", "Months of monthly bills"),
    "loans": pgettext_lazy("step of a close", "Loans"),
    "relief": pgettext_lazy("step of a close", "Relief"),
    "consents": pgettext_lazy("step of a close", "Consents given since"),
    "telling": pgettext_lazy("step of a close", "Warnings before late months"),
    "months": pgettext_lazy("step of a close", "Months of the credit file"),
    "reminders": pgettext_lazy("step of a close", "Reminders"),
    "bill_reminders": pgettext_lazy("step of a close", "Reminders of monthly bills"),
    "books": pgettext_lazy("step of a close", "Do the books of the day add up?"),
}
COUNTS: dict[tuple[str, str], Promise] = {
    ("bills", "accounts"): pgettext_lazy("count of a close", "accounts"),
    ("bills", "bills"): pgettext_lazy("count of a close", "bills made"),
    ("bill_stages", "none"): pgettext_lazy("count of a close", "up to date again"),
    ("bill_stages", "early"): pgettext_lazy("count of a close", "early overdue"),
    ("bill_stages", "late"): pgettext_lazy("count of a close", "late"),
    ("bill_months", "months"): pgettext_lazy("count of a close", "months furnished"),
    ("loans", "looked_at"): pgettext_lazy("count of a close", "loans looked at"),
    ("loans", "accrued"): pgettext_lazy("count of a close", "entries for what was earned"),
    ("loans", "none"): pgettext_lazy("count of a close", "up to date again"),
    ("loans", "early"): pgettext_lazy("count of a close", "early overdue"),
    ("loans", "late"): pgettext_lazy("count of a close", "late"),
    ("relief", "offers_lapsed"): pgettext_lazy("count of a close", "offers lapsed"),
    ("relief", "pauses_ended"): pgettext_lazy("count of a close", "pauses ended"),
    ("relief", "settled"): pgettext_lazy("count of a close", "requests of settled loans closed"),
    ("consents", "again"): pgettext_lazy("count of a close", "loans whose months are looked at again"),
    ("telling", "told"): pgettext_lazy("count of a close", "borrowers told of a late month"),
    ("months", "told"): pgettext_lazy("count of a close", "borrowers told of a late month"),
    ("months", "furnished"): pgettext_lazy("count of a close", "months furnished"),
    ("months", "held"): pgettext_lazy("count of a close", "months held back"),
    ("months", "changed"): pgettext_lazy("count of a close", "loans changed meanwhile"),
    ("books", "entries"): pgettext_lazy("count of a close", "entries that add up"),
    ("reminders", "written"): pgettext_lazy("count of a close", "reminders written"),
    ("reminders", "held"): pgettext_lazy("count of a close", "loans on which contact stands still"),
    ("reminders", "in_question"): pgettext_lazy("count of a close", "loans with money on its way"),
    ("reminders", "night"): pgettext_lazy("count of a close", "too late in the day"),
    ("bill_reminders", "bills"): pgettext_lazy("count of a close", "bills told of"),
    ("bill_reminders", "written"): pgettext_lazy("count of a close", "reminders written"),
    ("bill_reminders", "night"): pgettext_lazy("count of a close", "too late in the day"),
}


def step_name(step: str) -> str:
    """The step in the reader's language; one of another release by its own name."""
    return str(STEPS.get(step, step))


def count_name(step: str, kind: str) -> str:
    return str(COUNTS.get((step, kind), kind))


def in_order(counts: Mapping[str, Mapping[str, int]]) -> Iterator[tuple[str, list[tuple[str, int]]]]:
    """Steps and their counts in the order they stand above; a database keeps JSON in an order of its own.

    >>> list(in_order({"months": {"held": 1, "told": 2}, "loans": {"other": 3}}))
    [('loans', [('other', 3)]), ('months', [('told', 2), ('held', 1)])]
    """
    places: dict[object, int] = {name: place for place, name in enumerate([*STEPS, *COUNTS])}
    last = len(places)
    for step in sorted(counts, key=lambda step: places.get(step, last)):
        kinds = counts[step].items()
        yield step, sorted(kinds, key=lambda kind: places.get((step, kind[0]), last))
