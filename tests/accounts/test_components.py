"""Every component is drawn from the variables it documents, and nothing in them becomes HTML by itself."""

from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django import forms
from django.conf import settings
from django.contrib.messages.storage.base import Message
from django.template import engines
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.safestring import mark_safe

from accounts import pictures
from accounts.column_picture import column_picture
from accounts.templatetags import components

FOLDER = Path(settings.BASE_DIR) / "templates" / "components"
DUE = [(date(2026, 1, 15), 50_000), (date(2026, 2, 15), 50_000)]
EVIL = "<script>x</script>"
EVIL_SHOWN = "&lt;script&gt;x&lt;/script&gt;"


class Form(forms.Form):
    name = forms.CharField(label="Name", help_text="As on paper")
    months = forms.IntegerField(label="Months", required=False)
    reason = forms.ChoiceField(label="Reason", choices=[("a", "Illness"), ("b", EVIL)], widget=forms.RadioSelect)
    agreed = forms.BooleanField(label="I agree")
    secret = forms.CharField(widget=forms.HiddenInput)


def draw(source: str, **context: Any) -> str:
    return engines["django"].from_string(source).render(context)


def component(file: str, /, **context: Any) -> str:
    return render_to_string(f"components/{file}.html", context)


def balance() -> pictures.BalancePicture:
    words = pictures.Words("Now", "on relief", "payments resume", "paid off")
    return pictures.balance_picture(
        DUE[:1], DUE[1:], DUE[1:], paused=[date(2026, 1, 31)], today=DUE[0][0], language="en", words=words
    )


def schedules() -> pictures.SchedulesPicture:
    return pictures.schedules_picture(DUE, DUE, [date(2026, 1, 15)], language="en")


MONTH = {
    "month": "Jul",
    "year": "2026",
    "dues": [(True, "◆", "15", EVIL, "¥0.00")],
    "bar": [("a", "0", "1000")],
    "total": "¥533.09",
}
TABLE = {
    "kind": "table",
    "caption": "c",
    "head": ["No.", EVIL, "Sum"],
    "rows": [["1", "x", "1,000.00"]],
    "foot": ["t", "1.00"],
}

