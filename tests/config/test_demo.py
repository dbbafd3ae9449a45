"""The demonstration: played once on 8 May 2026 with a small cast; its stories are true, its doors are guarded."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from django.db import transaction
from django.test import Client, override_settings
from django.urls import reverse

from accounts import audit, identity_number, services
from accounts.chain import digest
from accounts.models import BankAccount, Borrower, Identity, Lender, OutboxMessage
from accounts.phone import e164
from accounts.selectors import debit_sources, known_customer
from config import clock
from config.demonstration import cast, known, lives
from config.demonstration.build import build
from config.demonstration.stage import Stage
from credit.models import MonthFact
from deferrals.models import Decision, Letter, ReliefPlan, ReliefRequest
from deferrals.selectors.home import HomePage, home
from loans.books import violations
from loans.models import (
    Contract,
    GatewayEvent,
    Hold,
    Instalment,
    Loan,
    Payment,
    PaymentOrder,
    SuspenseItem,
)
from tests.conftest import NOON, TODAY, person

pytestmark = pytest.mark.django_db
OTHERS = 5


@dataclass(frozen=True)
class Played:
    stage: Stage
    first: str
    second: str


def of_everything() -> str:
    """One hash over what the demonstration has made; keys and passwords are drawn anew each time."""
    loans = Loan.objects.order_by("lender__code", "number")
    facts = MonthFact.objects.order_by("tradeline__lender__code", "tradeline__reference", "month")
    letters = Letter.objects.order_by("pk")
    return digest(
        [
            list(loans.values_list("number", "principal_minor", "state", "principal_left_minor", "current_version")),
            list(Instalment.objects.order_by("pk").values_list("number", "principal_minor", "interest_minor")),
            list(Payment.objects.order_by("pk").values_list("key", "amount_minor")),
            list(ReliefRequest.objects.order_by("pk").values_list("number", "state", "ground", "facts")),
            list(letters.values_list("kind", "language", "sha256")),
            list(facts.values_list("tradeline__reference", "days_past_due", "balance_minor", "relief_kind")),
        ]
    )


@pytest.fixture(scope="module")
def played(django_db_setup: None, django_db_blocker: Any) -> Iterator[Played]:
    with django_db_blocker.unblock(), clock.at(NOON):
        with transaction.atomic(), override_settings(DEMO=True):
            build(lambda month: None, others=OTHERS)
            first = of_everything()
            transaction.set_rollback(True)
        with transaction.atomic():
            with override_settings(DEMO=True):
                stage = build(lambda month: None, others=OTHERS)
            yield Played(stage, first, of_everything())
            transaction.set_rollback(True)


@pytest.fixture
def stage(played: Played, settings: Any) -> Stage:
    settings.DEMO = True
    return played.stage


def at_home(stage: Stage, who: str) -> HomePage:
    return home(stage.users[who])


def loan(stage: Stage, key: str) -> Loan:
    found: Loan = Loan.objects.get(pk=stage.loans[key].pk)
    return found


def request(stage: Stage, key: str) -> ReliefRequest:
    found: ReliefRequest = ReliefRequest.objects.get(pk=stage.requests[key].pk)
    return found


def months(stage: Stage, key: str) -> dict[date, MonthFact]:
    """What the credit file says of a loan, by month."""
    of = loan(stage, key)
    facts = MonthFact.objects.current().filter(tradeline__lender=of.lender, tradeline__reference=of.number)
    return {fact.month: fact for fact in facts}


# the same every time, and sound


def test_made_again_on_the_same_day_it_is_the_same(played: Played) -> None:
    assert played.first == played.second


def test_the_drawn_names_are_many_and_different_and_always_the_same() -> None:
    names = lives.names(45)
    assert len(set(names)) == 45
    assert lives.names(3) == names[:3]


def test_everybody_of_the_cast_is_there(stage: Stage) -> None:
    doors = cast.doors()
    assert len(doors.borrowers) == len(cast.BORROWERS) == 16
    assert len(doors.staff) == len(cast.STAFF) == 15
    assert len(doors.others) == OTHERS
    assert set(stage.staff) == {post.person.key for post in cast.STAFF}


def test_everybody_is_known_but_one_whose_account_is_not_proved_yet(stage: Stage) -> None:
    missing = {who: known_customer(Borrower.objects.get(user=user)).missing for who, user in stage.users.items()}
    assert {who: steps for who, steps in missing.items() if steps} == {"zhoutao": ("bank_account",)}
    assert len(debit_sources(stage.borrowers["liuyang"])) == 2
    assert not OutboxMessage.objects.filter(to__contains="••••").exists()


def test_money_is_on_the_move(stage: Stage) -> None:
    """Something of everything for the staff's lists: orders in each state, contracts, what nobody could place."""
    orders = PaymentOrder.objects.filter(lender__in=stage.lenders.values())
    assert set(orders.values_list("direction", "state")) == {
        *(("debit", state) for state in ("created", "sent", "unknown", "succeeded", "failed")),
        ("payout", "succeeded"), ("payout", "failed"),
    }  # fmt: skip
    assert {contract.loan.state for contract in Contract.objects.select_related("loan")} == {"active", "pending"}
    assert SuspenseItem.objects.open().count() == GatewayEvent.objects.to_review().count() == 1
    assert list(violations(stage.lenders.values())) == []


