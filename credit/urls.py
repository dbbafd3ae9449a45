"""Addresses of the credit record; all of them a borrower's own."""

from django.urls import path

from credit import views

app_name = "credit"
urlpatterns = [
    path("", views.record, name="record"),
    # A reference is the lender's own word for the account and may hold a slash.
    path("tradelines/<slug:lender_code>/<path:reference>/", views.tradeline, name="tradeline"),
]
