"""A regular expression reads the answer; what it read is compared exactly. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable

from harness.errors import UsageError
from harness.scoring.expected import accepted
from harness.values.case import Case
from harness.values.reply import Answer
from harness.values.score import Score, Scorer
from harness.values.suite import RegexOptions


def regex(options: RegexOptions) -> Scorer:
    """1.0 when group 1 (or the whole match) of the first match equals an expected text.

    Outer white space does not count. `casefold` makes the pattern and the comparison ignore case.
    For the last match, begin the pattern with `(?s:.*)`. No match, or a group 1 that took no part
    in it, extracts nothing. UsageError when the pattern is missing or is no regular expression.
    """
    pattern = _compiled(options)
    group = min(1, pattern.groups)
    form: Callable[[str], str] = str.casefold if options.casefold else str

    def score(case: Case, answer: Answer) -> Score:
        wanted = accepted(case)
        match = pattern.search(answer.text)
        if match is None or match[group] is None:
            return Score(0.0, None, "the pattern does not occur")
        found = match[group].strip()
        right = any(form(found) == form(expected.strip()) for expected in wanted)
        return Score(float(right), found)

    return Scorer("regex", 1, score)


def _compiled(options: RegexOptions) -> re.Pattern[str]:
    if not options.pattern:
        raise UsageError("the scorer regex needs [scorer.regex] pattern = '…' in suite.toml")
    try:
        return re.compile(options.pattern, re.IGNORECASE if options.casefold else re.NOFLAG)
    except re.error as error:
        raise UsageError(
            f"[scorer.regex] pattern {options.pattern!r} is not a regular expression: {error}"
        ) from error
