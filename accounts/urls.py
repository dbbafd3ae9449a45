from django.urls import path

from accounts.views import bank_accounts, known, notices, own

app_name = "accounts"
urlpatterns = [
    path("", own.home, name="home"),
    path("confirm/", own.confirm, name="confirm"),
    path("confirm/code/", own.ConfirmByCode.as_view(), name="confirm_code"),
    path("second-factor/", own.needs_second_factor, name="needs_second_factor"),
    path("outbox/", own.outbox, name="outbox"),
    path("notices/", notices.choose, name="notices"),
    path("notices/<uuid:public_id>/", notices.notice, name="notice"),
    path("notices/<uuid:public_id>/read/", notices.mark_read, name="notice_read"),
    path("known/", known.page, name="known"),
    path("known/next/", known.next_step, name="next_step"),
    path("known/identity/", known.identity, name="identity"),
    path("known/identity/ask/", known.ask_a_person, name="identity_ask"),
    path("bank-accounts/new/", bank_accounts.new, name="bank_account_new"),
    path("bank-accounts/<uuid:public_id>/verify/", bank_accounts.verify, name="bank_account_verify"),
    path("bank-accounts/<uuid:public_id>/send/", bank_accounts.send, name="bank_account_send"),
    path("bank-accounts/<uuid:public_id>/move/", bank_accounts.move, name="bank_account_move"),
    path("bank-accounts/<uuid:public_id>/remove/", bank_accounts.remove, name="bank_account_remove"),
]
