"""Names of people, as different keyboards write them."""

import pytest

from accounts.person_name import is_a_name, normalised, same


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("阿依古丽·买买提", "阿依古丽•买买提", True),
        ("阿依古丽·买买提", "阿依古丽．买买提", True),
        ("阿依古丽 · 买买提", "阿依古丽·买买提", True),
        ("王晓雨", "王\u3000晓雨", True),
        ("Ｅｍｍａ Clarke", "emma  CLARKE", True),
        ("Emma Clarke", "EmmaClarke", False),
        ("黃志明", "黄志明", False),  # as on the card: another character is another name
        ("王晓雨", "陈一", False),
    ],
)
def test_the_same_name_in_other_letters(one: str, other: str, expected: bool) -> None:
    assert same(one, other) is expected


@pytest.mark.parametrize("text", ["王晓雨", "阿依古丽•买买提", "O’Neill", "José María", "Ng"])
def test_names_are_names(text: str) -> None:
    assert is_a_name(text)


@pytest.mark.parametrize("text", ["", "王", "·", "王2", "<b>王晓雨</b>", "王晓雨\x00", "a" * 81, "王/雨", "=1+1"])
def test_other_things_are_not(text: str) -> None:
    assert not is_a_name(text)


def test_it_is_kept_tidy() -> None:
    assert normalised("\u3000Emma \t Clarke ") == "Emma Clarke"