def test_names_in_latin_letters_stay(stage: Stage) -> None:
    assert Borrower.objects.get(user=stage.users["xiaoyu"]).name_latin == "Wang Xiaoyu"


def test_no_number_of_the_demonstration_can_be_anybody_s(stage: Stage) -> None:
    """A place that no card names, a phone that cannot ring, cards of no bank."""
    assert Identity.objects.count() == len(stage.users)
    for count, who in enumerate(stage.users, start=1):
        number = known.identity_number(who, count)
        assert number[2:6] == "0000" or who == "emma"
        assert identity_number.problems(number, TODAY) == ()
        with pytest.raises(ValueError, match="mobile"):
            e164(str(stage.users[who].phone))
    opened = [services.opened_account_number(account) for account in BankAccount.objects.all()]
    assert {number[:6] for number in opened} == {"620000"}


def test_the_chains_of_both_lenders_are_whole(stage: Stage) -> None:
    assert {lender.code: audit.first_break(lender) for lender in Lender.objects.all()} == {
        "qinghe": None,
        "jiangpan": None,
    }


def test_nothing_lies_in_the_future(stage: Stage) -> None:
    assert not Payment.objects.filter(value_on__gt=TODAY).exists()
    assert not ReliefRequest.objects.filter(submitted_on__gt=TODAY).exists()
    assert not Letter.objects.filter(written_at__gt=NOON.replace(hour=15)).exists()


# each story shows what it says


def test_xiaoyu_is_on_arrangement_with_a_second_lender_beside_it(stage: Stage) -> None:
    """Disbursed on 15 December, three paid, asked on 8 April: the worked example of the relief process."""
    plan = ReliefPlan.objects.get(request=request(stage, "xiaoyu"))
    assert (plan.state, plan.resume_on) == (ReliefPlan.State.ACTIVE, date(2026, 7, 15))
    page = at_home(stage, "xiaoyu")
    assert [(relief.state, relief.resume_minor) for relief in page.reliefs] == [("active", 111_635)]
    assert {lender.code for lender in page.lenders} == {"qinghe", "jiangpan"}
    assert page.state == "calm"


def test_zhang_leis_late_days_stay_on_the_record(stage: Stage) -> None:
    """Due on 10 April, asked on the 14th: four days, and never more."""
    assert request(stage, "zhanglei").facts["days_past_due"] == 4
    fact = months(stage, "zhanglei")[date(2026, 4, 1)]
    assert (fact.days_past_due, fact.relief_kind) == (4, "temporary")
    assert at_home(stage, "zhanglei").reliefs[0].state == "active"


def test_li_qiang_paid_within_grace_and_has_no_mark(stage: Stage) -> None:
    """Due on 6 April, paid on the 8th; three days of grace."""
    fact = months(stage, "liqiang")[date(2026, 4, 1)]
    assert (fact.paid_in_grace, fact.paid_late, fact.days_past_due) == (True, False, 0)


def test_chen_jing_paid_off_early(stage: Stage) -> None:
    early = loan(stage, "chenjing")
    assert (early.state, early.settled_on, early.instalment_count) == ("settled", date(2026, 3, 20), 12)
    # Of the loan nothing is due; her monthly bill of 1 May is, on the 10th.
    home = at_home(stage, "chenjing")
    assert (home.state, home.next_due) == ("soon", None)
    assert [(line.now.now, line.now.due_on) for line in home.bills] == [("coming", date(2026, 5, 10))]


def test_liu_yangs_request_is_known_to_one_lender_only(stage: Stage) -> None:
    assert request(stage, "liuyang").state == "ready"
    assert request(stage, "liuyang").lender.code == "qinghe"
    assert not Hold.objects.filter(loan=loan(stage, "liuyang-j")).exists()


def test_zhao_mins_file_is_thin(stage: Stage) -> None:
    assert list(months(stage, "zhaomin")) == [date(2026, 4, 1)]  # opened on 5 April


def test_wu_fang_has_an_offer_to_decide_on(stage: Stage) -> None:
    page = at_home(stage, "wufang")
    assert page.state == "offer"
    assert page.reliefs[0].offer_until_on == date(2026, 5, 20)  # made on 6 May, open for 14 days


def test_sun_li_is_overdue_and_has_asked_for_nothing(stage: Stage) -> None:
    page = at_home(stage, "sunli")
    assert page.state == "overdue"
    assert page.next_due is not None
    assert (page.next_due.days_late, page.next_due.may_ask, page.reliefs) == (16, True, ())


