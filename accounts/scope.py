"""Django's admin, kept to what a person's roles let them see.

Every admin of a thing that belongs to a lender derives from `LenderScopedAdmin` and names
the verb that allows looking. Then lists, searches, details, histories, autocompletes and
filters hold only rows of lenders where the person may do that verb; anything else is 404,
as if it were not there. Nothing can be added, changed or deleted here, and no bulk action
exists: a change is a service's, with its own permission and audit.

Being a superuser opens nothing: these admins never ask Django's own permissions.
"""

from typing import Any

from django.contrib import admin
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from accounts.models import Lender, Membership
from accounts.roles import Verb
from accounts.sealed_key import converter


def lenders_open_to(user: Any, verb: Verb) -> QuerySet[Lender]:
    """Lenders at which `user` may do `verb`; for `lender__in=`."""
    return Lender.objects.where(user, verb)


class NotHereAdmin(admin.ModelAdmin):
    """An object that is not in one's list is 404; Django would redirect and say that it asked for it.

    Addresses hold no numbers of rows (`accounts/sealed_key.py`). A page of one's own takes
    `self.of_one("<row:pk>/receive/", …)`.
    """

    actions = None
    show_full_result_count = False

    def of_one(self, route: str, view: Any, name: str | None) -> URLPattern:
        """The address of a page about one row, with `<row:…>` where its number stands sealed."""
        address: URLPattern = path(route.replace("<row:", f"<{converter(self.model)}:"), view, name=name)
        return address

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Without links beside a choice: a script would put the number of the chosen row into them."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and isinstance(field.widget, RelatedFieldWidgetWrapper):
            field.widget = field.widget.widget
        return field

    def get_urls(self) -> list[Any]:
        found = []
        for address in super().get_urls():
            route = str(address.pattern)
            sealed = route.replace("<path:object_id>", "<row:object_id>")
            found.append(address if sealed == route else self.of_one(sealed, address.callback, address.name))
        return found

    def _get_obj_does_not_exist_redirect(self, request: HttpRequest, opts: Any, object_id: str) -> HttpResponse:
        raise Http404


class LenderScopedAdmin(NotHereAdmin):
    """Read-only, and only what belongs to lenders where the person may do `view_verb`.

    `lender_path` leads from the model to the lender ("lender", "loan__lender"). A queryset
    with `visible_to(user)` may replace it by `scoped(request, rows)`.
    """

    view_verb: Verb
    lender_path = "lender"

    def scoped(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.filter(**{f"{self.lender_path}__in": lenders_open_to(request.user, self.view_verb)})

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return self.scoped(request, super().get_queryset(request))

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self._may_look(request)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        if not self._may_look(request):
            return False
        return obj is None or self.get_queryset(request).filter(pk=obj.pk).exists()

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Choices of a foreign key are what the related admin would show; without such an admin, none."""
        related = self.admin_site._registry.get(db_field.remote_field.model)
        rows = related.get_queryset(request) if related else db_field.remote_field.model._default_manager.none()
        return super().formfield_for_foreignkey(db_field, request, **{"queryset": rows, **kwargs})

    def _may_look(self, request: HttpRequest) -> bool:
        """Whether the person holds, somewhere, a role that allows `view_verb`; asked once per request and verb."""
        known: dict[Verb, bool] = request.__dict__.setdefault("_may_look", {})
        if self.view_verb not in known:
            known[self.view_verb] = Membership.objects.allowing(self.view_verb).filter(user=request.user).exists()
        return known[self.view_verb]


class LenderFilter(admin.SimpleListFilter):
    """Filter by lender, offering one's own lenders only (Django's own would name them all)."""

    title = _("lender")
    parameter_name = "lender"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        lenders = lenders_open_to(request.user, model_admin.view_verb)
        return [(lender.code, str(lender)) for lender in lenders.order_by("code")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(**{f"{self._path}__code": self.value()}) if self.value() else queryset

    def __init__(self, request: HttpRequest, params: Any, model: Any, model_admin: Any) -> None:
        self._path = model_admin.lender_path
        super().__init__(request, params, model, model_admin)


class SuperuserAdmin(NotHereAdmin):
    """People, lenders and who works where: the only things a superuser is for. Nothing is deleted."""

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """Anybody else is refused before it is looked whether there is such a row."""
        if not self._is_superuser(request):
            raise PermissionDenied
        return super().history_view(request, object_id, extra_context)

    def _is_superuser(self, request: HttpRequest) -> bool:
        return bool(request.user.is_active and getattr(request.user, "is_superuser", False))

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self._is_superuser(request)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self._is_superuser(request)

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self._is_superuser(request)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self._is_superuser(request)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False
