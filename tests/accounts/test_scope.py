"""In the staff's site one sees one's own lenders' rows, whatever address one types (T10)."""

from collections.abc import Callable
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib import admin
from django.test import Client, RequestFactory

from accounts import services
from accounts.errors import NotPermitted
from accounts.models import AuditEntry, Borrower, Lender, LenderRelation, Membership, User
from accounts.roles import PERMITTED, Role, Verb, permits, roles_for
from tests.conftest import PASSWORD, in_address

pytestmark = pytest.mark.django_db
Enter = Callable[[Client, User], None]
MARK = "江畔"


@pytest.fixture
def inside(settings: Any) -> Callable[[User], Client]:
    """Stand in the staff's site as somebody; the door has tests of its own."""
    settings.DEMO = True

    def enter(user: User) -> Client:
        client = Client()
        client.force_login(user)
        session = client.session
        session["demo_entrance"] = True
        session.save()
        return client

    return enter


Inside = Callable[[User], Client]


def pages_of(entry: AuditEntry) -> list[str]:
    base = f"/staff/accounts/auditentry/{in_address(entry)}"
    tails = ("/", "/change/", "/history/", "/delete/", "/change/?_to_field=id&_popup=1")
    return [base + tail for tail in tails]


def test_another_lender_s_entry_is_not_there(staff: SimpleNamespace, jiangpan: Lender, inside: Inside) -> None:
    entry = AuditEntry.objects.filter(lender=jiangpan).first()
    assert entry is not None
    mine = inside(staff.auditor)
    for page in pages_of(entry):
        assert mine.get(page, follow=True).status_code in (403, 404), page
    theirs = inside(staff.other_auditor)
    assert theirs.get(pages_of(entry)[1]).status_code == 200


def test_lists_and_searches_hold_one_s_own_rows_only(staff: SimpleNamespace, inside: Inside) -> None:
    client = inside(staff.auditor)
    for query in ("", "?q=appoint", "?lender=jiangpan", "?lender__code=jiangpan", "?o=3", "?all="):
        answer = client.get(f"/staff/accounts/auditentry/{query}", follow=True)
        assert MARK not in answer.content.decode(), query
    shown = client.get("/staff/accounts/auditentry/").context["cl"].queryset
    assert {entry.lender.code for entry in shown} == {"qinghe"}


def test_a_borrower_of_two_lenders_shows_each_its_own_side(
    staff: SimpleNamespace, borrower: Borrower, jiangpan: Lender, inside: Inside
) -> None:
    services.enrol_borrower(
        lender=jiangpan, name="王晓雨", since=date(2026, 2, 1), user=borrower.user, reference="JP-7", acting_user=None
    )
    client = inside(staff.reviewer)
    page = client.get(f"/staff/accounts/borrower/{in_address(borrower)}/change/")
    assert page.status_code == 200
    assert MARK not in page.content.decode()
    assert "JP-7" not in page.content.decode()
    assert client.get("/staff/accounts/borrower/?q=JP-7").context["cl"].result_count == 0
    own = LenderRelation.objects.get(borrower=borrower, lender__code="qinghe").reference
    assert client.get(f"/staff/accounts/borrower/?q={own}").context["cl"].result_count == 1


def test_another_lender_s_borrower_is_not_there(staff: SimpleNamespace, elsewhere: Borrower, inside: Inside) -> None:
    client = inside(staff.reviewer)
    for tail in ("", "change/", "history/", "delete/"):
        answer = client.get(f"/staff/accounts/borrower/{in_address(elsewhere)}/{tail}", follow=True)
        assert answer.status_code in (403, 404), tail
    assert "赵二" not in client.get("/staff/accounts/borrower/?q=赵").content.decode().replace('value="赵"', "")


@pytest.mark.parametrize("role", ["collections", "appeal_reviewer"])
def test_a_role_without_the_verb_sees_no_such_list(staff: SimpleNamespace, inside: Inside, role: str) -> None:
    client = inside(getattr(staff, role))
    assert client.get("/staff/accounts/borrower/").status_code == 403
    assert client.get("/staff/accounts/auditentry/").status_code == 403


def test_a_superuser_without_a_post_sees_no_lender_s_rows(staff: SimpleNamespace, inside: Inside) -> None:
    root = User.objects.create_superuser(email="root@example.org", password=PASSWORD)
    client = inside(root)
    assert client.get("/staff/accounts/auditentry/").status_code == 403
    assert client.get("/staff/accounts/borrower/").status_code == 403
    assert client.get("/staff/accounts/user/").status_code == 200
    assert not AuditEntry.objects.visible_to(root).exists()
    assert not Borrower.objects.visible_to(root).exists()


def test_a_post_that_has_ended_shows_nothing(staff: SimpleNamespace, borrower: Borrower, inside: Inside) -> None:
    client = inside(staff.reviewer)
    assert client.get("/staff/accounts/borrower/").status_code == 200
    Membership.objects.filter(user=staff.reviewer).update(is_active=False)
    assert client.get("/staff/accounts/borrower/").status_code == 403


def test_nothing_can_be_added_changed_or_deleted(staff: SimpleNamespace, borrower: Borrower, inside: Inside) -> None:
    client = inside(staff.reviewer)
    url = f"/staff/accounts/borrower/{in_address(borrower)}"
    assert client.get("/staff/accounts/borrower/add/").status_code == 403
    assert client.post(f"{url}/change/", {"name": "x"}).status_code == 403
    assert client.post(f"{url}/delete/", {"post": "yes"}).status_code == 403
    chosen = {"action": "delete_selected", "_selected_action": borrower.pk, "post": "yes"}
    client.post("/staff/accounts/borrower/", chosen)
    borrower.refresh_from_db()
    assert borrower.name == "王晓雨"


def test_autocomplete_offers_nothing_to_who_may_not_look(staff: SimpleNamespace, inside: Inside) -> None:
    query = {"app_label": "accounts", "model_name": "membership", "field_name": "lender", "term": ""}
    assert inside(staff.reviewer).get("/staff/autocomplete/", query).status_code == 403


def test_choices_of_a_foreign_key_are_one_s_own(
    staff: SimpleNamespace, borrower: Borrower, elsewhere: Borrower
) -> None:
    request = RequestFactory().get("/")
    request.user = staff.auditor
    field = LenderRelation._meta.get_field("borrower")
    shown = admin.site._registry[AuditEntry].formfield_for_foreignkey(field, request).queryset
    assert set(shown) == {borrower}


def test_an_unknown_role_may_do_nothing(staff: SimpleNamespace, qinghe: Lender) -> None:
    Membership.objects.filter(user=staff.reviewer).update(role="owner")
    assert not any(permits("owner", verb) for verb in Verb)
    assert not Borrower.objects.visible_to(staff.reviewer).exists()
    with pytest.raises(NotPermitted):
        services.require(lender=qinghe, verb=Verb.VIEW_BORROWERS, user=staff.reviewer)


def test_every_role_and_every_verb_is_in_the_table() -> None:
    assert set(PERMITTED) == {role.value for role in Role}
    for verb in Verb:
        assert roles_for(verb), verb


def test_the_filter_names_one_s_own_lenders_only(staff: SimpleNamespace, inside: Inside) -> None:
    """Django's own related filter would list every lender."""
    filters = inside(staff.auditor).get("/staff/accounts/auditentry/").context["cl"].filter_specs
    assert [code for one in filters for code, _ in one.lookup_choices] == ["qinghe"]
