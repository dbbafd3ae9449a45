import pytest

from accounts.phone import e164, masked


@pytest.mark.parametrize(
    "written, kept",
    [
        ("13812345678", "+8613812345678"),
        ("138 1234 5678", "+8613812345678"),
        ("138-1234-5678", "+8613812345678"),
        ("(138) 1234 5678", "+8613812345678"),
        (" 13812345678 ", "+8613812345678"),
        ("+86 138 1234 5678", "+8613812345678"),
        ("86 13812345678", "+8613812345678"),
        ("008613812345678", "+8613812345678"),
        ("１３８１２３４５６７８", "+8613812345678"),
        ("＋８６　１３８１２３４５６７８", "+8613812345678"),
        ("+852 6123 4567", "+85261234567"),
        ("+853 6612 3456", "+85366123456"),
        ("+886 912 345 678", "+886912345678"),
    ],
)
def test_a_number_is_read_however_it_is_written(written: str, kept: str) -> None:
    assert e164(written) == kept


@pytest.mark.parametrize(
    "written",
    ["", "abc", "1381234567", "138123456789", "010-62771234", "+86 010 6277 1234", "+++", "13812345678 x9", "+1"],
)
def test_what_cannot_receive_a_text_is_refused(written: str) -> None:
    with pytest.raises(ValueError):
        e164(written)


def test_a_shown_number_hides_all_but_its_end() -> None:
    assert masked("+85261234567") == "+852 ••• •••• 4567"
