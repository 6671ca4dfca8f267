"""Nearest training cases by TF-IDF: texts in, rankings out, in one batch. Pure.

scikit-learn's TfidfVectorizer on word 1-2-grams (sublinear term frequency), cosine similarity;
ties go to the earlier training case.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

from harness.prompting.template import as_text
from harness.values.case import Case

BATCH = 1024
SPARE = 16  # more than k are kept, so that rows of the case's own group can be passed over


def joined_inputs(values: Mapping[str, Any]) -> str:
    """All inputs of a case as one text, in the order of their names."""
    return "\n".join(as_text(values[name]) for name in sorted(values))


def nearest(
    train: Iterable[Case], cases: Iterable[Case], k: int
) -> Iterator[tuple[str, tuple[int, ...]]]:
    """For each case: its input digest and the indices of its k + SPARE nearest training cases."""
    import numpy as np
    from sklearn.feature_extraction.text import TfidfVectorizer

    vectorizer = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True)
    texts = [joined_inputs(case.input) for case in train]
    kept = min(k + SPARE, len(texts))
    try:
        pool = vectorizer.fit_transform(texts)
    except ValueError:  # no training case has a word: all are equally far from everything
        yield from ((case.input_digest, tuple(range(kept))) for case in cases)
        return
    remaining = iter(cases)
    while batch := list(islice(remaining, BATCH)):
        matrix = vectorizer.transform(joined_inputs(case.input) for case in batch)
        similarity = (matrix @ pool.T).toarray()
        order = np.argsort(-similarity, axis=1, kind="stable")[:, :kept]
        for case, row in zip(batch, order, strict=True):
            yield case.input_digest, tuple(int(i) for i in row)
