"""A small whole world, made through the services: two lenders, loans, requests in every state.

The house tests walk every address in it as every role. Things belong to `owner` at Qinghe
unless their name says otherwise; whoever else reaches them is a stranger.
"""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.admin import site
from django.db import models
from django.utils import translation

from accounts.models import Borrower, Lender, User
from accounts.roles import Role
from accounts.services import appoint, enrol_borrower, write_notice
from config import clock
from credit import services as credit
from credit.consent_texts import consent_text
from credit.models import Consent
from deferrals import reasons
from deferrals import services as relief
from deferrals.agreement import STATEMENTS
from deferrals.casework import case_of
from deferrals.models import Offer, ReliefRequest
from deferrals.models.request import AutoDebitChoice, Ground
from deferrals.services.accepting import Signature
from loans import services as books
from loans.gateways.interface import Outcome, Report
from loans.models import (
    Forewarning,
    GatewayEvent,
    Loan,
    Payment,
    PaymentOrder,
    PenaltyCharge,
    Product,
    RefundWish,
    SettlementCertificate,
    StageStep,
    SuspenseItem,
)
from tests.applications import make_applications
from tests.bank_files import make_bank_files
from tests.bills import make_bills
from tests.bureau_files import make_bureau_file
from tests.closes import make_closed_day
from tests.conftest import NOON, TODAY, lender, person
from tests.contracts import make_contracts
from tests.known import make_known
from tests.leaving import make_ends

STAFF = {
    "intake": Role.INTAKE,
    "reviewer": Role.REVIEWER,
    "collections": Role.COLLECTIONS,
    "auditor": Role.AUDITOR,
    "servicing": Role.SERVICING,
}
ROLES = ("anonymous", "owner", "stranger", "elsewhere", *STAFF, "other_reviewer", "superuser")
DISBURSED_ON = date(2026, 1, 15)
GROUNDS = (Ground.ILLNESS, Ground.JOB_LOSS, Ground.FAMILY_EVENT, Ground.DISASTER, Ground.STUDY)


@dataclass
class World:
    """Who there is and what there is. `loans` and `requests` are named by the state they are in.

    `mark` stands before what nobody else may have: addresses, phones, numbers of documents.
    """

    lender: Lender
    other: Lender
    mark: str = ""
    people: dict[str, User] = field(default_factory=dict)
    loans: dict[str, Loan] = field(default_factory=dict)
    requests: dict[str, ReliefRequest] = field(default_factory=dict)
    consent: Consent | None = None
    certificate: SettlementCertificate | None = None

    def borrower(self, role: str) -> Borrower:
        return Borrower.objects.get(user=self.people[role])

    def newcomer(self, role: str, name: str) -> User:
        return person(f"{self.mark}{role}@example.org", name)

    def one(self, model: type[models.Model]) -> models.Model | None:
        """A row of `model` that belongs to Qinghe, as far as it belongs to a lender."""
        rows = model._default_manager.order_by("pk")
        names = {column.name for column in model._meta.get_fields()}
        if model is User:
            return self.people["owner"]
        if model is Borrower:
            return self.borrower("owner")
        if "lender" in names:
            return rows.filter(lender=self.lender).first()
        if "borrower" in names:
            return rows.filter(borrower=self.borrower("owner")).first()
        lender_path = getattr(site._registry.get(model), "lender_path", None)
        return (rows.filter(**{lender_path: self.lender}) if lender_path else rows).first()


def build() -> World:
    """Everything below, at noon on 8 May 2026."""
    return _lived(World(
        lender=lender("qinghe", "青禾消费金融", "青禾消費金融", "Qinghe Consumer Finance"),
        other=lender("jiangpan", "江畔银行", "江畔銀行", "Jiangpan Bank", "commercial_bank"),
    ))  # fmt: skip


def neighbours() -> World:
    """The same once more, of two other lenders and other people."""
    return _lived(World(
        lender=lender("linshui", "临水小贷", "臨水小貸", "Linshui Micro-lending", "micro_lender"),
        other=lender("yunling", "云岭银行", "雲嶺銀行", "Yunling Bank", "commercial_bank"),
        mark="neighbour-",
    ))  # fmt: skip


