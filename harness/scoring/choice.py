"""A letter of a multiple-choice question: strictly the whole answer, or its last clear statement.

    answer                                  choice    choice_lenient
    (B)  B.  b  **B**  Answer: B            B         B
    … so the answer is B, which is cold.    -         B
    B) Paris                                -         B
    Answer: A, B                            -         -

Pure.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from harness.errors import UsageError
from harness.scoring.expected import as_text, unusable
from harness.values.case import Case
from harness.values.reply import Answer
from harness.values.score import Score, Scorer
from harness.values.suite import ChoiceOptions

# Possessive, so that a long run of marks is read once and not in every way it can be split.
_OPEN = r"""[\s*_`"'(\[{$]*+"""
_CLOSE = r"""[\s*_`"')\]}$.,:;!]*+"""
# The nouns a choice is announced with and the verbs between noun and letter: EN, ES, PT.
_NOUN = r"(?i:answers?|options?|choices?|respuestas?|opci[oó]n|respostas?|op[cç][aã]o|alternativa)"
_VERB = r"(?:[\s*_]*+:|(?i:\s+is\b|\s+es\b|\s+é\b|\s+would\s+be\b|\s+should\s+be\b):?)"
_AND = r"(?:,|/|&|(?i:and|or|y|o|e|ou)\b)"

Reading = Callable[[str], str | None]


def choice(options: ChoiceOptions) -> Scorer:
    """1.0 when the answer is the expected letter, alone, in marks, or after 'Answer:'.

    A letter counts in either case. UsageError unless `letters` are different letters or digits.
    """
    return _scorer("choice", options.letters, _strictly(options.letters))


def choice_lenient(options: ChoiceOptions) -> Scorer:
    """1.0 when the last clear statement of a letter in the answer names the expected one.

    A statement is 'the answer is B', 'Answer: B' and the like; without any, a letter in brackets,
    alone on a line or leading one ('B) Paris') counts if all of these agree. Two letters joined
    by a comma, 'and' or 'or' state nothing, nor does a small letter inside a sentence.
    """
    return _scorer("choice_lenient", options.letters, _leniently(options.letters))


def _scorer(name: str, letters: str, read: Reading) -> Scorer:
    strictly = _strictly(letters)

    def label_of(expected: Any) -> str | None:
        return strictly(as_text(expected))

    def score(case: Case, answer: Answer) -> Score:
        wanted = label_of(case.expected)
        if wanted is None:
            raise unusable(case, f"one of the letters {letters}")
        found = read(answer.text)
        return Score(float(found == wanted), found, "" if found else "no clear choice of a letter")

    return Scorer(name, 1, score, label=label_of)


def _strictly(letters: str) -> Reading:
    _, either = _classes(letters)
    announced = rf"(?:{_NOUN}[\s*_]*+:{_OPEN})?"
    pattern = re.compile(rf"{_OPEN}{announced}({either}){_CLOSE}")

    def read(text: str) -> str | None:
        match = pattern.fullmatch(text)
        return match[1].upper() if match else None

    return read


def _leniently(letters: str) -> Reading:
    upper, either = _classes(letters)
    strictly = _strictly(letters)
    ends = r"""(?=[*_`"')\]}$]*\s*(?:[.,;:!]|$))"""
    alone = rf"(?![\w'\u2019])(?![)\]*_]*\s*{_AND}\s*[(\[]*{upper}(?!\w))"
    letter = rf"(?:({upper}){alone}|({either}){alone}{ends})"
    stated = re.compile(
        rf"\b{_NOUN}{_VERB}\s*+(?:(?i:the)\s+)?(?:{_NOUN}\s+)?{_OPEN}{letter}", re.MULTILINE
    )
    shown = re.compile(
        rf"(?:[(\[]({upper})[)\]]|^[ \t*_(]*({upper})[*_]*[).:]|^[ \t*_]*({upper})[*_.]*[ \t]*$)",
        re.MULTILINE,
    )

    def read(text: str) -> str | None:
        whole = strictly(text)
        if whole:
            return whole
        statements = stated.findall(text)
        if statements:
            return "".join(statements[-1]).upper()
        marks = {"".join(groups).upper() for groups in shown.findall(text)}
        return marks.pop() if len(marks) == 1 else None

    return read


def _classes(letters: str) -> tuple[str, str]:
    """Character classes of the letters as capitals, and in either case."""
    upper = letters.upper()
    if not upper.isalnum() or len(set(upper)) != len(upper):
        raise UsageError(
            f"[scorer.choice] letters must be different letters or digits, not {letters!r}"
        )
    return f"[{upper}]", f"[{upper}{upper.lower()}]"
