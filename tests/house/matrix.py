"""Who may do what at which address. An address that has no row here fails the tests by name.

A row says, for GET and for POST (with an empty form), the answer to each role:

    "loans:loan": row("login anonymous, 200 owner, 404", post="405")

means that an anonymous visitor is sent to the sign-in, the owner sees the page, everybody
else gets 404, and nobody may POST. `login` is a redirect to a sign-in, `302` any other. A
name may hold `*`; the first row that fits counts. HEAD answers as GET, other methods 405,
everywhere.
"""

from collections.abc import Callable, Mapping
from fnmatch import fnmatchcase
from typing import Any

from accounts.models import BankAccount
from loans.models import GatewayEvent, SuspenseItem
from tests.bank_files import FILE_OBJECTS, file_answers
from tests.bills import BILL_OBJECTS
from tests.bureau_files import BUREAU_OBJECTS, bureau_answers
from tests.house.rows import Row, row
from tests.house.world import World

OUTSIDE = "login anonymous owner stranger elsewhere"
SEE_LOANS = "intake reviewer auditor servicing"
SEE_REQUESTS = "reviewer auditor"
COLLECT = "collections servicing"


def shown_to(viewers: str, *families: str) -> dict[str, Row]:
    """The admin's pages of things that `viewers` of the lender may look at and nobody may change.

    The other lender's reviewer has the list, of their own lender's things; ours is 404.
    """
    theirs = "other_reviewer" if "reviewer" in viewers else ""
    listed = f"{OUTSIDE}, 200 {viewers} {theirs}, 403"
    told = f"{OUTSIDE}, 200 {viewers}, 404"
    refused = f"{OUTSIDE}, 403"
    rows = {}
    for family in families:
        rows |= {
            f"admin:{family}_changelist": row(listed, listed),
            f"admin:{family}_change": row(
                f"{OUTSIDE}, 200 {viewers}, 404 {theirs}, 403" if theirs else f"{OUTSIDE}, 200 {viewers}, 403", refused
            ),
            f"admin:{family}_history": row(told, told),
            f"admin:{family}_add": row(refused, refused),
            f"admin:{family}_delete": row(refused, refused),
        }
    return rows


def kept_by_superusers(*families: str) -> dict[str, Row]:
    """People, lenders and who works where: pages with forms, for superusers; nothing is deleted."""
    opened = row(f"{OUTSIDE}, 200 superuser, 403", f"{OUTSIDE}, 200 superuser, 403")
    refused = row(f"{OUTSIDE}, 403", f"{OUTSIDE}, 403")
    rows = {}
    for family in families:
        rows |= dict.fromkeys((f"admin:{family}_{page}" for page in ("changelist", "change", "history", "add")), opened)
        rows[f"admin:{family}_delete"] = refused
    return rows


PUBLIC = row("200")
OWN_PAGE = row("login anonymous, 200")
OWN_FORM = row("login anonymous, 200", "login anonymous, 200")
ON_THE_WAY = row("login anonymous, 302", "login anonymous, 302")
OWNERS_PAGE = row("login anonymous, 200 owner, 404")
ASKED_FIRST = "login anonymous, 405"  # pages that ask who is there before they look at the method
OWNERS_BUTTON = row("login anonymous, 200 owner, 404", "login anonymous, 302 owner, 404")
BY_STRANGERS = row("200 anonymous, 302", "200 anonymous, 302")  # who is signed in already is sent home
ANYBODYS_FORM = row("200", "200")