def _lived(world: World) -> World:
    with clock.at(NOON), translation.override("zh-hans"):
        _people(world)
        for role, at in (("owner", world.lender), ("stranger", world.lender), ("elsewhere", world.other)):
            consent(world, "reporting", role, at)
        for at in (world.lender, world.other):
            relief.publish_policy(lender=at, code="P-1", terms={}, effective_from=date(2026, 1, 1), acting_user=None)
        for name in ("running", "ready", "in_review", "offered", "active", "denied"):
            world.loans[name] = loan_at(world.lender, world.borrower("owner"))
        world.loans["stranger"] = loan_at(world.lender, world.borrower("stranger"))
        world.loans["elsewhere"] = loan_at(world.other, world.borrower("elsewhere"))
        _requests(world)
        _consents(world)
        make_ends(world, loan_at(world.lender, world.borrower("owner")))
        make_known(world)
        _money(world)
        make_bank_files(world)
        make_applications(world)
        make_contracts(world)
        make_bills(world)
        make_bureau_file(world)
        make_closed_day(world)
        _taken_back(world)
        _notices(world)
    return world


def _people(world: World) -> None:
    borrowers = {
        "owner": (world.lender, "王晓雨"),
        "stranger": (world.lender, "陈一"),
        "elsewhere": (world.other, "赵二"),
    }
    for role, (at, name) in borrowers.items():
        user = world.people[role] = world.newcomer(role, name)
        enrol_borrower(lender=at, name=name, since=date(2026, 1, 10), user=user, acting_user=None)
    for number, (role, post) in enumerate(STAFF.items(), start=1):
        user = world.people[role] = world.newcomer(role, role)
        appoint(user=user, lender=world.lender, role=post, handle=f"A-{number:02d}", acting_user=None)
    user = world.people["other_reviewer"] = world.newcomer("other_reviewer", "other reviewer")
    appoint(user=user, lender=world.other, role=Role.REVIEWER, handle="B-01", acting_user=None)
    world.people["superuser"] = User.objects.create_superuser(
        email=f"{world.mark}super@example.org", password="x" * 12, name="super"
    )
    for user in world.people.values():
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)


def consent(world: World, purpose: str, role: str = "owner", at: Lender | None = None) -> Consent:
    """What somebody allows a lender, in Chinese."""
    to = at or world.lender
    return credit.give_consent(
        borrower=world.borrower(role), lender=to, purpose=purpose, language="zh-hans",
        shown_sha256=consent_text(purpose, "zh-hans", lender=to.name_in("zh-hans")).sha256,
        acting_user=world.people[role],
    )  # fmt: skip


def _consents(world: World) -> None:
    """One that stands, one taken back, one refused; a look under the first, and one at the other lender."""
    owner, borrower = world.people["owner"], world.borrower("owner")
    world.consent = consent(world, "query")
    credit.withdraw_consent(consent=consent(world, "marketing"), acting_user=owner)
    credit.refuse_consent(borrower=borrower, lender=world.lender, purpose="debit", acting_user=owner)
    consent(world, "query", "elsewhere", world.other)
    for role, at in (("owner", world.lender), ("elsewhere", world.other)):
        credit.inquire(
            borrower=world.borrower(role), lender=at, purpose="application", reference="A-2026-000001", on=TODAY,
            acting_user=None,
        )  # fmt: skip


def product(at: Lender) -> Product:
    made, _ = Product.objects.get_or_create(
        lender=at, code="steady", version=1,
        defaults={
            "name_zh_hans": "安心贷", "name_zh_hant": "安心貸", "name_en": "Steady loan", "method": "level",
            "rate_annual": Decimal("0.144"), "profile": {"base": "30-360"},
        },
    )  # fmt: skip
    return made


def loan_at(at: Lender, borrower: Borrower) -> Loan:
    """12,000.00 over 12 months since 15 January, three instalments paid on their day."""
    loan = books.open_loan(
        lender=at, borrower=borrower, product=product(at), principal_minor=1_200_000, instalment_count=12,
        disbursed_on=DISBURSED_ON, acting_user=None,
    )  # fmt: skip
    loan = books.disburse_loan(loan=loan, acting_user=None)
    for row in loan.schedules.get(number=1).instalments.order_by("number")[:3]:
        books.record_payment(
            loan=loan, amount_minor=row.due_minor, key=f"{loan.number}-{row.number}", channel=Payment.Channel.STAFF,
            value_on=row.due_on, acting_user=None,
        )  # fmt: skip
    books.furnish_months(loan=loan, through=date(2026, 4, 1), acting_user=None)
    loan.refresh_from_db()
    return loan


def ask(loan: Loan, ground: Ground = Ground.ILLNESS) -> ReliefRequest:
    return relief.submit_request(
        loan=loan, pause_count=3, ground=ground, affordable_minor=200_000, auto_debit=AutoDebitChoice.KEEP,
        key=f"ask-{loan.number}-{loan.lender.code}", language="zh-hans", acting_user=loan.borrower.user,
    )  # fmt: skip


