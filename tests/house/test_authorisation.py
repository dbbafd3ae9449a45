"""Every address × every role × every method, against the table in `matrix.py`.

The addresses come from the URL resolver, so a new page without a row fails here by name,
with a row to paste after reading whether it is right.
"""

import pytest

from tests.house import matrix, rows
from tests.house.addresses import Address, addresses
from tests.house.matrix import row_for
from tests.house.rows import written
from tests.house.visits import Visits, nobodys

pytestmark = pytest.mark.django_db
each_address = pytest.mark.parametrize("address", addresses(), ids=lambda address: address.name)
STAND_IN = rows.row("200", "200")


def suggested(visits: Visits, address: Address) -> str:
    """A row that says what the address does now."""
    path = visits.path(address)
    get, post = (written(visits.answers(method, path)) for method in ("GET", "POST"))
    return f'"{address.name}": row("{get}"' + (")," if post == "405" else f', "{post}"),')


@pytest.mark.once
@each_address
def test_every_role_gets_the_answer_that_the_matrix_says(visits: Visits, address: Address) -> None:
    expected = row_for(address.name)
    assert expected is not None, f"no row in tests/house/matrix.py; it answers now:\n    {suggested(visits, address)}"
    path = visits.path(address)
    got = rows.Row(visits.answers("GET", path), visits.answers("POST", path))
    assert got == expected, f"it answers now:\n    {suggested(visits, address)}"


@pytest.mark.postgres
@each_address
def test_no_page_fails_on_the_second_engine(visits: Visits, address: Address) -> None:
    """The whole table is walked on the first; here those whom most pages are for look at each."""
    expected = row_for(address.name) or STAND_IN
    for role in ("owner", "reviewer", "superuser"):
        assert visits.answer(role, "GET", visits.path(address)) == expected.get[role], role


@pytest.mark.once
@each_address
def test_verbs_that_no_page_knows_are_refused(visits: Visits, address: Address) -> None:
    path = visits.path(address)
    for verb in ("PUT", "PATCH", "DELETE", "TRACE", "PROPFIND"):
        assert {visits.answer(role, verb, path) for role in ("anonymous", "reviewer")} == {"405"}, verb
    assert visits.send("reviewer", "OPTIONS", path).status_code < 500


@pytest.mark.once
@pytest.mark.parametrize("address", [a for a in addresses() if a.arguments], ids=lambda address: address.name)
def test_what_does_not_exist_is_no_page(visits: Visits, address: Address) -> None:
    """404, or what the person gets for whatever stands there: a refusal, never a page."""
    expected = row_for(address.name) or STAND_IN
    for path in nobodys(address):
        for role in ("anonymous", "owner", "reviewer", "superuser"):
            answer = visits.answer(role, "GET", path)
            refusals = {"404", "405", "302", "login", expected.get[role]} - {"200"}
            assert answer in refusals or address.name in matrix.SAY_SO_KINDLY, (path, role)


NAMES = {"owner": "王晓雨", "stranger": "陈一", "elsewhere": "赵二"}
MAY_READ_OF = {
    "anonymous": set(),
    "collections": set(),
    "stranger": {"stranger"},
    "elsewhere": {"elsewhere"},
    "reviewer": {"owner", "stranger"},
    "other_reviewer": {"elsewhere"},
}


@pytest.mark.once
@each_address
def test_no_page_names_a_person_to_whom_they_do_not_belong(visits: Visits, address: Address) -> None:
    path = visits.path(address)
    for role, allowed in MAY_READ_OF.items():
        text = visits.send(role, "GET", path).content.decode()
        named = {who for who, name in NAMES.items() if name in text or f"{who}@example.org" in text}
        assert named <= allowed, role


def test_every_row_of_the_matrix_is_of_an_address() -> None:
    names = [address.name for address in addresses()]
    idle = [pattern for pattern in matrix.ROWS if not any(row_for(n) is matrix.ROWS[pattern] for n in names)]
    assert idle == []


def test_every_object_of_the_matrix_is_asked_for() -> None:
    names = [address.name for address in addresses() if address.arguments]
    assert [p for p in matrix.OBJECTS if not any(matrix.fits(name, p) for name in names)] == []


def test_a_row_reads_back_as_it_is_written() -> None:
    answers = rows.parse("login anonymous, 200 owner reviewer, 404")
    assert (answers["anonymous"], answers["reviewer"], answers["stranger"]) == ("login", "200", "404")
    assert written(answers) == "login anonymous, 200 owner reviewer, 404"
    assert rows.parse(written(answers)) == answers


@pytest.mark.parametrize("text", ["200 passer-by, 404", "200 owner"])
def test_a_row_with_unknown_or_missing_roles_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="roles"):
        rows.parse(text)
