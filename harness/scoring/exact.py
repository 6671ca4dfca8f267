"""Exact comparison: the answer's text is an expected text. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from harness.scoring.expected import accepted
from harness.values.case import Case
from harness.values.reply import Answer
from harness.values.score import Score, Scorer
from harness.values.suite import ExactOptions

# (strip, casefold) -> the form in which two texts are compared.
_FORMS: Mapping[tuple[bool, bool], Callable[[str], str]] = {
    (True, False): str.strip,
    (False, False): str,
    (True, True): lambda text: text.strip().casefold(),
    (False, True): str.casefold,
}


def exact(options: ExactOptions) -> Scorer:
    """1.0 when the answer equals the expected text, or one of a list of them; else 0.0.

    Nothing inside the text is normalised. A blank answer extracts nothing.
    """
    form = _FORMS[options.strip, options.casefold]

    def score(case: Case, answer: Answer) -> Score:
        text = form(answer.text)
        right = any(text == form(expected) for expected in accepted(case))
        return Score(float(right), text or None)

    return Scorer("exact", 1, score)
