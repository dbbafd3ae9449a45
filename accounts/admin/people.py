"""People and lenders in the staff's site."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from accounts import appointments, services
from accounts.forms.signing_in import PhoneField
from accounts.models import AuditEntry, Lender, Membership, User
from accounts.roles import Role, Verb
from accounts.scope import LenderFilter, LenderScopedAdmin, SuperuserAdmin


@admin.register(User)
class UserAdmin(SuperuserAdmin):
    """Somebody new has no password: they sign in with a code and set one themselves."""

    list_display = ["__str__", "email", "phone", "is_staff", "is_superuser", "is_active", "last_login"]
    list_filter = ["is_staff", "is_superuser", "is_active"]
    search_fields = ["email", "phone", "name"]
    ordering = ["-joined_at"]
    fields = ["email", "phone", "name", "language", "is_active", "is_staff", "is_superuser", "joined_at", "last_login"]
    readonly_fields = ["is_staff", "is_superuser", "joined_at", "last_login"]

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "phone":
            return PhoneField(required=False, empty_value=None)
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """E-mail and phone are proved by their owner; after the first entry only the owner changes them."""
        return [*self.readonly_fields, *(["email", "phone"] if obj else [])]

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        if not change:
            obj.email = obj.email.lower() if obj.email else None
            obj.set_unusable_password()
        super().save_model(request, obj, form, change)


@admin.register(Lender)
class LenderAdmin(SuperuserAdmin):
    list_display = ["name", "code", "kind", "time_zone", "currency"]
    search_fields = ["code", "name_zh_hans", "name_zh_hant", "name_en"]


@admin.register(Membership)
class MembershipAdmin(SuperuserAdmin):
    """Who works where. Appointing and ending go through the services, which record them."""

    list_display = ["user", "lender", "role", "handle", "is_active"]
    list_filter = ["lender", "role", "is_active"]
    list_select_related = ["user", "lender"]
    search_fields = ["user__email", "user__name", "handle"]
    autocomplete_fields = ["user", "lender"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["user", "lender", "role", "handle"] if obj else ["is_active"]

    def save_model(self, request: HttpRequest, obj: Membership, form: Any, change: bool) -> None:
        acting_user: Any = request.user
        if change and "is_active" not in form.changed_data:
            return
        if change and not obj.is_active:
            appointments.withdraw(membership=obj, acting_user=acting_user)
            return
        made = services.appoint(
            user=obj.user, lender=obj.lender, role=Role(obj.role), handle=obj.handle, acting_user=acting_user
        )
        obj.pk, obj.is_active = made.pk, True


@admin.register(AuditEntry)
class AuditEntryAdmin(LenderScopedAdmin):
    view_verb = Verb.VIEW_AUDIT
    list_display = ["number", "at", "lender", "verb", "subject", "actor"]
    list_filter = [LenderFilter]
    list_select_related = ["lender", "actor"]
    search_fields = ["=subject", "=verb"]
    date_hierarchy = "at"
