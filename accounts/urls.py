from django.urls import path

from accounts import views

app_name = "accounts"
urlpatterns = [
    path("", views.home, name="home"),
    path("confirm/", views.confirm, name="confirm"),
    path("confirm/code/", views.ConfirmByCode.as_view(), name="confirm_code"),
    path("second-factor/", views.needs_second_factor, name="needs_second_factor"),
    path("outbox/", views.outbox, name="outbox"),
]
