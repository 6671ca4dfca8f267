"""Personal data in texts: published examples of each form, and what only looks like one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.training.checks.pii import find_personal, is_iban, mask, passes_luhn


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("write to anna.b+x@mail.firm.co.uk today", "e-mail"),
        ("IBAN DE89 3704 0044 0532 0130 00", "iban"),
        ("GB82WEST12345698765432.", "iban"),
        ("card 4539 1488 0343 6467", "card"),
        ("378282246310005", "card"),
        ("+44 20 7946 0958", "phone"),
        ("(212) 555-0187", "phone"),
        ("212-555-0187", "phone"),
        ("from 8.8.8.8 at noon", "ip"),
        ("2001:4860:4860:0:0:0:0:8888", "ip"),
    ],
)
def test_each_form_is_found(text, kind):
    """Exactly one find, of the right kind, and masking removes it."""
    assert [found.kind for found in find_personal(text)] == [kind]
    assert find_personal(mask(text)) == []


@pytest.mark.parametrize(
    "text",
    [
        "jo@example.com",
        "DE88 3704 0044 0532 0130 00",
        "card 4539 1488 0343 6468",
        "4111 1111 1111 1111",
        "127.0.0.1 and 192.168.1.7 and 10.0.0.1",
        "version 1.2.3.4",
        "48 + 24 = 72 and 1,000,000 - 250,000 = 750,000",
        "from 1998-2004, 12.50 to 13.75, page 100-200",
        "@property",
    ],
)
def test_what_is_nobodys_is_left_alone(text):
    """Wrong check digits, reserved names and networks, sums and dates."""
    assert find_personal(text) == []


@given(st.integers(0, 10**14 - 1))
def test_exactly_one_digit_in_ten_passes_luhn(number):
    """The check digit is determined by the others."""
    assert sum(passes_luhn(f"{number:014}{digit}") for digit in range(10)) == 1


def test_an_iban_with_two_digits_swapped_fails():
    """Remainder 1 modulo 97 notices every swap of neighbours."""
    assert is_iban("DE89370400440532013000")
    assert not is_iban("DE89370400440352013000")
