"""The words of every notice in every language: complete, alike, short enough, and nothing in them that must not be."""

import re
from datetime import date

import pytest

from accounts.notices.catalogue import LANGUAGES, TEMPLATES, template_of
from accounts.notices.kinds import Kind
from accounts.notices.short_message import brief_name, fits, is_gsm, length
from accounts.notices.template import FactsMissing, Setting, Words, fill, needed, plain, render, slots
from tests.accounts.notices.facts import LOAN, NAME, facts_for, said

EACH = [
    pytest.param(template, language, id=f"{event}-{language}")
    for event, template in TEMPLATES.items()
    for language in LANGUAGES
]
NOT_SAID = re.compile(
    r"黑名单|黑名單|征信|徵信|征信分|违约|違約|失信|起诉|起訴|老赖|老賴|曝光|亲友|親友|后果自负|後果自負|立即|最后通牒|恭喜|"
    r"late fee|final warning|only today|congratulations|immediately|consequences|blacklist|debtor|!|！",
    re.IGNORECASE,
)
ADDRESS = re.compile(r"https?:|www\.|\.com|\.cn|/", re.IGNORECASE)
IN_AN_SMS = {"lender"}  # and days


def everything(words: Words) -> str:
    return "\n".join((words.title, *words.lines, words.sms))


@pytest.mark.parametrize("event", TEMPLATES)
def test_every_event_is_told_in_three_languages(event: str) -> None:
    assert set(TEMPLATES[event].words) == set(LANGUAGES)


@pytest.mark.parametrize("event", TEMPLATES)
def test_the_languages_say_the_same_with_the_same_facts(event: str) -> None:
    words = TEMPLATES[event].words
    marks = [[re.match(r"(\[!?[\w=]+\] )?([*#] )?", line)[0] for line in words[one].lines] for one in LANGUAGES]  # type: ignore[index]
    assert marks[0] == marks[1] == marks[2]
    facts = [[slots(text) for text in (*words[one].lines, words[one].title + words[one].sms)] for one in LANGUAGES]
    assert facts[0] == facts[1] == facts[2]


@pytest.mark.parametrize("template, language", EACH)
def test_a_text_message_is_one_message_whatever_the_facts(template: object, language: str) -> None:
    words = template.words[language]  # type: ignore[attr-defined]
    sms = render(words, facts_for(words, language), Setting(language)).sms
    assert is_gsm(sms) == (language == "en")
    assert length(sms) <= (160 if language == "en" else 70), sms


@pytest.mark.parametrize("template, language", EACH)
def test_a_text_message_tells_no_sum_no_name_no_reference_and_leads_nowhere(template: object, language: str) -> None:
    words = template.words[language]  # type: ignore[attr-defined]
    assert {name for name in slots(words.sms) if not name.endswith("_on")} <= IN_AN_SMS
    sms = render(words, facts_for(words, language), Setting(language)).sms
    assert NAME not in sms
    assert LOAN not in sms
    assert not re.search(r"[¥$€]|元|\d{4,}", sms)
    assert not ADDRESS.search(sms)


@pytest.mark.parametrize("template, language", EACH)
def test_no_notice_threatens_shames_or_cheers(template: object, language: str) -> None:
    text = everything(template.words[language]).replace("[!", "[")  # type: ignore[attr-defined]
    assert NOT_SAID.findall(text) == []


@pytest.mark.parametrize("template, language", EACH)
def test_every_fact_finds_its_place(template: object, language: str) -> None:
    words = template.words[language]  # type: ignore[attr-defined]
    text = render(words, facts_for(words, language), Setting(language))
    whole = f"{text.title}\n{plain(text.blocks)}\n{text.sms}"
    assert "{" not in whole
    assert "None" not in whole
    assert len(text.title) <= 120
    assert len(text.blocks) >= 1


@pytest.mark.parametrize("event", TEMPLATES)
def test_a_notice_says_you_politely_in_chinese(event: str) -> None:
    for language in ("zh-hans", "zh-hant"):
        text = everything(TEMPLATES[event].words[language])
        assert not re.search("你[^们們]", text)