def test_zheng_kai_was_told_why_not(stage: Stage) -> None:
    decision = Decision.objects.get(request=request(stage, "zhengkai"))
    assert (decision.outcome, decision.reasons[0]["code"]) == ("denied", "R05")
    assert Letter.objects.filter(request=decision.request, kind=Letter.Kind.DENIED).exists()


def test_qian_feng_is_in_the_days_of_grace_today(stage: Stage) -> None:
    page = at_home(stage, "qianfeng")
    assert page.state == "grace"
    assert page.next_due is not None
    assert page.next_due.grace_until_on == date(2026, 5, 9)  # due on 6 May


def test_lin_yues_pause_is_over_and_payments_go_on(stage: Stage) -> None:
    assert request(stage, "linyue").state == "completed"
    assert at_home(stage, "linyue").state in ("calm", "soon")
    assert Payment.objects.filter(loan=loan(stage, "linyue"), value_on__gte=date(2026, 2, 18)).exists()


def test_emma_and_zhiming_read_in_their_own_language(stage: Stage) -> None:
    assert request(stage, "emma").letters.get().title == "We have your request"
    assert stage.users["zhiming"].language == "zh-hant"
    assert loan(stage, "zhiming").method == "equal_principal"


def test_zhou_tao_withdrew_and_nothing_is_left_standing(stage: Stage) -> None:
    """Withdrawn on 20 April; the seven days after it are over."""
    assert request(stage, "zhoutao").state == "withdrawn"
    assert not Hold.objects.on(TODAY).filter(loan=loan(stage, "zhoutao")).exists()


def test_han_mei_paid_to_the_end(stage: Stage) -> None:
    assert (loan(stage, "hanmei").state, loan(stage, "hanmei").settled_on) == ("settled", date(2026, 3, 9))


# the doors


def english(client: Client) -> Client:
    client.cookies["language"] = "en"
    return client


def enter(client: Client, who: str) -> Any:
    return client.post(reverse("demo:enter"), {"who": who})


@pytest.mark.parametrize(
    ("language", "name"),
    [("en", "Qinghe Consumer Finance"), ("zh-hans", "青禾消费金融"), ("zh-hant", "青禾消費金融")],
)
def test_the_front_page_names_people_and_lenders_in_its_language(
    stage: Stage, client: Client, language: str, name: str
) -> None:
    client.cookies["language"] = language
    for path in (reverse("home"), reverse("demo:front")):
        page = client.get(path).content.decode()
        assert page.count(name) == 12  # of Qinghe's staff
        assert "qinghe" not in page
        assert page.count('name="who" value=') == 31
        assert page.count("<option") == OTHERS
        assert "leeway-demo-2026" in page


@pytest.mark.parametrize(
    ("who", "where"),
    [
        ("xiaoyu", "home"),
        ("lina", "admin:deferrals_reliefrequest_queue"),
        ("hejing", "admin:deferrals_reliefrequest_queue"),
        ("gaoyuan", "admin:deferrals_reliefrequest_queue"),
        ("luofu", "admin:index"),
        ("yeji", "admin:index"),
    ],
)
def test_one_click_leads_to_where_that_person_begins(stage: Stage, client: Client, who: str, where: str) -> None:
    response = enter(english(client), f"{who}@demo.invalid")
    assert response.headers["Location"] == reverse(where)
    assert client.get(response.headers["Location"]).status_code == 200


def test_one_click_is_not_a_confirmation(stage: Stage, client: Client) -> None:
    enter(english(client), "wufang@demo.invalid")
    page = client.get(reverse("relief:offer", args=[request(stage, "wufang").public_id]))
    assert not page.context["confirmed"]


def test_only_the_made_up_people_can_be_entered(stage: Stage, client: Client) -> None:
    person("real@example.org", "real")
    gone = stage.users["hanmei"]
    type(gone).objects.filter(pk=gone.pk).update(is_active=False)
    for who in ("real@example.org", "nobody@demo.invalid", "hanmei@demo.invalid", "", "@demo.invalid"):
        assert enter(client, who).status_code == 404, who
    assert "_auth_user_id" not in client.session


def test_a_door_is_not_opened_by_looking(stage: Stage, client: Client) -> None:
    assert client.get(reverse("demo:enter"), {"who": "lina@demo.invalid"}).status_code == 405


def test_without_the_demonstration_there_are_no_doors(stage: Stage, client: Client, settings: Any) -> None:
    settings.DEMO = False
    assert client.get(reverse("demo:front")).status_code == 404
    assert enter(client, "lina@demo.invalid").status_code == 404
    assert "demo.invalid" not in client.get(reverse("home")).content.decode()


def test_an_entrance_of_the_demonstration_counts_nowhere_else(stage: Stage, client: Client, settings: Any) -> None:
    enter(client, "lina@demo.invalid")
    assert client.get(reverse("admin:index")).status_code == 200
    settings.DEMO = False
    assert client.get(reverse("admin:index")).status_code == 302
