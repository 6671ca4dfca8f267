"""What the normalisations change and what they leave."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.text.normalise import fold, plain, squad, trim


@given(st.text())
def test_fold_is_idempotent(text: str) -> None:
    """A folded text is its own folded form, for any Unicode text."""
    assert fold(fold(text)) == fold(text)


@given(st.text())
def test_plain_is_idempotent(text: str) -> None:
    """A plain text is its own plain form."""
    assert plain(plain(text)) == plain(text)


@given(st.text(st.characters(max_codepoint=127)))
def test_the_ascii_path_gives_what_the_unicode_path_gives(text: str) -> None:
    """The short cut for ASCII changes nothing: a non-ASCII tail takes the long way."""
    assert fold(text + " é") == (fold(text) + " é").strip()


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("  Good\n\tDay ", "good day"),
        ("\uff26\uff35\uff2c\uff2c\uff11", "full1"),
        ("Straße", "strasse"),
        ("é", "é"),
        ("ÁRBOL", "árbol"),
    ],
)
def test_fold_joins_spellings_of_one_text(text: str, folded: str) -> None:
    """Width, case, composition and white space do not tell texts apart."""
    assert fold(text) == folded


def test_trim_removes_marks_only_at_the_ends() -> None:
    """Markdown, quotes and full stops go; a hyphen inside stays."""
    assert trim(' **"Follow-up."** ') == "follow-up"
    assert trim("¿Sí?") == "sí"


def test_plain_reads_punctuation_as_blanks() -> None:
    """'a,b' is two words, and a symbol is no letter."""
    assert plain("Hello,world! (5€)_x") == "hello world 5 x"


def test_plain_keeps_combining_marks() -> None:
    """Vowel signs of Indic scripts are part of the word."""
    assert plain("हिन्दी।") == "हिन्दी"


def test_squad_drops_english_articles_and_ascii_punctuation() -> None:
    """As evaluate-v1.1 does: punctuation vanishes without a blank, other languages stay."""
    assert squad("The U.S. team's an-swer, a win") == "us teams answer win"
    assert squad("¿La casa?") == "¿la casa"
