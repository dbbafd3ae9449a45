"""Addresses of the credit record; all of them a borrower's own."""

from django.urls import path

from credit.views import consents, record

app_name = "credit"
urlpatterns = [
    path("", record.record, name="record"),
    path("inquiries/", consents.inquiries, name="inquiries"),
    path("consents/", consents.consents, name="consents"),
    path("consents/<uuid:public_id>/", consents.consent, name="consent"),
    path("consents/<uuid:public_id>/withdraw/", consents.withdraw, name="withdraw_consent"),
    path("consents/give/<slug:lender_code>/", consents.give, name="give_consents"),
    # A reference is the lender's own word for the account and may hold a slash.
    path("tradelines/<slug:lender_code>/<path:reference>/", record.tradeline, name="tradeline"),
]