# Each component with the variables of its first lines, and what must be seen of them.
CONSENT = {
    "title": EVIL, "text": {"statement": "I agree.", "rows": [("Who", EVIL)], "sha256": "0a1b"}, "is_required": True,
    "id": "id_query", "name": "query", "hash_name": "query-sha256", "is_ticked": False, "errors": ["Please tick this."],
}  # fmt: skip
DRAWN: dict[str, tuple[dict[str, Any], list[str]]] = {
    "blocks": (
        {
            "blocks": [
                {"kind": "p", "text": EVIL},
                {"kind": "h", "text": "Head"},
                {"kind": "list", "items": [EVIL]},
                {"kind": "numbered", "items": ["one"]},
                TABLE,
                {"kind": "sign", "lines": ["A-07", EVIL]},
            ]
        },
        [
            f"<p>{EVIL_SHOWN}</p>",
            "<h2>Head</h2>",
            f"<ul><li>{EVIL_SHOWN}</li></ul>",
            "<ol><li>one</li></ol>",
            '<td class="num">1,000.00</td>',
            '<th scope="row" colspan="2">t</th>',
            f"A-07<br>{EVIL_SHOWN}",
        ],
    ),
    "brand": ({"href": "/", "aside": EVIL}, ['href="/"', f"<small>{EVIL_SHOWN}</small>"]),
    "calendar": (
        {"months": [MONTH], "lenders": ["Qinghe", "Jiangpan"]},
        ['class="is-paused"', 'class="bar-b" width="8"', 'class="bar-a" x="0" width="1000"', "¥533.09", EVIL_SHOWN],
    ),
    "chart_balance": (
        {"picture": balance(), "title": EVIL, "has_old": True},
        ['class="line-new"', 'class="line-old"', 'class="area-relief"', f'aria-label="{EVIL_SHOWN}"', "Dashed line"],
    ),
    "chart_columns": (
        {"picture": column_picture([500, 0, 1_000], ["a", "b", EVIL], "en"), "title": EVIL},
        ['class="bar-new"', f'aria-label="{EVIL_SHOWN}"', f">{EVIL_SHOWN}</text>"],
    ),
    "chart_schedules": (
        {"picture": schedules(), "title": "t", "paused": True},
        ['class="bar-old"', 'class="bar-new"', 'class="fill-accent"', "Diamond"],
    ),
    "clock": (
        {"label": EVIL, "on": mark_safe("<time>x</time>"), "note": "n", "left": "2 days", "tone": "late"},
        ["clock--late", "<time>x</time>", EVIL_SHOWN, "2 days"],
    ),
    "cost": ({"items": [{"label": "Cost", "value": EVIL, "note": "n"}]}, ["<dt>Cost</dt>", EVIL_SHOWN, "<dd>n</dd>"]),
    "fact": (
        {"label": "Rate", "value": EVIL, "note": "n", "tone": "changed"},
        ['class="changed"', EVIL_SHOWN, "<small>n</small>"],
    ),
    "factor": (
        {"title": "Part", "points": 26, "most": 30, "rows": [{"text": "t", "effect": EVIL}]},
        ['class="kept" width="866"', "26", "30", EVIL_SHOWN],
    ),
    "facts": (
        {"rows": [{"label": "A", "value": "1"}, {"label": "B", "value": EVIL, "tone": "sum"}], "extra": "prose"},
        ['class="facts prose"', "<dt>A</dt><dd>1</dd>", 'class="facts__sum"', EVIL_SHOWN],
    ),
    "consent": (
        {"part": CONSENT},
        [EVIL_SHOWN, "I agree.", 'name="query-sha256" value="0a1b"', 'aria-describedby="id_query_error"'],
    ),
    "field": ({"field": Form()["name"], "short": True}, ['for="id_name"', "field--short", 'id="id_name_helptext"']),
    "field_words": ({"field": Form({})["name"]}, ["As on paper", 'id="id_name_error"']),
    "figure": ({"minor": 53_309, "currency": "TWD"}, ['<p class="figure"><small>NT$</small>533.09</p>']),
    "foot": ({"signed_in": True}, ["/relief/", "Your account", "tel:12378"]),
    "glyph": ({"state": "relief", "label": EVIL}, ["glyph--relief", 'href="#g-relief"', f'aria-label="{EVIL_SHOWN}"']),
    "holds": ({"rows": [{"title": "Credit", "note": EVIL}]}, ["<strong>Credit</strong>", EVIL_SHOWN]),
    "how": ({"summary": EVIL, "opened": True, "content": mark_safe("<p>c</p>")}, ["open>", EVIL_SHOWN, "<p>c</p>"]),
    "languages": (
        {"next": EVIL, "csrf": "token"},
        [f'name="next" value="{EVIL_SHOWN}"', 'value="token"', 'value="zh-hans" lang="zh-Hans"', 'value="zh-hant"'],
    ),
    "left": ({"used": "950", "text": EVIL, "tone": "near"}, ["left--near", 'class="used" width="950"', EVIL_SHOWN]),
    "legend": ({"items": [{"state": "paid", "text": EVIL}]}, ["glyph--paid", EVIL_SHOWN]),
    "list_row": (
        {"href": "/x/", "title": EVIL, "note": "n", "end": "e", "unread": True},
        ['href="/x/"', "list__row--new", EVIL_SHOWN, ">n<", ">e<"],
    ),
    "messages": ({"messages": [Message(40, EVIL)]}, ["notice--alarm", EVIL_SHOWN, 'role="status"']),
    "money_cell": ({"minor": 111_635, "wide": True, "currency": "CNY"}, ['<td class="num wide">1,116.35</td>']),
    "months": (
        {"caption": EVIL, "years": [{"year": 2026, "cells": ["nil", {"state": "paid", "label": "ok"}, *[None] * 10]}]},
        [EVIL_SHOWN, '<th scope="row">2026</th>', '<td class="nil"></td>', 'aria-label="ok"', "<td></td>"],
    ),
    "notice": (
        {"title": EVIL, "tone": "care", "content": mark_safe("<p>c</p>")},
        ["notice--care", EVIL_SHOWN, "<p>c</p>"],
    ),
    "option": (
        {
            "name": "o",
            "value": "v",
            "title": EVIL,
            "note": "n",
            "rows": [{"label": "l", "value": "1", "note": "m"}],
            "plain": True,
        },
        ["option--plain", 'name="o" value="v">', EVIL_SHOWN, "<dt>l</dt><dd>1</dd><dd>m</dd>"],
    ),
    "path": (
        {"steps": [{"title": EVIL, "note": "n", "state": "now"}]},
        ['class="is-now" aria-current="step"', EVIL_SHOWN],
    ),
    "pause": (
        {
            "months": [{"label": "May", "note": "now", "now": True}],
            "end": {"label": EVIL, "note": "¥1"},
            "extra": "prose",
        },
        ['class="pause prose"', '<li class="is-now">May<br>now</li>', f"<li>{EVIL_SHOWN}<br>¥1</li>"],
    ),
    "places": ({"place": "loans"}, ['aria-current="page">Loans</a>']),
    "problems": ({"form": Form({})}, ['href="#id_name"', 'href="#id_reason"', 'role="alert"', "4 things"]),
    "ribbon": ({}, ["Everyone here is made up"]),
    "section": (
        {
            "title": EVIL,
            "note": "n",
            "anchor": "plan",
            "body": "two",
            "screen_only": True,
            "content": mark_safe("<p>c</p>"),
        },
        ['class="section screen-only" id="plan"', EVIL_SHOWN, 'class="section__body two"', "<p>c</p>"],
    ),
    "sprite": ({}, ['id="g-relief"', 'id="brand"', ">A</text>"]),
    "status": ({"text": EVIL, "tone": "relief", "bare": True}, ["status status--relief status--bare", EVIL_SHOWN]),
    "table": (
        {"caption": EVIL, "show": True, "extra": "compare", "scroll": True, "content": mark_safe("<tbody></tbody>")},
        ['class="table compare"', f"<caption>{EVIL_SHOWN}</caption>", 'role="region"', 'tabindex="0"'],
    ),
    "tabs": (
        {"label": "Queue", "items": [{"label": EVIL, "url": "/q/", "count": 0, "current": True}]},
        ['aria-label="Queue"', 'href="/q/" aria-current="page"', EVIL_SHOWN, "<span>0</span>"],
    ),
    "tag": ({"text": EVIL, "care": True}, ["tag--care", EVIL_SHOWN]),
    "tick": (
        {"name": "t", "value": "v", "text": EVIL, "checked": True, "radio": True},
        ['type="radio"', " checked", EVIL_SHOWN],
    ),
}


