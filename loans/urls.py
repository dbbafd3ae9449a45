from typing import Any

app_name = "loans"
urlpatterns: list[Any] = []
