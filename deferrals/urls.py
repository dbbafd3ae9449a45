from django.urls import path

from deferrals.views import asking, following, letters

app_name = "relief"
urlpatterns = [
    path("", asking.start, name="start"),
    path("check/", asking.check, name="check"),
    path("new/", asking.choose, name="choose"),
    path("new/<uuid:loan_id>/", asking.new, name="new"),
    path("new/<uuid:loan_id>/check/", asking.answers, name="answers"),
    path("requests/", following.overview, name="list"),
    path("requests/<uuid:public_id>/", following.detail, name="request"),
    path("requests/<uuid:public_id>/offer/", following.offer, name="offer"),
    path("requests/<uuid:public_id>/offer/accept/", following.accept_offer, name="accept"),
    path("requests/<uuid:public_id>/offer/decline/", following.decline_offer, name="decline"),
    path("requests/<uuid:public_id>/withdraw/", following.withdraw_request, name="withdraw"),
    path("requests/<uuid:public_id>/rescind/", following.rescind_plan, name="rescind"),
    path("letters/", letters.box, name="inbox"),
    path("letters/<uuid:public_id>/", letters.letter, name="letter"),
    path("letters/<uuid:public_id>/read/", letters.mark_read, name="read"),
    path("verify/", letters.check_letter, name="verify"),
]
