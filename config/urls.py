"""Every address of the site. Each has its row in the authorisation matrix (`tests/house`)."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from accounts.views import set_language
from config import demo, front, health, style

urlpatterns = [
    path("", front.home, name="home"),
    path("loans/", include("loans.urls")),
    path("payments/", include("loans.payment_urls")),
    path("relief/", include("deferrals.urls")),
    path("credit/", include("credit.urls")),
    path("people/", include("accounts.urls")),
    path("accounts/", include("accounts.sign_in_urls")),
    path("language/", set_language, name="set_language"),
    path("demo/", include((demo.urlpatterns, "demo"))),
    path("style/", style.page, name="style"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path(f"{settings.ADMIN_PATH}/", admin.site.urls),
]

handler400 = "config.errors.bad_request"
handler403 = "config.errors.forbidden"
handler404 = "config.errors.not_found"
handler429 = "accounts.throttle.too_many_requests"
handler500 = "config.errors.server_error"
