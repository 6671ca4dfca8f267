"""Foreign text in, HTML out that only shows it, what cannot be seen made visible. Pure."""

from __future__ import annotations

import re
import unicodedata

from markupsafe import Markup, escape

_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u0600-\u0605\u061c\u06dd\u070f\u180e"
    "\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff\ud800-\udfff"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0001-\U000e007f]"
)
_JOINERS = "\u200c\u200d"


def marked(text: str) -> Markup:
    """The text as HTML; control and direction marks and lone surrogates become small badges.

    `marks.js` does the same in the browser for the texts of cases. A joiner after a letter, a
    mark or a picture that is not ASCII stays: writing systems and emoji need it.
    """
    parts = [Markup()]
    start = 0
    for found in _UNSEEN.finditer(text):
        if found[0] in _JOINERS and _joins(text, found.start()):
            continue
        parts += [escape(text[start : found.start()]), _badge(found[0])]
        start = found.end()
    return Markup().join([*parts, escape(text[start:])])


def plain(text: str) -> Markup:
    """The text for an attribute: escaped, what cannot be seen written as U+ and its number."""
    return escape(_UNSEEN.sub(lambda found: _code(found[0]), text))


def _joins(text: str, at: int) -> bool:
    before = text[at - 1] if at else " "
    return not before.isascii() and unicodedata.category(before)[0] in "LMS"


def _badge(character: str) -> Markup:
    name = unicodedata.name(character, "")
    title = f"{_code(character)} {name}".strip()
    return Markup('<span class="unseen" title="{}">{}</span>').format(title, _code(character))


def _code(character: str) -> str:
    return f"U+{ord(character):04X}"
