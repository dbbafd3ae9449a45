"""The addresses of this room alone, so that its tests do not wait for the other rooms."""

from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from accounts import views


def front(request: HttpRequest) -> HttpResponse:
    return HttpResponse("front")


urlpatterns = [
    path("", front, name="home"),
    path("language/", views.set_language, name="set_language"),
    path("people/", include("accounts.urls")),
    path("accounts/", include("accounts.sign_in_urls")),
    path(f"{settings.ADMIN_PATH}/", admin.site.urls),
]
handler429 = "accounts.throttle.too_many_requests"