def _requests(world: World) -> None:
    reviewer = world.people["reviewer"]
    for name, ground in zip(("ready", "in_review", "offered", "active", "denied"), GROUNDS, strict=True):
        request = world.requests[name] = ask(world.loans[name], ground)
        if name != "ready":
            relief.claim(request=request, acting_user=reviewer)
        if name in ("offered", "active"):
            approve(request, reviewer)
        if name == "active":
            accept(request.offers.get(), world.people["owner"])
        if name == "denied":
            deny(request, reviewer)
        request.refresh_from_db()
    world.requests["elsewhere"] = ask(world.loans["elsewhere"])


def _taken_back(world: World) -> None:
    """A payment that the bank took back, and penalty interest from before a schedule that was replaced."""
    loan = world.loans["denied"]
    books.reverse_payment(payment=loan.payments.latest("pk"), reason="AM04", acting_user=None)
    Forewarning.objects.create(lender=world.lender, loan=loan, kind="adverse", about_on=TODAY, told_on=TODAY)
    StageStep.objects.create(
        lender=world.lender, loan=loan, from_stage="none", to_stage="early", reason="rule", days_past_due=23,
        taken_on=TODAY,
    )  # fmt: skip
    Loan.objects.filter(pk=loan.pk).update(stage="early")
    books.propose_write_off(
        loan=world.loans["stranger"], ground="death", words="家属寄来了证明。", acting_user=world.people["servicing"]
    )
    PenaltyCharge.objects.create(
        lender=world.lender, loan=loan, version_number=1, instalment_number=3, days=8,
        amount_minor=459, through_on=TODAY,
    )  # fmt: skip


def _notices(world: World) -> None:
    """A payment that came, told to the owner."""
    write_notice(
        borrower=world.borrower("owner"), lender=world.lender, event="payment_received", key="notice-1",
        facts={"loan": world.loans["running"].number, "sum_minor": 107_971, "paid_on": TODAY},
    )  # fmt: skip


def _money(world: World) -> None:
    """An order that is with the gateway, and two sums that nobody could place: one open, one sent back."""
    loan, clerk = world.loans["running"], world.people["servicing"]
    PaymentOrder.objects.create(
        lender=world.lender, loan=loan, direction="debit", instalment_number=4,
        bank_account=loan.borrower.bank_accounts.earliest("pk"),
        amount_minor=107_971, currency="CNY", key="order-1", gateway="callback", state="sent", ordered_on=TODAY,
        sent_at=NOON,
    )  # fmt: skip
    for number in (1, 2):
        came = Report(key=f"unknown-{number}", outcome=Outcome.SUCCEEDED, amount_minor=5_000, currency="CNY")
        books.take_report(lender=world.lender, gateway="callback", event_id=f"ev-{number}", report=came)
    back = Report(key="unknown-1", outcome=Outcome.RETURNED, amount_minor=5_000, currency="CNY")
    books.take_report(lender=world.lender, gateway="callback", event_id="ev-3", report=back)
    RefundWish.objects.create(
        lender=world.lender, borrower=loan.borrower, loan=loan, amount_minor=100,
        bank_account=loan.borrower.bank_accounts.earliest("pk"), wished_by=world.people["owner"],
    )  # fmt: skip
    item = SuspenseItem.objects.get(lender=world.lender, key="unknown-2")
    books.return_suspense(item=item, words="Sent back.", acting_user=clerk)
    again = Report(key="unknown-1", outcome=Outcome.RETURNED, amount_minor=4_999, currency="CNY")
    books.take_report(lender=world.lender, gateway="callback", event_id="ev-4", report=again)
    books.review_event(
        event=GatewayEvent.objects.get(lender=world.lender, event_id="ev-3"), words="Seen.", acting_user=clerk
    )


def _first(supported: Any) -> list[str]:
    return [supported[0].code]


def approve(request: ReliefRequest, reviewer: User) -> Offer:
    request.refresh_from_db()
    case = case_of(request, TODAY)
    codes = _first(reasons.for_approval(case.policy, case.facts, case.need_minor))
    return relief.approve(
        request=request, reason_codes=codes, words="可以缓还。", expected_version=request.version, acting_user=reviewer
    )


def deny(request: ReliefRequest, reviewer: User) -> None:
    request.refresh_from_db()
    case = case_of(request, TODAY)
    codes = _first(reasons.for_denial(case.policy, case.facts, case.need_minor))
    relief.deny(
        request=request,
        reason_codes=codes,
        words="规则不支持。",
        expected_version=request.version,
        acting_user=reviewer,
    )


def accept(offer: Offer, user: User) -> None:
    signature = Signature(typed_name="王晓雨", ticks=frozenset(STATEMENTS), method="password", language="zh-hans")
    relief.accept(offer=offer, shown_hash=offer.projection_hash, signature=signature, acting_user=user)
