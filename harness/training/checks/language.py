"""A text in, the language it is probably in out: by script, then by frequent words. Pure.

Ten languages of the Latin script are told apart by their commonest words, others by their script.
A guess for texts of a sentence or more; what is not clear is counted as unknown.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from harness.training.checks.tally import Tally, finding
from harness.training.checks.view import View
from harness.values.finding import Finding

LONGEST = 400  # characters that are looked at
CLEAR = 2  # frequent words that a guess needs
SMALLEST_SHARE = 0.02
FEWEST_ROWS = 3

_WORDS = {
    "en": "the and is was are that with this for you have not it what how my can in of to a i",
    "es": "el la los las que de y en un una es por con no para se del su está muy más pero lo",
    "pt": "o os as que de e em um uma é por com não para se do da na no muito mais mas foi eu",
    "fr": "le la les des que de et en un une est pour avec pas dans du sur il ce je très plus au",
    "de": "der die das und ist nicht ein eine mit für auf den von zu im es ich sie auch dem sehr",
    "it": "il lo la gli che di e in un una è per con non si del della sono più ma molto anche le",
    "nl": "de het een en is niet van in op te dat voor met zijn er maar ik ook aan heel was naar",
    "pl": "i w na nie się z do to że jest jak po co ale za od czy tak przez jego bardzo dla",
    "sv": "och i att det som en på är av för med inte den till ett om har jag var mycket men",
    "tr": "ve bir bu da de için ile çok ne o gibi daha ama var en kadar olarak sonra değil",
}
_OF_WORD: dict[str, tuple[str, ...]] = {
    word: tuple(name for name, words in _WORDS.items() if word in words.split())
    for words in _WORDS.values()
    for word in words.split()
}
_SCRIPTS = (
    ("ja", re.compile("[\u3040-\u30ff]")),
    ("ko", re.compile("[\uac00-\ud7af]")),
    ("zh", re.compile("[\u4e00-\u9fff]")),
    ("ru/uk/bg", re.compile("[\u0400-\u04ff]")),
    ("el", re.compile("[\u0370-\u03ff]")),
    ("he", re.compile("[\u0590-\u05ff]")),
    ("ar/fa", re.compile("[\u0600-\u06ff]")),
    ("hi/mr", re.compile("[\u0900-\u097f]")),
    ("th", re.compile("[\u0e00-\u0e7f]")),
)
_SCRIPT_SHARE = 0.2
_WORD = re.compile(r"[^\W\d_]+")


def guess_language(text: str) -> str | None:
    """A code such as 'en', or of a script's languages; None where nothing is clear."""
    looked_at = text[:LONGEST]
    return _by_script(looked_at) or _by_words(looked_at)


class Languages:
    """A watch over the inputs' languages."""

    def __init__(self) -> None:
        self._rows: dict[str, Tally] = {}
        self._unknown = 0

    def see(self, row: View) -> None:
        """Take in one row."""
        language = guess_language(row.asked)
        if language is None:
            self._unknown += 1
        else:
            self._rows.setdefault(language, Tally()).add(row.line, row.asked)

    def found(self, file: str) -> Iterator[Finding]:
        """The shares, where more than one language has a share worth naming."""
        total = sum(rows.count for rows in self._rows.values())
        named = sorted(self._rows.items(), key=lambda pair: (-pair[1].count, pair[0]))
        named = [(n, r) for n, r in named if r.count >= max(FEWEST_ROWS, SMALLEST_SHARE * total)]
        if len(named) > 1:
            shares = ", ".join(f"{name} {rows.count / total:.1%}" for name, rows in named)
            unclear = f"; {self._unknown:,} rows not clear" if self._unknown else ""
            message = f"the inputs are in several languages: {shares}{unclear}"
            yield finding("language-mix", file, message, named[1][1])


def _by_script(text: str) -> str | None:
    if text.isascii():
        return None
    letters = sum(map(str.isalpha, text))
    for name, pattern in _SCRIPTS:
        if len(pattern.findall(text)) > _SCRIPT_SHARE * letters:
            return name
    return None


def _by_words(text: str) -> str | None:
    words = _WORD.findall(text.lower())
    votes = Counter(name for word in words if word in _OF_WORD for name in _OF_WORD[word])
    best = votes.most_common(2)
    if not best or best[0][1] < CLEAR or (len(best) > 1 and best[0][1] == best[1][1]):
        return None
    return best[0][0]
