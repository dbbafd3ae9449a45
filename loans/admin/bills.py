"""Monthly bills in the staff's site: accounts, what happened on them, bills, plans, contracts; to read."""

from typing import Any, cast

from django.contrib import admin
from django.http import HttpRequest
from django.urls import URLPattern

from accounts.models import User
from accounts.roles import Verb
from accounts.scope import LenderFilter, LenderScopedAdmin
from loans.admin.books import HoldRows
from loans.models import AccountEntry, Bill, BillContract, BillPlan, RevolvingAccount
from loans.selectors.desk import may
from loans.selectors.refunds import bill_credit_minor
from loans.views import bill_desk, bill_hold_desk, bill_refunds


@admin.register(RevolvingAccount)
class RevolvingAccountAdmin(LenderScopedAdmin):
    view_verb = Verb.VIEW_LOANS
    list_display = [
        "number",
        "lender",
        "borrower",
        "product",
        "state",
        "stage",
        "principal_left_minor",
        "oldest_unpaid_due_on",
    ]
    list_filter = [LenderFilter, "state", "stage"]
    list_select_related = ["lender", "borrower", "product"]
    search_fields = ["=number", "borrower__name"]
    ordering = ["lender", "-opened_on", "-pk"]
    inlines = [HoldRows]
    change_form_template = "loans/admin/account_form.html"

    def change_view(self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None) -> Any:
        account, user = self.get_object(request, object_id), cast(User, request.user)
        more = {"may_receive": False, "may_refund": False, "may_send": False, "may_hold": False}
        if account is not None and account.state == RevolvingAccount.State.ACTIVE:
            may_refund = may(user, Verb.REFUND, account.lender)
            more = {
                "may_receive": may(user, Verb.RECORD_PAYMENT, account.lender),
                "may_refund": may_refund,
                "may_send": may_refund and bill_credit_minor(account) > 0,
                "may_hold": may(user, Verb.PLACE_HOLD, account.lender),
            }
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **more})

    def get_urls(self) -> list[URLPattern]:
        receive = self.admin_site.admin_view(bill_desk.receive)
        give_back = self.admin_site.admin_view(bill_desk.give_back)
        refund = self.admin_site.admin_view(bill_refunds.refund_at_desk)
        hold = self.admin_site.admin_view(bill_hold_desk.hold)
        return [
            self.of_one("<row:pk>/hold/", hold, "loans_revolvingaccount_hold"),
            self.of_one("<row:pk>/refund/", refund, "loans_revolvingaccount_refund"),
            self.of_one("<row:pk>/receive/", receive, "loans_revolvingaccount_receive"),
            self.of_one("<row:pk>/give-back/", give_back, "loans_revolvingaccount_give_back"),
            *super().get_urls(),
        ]


@admin.register(AccountEntry)
class AccountEntryAdmin(LenderScopedAdmin):
    view_verb = Verb.VIEW_LOANS
    list_display = ["account", "sequence", "kind", "value_on", "amount_minor", "channel"]
    list_filter = [LenderFilter, "kind", "channel"]
    list_select_related = ["account"]
    search_fields = ["=account__number", "=key"]
    date_hierarchy = "value_on"
    ordering = ["-pk"]
    change_form_template = "loans/admin/account_entry_form.html"

    def change_view(self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None) -> Any:
        entry = self.get_object(request, object_id)
        may_take_back = (
            entry is not None
            and entry.kind == AccountEntry.Kind.PAYMENT
            and may(cast(User, request.user), Verb.REVERSE_PAYMENT, entry.lender)
            and not AccountEntry.objects.filter(about=entry, kind=AccountEntry.Kind.TAKEN_BACK).exists()
        )
        shown = {**(extra_context or {}), "may_take_back": may_take_back}
        return super().change_view(request, object_id, form_url, shown)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(bill_desk.take_back)
        return [self.of_one("<row:pk>/take-back/", view, "loans_accountentry_take_back"), *super().get_urls()]


@admin.register(Bill)
class BillAdmin(LenderScopedAdmin):
    view_verb = Verb.VIEW_LOANS
    list_display = ["account", "bill_on", "due_on", "balance_minor", "minimum_minor", "interest_minor", "penalty_minor"]
    list_filter = [LenderFilter]
    list_select_related = ["account"]
    search_fields = ["=account__number"]
    date_hierarchy = "bill_on"
    ordering = ["-bill_on", "-pk"]


@admin.register(BillPlan)
class BillPlanAdmin(LenderScopedAdmin):
    view_verb = Verb.VIEW_LOANS
    list_display = ["account", "bill", "amount_minor", "parts", "fee_minor", "rate_annual", "state", "agreed_at"]
    list_filter = [LenderFilter, "state"]
    list_select_related = ["account", "bill__account"]
    search_fields = ["=account__number"]
    ordering = ["-made_at", "-pk"]


@admin.register(BillContract)
class BillContractAdmin(LenderScopedAdmin):
    view_verb = Verb.VIEW_LOANS
    list_display = ["number", "lender", "borrower", "account", "language", "signed_on"]
    list_filter = [LenderFilter, "language"]
    list_select_related = ["lender", "borrower", "account"]
    search_fields = ["=number", "=account__number", "borrower__name"]
    date_hierarchy = "signed_on"
    ordering = ["-signed_at"]
