"""BLEU, chrF and ROUGE of one answer, scaled to [0, 1], behind the extra `text-metrics`. Pure.

They are sentence scores whose mean a report shows; a corpus BLEU is another number. Signatures:
sacrebleu's defaults (BLEU: 13a, exponential smoothing, effective order; chrF2) and rouge-score's
F-measure without stemming, on Unicode words instead of [a-z0-9]+ so that accents split nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from harness.errors import MissingExtraError
from harness.scoring.overlap import graded_text
from harness.values.score import Scorer

_WORD = re.compile(r"[^\W_]+")
_EXTRA = "text-metrics"


class UnicodeWords:
    """rouge-score's tokenizer protocol: lower-case runs of letters and digits of any script."""

    def tokenize(self, text: str) -> list[str]:
        """The words in order; for ASCII text those of rouge-score's own tokenizer."""
        return _WORD.findall(text.lower())


def bleu() -> Scorer:
    """Sentence BLEU / 100 (Papineni et al. 2002, sacrebleu); the best of the accepted texts.

    MissingExtraError when sacrebleu is not installed; so for chrf.
    """
    try:
        from sacrebleu.metrics.bleu import BLEU
    except ImportError as error:
        raise MissingExtraError("the scorer 'bleu'", _EXTRA) from error
    metric = BLEU(effective_order=True)
    return graded_text("bleu", lambda found, wanted: _unit(metric.sentence_score(found, [wanted])))


def chrf() -> Scorer:
    """Sentence chrF2 / 100 (Popović 2015, sacrebleu); the best of the accepted texts."""
    try:
        from sacrebleu.metrics.chrf import CHRF
    except ImportError as error:
        raise MissingExtraError("the scorer 'chrf'", _EXTRA) from error
    metric = CHRF()
    return graded_text("chrf", lambda found, wanted: _unit(metric.sentence_score(found, [wanted])))


def rouge(kind: str) -> Callable[[], Scorer]:
    """The factory of 'rouge1', 'rouge2' or 'rougeL' (Lin 2004): F-measure, best of the accepted.

    MissingExtraError from the factory when rouge-score is not installed.
    """

    def build() -> Scorer:
        try:
            from rouge_score.rouge_scorer import RougeScorer
        except ImportError as error:
            raise MissingExtraError(f"the scorer {kind!r}", _EXTRA) from error
        metric = RougeScorer([kind], tokenizer=UnicodeWords())

        def similarity(found: str, wanted: str) -> float:
            return float(metric.score(wanted, found)[kind].fmeasure)

        return graded_text(kind, similarity)

    return build


def _unit(score: Any) -> float:
    """A sacrebleu score as a share; equal texts can come out a rounding above 100."""
    return min(1.0, float(score.score) / 100)