ROWS: dict[str, Row] = {
    # the site
    "home": row("200 anonymous owner stranger elsewhere, 302"),
    "style": PUBLIC,
    "set_language": row("405", "302"),
    "healthz": ANYBODYS_FORM,
    "readyz": ANYBODYS_FORM,
    "demo:front": row("404"),
    "demo:enter": row("405", "404"),
    # signing up and in; the pages after a first step send whoever comes without it back
    "account_signup": BY_STRANGERS,
    "account_login": BY_STRANGERS,
    "account_request_login_code": BY_STRANGERS,
    "account_confirm_login_code": row("302", "302"),
    "account_logout": row("302 anonymous, 200", "302"),
    "account_reset_password": ANYBODYS_FORM,
    "account_confirm_password_reset_code": row("login", "login"),
    "account_complete_password_reset": row("302", "302"),
    "account_password_reset_completed": PUBLIC,
    "account_confirm_email": row("200", "404"),
    "account_email_verification_sent": PUBLIC,
    "account_inactive": PUBLIC,
    # one's own account
    "account_change_password": OWN_FORM,
    "account_change_phone": OWN_FORM,
    "account_reauthenticate": OWN_FORM,
    "account_set_password": ON_THE_WAY,
    "account_verify_phone": ON_THE_WAY,
    "account_email": row("login anonymous, 200", "login anonymous, 302"),
    "usersessions_list": row("login anonymous, 200", "login anonymous, 302"),
    "accounts:home": OWN_PAGE,
    "accounts:confirm": row("login anonymous, 302"),
    "accounts:confirm_code": row("login anonymous, 200 owner stranger elsewhere, 302", "login anonymous, 302"),
    "accounts:needs_second_factor": row("login anonymous, 404 owner stranger elsewhere, 200"),
    "accounts:outbox": row("404"),
    "accounts:notices": row("login anonymous, 200", "login anonymous, 422"),
    "accounts:notice": OWNERS_PAGE,
    "accounts:notice_read": row("405", "login anonymous, 302 owner, 404"),
    # who one is; the owner is known, nobody else is
    "accounts:known": OWN_PAGE,
    "accounts:next_step": row("login anonymous, 302"),
    "accounts:identity": row("login anonymous, 302 owner, 200", "login anonymous, 302 owner, 422"),
    "accounts:identity_ask": row("405", "login anonymous, 302 owner stranger elsewhere, 404"),
    "accounts:bank_account_new": row("login anonymous, 200 owner, 302", "login anonymous, 422 owner, 302"),
    "accounts:bank_account_verify": row("login anonymous, 200 owner, 404", "login anonymous, 422 owner, 404"),
    "accounts:bank_account_send": row("405", "login anonymous, 302 owner, 404"),
    "accounts:bank_account_move": row("405", "login anonymous, 302 owner, 404"),
    "accounts:bank_account_remove": OWNERS_BUTTON,
    # the second factor; staff of this world have one, borrowers have none
    "mfa_index": row("login anonymous, 200", ASKED_FIRST),
    "mfa_authenticate": ON_THE_WAY,
    "mfa_activate_totp": ON_THE_WAY,
    "mfa_generate_recovery_codes": ON_THE_WAY,
    "mfa_reauthenticate": row(*["login anonymous, 302 owner stranger elsewhere, 200"] * 2),
    "mfa_deactivate_totp": row(*["login anonymous, 404 owner stranger elsewhere, 302"] * 2),
    "mfa_download_recovery_codes": row("login anonymous, 404", "login anonymous, 404"),
    "mfa_view_recovery_codes": row("login anonymous, 404", ASKED_FIRST),
    # a borrower's loans and credit record
    "loans:list": OWN_PAGE,
    "loans:detail": OWNERS_PAGE,
    "loans:version": OWNERS_PAGE,
    "loans:payments": OWNERS_PAGE,
    "loans:payment": OWNERS_PAGE,
    "loans:pay": row("login anonymous, 200 owner, 404", "login anonymous, 403 owner, 404"),
    "loans:repay_early": row("login anonymous, 200 owner, 404", "login anonymous, 403 owner, 404"),
    "loans:settle": row("login anonymous, 200 owner, 404", "login anonymous, 403 owner, 404"),
    # nothing is owed back on this one
    "loans:refund": row("login anonymous, 200 owner, 404", "login anonymous, 409 owner, 404"),
    "loans:payout": OWNERS_BUTTON,  # the money was paid out
    "loans:cancel": row("405", "login anonymous, 302 owner, 404"),
    "loans:certify": row("login anonymous, 405", "login anonymous, 302 owner, 404"),
    "loans:certificate": OWNERS_PAGE,
    "loans:certificate_text": OWNERS_PAGE,
    "loans:check_certificate": PUBLIC,
    # of the lender's customers; with an open loan there is no second step
    "loans:closing": row("login anonymous, 200 owner stranger, 404"),
    "loans:closing_confirm": row(*["login anonymous, 302 owner stranger, 404"] * 2),
    "loans:closing_undo": row("login anonymous, 405", "login anonymous, 302 owner stranger, 404"),
    "loans:applications": OWN_PAGE,
    "loans:apply": row("login anonymous, 302 owner, 200", "login anonymous, 302 owner, 200"),
    "loans:apply_check": row("login anonymous, 302", "login anonymous, 302"),
    "loans:application": OWNERS_PAGE,
    "loans:application_statement": row("405", "login anonymous, 422 owner, 404"),
    "loans:application_withdraw": row("login anonymous, 405", "login anonymous, 302 owner, 404"),
    "loans:application_again": row("login anonymous, 405", "login anonymous, 422 owner, 404"),
    "loans:limit": OWNERS_PAGE,
    "loans:draw": row("login anonymous, 200 owner, 404", "login anonymous, 422 owner, 404"),
    # the five seconds of the cost sheet are not over
    "loans:draw_costs": row("login anonymous, 200 owner, 404", "login anonymous, 422 owner, 404"),
    "loans:draw_sign": row("login anonymous, 302 owner, 404", "login anonymous, 302 owner, 404"),
    "loans:contract": OWNERS_PAGE,
    "loans:contract_text": OWNERS_PAGE,
    # a borrower's monthly bill; the five seconds of its cost sheets are not over
    "loans:bill_open": row("login anonymous, 200 owner, 404", "login anonymous, 422 owner, 404"),
    "loans:bill_costs": row("login anonymous, 200 owner, 404", "login anonymous, 422 owner, 404"),
    "loans:bill_sign": row("login anonymous, 302 owner, 404", "login anonymous, 302 owner, 404"),
    "loans:bill_contract*": OWNERS_PAGE,
    **dict.fromkeys((f"loans:bill_{page}" for page in ("account", "statement", "receipt")), OWNERS_PAGE),
    # payments are recorded, and things bought, in the demonstration only
    "loans:bill_pay": row("login anonymous, 200 owner, 404", "login anonymous, 403 owner, 404"),
    "loans:bill_refund": row("login anonymous, 200 owner, 404", "login anonymous, 409 owner, 404"),
    "loans:bill_collected": row("login anonymous, 405", "login anonymous, 422 owner, 404"),
    "loans:bill_shop": row("login anonymous, 404", "login anonymous, 404"),
    "loans:bill_plan_new": row("login anonymous, 200 owner, 404", "login anonymous, 422 owner, 404"),
    "loans:bill_plan": row("login anonymous, 200 owner, 404", "login anonymous, 422 owner, 404"),
    "loans:bill_plan_end": row("login anonymous, 405", "login anonymous, 302 owner, 404"),
    # something is open, so nothing is closed
    "loans:bill_close": row("login anonymous, 200 owner, 404", "login anonymous, 302 owner, 404"),
    "loans:bill_certify": row("login anonymous, 405", "login anonymous, 302 owner, 404"),
    "credit:record": OWN_PAGE,
    "credit:tradeline": OWNERS_PAGE,
    "credit:consents": OWN_PAGE,
    "credit:consent": OWNERS_PAGE,
    "credit:withdraw_consent": row("login anonymous, 405", "login anonymous, 302 owner, 404"),
    # whoever is a customer there may give; an empty form gives nothing
    "credit:give_consents": row("login anonymous, 200 owner stranger, 404", "login anonymous, 422 owner stranger, 404"),
    "credit:inquiries": OWN_PAGE,
    # where payment gateways report; without a signed JSON body nothing is read
    "payments:callback": row("405", "415"),
    # a borrower's relief
    "relief:start": PUBLIC,
    "relief:check": PUBLIC,
    "relief:verify": PUBLIC,
    "relief:choose": row(
        "login anonymous, 302 stranger, 200", "login anonymous, 405"
    ),  # with one loan there is nothing to choose
    "relief:new": row(*["login anonymous, 200 owner, 404"] * 2),
    "relief:answers": row(*["login anonymous, 302 owner, 404"] * 2),
    "relief:list": row("login anonymous, 200", ASKED_FIRST),
    "relief:inbox": row("login anonymous, 200", ASKED_FIRST),
    "relief:request": row("login anonymous, 200 owner, 404", ASKED_FIRST),
    "relief:letter": row("login anonymous, 200 owner, 404", ASKED_FIRST),
    "relief:offer": row("login anonymous, 200 owner, 404", ASKED_FIRST),
    "relief:read": row("login anonymous, 405", "login anonymous, 302 owner, 404"),
    "relief:accept": row("login anonymous, 405", "login anonymous, 422 owner, 404"),
    "relief:decline": OWNERS_BUTTON,
    "relief:withdraw": OWNERS_BUTTON,
    "relief:rescind": OWNERS_BUTTON,
    # the staff's site
    **shown_to(SEE_LOANS, "accounts_borrower", "credit_creditfile", "credit_tradeline", "credit_monthfact"),
    **shown_to(SEE_LOANS, "credit_consent", "credit_consentrefusal", "credit_inquiry"),
    **shown_to(SEE_REQUESTS, "deferrals_reliefrequest", "deferrals_decision", "deferrals_offer", "deferrals_letter"),
    **shown_to(SEE_REQUESTS, "deferrals_reliefplan", "deferrals_policyversion"),
    **shown_to(SEE_LOANS, "loans_paymentorder", "loans_gatewayevent", "loans_suspenseitem"),
    # placing money, and looking at what contradicts: for servicing; an empty form is shown again
    "admin:loans_suspenseitem_place": row(f"{OUTSIDE}, 200 servicing, 404", f"{OUTSIDE}, 422 servicing, 404"),
    "admin:loans_gatewayevent_look": row(f"{OUTSIDE}, 200 servicing, 404", f"{OUTSIDE}, 422 servicing, 404"),
    **shown_to(
        SEE_LOANS, "loans_loan", "loans_payment", "loans_scheduleversion", "loans_journalentry", "loans_product"
    ),
    **{name: row(*answers) for name, answers in file_answers(OUTSIDE, SEE_LOANS).items()},
    **{name: row(*answers) for name, answers in bureau_answers(OUTSIDE, SEE_LOANS).items()},
    **shown_to(SEE_LOANS, "credit_bureaufile", "loans_businessday", "loans_closefailure"),
    "admin:loans_loan_receive": row(f"{OUTSIDE}, 200 servicing, 404", f"{OUTSIDE}, 422 servicing, 404"),
    "admin:loans_payment_take_back": row(f"{OUTSIDE}, 200 servicing, 404", f"{OUTSIDE}, 422 servicing, 404"),
    "admin:loans_product_page": row(f"{OUTSIDE}, 200 {SEE_LOANS}, 404", f"{OUTSIDE}, 405"),
    "admin:loans_product_new": row(f"{OUTSIDE}, 404", f"{OUTSIDE}, 404"),
    "admin:loans_product_edit": row(f"{OUTSIDE}, 404", f"{OUTSIDE}, 404"),
    "admin:loans_product_next": row(f"{OUTSIDE}, 405", f"{OUTSIDE}, 404"),
    "admin:loans_product_publish": row(f"{OUTSIDE}, 405", f"{OUTSIDE}, 404"),
    "admin:loans_product_retire": row(f"{OUTSIDE}, 405", f"{OUTSIDE}, 404"),
    **shown_to(SEE_LOANS, "loans_settlementcertificate", "loans_serviceclosure", "loans_bankfile"),
    **shown_to(SEE_LOANS, "loans_contractcancellation", "loans_refundwish", "loans_forewarning", "loans_heldmonth"),
    "admin:loans_loan_refund": row(f"{OUTSIDE}, 200 servicing, 404", f"{OUTSIDE}, 422 servicing, 404"),
    "admin:loans_loan_cancel": row(f"{OUTSIDE}, 200 servicing, 404", f"{OUTSIDE}, 422 servicing, 404"),
    **shown_to(SEE_LOANS, "loans_revolvingaccount", "loans_accountentry", "loans_bill"),
    **shown_to(SEE_LOANS, "loans_billplan", "loans_billcontract"),
    **shown_to("reviewer collections auditor servicing", "loans_hold", "loans_stagestep", "loans_writeoff"),
    **dict.fromkeys(
        ["admin:loans_journalentry_books", "admin:loans_journalentry_books_file"],
        row(f"{OUTSIDE}, 200 {SEE_LOANS} other_reviewer, 404", f"{OUTSIDE}, 405"),
    ),
    "admin:loans_stagestep_overdue": row(f"{OUTSIDE}, 200 {COLLECT}, 404", f"{OUTSIDE}, 405"),
    "admin:loans_writeoff_queue": row(f"{OUTSIDE}, 200 {COLLECT}, 404", f"{OUTSIDE}, 405"),
    "admin:loans_loan_write_off": row(f"{OUTSIDE}, 200 {SEE_LOANS} collections, 404", f"{OUTSIDE}, 422 {COLLECT}, 404"),
    "admin:loans_loan_stage": row(f"{OUTSIDE}, 200 {SEE_LOANS} collections, 404", f"{OUTSIDE}, 422 {COLLECT}, 404"),
    "admin:loans_revolvingaccount_receive": row(f"{OUTSIDE}, 200 servicing, 404", f"{OUTSIDE}, 422 servicing, 404"),
    "admin:loans_revolvingaccount_hold": row(f"{OUTSIDE}, 200 servicing, 404", f"{OUTSIDE}, 422 servicing, 404"),
    "admin:loans_revolvingaccount_refund": row(f"{OUTSIDE}, 200 servicing, 404", f"{OUTSIDE}, 422 servicing, 404"),
    "admin:loans_accountentry_take_back": row(f"{OUTSIDE}, 200 servicing, 404", f"{OUTSIDE}, 422 servicing, 404"),
    "admin:loans_revolvingaccount_give_back": row(f"{OUTSIDE}, 200 servicing, 404", f"{OUTSIDE}, 422 servicing, 404"),
    **shown_to(SEE_REQUESTS, "loans_loanapplication", "loans_creditlimit"),
    "admin:loans_loanapplication_waiting": row(
        f"{OUTSIDE}, 200 reviewer auditor other_reviewer, 404", f"{OUTSIDE}, 405"
    ),
    "admin:loans_loanapplication_case": row(f"{OUTSIDE}, 200 reviewer auditor, 404", f"{OUTSIDE}, 405"),
    "admin:loans_loanapplication_claim": row(f"{OUTSIDE}, 405", f"{OUTSIDE}, 302 reviewer, 404"),
    "admin:loans_loanapplication_release": row(f"{OUTSIDE}, 405", f"{OUTSIDE}, 302 reviewer, 404"),
    "admin:loans_loanapplication_decide": row(f"{OUTSIDE}, 405", f"{OUTSIDE}, 422 reviewer, 404"),
    "admin:loans_creditlimit_page": row(f"{OUTSIDE}, 200 reviewer auditor, 404", f"{OUTSIDE}, 405"),
    "admin:loans_creditlimit_cut": row(f"{OUTSIDE}, 405", f"{OUTSIDE}, 404"),
    "admin:loans_creditlimit_restore": row(f"{OUTSIDE}, 405", f"{OUTSIDE}, 404"),
    **shown_to("auditor", "accounts_auditentry", "accounts_unmasking"),
    **shown_to(SEE_LOANS, "accounts_notice", "accounts_noticedelivery"),
    "admin:accounts_borrower_unmask": row(*[f"{OUTSIDE}, 200 servicing, 404", f"{OUTSIDE}, 422 servicing, 404"]),
    **kept_by_superusers("accounts_user", "accounts_lender", "accounts_membership", "accounts_identitycase"),
    "admin:accounts_identitycase_add": row(f"{OUTSIDE}, 403", f"{OUTSIDE}, 403"),
    "admin:accounts_membership_change": row(f"{OUTSIDE}, 200 superuser, 403", f"{OUTSIDE}, 302 superuser, 403"),
    # the review desk, inside the staff's site
    "admin:deferrals_reliefrequest_queue": row(
        f"{OUTSIDE}, 200 reviewer auditor other_reviewer, 404", f"{OUTSIDE}, 405"
    ),
    # an auditor finds no case to take and is sent back to the queue
    "admin:deferrals_reliefrequest_next": row(f"{OUTSIDE}, 405", f"{OUTSIDE}, 302 {SEE_REQUESTS} other_reviewer, 404"),
    "admin:deferrals_reliefrequest_case": row(f"{OUTSIDE}, 200 reviewer auditor, 404", f"{OUTSIDE}, 405"),
    "admin:deferrals_reliefrequest_claim": row(f"{OUTSIDE}, 405", f"{OUTSIDE}, 302 reviewer, 404"),
    "admin:deferrals_reliefrequest_decide": row(f"{OUTSIDE}, 405", f"{OUTSIDE}, 422 reviewer, 404"),
    "admin:deferrals_reliefrequest_release": row(f"{OUTSIDE}, 405", f"{OUTSIDE}, 302 reviewer, 404"),
    "admin:index": row(f"{OUTSIDE}, 200", f"{OUTSIDE}, 200"),
    "admin:app_list": row(*[f"{OUTSIDE}, 404 collections, 200"] * 2),
    "admin:autocomplete": row(f"{OUTSIDE}, 403", f"{OUTSIDE}, 405"),
    "admin:jsi18n": row(f"{OUTSIDE}, 200", f"{OUTSIDE}, 405"),
    "admin:login": row(*["login anonymous, 404 owner stranger elsewhere, 302"] * 2),
    "admin:logout": row("302 anonymous owner stranger elsewhere, 405", "302"),
    "admin:password_change": row(f"{OUTSIDE}, 200", f"{OUTSIDE}, 200"),
    "admin:password_change_done": row(f"{OUTSIDE}, 200", f"{OUTSIDE}, 405"),
    "(staff)/*/{object_id}/": row(f"{OUTSIDE}, 302", f"{OUTSIDE}, 302"),
    "(staff)/{url}": row(f"{OUTSIDE}, 404", f"{OUTSIDE}, 404"),
}


