from typing import Any
from django.http import HttpResponse
def bad_request(*a: Any, **k: Any) -> HttpResponse: return HttpResponse(status=400)
def forbidden(*a: Any, **k: Any) -> HttpResponse: return HttpResponse(status=403)
def forbidden_form(*a: Any, **k: Any) -> HttpResponse: return HttpResponse(status=403)
def not_found(*a: Any, **k: Any) -> HttpResponse: return HttpResponse(status=404)
def server_error(*a: Any, **k: Any) -> HttpResponse: return HttpResponse(status=500)