@pytest.mark.parametrize("event", TEMPLATES)
def test_traditional_words_hold_no_simplified_characters(event: str) -> None:
    simplified = set("贷还缓宽额务请总为这们说时应从与进过书费级账单余录询订诉见现没吗类统")
    assert set(everything(TEMPLATES[event].words["zh-hant"])) & simplified == set()


@pytest.mark.parametrize("event", [event for event in TEMPLATES if TEMPLATES[event].kind == Kind.LEGAL])
def test_what_the_law_demands_names_somebody_to_turn_to(event: str) -> None:
    for words in TEMPLATES[event].words.values():
        assert "{complaint_line}" in everything(words)


def test_every_reminder_of_an_unpaid_instalment_says_that_relief_can_be_asked() -> None:
    reminders = [template for event, template in TEMPLATES.items() if event.startswith("reminder_")]
    assert len(reminders) == 5
    for template in reminders:
        assert "申请" in everything(template.words["zh-hans"])
        assert "relief" in everything(template.words["en"]) or "arrangement" in everything(template.words["en"])


def test_every_reminder_of_a_bill_says_that_we_can_talk() -> None:
    reminders = [
        template for event, template in TEMPLATES.items() if event in ("bill_before", "bill_today", "bill_late")
    ]
    assert {template.kind for template in reminders} == {Kind.REMINDER}
    assert len(reminders) == 3
    for template in reminders:
        assert "免费咨询" in everything(template.words["zh-hans"])
        assert "talk with us" in everything(template.words["en"])


# the small language


def test_facts_are_written_by_the_ending_of_their_names() -> None:
    facts = {"sum_minor": 107971, "due_on": date(2026, 5, 27), "cut_at": "2026-05-08T12:00:00+08:00", "n": 3}
    text = "{sum_minor}; {due_on}; {due_on:weekday}; {due_on:short}; {due_on:month}; {cut_at}; {n}"
    assert fill(text, facts, Setting("zh-hans")) == (
        "¥1,079.71; 2026年5月27日; 2026年5月27日 周三; 5月27日; 2026年5月; 2026年5月8日 12:00; 3"
    )
    assert fill("{sum_minor}, {due_on:short}", facts, Setting("en", "TWD")) == "NT$1,079.71, 27 May"


def test_a_day_may_be_given_as_it_is_stored() -> None:
    assert fill("{due_on}", {"due_on": "2026-05-27"}, Setting("en")) == "27 May 2026"


def test_lines_come_only_where_they_are_so() -> None:
    lines = ("[a] with a", "[!a] without a", "[s=one] one", "[s=two] two", "* item {n}", "# head", "plain")
    given = render(
        Words("t", lines, "s"), {"lender": "L", "a": 1, "s": "two", "items": [{"n": 1}, {"n": 2}]}, Setting("en")
    )
    assert given.blocks == [
        {"kind": "p", "text": "with a"},
        {"kind": "p", "text": "two"},
        {"kind": "list", "items": ["item 1", "item 2"]},
        {"kind": "h", "text": "head"},
        {"kind": "p", "text": "plain"},
    ]
    assert plain(given.blocks) == "with a\n\ntwo\n\n- item 1\n- item 2\n\nhead\n\nplain"


def test_what_a_text_cannot_do_without_is_known() -> None:
    words = TEMPLATES["payment_received"].words["en"]
    assert needed(words) == {"loan", "sum_minor", "paid_on"}


def test_a_missing_fact_and_an_unknown_event_are_named() -> None:
    facts = {"lender": "L", **said()}
    del facts["loan"]
    with pytest.raises(FactsMissing, match="loan"):
        render(TEMPLATES["payment_received"].words["en"], facts, Setting("en"))
    with pytest.raises(FactsMissing, match="nothing_of_the_kind"):
        template_of("nothing_of_the_kind")


# what fits


def test_letters_of_the_second_gsm_table_take_two() -> None:
    assert fits("€" * 80)
    assert not fits("€" * 81)


def test_a_letter_beyond_the_plane_takes_two_units() -> None:
    assert (length("𠮷"), fits("𠮷" * 35), fits("𠮷" * 36)) == (2, True, False)


def test_a_long_name_of_one_word_is_cut() -> None:
    assert brief_name("x" * 40, english=True) == "x" * 28
    assert brief_name("青" * 20, english=False) == "青" * 12