@pytest.fixture(autouse=True)
def in_english(settings: Any) -> Any:
    settings.ROOT_URLCONF = "config.urls"
    with translation.override("en"):
        yield


@pytest.mark.parametrize("name", sorted(path.stem for path in FOLDER.glob("*.html")))
def test_a_component_draws_what_it_documents(name: str) -> None:
    context, seen = DRAWN[name]
    html = component(name, **context)
    assert [part for part in seen if part not in html] == []
    assert "<script" not in html


@pytest.mark.parametrize("name", sorted(path.stem for path in FOLDER.glob("*.html")))
def test_a_component_says_first_what_it_takes(name: str) -> None:
    source = (FOLDER / f"{name}.html").read_text(encoding="utf-8")
    comment = source.removeprefix("{% load i18n %}").partition("{% endcomment %}")[0]
    assert comment.startswith("{% comment %}")
    assert [variable for variable in DRAWN[name][0] if f"  {variable} " not in comment] == []


NEEDED = {"field", "field_words", "problems", "chart_balance", "chart_columns", "chart_schedules", "figure", "factor"}


@pytest.mark.parametrize("name", sorted(DRAWN.keys() - NEEDED))
def test_a_component_without_its_variables_does_not_break_the_page(name: str) -> None:
    assert "</" in component(name) or name in {"blocks", "messages"}


def test_the_present_language_is_not_offered() -> None:
    assert 'value="en"' not in component("languages", next="/", csrf="token")
    with translation.override("zh-hant"):
        html = component("languages", next="/", csrf="token")
    assert 'value="en"' in html
    assert 'value="zh-hant"' not in html


def test_a_hint_and_an_error_are_tied_to_their_control() -> None:
    html = component("field", field=Form({})["name"])
    assert 'aria-describedby="id_name_helptext id_name_error"' in html
    assert 'aria-invalid="true"' in html
    assert html.index("id_name_helptext") < html.index("id_name_error") < html.index("<input")


def test_choices_stand_in_a_fieldset_that_carries_their_question() -> None:
    html = component("field", field=Form({})["reason"])
    assert '<fieldset class="field field--wrong" id="id_reason" aria-describedby="id_reason_error">' in html
    assert "<legend>Reason</legend>" in html
    assert html.count('class="tick"') == 2
    assert EVIL_SHOWN in html


def test_one_box_carries_its_own_words() -> None:
    html = component("field", field=Form()["agreed"])
    assert html.count("I agree") == 1
    assert "<fieldset" not in html


def test_only_a_field_one_may_leave_out_says_so() -> None:
    assert "optional" in component("field", field=Form()["months"])
    assert "optional" not in component("field", field=Form()["name"])


def test_a_hidden_field_is_only_itself() -> None:
    assert component("field", field=Form()["secret"]).strip().startswith('<input type="hidden"')


def test_every_field_is_drawn_by_the_house() -> None:
    assert 'class="field' in Form()["name"].as_field_group()


def test_a_form_without_problems_shows_none() -> None:
    form = Form({"name": "x", "reason": "a", "agreed": "on", "secret": "s"})
    assert form.is_valid()
    assert component("problems", form=form).strip() == ""


def test_the_problem_of_the_whole_form_comes_first_and_leads_nowhere() -> None:
    form = Form({})
    form.add_error(None, "Together these do not fit.")
    found = components.problems(form)
    assert found[0] == components.Problem("Together these do not fit.")
    assert found[1] == components.Problem("This field is required.", "Name", "#id_name")
    assert found[-1].href == ""  # the hidden field cannot be led to


