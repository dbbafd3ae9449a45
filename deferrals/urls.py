from typing import Any

app_name = "relief"
urlpatterns: list[Any] = []
