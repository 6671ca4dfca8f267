"""Personal data in texts: a text in, what was found or a text without it out. Pure.

E-mail addresses, phone numbers, IBANs (ISO 13616, remainder modulo 97), card numbers (Luhn,
ISO/IEC 7812) and IP addresses. Patterns are narrow: a number counts as a phone number only in a
written form of one, and what nobody owns (example.com, private networks, test cards) is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import ip_address
from typing import Literal, NamedTuple

Kind = Literal["e-mail", "phone", "iban", "card", "ip"]
KINDS: tuple[Kind, ...] = ("e-mail", "phone", "iban", "card", "ip")

_EMAIL = re.compile(
    r"(?<![\w.+-])[A-Za-z0-9_][\w.+-]{0,63}@(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,24}\b"
)
_NOBODYS = re.compile(r"(?i)@(?:[\w-]+\.)*(?:example|test|invalid|localhost)(?:\.[a-z]+)?$")
_IBAN = re.compile(r"(?<!\w)[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?(?!\w)")
_CARD = re.compile(r"(?<![\w.,-])(?:\d[ -]?){12,18}\d(?![\w-]|\.\d)")
_PHONE = re.compile(
    r"(?<![\w+.])\+[1-9]\d{0,2}[ .\-/]?(?:\(\d{1,4}\)[ .\-/]?)?\d(?:[ .\-/]?\d){6,11}(?!\w)"
    r"|(?<![\w(])\(\d{3}\) ?\d{3}[-. ]\d{4}(?!\w)"
    r"|(?<![\w.-])\d{3}([-.])\d{3}\1\d{4}(?![\w-])"
)
_IP = re.compile(r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w]|\.\d)")
_IP6 = re.compile(r"(?<![\w:.])(?:[0-9A-Fa-f]{1,4}:){4,7}[0-9A-Fa-f]{1,4}(?![\w:])")
_DIGITS = re.compile(r"\d\D{0,2}\d\D{0,2}\d\D{0,2}\d")
_SHORTEST_IBAN = 15
_LONGEST_IBAN = 34
_TEST_CARDS = frozenset({"4111111111111111", "4242424242424242", "5555555555554444"})


class Personal(NamedTuple):
    """Where something personal stands in a text, and what it is."""

    start: int
    end: int
    kind: Kind


def find_personal(text: str) -> list[Personal]:
    """All personal data in a text, in order; of overlapping finds the first."""
    found: list[Personal] = []
    if "@" in text:
        found += _emails(text)
    if _DIGITS.search(text):
        found += _numbers(text)
    return _without_overlaps(found) if len(found) > 1 else found


def mask(text: str) -> str:
    """The text with everything personal replaced by its kind in brackets."""
    for start, end, kind in reversed(find_personal(text)):
        text = f"{text[:start]}[{kind} removed]{text[end:]}"
    return text


def is_iban(text: str) -> bool:
    """Whether a text is an IBAN: length, and the remainder 1 modulo 97 (ISO 13616)."""
    compact = text.replace(" ", "")
    if not (_SHORTEST_IBAN <= len(compact) <= _LONGEST_IBAN and compact.isalnum()):
        return False
    turned = compact[4:] + compact[:4]
    if not turned.isascii():
        return False
    return int("".join(str(int(mark, 36)) for mark in turned)) % 97 == 1


def passes_luhn(digits: str) -> bool:
    """Whether the last digit is the check digit of the others (ISO/IEC 7812-1, annex B)."""
    doubled = (int(d) * (1 + i % 2) for i, d in enumerate(reversed(digits)))
    return sum(n - 9 if n > 9 else n for n in doubled) % 10 == 0  # noqa: PLR2004


def _emails(text: str) -> Iterator[Personal]:
    for match in _EMAIL.finditer(text):
        if not _NOBODYS.search(match[0]):
            yield Personal(match.start(), match.end(), "e-mail")


def _numbers(text: str) -> Iterator[Personal]:
    for match in _IBAN.finditer(text):
        if is_iban(match[0]):
            yield Personal(match.start(), match.end(), "iban")
    for match in _CARD.finditer(text):
        if _is_card(match[0]):
            yield Personal(match.start(), match.end(), "card")
    for match in _PHONE.finditer(text):
        yield Personal(match.start(), match.end(), "phone")
    for pattern in (_IP, _IP6):
        for match in pattern.finditer(text):
            if _is_public_address(match[0]):
                yield Personal(match.start(), match.end(), "ip")


def _is_card(text: str) -> bool:
    digits = "".join(filter(str.isdigit, text))
    known_issuer = digits[0] in "3456" and len(set(digits)) > 2  # noqa: PLR2004 - 3333… is none
    return digits.isascii() and known_issuer and passes_luhn(digits) and digits not in _TEST_CARDS


def _is_public_address(text: str) -> bool:
    try:
        address = ip_address(text)
    except ValueError:
        return False
    # 1.2.3.4 is a version far more often than an address.
    return address.is_global and text != "1.2.3.4"


def _without_overlaps(found: list[Personal]) -> list[Personal]:
    kept: list[Personal] = []
    for one in sorted(found):
        if not kept or one.start >= kept[-1].end:
            kept.append(one)
    return kept
