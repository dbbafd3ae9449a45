"""How a phone number is read and shown.

A number is kept in E.164 (ITU-T): `+`, country code, number, at most 15 digits. People write
it as they like: without the country code (China is assumed), with spaces, hyphens or
brackets, in full-width digits, with 0086. Only numbers that can receive a text message are
accepted, since a code is the proof of the number.
"""

import unicodedata

import phonenumbers
from phonenumbers import PhoneNumberFormat, PhoneNumberType

HOME_REGION = "CN"
_CAN_RECEIVE_TEXT = (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE)


def e164(text: str, *, region: str = HOME_REGION) -> str:
    """The number in E.164; `ValueError` if it is not a mobile number.

    >>> e164("138 1234 5678"), e164("＋８６１３８１２３４５６７８"), e164("+852 6123 4567")
    ('+8613812345678', '+8613812345678', '+85261234567')
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    if any(letter.isalpha() for letter in plain):
        raise ValueError("a phone number has no letters")  # phonenumbers would read 1-800-FLOWERS
    try:
        number = phonenumbers.parse(plain, region)
    except phonenumbers.NumberParseException as error:
        raise ValueError(str(error)) from error
    if not phonenumbers.is_valid_number(number) or phonenumbers.number_type(number) not in _CAN_RECEIVE_TEXT:
        raise ValueError("not a mobile number")
    return str(phonenumbers.format_number(number, PhoneNumberFormat.E164))


def readable(number: str) -> str:
    """An E.164 number in groups, as people write it.

    >>> readable("+8613812345678")
    '+86 138 1234 5678'
    """
    return str(phonenumbers.format_number(phonenumbers.parse(number), PhoneNumberFormat.INTERNATIONAL))


def masked(number: str) -> str:
    """An E.164 number with all but its last four digits hidden, as shown on a shared screen.

    >>> masked("+8613812345678")
    '+86 ••• •••• 5678'
    """
    country = phonenumbers.parse(number).country_code
    return f"+{country} ••• •••• {number[-4:]}"


def masked_email(address: str) -> str:
    """An address with its name hidden but for the first letter.

    >>> masked_email("xiaoyu@example.org")
    'x•••@example.org'
    """
    name, _, domain = address.partition("@")
    return f"{name[:1]}•••@{domain}"
