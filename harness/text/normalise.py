"""Text in, the form two texts are compared in out: case, width, white space, punctuation. Pure.

fold     NFKC, casefold, runs of white space to one blank      labels, JSON fields
trim     `fold`, then marks around the text removed            labels
plain    `fold`, then punctuation and symbols to blanks        near-duplicates
squad    the answer normalisation of SQuAD, English articles   token_f1
"""

from __future__ import annotations

import re
import string
from unicodedata import category, normalize

# Quotes, brackets, Markdown marks and sentence marks that models put around a short answer.
OUTER_MARKS = string.punctuation + string.whitespace + "“”„«»¿¡…—·•"
OUTER_MARKS += "\u2018\u2019\u201a\u2039\u203a\u2013\u00b4"  # single quotes, en dash, acute

_MARK = re.compile(r"[^\w\s]|_")
_ARTICLE = re.compile(r"\b(?:a|an|the)\b")
_NO_PUNCTUATION = str.maketrans("", "", string.punctuation)


def fold(text: str) -> str:
    """Unicode NFKC, case folded, each run of white space one blank, none at the ends."""
    if text.isascii():
        return " ".join(text.lower().split())
    folded = normalize("NFKC", normalize("NFKC", text).casefold())
    # Folding can uncover one more letter to fold (U+1D2D and kin): a second round is a fixed point.
    return " ".join(normalize("NFKC", folded.casefold()).split())


def trim(text: str) -> str:
    """`fold`, then every mark of OUTER_MARKS removed from both ends: '**Yes.**' is 'yes'."""
    return fold(text).strip(OUTER_MARKS)


def plain(text: str) -> str:
    """`fold`, then punctuation and symbols read as blanks; letters keep their combining marks."""
    return " ".join(_MARK.sub(_blank_unless_combining, fold(text)).split())


def squad(text: str) -> str:
    """Lower case without ASCII punctuation and a, an, the (Rajpurkar et al. 2016, evaluate-v1.1).

    Kept to the letter, so that scores can be compared with published ones: other languages'
    articles and punctuation stay.
    """
    return " ".join(_ARTICLE.sub(" ", text.lower().translate(_NO_PUNCTUATION)).split())


def _blank_unless_combining(mark: re.Match[str]) -> str:
    return mark[0] if category(mark[0]).startswith("M") else " "
