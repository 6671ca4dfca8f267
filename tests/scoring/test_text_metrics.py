"""BLEU, chrF and ROUGE against their own libraries, and without them."""

from __future__ import annotations

import sys

import pytest
import sacrebleu
from hypothesis import given
from hypothesis import strategies as st
from rouge_score.tokenizers import DefaultTokenizer
from scoring_cases import scored

from harness.errors import MissingExtraError
from harness.scoring.catalogue import build_scorer
from harness.scoring.text_metrics import UnicodeWords
from harness.values.suite import ScorerTable

FOUND, WANTED = "the quick brown fox sleeps today", "the quick brown fox jumps over the dog"
NAMES = ("bleu", "chrf", "rouge1", "rouge2", "rougeL")


def _value(name: str, text: str, expected: object) -> float:
    return scored(build_scorer(name, ScorerTable(name)), text, expected).value


def test_bleu_and_chrf_are_sacrebleus_sentence_scores() -> None:
    """Divided by 100."""
    bleu = sacrebleu.sentence_bleu(FOUND, [WANTED]).score / 100
    chrf = sacrebleu.sentence_chrf(FOUND, [WANTED]).score / 100
    assert (_value("bleu", FOUND, WANTED), _value("chrf", FOUND, WANTED)) == (bleu, chrf)


@pytest.mark.parametrize(
    ("name", "value"), [("rouge1", 8 / 14), ("rouge2", 6 / 12), ("rougeL", 8 / 14)]
)
def test_rouge_is_the_f_measure(name: str, value: float) -> None:
    """Four of six and eight words in common, three of five and seven pairs: counted by hand."""
    assert _value(name, FOUND, WANTED) == pytest.approx(value)


@pytest.mark.parametrize("name", NAMES)
def test_equal_texts_score_one_and_the_best_reference_counts(name: str) -> None:
    """A rounding above 100 does not leave the range."""
    assert _value(name, WANTED, [FOUND, WANTED]) == pytest.approx(1)
    assert 0 <= _value(name, "", WANTED) <= _value(name, FOUND, WANTED) <= 1


@given(st.text(st.characters(max_codepoint=127)))
def test_words_of_ascii_text_are_rouge_scores_own(text: str) -> None:
    """Only other scripts and accents are split differently."""
    assert UnicodeWords().tokenize(text) == DefaultTokenizer(use_stemmer=False).tokenize(text)


def test_an_accent_splits_no_word() -> None:
    """rouge-score's own tokenizer would read two pieces."""
    assert UnicodeWords().tokenize("Educación básica") == ["educación", "básica"]


@pytest.mark.parametrize("name", NAMES)
def test_an_absent_library_is_named_with_its_extra(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the scorer is built, before anything is asked of a model."""
    for module in ("sacrebleu.metrics.bleu", "sacrebleu.metrics.chrf", "rouge_score.rouge_scorer"):
        monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(MissingExtraError, match=rf"'{name}' needs the extra 'text-metrics'"):
        build_scorer(name, ScorerTable(name))
