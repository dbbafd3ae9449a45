"""No index is written that nobody needs: what another one begins with has none of its own."""

from collections.abc import Iterator, Sequence

import pytest
from django.apps import apps
from django.db import connection, models

OURS = ("accounts", "credit", "loans", "deferrals")
MODELS = [model for model in apps.get_models() if model._meta.app_label in OURS]
LEAN = [
    (model, field)
    for model in MODELS
    for field in model._meta.local_fields
    if isinstance(field, models.ForeignKey) and not field.db_index and not field.unique
]


def whole(model: type[models.Model]) -> Iterator[tuple[str, Sequence[str]]]:
    """Name and fields of each unique key and index over all rows, in order; which way an index runs does not matter."""
    for key in model._meta.constraints:
        if isinstance(key, models.UniqueConstraint) and key.condition is None and key.fields:
            yield key.name, list(key.fields)
    for index in model._meta.indexes:
        if index.condition is None and index.fields:
            yield index.name, [name.removeprefix("-") for name in index.fields]


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_an_index_that_another_begins_with_is_not_there(model: type[models.Model]) -> None:
    listed = list(whole(model))
    keys = [field for field in model._meta.local_fields if isinstance(field, models.ForeignKey)]
    own = {field.name for field in keys if field.db_index and not field.unique}
    assert {name for name in own if any(fields[0] == name for _, fields in listed)} == set()
    assert {
        index.name
        for index in model._meta.indexes
        for name, fields in listed
        if name != index.name and index.condition is None and index.fields
        if fields[: len(index.fields)] == [one.removeprefix("-") for one in index.fields]
    } == set()


def test_there_are_such_keys() -> None:
    assert len(LEAN) > 50


@pytest.mark.django_db
@pytest.mark.parametrize(("model", "field"), LEAN, ids=lambda one: getattr(one, "__name__", getattr(one, "name", "")))
def test_a_key_without_an_index_is_found_by_another(model: type[models.Model], field: models.ForeignKey) -> None:  # type: ignore[type-arg]
    with connection.cursor() as cursor:
        stored = connection.introspection.get_constraints(cursor, model._meta.db_table)
    found = {name: one["columns"] for name, one in stored.items() if one["index"] or one["unique"]}
    # One of a condition, named by the model, may have that column alone.
    named = {one.name for one in (*model._meta.constraints, *model._meta.indexes)}
    assert {name for name, columns in found.items() if columns == [field.column]} <= named
    covering = [
        [model._meta.get_field(name).column for name in fields] for _, fields in whole(model) if fields[0] == field.name
    ]
    assert any(columns in covering for columns in found.values())
