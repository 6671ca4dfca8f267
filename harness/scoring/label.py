"""One label of a closed set: strictly the whole answer, or leniently one that occurs in it. Pure.

answer                        label       label_lenient
**Positive.**                 positive    positive
I would say positive.         -           positive
positive or negative          -           -
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from harness.errors import UsageError
from harness.scoring.expected import as_text, unusable
from harness.text.normalise import fold, trim
from harness.values.case import Case
from harness.values.reply import Answer
from harness.values.score import Score, Scorer
from harness.values.suite import LabelOptions

Reading = Callable[[str], tuple[str | None, str]]


def label(options: LabelOptions) -> Scorer:
    """1.0 when the answer is the expected label: case, white space and outer marks aside.

    UsageError without `labels`, for an alias of an unknown label, or for one spelling of two.
    """
    spellings = _spellings(options, "label")

    def read(text: str) -> tuple[str | None, str]:
        found = _lookup(spellings, text)
        return found, "" if found else "the answer is not one label"

    return _scorer("label", spellings, read)


def label_lenient(options: LabelOptions) -> Scorer:
    """1.0 when exactly one distinct label occurs in the answer as whole words, the expected one.

    The longest spelling wins where two overlap ('very good' over 'good'). Negation is not
    understood: 'not positive' reads as positive. Errors as for `label`.
    """
    spellings = _spellings(options, "label_lenient")
    longest_first = sorted(spellings, key=len, reverse=True)
    pattern = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)")

    def read(text: str) -> tuple[str | None, str]:
        whole = _lookup(spellings, text)
        if whole:
            return whole, ""
        found = {spellings[spelling] for spelling in pattern.findall(fold(text))}
        if len(found) == 1:
            return found.pop(), ""
        return None, f"{len(found)} different labels occur"

    return _scorer("label_lenient", spellings, read)


def _scorer(name: str, spellings: Mapping[str, str], read: Reading) -> Scorer:
    def label_of(expected: Any) -> str | None:
        return _lookup(spellings, as_text(expected))

    def score(case: Case, answer: Answer) -> Score:
        wanted = label_of(case.expected)
        if wanted is None:
            raise unusable(case, f"one of the labels {sorted(set(spellings.values()))}")
        found, reason = read(answer.text)
        return Score(float(found == wanted), found, reason)

    return Scorer(name, 1, score, label=label_of)


def _lookup(spellings: Mapping[str, str], text: str) -> str | None:
    """The label of a text as it stands, else without its outer marks ('C+' stays 'c+')."""
    return spellings.get(fold(text)) or spellings.get(trim(text))


def _spellings(options: LabelOptions, name: str) -> dict[str, str]:
    """Folded spelling -> label as the suite writes it."""
    if not options.labels:
        raise UsageError(f"the scorer {name} needs the closed set: [scorer.label] labels = […]")
    strange = [alias for alias, target in options.aliases.items() if target not in options.labels]
    if strange:
        raise UsageError(f"[scorer.label] aliases of labels that do not exist: {strange}")
    spellings: dict[str, str] = {}
    for spelling, target in [*((one, one) for one in options.labels), *options.aliases.items()]:
        if not fold(spelling):
            raise UsageError("[scorer.label] a label or alias is blank")
        known = spellings.setdefault(fold(spelling), target)
        if known != target:
            raise UsageError(f"[scorer.label] {spelling!r} spells both {known!r} and {target!r}")
    return spellings