def _loan(world: World, **more: Any) -> Mapping[str, Any]:
    return {"public_id": world.loans["running"].public_id, **more}


def _request(state: str) -> Callable[[World], Mapping[str, Any]]:
    return lambda world: {"public_id": world.requests[state].public_id}


def _letter(world: World) -> Mapping[str, Any]:
    return {"public_id": world.requests["offered"].letters.latest("pk").public_id}


# What an address names, where the admin's own names do not say it; the first pattern that fits.
OBJECTS: dict[str, Callable[[World], Mapping[str, Any]]] = {
    "account_confirm_email": lambda world: {"key": "no-such-key"},
    "(staff)/{url}": lambda world: {"url": "nothing/here"},
    "admin:app_list": lambda world: {"app_label": "accounts"},
    "accounts:bank_account_*": lambda world: {
        "public_id": BankAccount.objects.get(borrower=world.borrower("owner"), verified_at=None).public_id
    },
    "accounts:notice*": lambda world: {"public_id": world.borrower("owner").notices.earliest("pk").public_id},
    **dict.fromkeys(
        ["loans:apply", "loans:apply_check"],
        lambda world: {"lender_code": world.lender.code, "product_code": "later"},
    ),
    "loans:application*": lambda world: {"public_id": world.borrower("owner").applications.latest("pk").public_id},
    "loans:draw": lambda world: {"public_id": world.borrower("owner").limits.earliest("pk").public_id},
    "loans:draw_*": lambda world: {"public_id": world.borrower("owner").draw_downs.get(state="shown").public_id},
    "loans:contract*": lambda world: {"public_id": world.borrower("owner").contracts.earliest("pk").public_id},
    "loans:limit": lambda world: {"public_id": world.borrower("owner").limits.earliest("pk").public_id},
    **dict.fromkeys(
        [f"admin:loans_loanapplication_{page}" for page in ("case", "claim", "release", "decide")],
        lambda world: {"public_id": world.borrower("owner").applications.latest("pk").public_id},
    ),
    **dict.fromkeys(
        [f"admin:loans_creditlimit_{page}" for page in ("page", "cut", "restore")],
        lambda world: {"public_id": world.borrower("owner").limits.earliest("pk").public_id},
    ),
    **BILL_OBJECTS | FILE_OBJECTS | BUREAU_OBJECTS,
    "loans:version": lambda world: {"public_id": world.loans["active"].public_id, "number": 1},
    "loans:payment": lambda world: _loan(world, payment_id=world.loans["running"].payments.earliest("pk").public_id),
    "loans:closing*": lambda world: {"lender_code": world.lender.code},
    "loans:certificate*": lambda world: {"public_id": world.certificate.public_id},
    "loans:*": _loan,
    "admin:loans_product_new": lambda world: {"lender_code": world.lender.code},
    **dict.fromkeys(
        [f"admin:loans_product_{page}" for page in ("page", "edit", "next", "publish", "retire")],
        lambda world: {"pk": world.loans["running"].product_id},
    ),
    "admin:loans_loan_refund": lambda world: {"pk": world.loans["running"].pk},
    "admin:loans_loan_cancel": lambda world: {"pk": world.loans["running"].pk},
    "admin:loans_loan_write_off": lambda world: {"pk": world.loans["running"].pk},
    "admin:loans_loan_stage": lambda world: {"pk": world.loans["running"].pk},
    "admin:loans_loan_receive": lambda world: {"pk": world.loans["running"].pk},
    "admin:loans_payment_take_back": lambda world: {"pk": world.loans["running"].payments.earliest("pk").pk},
    "admin:loans_suspenseitem_place": lambda world: {
        "public_id": SuspenseItem.objects.open().get(lender=world.lender).public_id
    },
    "admin:loans_gatewayevent_look": lambda world: {"pk": GatewayEvent.objects.to_review().get(lender=world.lender).pk},
    "payments:callback": lambda world: {"lender_code": world.lender.code},
    "relief:new": lambda world: {"loan_id": world.loans["running"].public_id},
    "relief:answers": lambda world: {"loan_id": world.loans["running"].public_id},
    "relief:letter": _letter,
    "relief:read": _letter,
    "admin:deferrals_reliefrequest_claim": _request("in_review"),
    "admin:deferrals_reliefrequest_case": _request("in_review"),
    "admin:deferrals_reliefrequest_decide": _request("in_review"),
    "admin:deferrals_reliefrequest_release": _request("in_review"),
    "relief:rescind": _request("active"),
    "relief:withdraw": _request("ready"),
    "relief:*": _request("offered"),
    "credit:give_consents": lambda world: {"lender_code": world.lender.code},
    "credit:*consent": lambda world: {"public_id": world.consent.public_id},
    "credit:tradeline": lambda world: {
        "lender_code": world.lender.code,
        "reference": world.loans["running"].number,
    },
}


# Pages that answer a wrong key with a page of their own that says so.
SAY_SO_KINDLY = ("account_confirm_email",)


def fits(name: str, pattern: str) -> bool:
    return fnmatchcase(name, pattern)


def row_for(name: str) -> Row | None:
    """The row of an address: its own, else the first pattern that fits."""
    return ROWS.get(name) or next((ROWS[pattern] for pattern in ROWS if fits(name, pattern)), None)
