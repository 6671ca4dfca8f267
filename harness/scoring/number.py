"""A number: currency, units, thousands and signs read away, then compared within a tolerance. Pure.

    written                     read        written                 read
    $1,234.50  US$ 1,234.50     1234.5      -5  -$5  $-5            -5
    1.234,50 (two marks)        1234.5      1/2  ½  2½  2 1/2       0.5  0.5  2.5  2.5
    3,14  0,500 (comma)         3.14  0.5   60%  60 km              60  60
    1e3                         1000        .5                      0.5

Digits of any script and the Unicode minus are read. A percent sign is a unit: 60% is 60, never
0.6. A comma before exactly three digits is English thousands ('1,234'), a point a decimal point.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any, TypeAlias
from unicodedata import normalize

from harness.scoring.expected import unusable
from harness.values.case import Case
from harness.values.reply import Answer
from harness.values.score import Score, Scorer
from harness.values.suite import NumberOptions

Number: TypeAlias = int | float
Reading: TypeAlias = Callable[[str], Number | None]

# Longer ones are read as floats: no integer of JSON readers is wider than 64 bits.
_EXACT_DIGITS = 18
_ROUNDING = 1e-9

_NUMBER = r"""
(?<!\w)(?<!\w[.,/])                               # neither inside a word nor the tail of a number
(?P<sign>[-\u2212]\ ?[$€£¥]\ ?|[$€£¥]\ ?[-\u2212]?|[-+\u2212])?
(?: (?:(?P<whole>\d+)\ )?(?P<over>\d+)/(?P<under>\d+)(?![\d/])
  | (?P<english>[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?)(?!\d)
  | (?P<latin>\d{1,3}(?:\.\d{3})+,\d+|\d{1,3}(?:\.\d{3}){2,}
             |\d+,(?:\d{1,2}|\d{4,})(?![\d,])|0,\d+(?![\d,]))(?!\d)
  | (?P<plain>(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][-+]?\d+)?)
)"""
_ANY = re.compile(_NUMBER, re.VERBOSE)
# At most marks and a currency code before the number, and a unit of up to four words after it.
_ALONE = re.compile(
    rf"""
    [\s"'“«*_(\[≈~=]*(?:[A-Z]{{1,3}}(?=[$€£¥\ ])\ ?)?[$€£¥]?\ ?
    {_NUMBER}
    [^\d\s]*(?:\s+[^\d\s]+){{0,3}}\s*
    """,
    re.VERBOSE,
)
_VULGAR = re.compile(r"(\d?)([¼-¾⅐-⅞])")


def number(options: NumberOptions) -> Scorer:
    """1.0 when the answer is a number equal to the expected one; else 0.0.

    With `after`, the first number behind its last occurrence ('A:', '####') is read, in the answer
    and, where the mark occurs, in an expected text too; an answer without it is not parsed.
    Without `after` the answer must be a number, at most with a currency and a unit around it.
    Equal: |answer - expected| <= tolerance, or <= relative · |expected|.
    """
    return _scorer("number", options, lambda text: _strictly(text, options.after))


def number_lenient(options: NumberOptions) -> Scorer:
    """As `number`; where that reads nothing, the last number of the answer counts."""

    def read(text: str) -> Number | None:
        strict = _strictly(text, options.after)
        return _last(text) if strict is None else strict

    return _scorer("number_lenient", options, read)


def read_number(text: str) -> Number | None:
    """The number that a text is, with at most a currency and a unit around it; else None."""
    return _value(_ALONE.fullmatch(_spelled(text)))


def _scorer(name: str, options: NumberOptions, read: Reading) -> Scorer:
    def score(case: Case, answer: Answer) -> Score:
        wanted = _expected(case.expected, options.after)
        if wanted is None:
            raise unusable(case, "a number, or text that is one")
        found = read(answer.text)
        if found is None:
            return Score(0.0, None, "no number where one is read")
        return Score(float(_equal(found, wanted, options)), found)

    return Scorer(name, 1, score)


def _expected(expected: Any, after: str | None) -> Number | None:
    if isinstance(expected, str):
        marked = after is not None and after in expected
        return _strictly(expected, after) if marked else read_number(expected)
    if isinstance(expected, bool) or not isinstance(expected, int | float):
        return None
    return expected if math.isfinite(expected) else None


def _strictly(text: str, after: str | None) -> Number | None:
    if after is None:
        return read_number(text)
    _, mark, rest = text.rpartition(after)
    return _value(_ANY.search(_spelled(rest))) if mark else None


def _last(text: str) -> Number | None:
    values = [_value(match) for match in _ANY.finditer(_spelled(text))]
    return next((value for value in reversed(values) if value is not None), None)


def _equal(found: Number, wanted: Number, options: NumberOptions) -> bool:
    if found == wanted:
        return True
    allowed = max(options.tolerance, options.relative * abs(wanted))
    # 1.1 - 1.0 is 0.10000000000000009: the tolerance is meant in decimals.
    return abs(found - wanted) <= allowed * (1 + _ROUNDING)


def _spelled(text: str) -> str:
    """Fraction signs written out: '2½' is '2 1/2'."""
    return text if text.isascii() else _VULGAR.sub(_written_out, text)


def _written_out(sign: re.Match[str]) -> str:
    before, fraction = sign.groups()
    written = normalize("NFKC", fraction).replace("\N{FRACTION SLASH}", "/")
    return f"{before} {written}" if before else written


def _value(match: re.Match[str] | None) -> Number | None:
    if match is None:
        return None
    sign, whole, over, under, english, latin, plain = match.groups()
    if under:
        size = _fraction(whole, over, under)
    else:
        size = _size(plain or (english and english.replace(",", "")) or _english(latin))
    if size is None:
        return None
    return -size if sign and ("-" in sign or "\u2212" in sign) else size


def _english(latin: str) -> str:
    return latin.replace(".", "").replace(",", ".")


def _size(digits: str) -> Number | None:
    if len(digits) <= _EXACT_DIGITS and digits.isdecimal():
        return int(digits)
    size = float(digits)
    return size if math.isfinite(size) else None


def _fraction(whole: str | None, over: str, under: str) -> Number | None:
    divisor = float(under)
    if not divisor:
        return None
    size = float(whole or 0) + float(over) / divisor
    return size if math.isfinite(size) else None
