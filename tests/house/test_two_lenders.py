"""Several lenders in one installation: staff of one cannot see, count or infer anything of another (issue: T10).

The world of the house is looked at by a person who holds every post at Qinghe. Then two more
lenders come, with everything that Qinghe has, and Qinghe's own customers borrow from them too.
Afterwards every page of the staff's site, every list in every order and filter, every search
must be letter by letter what it was, from as many queries; and what belongs to the neighbours
must be answered exactly as what does not exist. A model that staff can look at and that the
neighbours have nothing of fails here by name: it needs a row in `tests/house/world.py`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlsplit
from uuid import UUID

import pytest
from django.apps import apps
from django.contrib.admin import ModelAdmin, site
from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from django.db.models import Model
from django.test import RequestFactory

from accounts.models import Membership
from accounts.roles import Role
from accounts.scope import LenderScopedAdmin, SuperuserAdmin
from accounts.services import next_reference
from config import clock
from tests.conftest import NOON, person
from tests.house.addresses import Address, addresses
from tests.house.matrix import fits
from tests.house.neighbours import borrow_there_too
from tests.house.visits import NOTHING, Visits, values
from tests.house.world import World, build, neighbours

pytestmark = [pytest.mark.django_db, pytest.mark.once]

# What differs from one answer to the next, whoever is there: tokens of forms, and keys against sending twice.
# and the number of an error in the log.
ONCE = re.compile(r'name="(?:csrfmiddlewaretoken|key)" value="[^"]*"|E-[0-9A-F]{8}')
LINK = re.compile(r'(?:href|action)="([^"]*)"')
HIDDEN = re.compile(r'<input type="hidden" name="([^"]*)" value="([^"]*)"')
SEARCHES = ("王晓雨", "陈一", "赵二", "2026", "qinghe", "linshui", "LN-2026-000001", "neighbour")
OFFERS = ("loans:applications", "loans:apply", "loans:apply_check")
# What a lender offers is for everybody to see; an app is nobody's; the owner is a customer of the neighbours too.
PUBLIC = {
    "keeper": (*OFFERS, "admin:app_list"),
    "owner": (*OFFERS, "loans:closing*", "credit:give_consents"),
}


def scoped() -> list[LenderScopedAdmin]:
    return [each for each in site._registry.values() if isinstance(each, LenderScopedAdmin)]


def list_of(admin: ModelAdmin) -> str:
    return f"/staff/{admin.opts.app_label}/{admin.opts.model_name}/"


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    location: str
    text: str
    queries: int


class Queries:
    """Counts statements."""

    count = 0

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        self.count += 1
        return execute(sql, params, many, context)


@dataclass
class House:
    """The world, somebody who holds every post at Qinghe, and the neighbours once they came."""

    visits: Visits
    before: dict[str, Answer] = field(default_factory=dict)
    rows: dict[str, set[Any]] = field(default_factory=dict)
    reference: str = ""
    neighbours: World | None = None

    def answer(self, path: str, *, role: str = "keeper", method: str = "GET") -> Answer:
        queries = Queries()
        with connection.execute_wrapper(queries):
            response = self.visits.send(role, method, path, language="en")
        # its own address is nothing that a page gives away
        text, location = response.content.decode(errors="replace"), response.headers.get("Location", "")
        for own in (path, quote(path), quote(path, safe="")):
            text, location = text.replace(own, ""), location.replace(own, "")
        return Answer(response.status_code, location, ONCE.sub("", text), queries.count)

    def look_around(self) -> None:
        """Every page once as the keeper; lists with each link that they offer, and with searches."""
        ContentType.objects.get_for_models(*apps.get_models())  # asked for once in the life of a process
        listed = [each for each in addresses() if not each.name.startswith("account") and each.name not in OFFERS]
        paths = [self.visits.path(address) for address in listed]
        for path in paths:
            self.before[path] = self.answer(path)
        for admin in scoped():
            base = list_of(admin)
            # another order of the same rows shows nothing more
            offered = {link for link in LINK.findall(self.before[base].text) if re.match(r"\?(?!o=)", link)}
            searched = {f"?q={quote(term)}" for term in SEARCHES} if admin.search_fields else set()
            for query in sorted(offered | searched | {"?lender=linshui", "?_popup=1&_to_field=id"}):
                path = base + query.replace("&amp;", "&")
                self.before[path] = self.answer(path)
        self.rows = self.shown()
        self.reference = self.next_loan()

    def shown(self) -> dict[str, set[Any]]:
        """The rows of each model that the keeper can reach."""
        request = RequestFactory().get("/")
        request.user = self.visits.world.people["keeper"]
        return {each.opts.label: set(each.get_queryset(request).values_list("pk", flat=True)) for each in scoped()}

    def next_loan(self) -> str:
        with transaction.atomic():
            found = next_reference(lender=self.visits.world.lender, prefix="LN", year=2026)
            transaction.set_rollback(True)
        return found


@pytest.fixture(scope="module")
def house(django_db_setup: None, django_db_blocker: Any) -> Iterator[House]:
    with django_db_blocker.unblock(), transaction.atomic(), clock.at(NOON):
        world = build()
        keeper = world.people["keeper"] = person("keeper@example.org", "keeper", is_staff=True)
        Membership.objects.bulk_create(
            Membership(user=keeper, lender=world.lender, role=role, handle=f"K-{number}")
            for number, role in enumerate(Role.values)
        )
        found = House(Visits(world))
        found.look_around()
        found.neighbours = neighbours()
        borrow_there_too(world, found.neighbours)
        yield found
        transaction.set_rollback(True)


def test_neighbours_change_no_page_of_the_staff(house: House) -> None:
    assert len(house.before) > 500
    changed = {}
    for path, was in house.before.items():
        now = house.answer(path)
        if now != was:
            changed[path] = difference(was, now)
    assert changed == {}


def difference(was: Answer, now: Answer) -> str:
    if (was.status, was.location) != (now.status, now.location):
        return f"{was.status} {was.location} became {now.status} {now.location}"
    if was.text != now.text:
        lines = zip(was.text.splitlines(), now.text.splitlines(), strict=False)
        return next(
            (f"{a.strip()[:200]!r} became {b.strip()[:200]!r}" for a, b in lines if a != b), "longer or shorter"
        )
    return f"{was.queries} queries became {now.queries}"


@pytest.mark.parametrize("admin", scoped(), ids=lambda admin: admin.opts.label)
def test_the_neighbours_have_of_everything_and_none_of_it_is_reached(house: House, admin: LenderScopedAdmin) -> None:
    assert house.neighbours is not None
    label = admin.opts.label
    everything = set(admin.model._default_manager.values_list("pk", flat=True))
    assert house.rows[label], f"Qinghe has no {label}; make one in tests/house/world.py"
    assert house.neighbours.one(admin.model) is not None, f"the neighbours have no {label}; tests/house/world.py"
    assert everything - house.rows[label], f"the neighbours have no {label} of their own"
    assert house.shown()[label] == house.rows[label]


def test_every_model_in_the_staff_s_site_is_scoped_or_for_superusers() -> None:
    kinds = (LenderScopedAdmin, SuperuserAdmin)
    loose = [each.opts.label for each in site._registry.values() if not isinstance(each, kinds)]
    assert loose == []


@pytest.mark.parametrize("role", ["keeper", "owner"])
@pytest.mark.parametrize("address", [a for a in addresses() if a.arguments], ids=lambda address: address.name)
def test_what_is_the_neighbours_answers_like_what_is_not_there(house: House, address: Address, role: str) -> None:
    assert house.neighbours is not None
    if any(fits(address.name, pattern) for pattern in PUBLIC[role]):
        return
    theirs = values(address, house.neighbours)
    nothing = address.path({name: none_like(value) for name, value in theirs.items()})
    for method in ("GET", "POST"):
        there, not_there = (house.answer(path, role=role, method=method) for path in (address.path(theirs), nothing))
        assert there == not_there, method


def none_like(value: Any) -> Any:
    """Something of the same shape that nothing has."""
    if isinstance(value, UUID):
        return NOTHING
    if isinstance(value, int) or (isinstance(value, str) and value.isdecimal()):
        return 10**12
    return "no-such-thing"


def test_no_address_and_no_hidden_field_of_the_staff_s_site_counts_rows(house: House) -> None:
    counted = [each.name for each in addresses() if "staff/" in each.route and plain_number(each)]
    assert counted == [], "take the address from NotHereAdmin.of_one"
    for path, answer in house.before.items():
        if answer.status != 200 or not path.startswith("/staff/"):
            continue
        parts = {part for link in LINK.findall(answer.text) for part in urlsplit(link).path.split("/")}
        assert not [part for part in parts if part.isdecimal()], path
        # what stands in the address stands in the form for searching too
        fields = [name for name, value in HIDDEN.findall(answer.text) if name not in path and value.isdecimal()]
        assert fields == [], path


def plain_number(address: Address) -> bool:
    """Whether an argument may be the number of a row as it is."""
    known = {name: type(each).__name__ for name, each in address.converters.items()}
    return any(kind in ("IntConverter", "PathConverter") for name, kind in known.items() if name != "url")


def test_references_count_by_lender(house: House) -> None:
    assert house.next_loan() == house.reference


def test_the_borrower_sees_both(house: House) -> None:
    assert house.neighbours is not None
    names = [str(lender.name_in("en")) for lender in (house.visits.world.lender, house.neighbours.lender)]
    for path in ("/", "/loans/", "/loans/applications/", "/credit/", "/credit/consents/", "/credit/inquiries/"):
        text = house.answer(path, role="owner").text
        assert [name for name in names if name not in text] == [], path


@pytest.mark.once
def test_what_staff_see_is_named_by_itself_and_not_by_a_key_that_counts_the_rows_of_all_lenders() -> None:
    shown = [each.model for each in site._registry.values()]
    shown += [inline.model for each in site._registry.values() for inline in each.inlines]
    own = [model for model in shown if model._meta.app_label in ("accounts", "credit", "loans", "deferrals")]
    assert own
    assert [model._meta.label for model in own if model.__str__ is Model.__str__] == []
