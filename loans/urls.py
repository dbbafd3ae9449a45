from django.urls import path

from loans.views import applications, certificates, drawing, early, leaving, limits, payout
from loans.views import loan as views

app_name = "loans"
urlpatterns = [
    path("", views.loan_list, name="list"),
    path("applications/", applications.offers, name="applications"),
    path("applications/new/<slug:lender_code>/<slug:product_code>/", applications.apply, name="apply"),
    path("applications/new/<slug:lender_code>/<slug:product_code>/check/", applications.check, name="apply_check"),
    path("applications/<uuid:public_id>/", applications.application, name="application"),
    path("applications/<uuid:public_id>/statement/", applications.statement, name="application_statement"),
    path("applications/<uuid:public_id>/withdraw/", applications.withdraw, name="application_withdraw"),
    path("applications/<uuid:public_id>/again/", applications.again, name="application_again"),
    path("limits/<uuid:public_id>/", limits.limit, name="limit"),
    path("limits/<uuid:public_id>/draw/", drawing.draw, name="draw"),
    path("drawing/<uuid:public_id>/costs/", drawing.costs, name="draw_costs"),
    path("drawing/<uuid:public_id>/sign/", drawing.sign, name="draw_sign"),
    path("contracts/<uuid:public_id>/", drawing.contract, name="contract"),
    path("contracts/<uuid:public_id>/text/", drawing.contract_text, name="contract_text"),
    path("certificates/check/", certificates.check, name="check_certificate"),
    path("certificates/<uuid:public_id>/", certificates.certificate, name="certificate"),
    path("certificates/<uuid:public_id>/text/", certificates.certificate_text, name="certificate_text"),
    path("closing/<slug:lender_code>/", leaving.closing, name="closing"),
    path("closing/<slug:lender_code>/confirm/", leaving.confirm, name="closing_confirm"),
    path("closing/<slug:lender_code>/undo/", leaving.undo, name="closing_undo"),
    path("<uuid:public_id>/", views.detail, name="detail"),
    path("<uuid:public_id>/certificate/", certificates.certify, name="certify"),
    path("<uuid:public_id>/payout/", payout.payout_page, name="payout"),
    path("<uuid:public_id>/payout/cancel/", payout.cancel, name="cancel"),
    path("<uuid:public_id>/versions/<int:number>/", views.version, name="version"),
    path("<uuid:public_id>/pay/", views.pay, name="pay"),
    path("<uuid:public_id>/repay-early/", early.repay_early, name="repay_early"),
    path("<uuid:public_id>/settle/", views.settle, name="settle"),
    path("<uuid:public_id>/payments/<uuid:payment_id>/", views.payment, name="payment"),
]
