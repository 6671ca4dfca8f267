"""Texts that a model learned from and the cases it is asked in, the leaks between them out. Pure.

exact           the same text
normalised      the same text after `harness.text.normalise.fold`: lower case, single blanks
near-duplicate  a ratio of at least a threshold (`harness.text.similarity`)
group           the same group name: the same author, customer, document, writing batch

`find_leaks` compares inputs with inputs. A prepared training file holds prompts instead, in which
the input stands within a template: `find_leaks_in_prompts` looks for it there as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from harness.errors import UsageError
from harness.text.normalise import fold, plain
from harness.values.leaks import LEAK_KINDS, Leak, LeakKind

__all__ = [
    "Leak",
    "LeakKind",
    "Learned",
    "Wrapping",
    "find_leaks",
    "find_leaks_in_prompts",
    "unwrapped",
    "wrapping_of",
]

THRESHOLD = 90.0
MIN_LENGTH = 20
FEW_PAIRS = 50_000  # up to so many, comparing all takes less time than loading numpy
SAME = 100.0

_WORD = re.compile(r"\w+")
_CUT_WORD_BEFORE = re.compile(r"\w*\Z")
_CUT_WORD_AFTER = re.compile(r"\A\w*")


class Learned(NamedTuple):
    """One text that a model learned from, was shown, or is asked."""

    id: str
    text: str
    group: str | None = None


class _Pair(NamedTuple):
    """Positions of a case and of a learned row, and how they are alike."""

    case: int
    learned: int
    kind: LeakKind
    ratio: float


def find_leaks(
    learned: Sequence[Learned],
    cases: Sequence[Learned],
    threshold: float = THRESHOLD,
    min_length: int = MIN_LENGTH,
) -> list[Leak]:
    """Every leaked case, once for each kind, ordered as the cases are and then as the learned are.

    The learned row that is named is the first one that fits, of near-duplicates the most alike. A
    pair has its strongest kind only. A case whose text was learned word for word (exact or
    normalised) is compared no further with other texts.

    Raises:
        UsageError: `threshold` is not in [50, 100] or `min_length` below 1.
    """
    _check(threshold, min_length)
    pairs = _equal(learned, cases)
    pairs += _near(learned, cases, _cases_of(pairs), threshold, min_length)
    pairs += _grouped(learned, cases, pairs)
    return _named(learned, cases, pairs)


def find_leaks_in_prompts(
    prompts: Sequence[Learned],
    cases: Sequence[Learned],
    threshold: float = THRESHOLD,
    min_length: int = MIN_LENGTH,
) -> list[Leak]:
    """As `find_leaks`, for prompts with a template around their input.

    The text that all prompts share at both ends is taken off, from cases that have it too. A case
    is `normalised` too when a prompt contains it, word for word after
    `harness.text.normalise.plain`: all lines of it in any order where one has `min_length`
    characters, else the whole text where that is as long.

    Raises:
        UsageError: `threshold` is not in [50, 100] or `min_length` below 1.
    """
    _check(threshold, min_length)
    wrapping = wrapping_of([prompt.text for prompt in prompts])
    inputs = [row._replace(text=wrapping.off(row.text).strip()) for row in prompts]
    asked = [case._replace(text=wrapping.off(case.text)) for case in cases]
    pairs = _equal(prompts, cases)
    pairs += _unknown(_equal(inputs, cases), pairs)
    pairs += _contained(prompts, cases, _cases_of(pairs), min_length)
    pairs += _near(inputs, asked, _cases_of(pairs), threshold, min_length)
    pairs += _grouped(inputs, cases, pairs)
    return _named(prompts, cases, pairs)


class Wrapping(NamedTuple):
    """What all of some texts begin and end with, cut at the edges of words."""

    before: str = ""
    after: str = ""

    def off(self, text: str) -> str:
        """The text without it; a text that has not both ends stays as it is."""
        long_enough = len(text) >= len(self.before) + len(self.after)
        if not (long_enough and text.startswith(self.before) and text.endswith(self.after)):
            return text
        return text[len(self.before) : len(text) - len(self.after)]


def wrapping_of(texts: Sequence[str]) -> Wrapping:
    """The template around texts; none around a single text, or texts that are all the same.

    There a template cannot be told from an input.
    """
    if len(set(texts)) < 2:  # noqa: PLR2004 - one text has nothing to share
        return Wrapping()
    prefix = _CUT_WORD_BEFORE.sub("", _shared_start(min(texts), max(texts)))
    backwards = [text[len(prefix) :][::-1] for text in texts]
    suffix = _CUT_WORD_AFTER.sub("", _shared_start(min(backwards), max(backwards))[::-1])
    return Wrapping(prefix, suffix)


def unwrapped(texts: Sequence[str]) -> list[str]:
    """The texts without their `wrapping_of` and without outer blanks."""
    wrapping = wrapping_of(texts)
    return [wrapping.off(text).strip() for text in texts]


def _check(threshold: float, min_length: int) -> None:
    if not 50 <= threshold <= 100 or min_length < 1:  # noqa: PLR2004 - the message has them
        raise UsageError(
            "leaks need a threshold between 50 and 100 and a min_length of 1 or more, not "
            f"{threshold!r} and {min_length!r}"
        )


def _shared_start(one: str, other: str) -> str:
    """Of the first and the last of sorted texts: what all of them begin with."""
    pairs = enumerate(zip(one, other, strict=False))
    return one[: next((i for i, (a, b) in pairs if a != b), min(len(one), len(other)))]


def _cases_of(pairs: Iterable[_Pair]) -> frozenset[int]:
    return frozenset(pair.case for pair in pairs)


def _unknown(pairs: Iterable[_Pair], known: Iterable[_Pair]) -> list[_Pair]:
    """The pairs of further cases."""
    cases = _cases_of(known)
    return [pair for pair in pairs if pair.case not in cases]


def _equal(learned: Sequence[Learned], cases: Sequence[Learned]) -> list[_Pair]:
    """One pair for each case whose text was learned, as it stands or folded."""
    exact = _first_by_text(row.text for row in learned)
    folded = _first_by_text(fold(row.text) for row in learned)
    found: list[_Pair] = []
    for position, case in enumerate(cases):
        if (row := exact.get(case.text)) is not None:
            found.append(_Pair(position, row, "exact", SAME))
        elif (row := folded.get(fold(case.text))) is not None:
            found.append(_Pair(position, row, "normalised", SAME))
    return found


def _first_by_text(texts: Iterable[str]) -> dict[str, int]:
    first: dict[str, int] = {}
    for position, text in enumerate(texts):
        first.setdefault(text, position)
    return first


def _near(
    learned: Sequence[Learned],
    cases: Sequence[Learned],
    known: frozenset[int],
    threshold: float,
    min_length: int,
) -> list[_Pair]:
    """The most alike learned row of each further case that has a near-duplicate."""
    asked = [position for position in range(len(cases)) if position not in known]
    texts = [cases[position].text for position in asked]
    best: dict[int, _Pair] = {}
    for row, at, ratio in _alike([row.text for row in learned], texts, threshold, min_length):
        position = asked[at]
        if position not in best or ratio > best[position].ratio:
            best[position] = _Pair(position, row, "near-duplicate", ratio)
    return list(best.values())


def _alike(
    learned: Sequence[str], asked: Sequence[str], threshold: float, min_length: int
) -> Iterable[tuple[int, int, float]]:
    """As `harness.text.similarity.near_duplicates`, which is not loaded for a small suite."""
    if len(learned) * len(asked) <= FEW_PAIRS:
        return _compared_all(learned, asked, threshold, min_length)
    from harness.text.similarity import near_duplicates

    return near_duplicates(learned, asked, threshold, min_length)


def _compared_all(
    learned: Sequence[str], asked: Sequence[str], threshold: float, min_length: int
) -> Iterator[tuple[int, int, float]]:
    from rapidfuzz import fuzz

    lefts, rights = ([plain(text) for text in texts] for texts in (learned, asked))
    for row, left in enumerate(lefts):
        for at, right in enumerate(rights if len(left) >= min_length else ()):
            ratio = fuzz.ratio(left, right, score_cutoff=threshold)
            if ratio and len(right) >= min_length:
                yield row, at, ratio


def _grouped(
    learned: Sequence[Learned], cases: Sequence[Learned], pairs: Iterable[_Pair]
) -> list[_Pair]:
    """The first learned row of each case's group that is not paired with it already."""
    taken = {(pair.case, pair.learned) for pair in pairs}
    rows: dict[str, list[int]] = {}
    for position, row in enumerate(learned):
        if row.group is not None:
            rows.setdefault(row.group, []).append(position)
    found = []
    for position, case in enumerate(cases):
        mates = rows.get(case.group, ()) if case.group is not None else ()
        mate = next((row for row in mates if (position, row) not in taken), None)
        if mate is not None:
            found.append(_Pair(position, mate, "group", 0.0))
    return found


