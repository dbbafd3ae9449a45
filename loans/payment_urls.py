from django.urls import path

from loans.views import callbacks

app_name = "payments"
urlpatterns = [
    path("callbacks/<slug:lender_code>/", callbacks.callback, name="callback"),
]
