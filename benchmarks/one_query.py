"""The least a page of this site can be: through every middleware, one query, one line."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from accounts.models import Lender
from config import urls as site


def page(request: HttpRequest) -> HttpResponse:
    return HttpResponse(str(Lender.objects.order_by("code").values_list("code", flat=True).first()))


urlpatterns = [path("one-query/", page), *site.urlpatterns]
