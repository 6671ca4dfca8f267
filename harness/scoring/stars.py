"""A rating of one to five stars: strictly 'Rating: 4 stars', or leniently one clear number. Pure.

answer                                  stars   stars_lenient
Rating: 4 stars · 4 stars               4       4
4 · 4/5 stars · 4 estrellas · ★★★★☆     -       4
4.5 stars · 4 or 5 stars · 1 to 5 stars -       -
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from harness.scoring.expected import unusable
from harness.values.case import Case
from harness.values.reply import Answer
from harness.values.score import Score, Scorer

HIGHEST = 5

_STRICT = re.compile(r"\s*(?:Rating:\s*)?([1-5])\s+stars?\.?\s*", re.IGNORECASE)
_BARE = re.compile(r"[\s*_\"'“”(\[]*([1-5])[\s*_\"'“”)\].!]*")
_WORD = r"(?:stars?|estrellas?|estrelas?)\b"
_SYMBOL = r"(?:[★⭐]\ufe0f?)"
_ONE_SYMBOL = rf"{_SYMBOL}(?!\s?{_SYMBOL})"
_STATEMENT = re.compile(
    rf"""
    (?<!\d\ (?:to|or|ou)\ )(?<!\d\ [aoye]\ )(?<![\w.,/])(?<!\d[-\u2013])   # no end of a range
        ([1-5])(?:\s*(?:/|out\ of|de)\s*5)?[\s-]*(?:{_WORD}|{_ONE_SYMBOL})
    | (?:\b{_WORD}\s*[:=]|\brating\s*[:=]?|{_SYMBOL})\s*
        ([1-5])(?:\s*/\s*5)?(?![\d/]|[.,]\d|\s*[-\u2013]\s*\d)(?:\s*{_ONE_SYMBOL})?
    | ({_SYMBOL}(?:\s?{_SYMBOL})*)
    """,
    re.IGNORECASE | re.VERBOSE,
)

Reading = Callable[[str], str | None]


def stars() -> Scorer:
    """1.0 when the answer is exactly 'Rating: N stars' with the expected N in 1-5.

    'Rating:' may be missing, because a prompt may end with it.
    'star' is accepted for any N, as are other capitals and a full stop. `expected` is that text,
    a bare digit, or an integer.
    """
    return _scorer("stars", _strictly)


def stars_lenient() -> Scorer:
    """1.0 when exactly one number of stars, 1-5, is stated and it is the expected one.

    Stated: next to star, estrella or estrela, behind 'Rating', as a row of ★ or ⭐, or as a bare
    digit that is the whole answer. Ranges, halves and several different numbers state nothing.
    """
    return _scorer("stars_lenient", _leniently)


def _scorer(name: str, read: Reading) -> Scorer:
    def score(case: Case, answer: Answer) -> Score:
        wanted = label_of(case.expected)
        if wanted is None:
            raise unusable(case, "a number of stars from 1 to 5, or 'Rating: N stars'")
        found = read(answer.text)
        return Score(float(found == wanted), found, "" if found else "no one number of stars")

    return Scorer(name, 1, score, label=label_of)


def label_of(expected: Any) -> str | None:
    """The class of an expected rating: '1' to '5', or None when it is no rating."""
    if isinstance(expected, str):
        return _strictly(expected) or _bare(expected)
    if isinstance(expected, bool) or expected not in range(1, HIGHEST + 1):
        return None
    return str(int(expected))


def _strictly(text: str) -> str | None:
    match = _STRICT.fullmatch(text)
    return match[1] if match else None


def _bare(text: str) -> str | None:
    match = _BARE.fullmatch(text)
    return match[1] if match else None


def _leniently(text: str) -> str | None:
    whole = _strictly(text) or _bare(text)
    if whole:
        return whole
    found = {_counted(*groups) for groups in _STATEMENT.findall(text)}
    return found.pop() if len(found) == 1 else None


def _counted(before: str, behind: str, row: str) -> str | None:
    """The number a statement names; a row of more than five symbols names none."""
    count = row.count("★") + row.count("⭐")
    if count > HIGHEST:
        return None
    return before or behind or str(count)