def _contained(
    prompts: Sequence[Learned], cases: Sequence[Learned], known: frozenset[int], min_length: int
) -> list[_Pair]:
    """The first prompt that contains each further case."""
    wanted = {
        position: pieces
        for position, case in enumerate(cases)
        if position not in known and (pieces := _pieces(case.text, min_length))
    }
    by_start: dict[str, list[int]] = {}
    for position, pieces in wanted.items():
        by_start.setdefault(pieces[0][:min_length], []).append(position)
    found: list[_Pair] = []
    for row, prompt in enumerate(prompts):
        text = plain(prompt.text) if by_start else ""
        for position in _starting(text, by_start, min_length):
            if position in wanted and _holds(text, wanted[position]):
                del wanted[position]
                found.append(_Pair(position, row, "normalised", SAME))
    return found


def _pieces(text: str, min_length: int) -> list[str]:
    """What a prompt must contain, normalised, the longest first; nothing where that is short."""
    lines = sorted(filter(None, map(plain, text.split("\n"))), key=len, reverse=True)
    if lines and len(lines[0]) >= min_length:
        return lines
    whole = plain(text)
    return [whole] if len(whole) >= min_length else []


def _starting(text: str, by_start: Mapping[str, list[int]], length: int) -> Iterator[int]:
    """The cases whose first characters stand at the beginning of some word of a text."""
    for word in _WORD.finditer(text):
        yield from by_start.get(text[word.start() : word.start() + length], ())


def _holds(text: str, pieces: Iterable[str]) -> bool:
    padded = f" {text} "
    return all(f" {piece} " in padded for piece in pieces)


def _named(
    learned: Sequence[Learned], cases: Sequence[Learned], pairs: Iterable[_Pair]
) -> list[Leak]:
    strength = {kind: place for place, kind in enumerate(LEAK_KINDS)}
    ordered = sorted(pairs, key=lambda pair: (pair.case, pair.learned, strength[pair.kind]))
    return [
        Leak(pair.kind, learned[pair.learned].id, cases[pair.case].id, pair.ratio)
        for pair in ordered
    ]