def test_wrappers_go_around_what_the_page_writes() -> None:
    html = draw('{% section "Plan" note %}<p>{{ inside }}</p>{% endsection %}', note=EVIL, inside=EVIL)
    assert f"<h2>Plan</h2><p>{EVIL_SHOWN}</p>" in html
    assert f"<p>{EVIL_SHOWN}</p>\n</div>" in html
    assert "notice--alarm" in draw('{% notice "Late" "alarm" %}x{% endnotice %}')
    assert "<details" in draw('{% how "How?" %}x{% endhow %}')
    assert 'class="for-ears"' in draw('{% table "Sums" %}<tbody></tbody>{% endtable %}')


def test_a_chart_tells_its_figures_to_ears() -> None:
    html = draw(
        "{% balance_chart past new today %}", past=DUE[:1], new=[(date(2026, 2, 15), 0)], today=date(2026, 1, 15)
    )
    assert 'aria-label="Principal left: ¥500.00 on 15 January 2026, ¥500.00 now, ¥0.00 on 15 February 2026."' in html
    html = draw("{% schedules_chart before after %}", before=DUE, after=DUE)
    assert (
        'aria-label="Old instalments: January 2026 to February 2026. New ones: January 2026 to February 2026."' in html
    )


def test_the_calendar_shows_every_due_and_their_sum() -> None:
    due = SimpleNamespace(on=date(2026, 7, 15), state="relief", state_label=EVIL, text=EVIL, minor=111_635, paused=True)
    july = SimpleNamespace(
        month=date(2026, 7, 1), with_year=True, dues=[due], bar=[pictures.Segment(0, 1000)], total_minor=111_635
    )
    html = draw("{% calendar months lenders %}", months=[july], lenders=[EVIL])
    assert html == component(
        "calendar",
        lenders=[EVIL],
        months=[
            {
                "month": mark_safe('<time datetime="2026-07">Jul</time>'),
                "year": "2026",
                "total": mark_safe('<span class="money">¥1,116.35</span>'),
                "bar": [("a", "0", "1000")],
                "dues": [
                    (
                        True,
                        component("glyph", state="relief", label=EVIL),
                        mark_safe('<time datetime="2026-07-15">15</time>'),
                        EVIL,
                        mark_safe('<span class="money">¥1,116.35</span>'),
                    )
                ],
            }
        ],
    )
    assert "<script" not in html


def test_a_month_of_a_known_year_does_not_repeat_it() -> None:
    august = SimpleNamespace(month=date(2026, 8, 1), with_year=False, dues=[], bar=[], total_minor=0)
    assert "<small>" not in draw("{% calendar months %}", months=[august])


def test_what_is_the_same_for_everyone_follows_language_and_what_is_said() -> None:
    assert draw('{% same "places" place="loans" %}') == component("places", place="loans")
    assert draw('{% same "places" place="home" %}') == component("places", place="home")
    with translation.override("zh-hans"):
        assert draw('{% same "places" place="home" %}') == component("places", place="home")
        assert "首页" in draw('{% same "places" place="home" %}')
    assert draw('{% same "foot" signed_in=False %}') == component("foot")


def test_what_is_the_same_for_everyone_is_drawn_once(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[str] = []
    monkeypatch.setattr(components, "_wrap", lambda name, **said: drawn.append(name) or "x")
    components._kept.cache_clear()
    assert [components.same("glyph", state="late") for _ in range(3)] == ["x"] * 3
    assert drawn == ["glyph"]
    components._kept.cache_clear()


def test_nothing_is_kept_while_templates_are_being_written(settings: Any) -> None:
    settings.DEBUG = True
    before = components._kept.cache_info().currsize
    assert components.same("glyph", state="nowhere") == component("glyph", state="nowhere")
    assert components._kept.cache_info().currsize == before


def test_a_column_of_a_letter_is_figures_only_if_every_cell_is() -> None:
    table = {"head": ["No.", "Due", "Sum"], "rows": [["1", "15 May", "¥1,000.00"], ["2", "15 June", "—"]]}
    drawn = components.letter_table(table)
    assert [is_figure for _, is_figure in drawn["head"]] == [False, False, True]
    assert drawn["foot"] == []


@pytest.mark.parametrize(
    "part, whole, text", [(26, 30, "866"), (0, 30, "0"), (31, 30, "1000"), (-1, 30, "0"), (1, 0, "0")]
)
def test_a_bar_never_leaves_its_frame(part: int, whole: int, text: str) -> None:
    assert components.ratio(part, whole) == text


def test_the_fourth_lender_shares_a_tone_with_the_first() -> None:
    assert [components.bar_tone(i) for i in range(4)] == ["a", "b", "d", "a"]
