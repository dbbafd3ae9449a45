"""Conventions as data."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loans.engine.day_count import DayCount
from loans.engine.money import Rounding
from loans.engine.profile import DEFAULT_PROFILE, PROFILES, Profile, ProfileError, profile


def test_the_default_counts_days_over_365_exactly_and_rounds_half_up():
    assert profile("consumer-cn") is DEFAULT_PROFILE
    assert DEFAULT_PROFILE.as_dict() == {
        "name": "consumer-cn",
        "day_count": "actual/365",
        "interest_period": "daily",
        "rounding": "half_up",
        "digits": None,
        "instalment_multiple_minor": 1,
        "residue": "last",
        "smoothing": "none",
        "pmt_basis": "period",
    }


@given(
    name=st.text(min_size=1),
    day_count=st.sampled_from(DayCount),
    rounding=st.sampled_from(Rounding),
    multiple=st.integers(1, 100_000),
)
def test_a_profile_survives_storage_as_json(name, day_count, rounding, multiple):
    made = Profile(name, day_count, rounding=rounding, instalment_multiple_minor=multiple)
    assert profile(json.loads(json.dumps(made.as_dict()))) == made


def test_what_is_stored_is_plain_text_and_whole_numbers():
    assert {type(value) for value in DEFAULT_PROFILE.as_dict().values()} == {str, int, type(None)}


@pytest.mark.parametrize("name", PROFILES)
def test_a_base_alone_is_that_profile(name):
    assert profile({"base": name}) is PROFILES[name]


def test_a_changed_base_no_longer_bears_its_name():
    changed = profile({"base": "30-360", "rounding": "half_even"})
    assert (changed.name, changed.day_count, changed.rounding) == ("custom", DayCount.THIRTY_360, Rounding.HALF_EVEN)
    assert profile({"base": "30-360", "name": "ours"}).name == "ours"


@pytest.mark.parametrize(
    ("base", "read_as"),
    [
        ("consumer-cn", DayCount.ACTUAL_ACTUAL),
        ("fineract-cumulative-daily", DayCount.ACTUAL_365),
        ("fineract-progressive", DayCount.ACTUAL_ACTUAL_END),
    ],
)
def test_an_actual_year_is_read_as_its_base_reads_it(base, read_as):
    assert profile({"base": base, "day_count": "actual/actual"}).day_count is read_as


def test_digits_may_be_given_or_left_exact():
    assert profile({"base": "30-360", "digits": 12}).digits == 12
    assert profile({"base": "30-360", "digits": 34}).digits == 34
    assert profile({"base": "fineract-progressive", "digits": None}).digits is None


WHOLE = DEFAULT_PROFILE.as_dict()


@pytest.mark.parametrize(
    ("given_profile", "key", "value"),
    [
        ("consumer-us", "name", "consumer-us"),
        ({"base": "consumer-us"}, "base", "consumer-us"),
        ({"base": None}, "base", None),
        ({"base": ["30-360"]}, "base", ["30-360"]),
        ({"base": "30-360", "daycount": "30/360"}, "daycount", "30/360"),
        ({"base": "30-360", "day_count": "30/365"}, "day_count", "30/365"),
        ({"base": "30-360", "day_count": ["30/360"]}, "day_count", ["30/360"]),
        ({"base": "30-360", "digits": 5}, "digits", 5),
        ({"base": "30-360", "digits": 35}, "digits", 35),
        ({"base": "30-360", "digits": True}, "digits", True),
        ({"base": "30-360", "smoothing": "always"}, "smoothing", "always"),
        ({"base": "30-360", "instalment_multiple_minor": 0}, "instalment_multiple_minor", 0),
        ({"base": "30-360", "instalment_multiple_minor": True}, "instalment_multiple_minor", True),
        ({"base": "30-360", "name": ""}, "name", ""),
        ({}, "name", None),
        ({key: value for key, value in WHOLE.items() if key != "rounding"}, "rounding", None),
        ({key: value for key, value in WHOLE.items() if key != "digits"}, "digits", None),
    ],
)
def test_an_unknown_or_missing_convention_is_named(given_profile, key, value):
    with pytest.raises(ProfileError) as refused:
        profile(given_profile)
    assert (refused.value.key, refused.value.value) == (key, value)


def test_what_was_read_before_lets_nothing_pass_that_only_equals_it():
    assert profile({"base": "30-360", "instalment_multiple_minor": 1}).instalment_multiple_minor == 1
    with pytest.raises(ProfileError):
        profile({"base": "30-360", "instalment_multiple_minor": True})
