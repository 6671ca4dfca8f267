"""Nearest training cases by TF-IDF: texts in, rankings out, in one batch. Pure.

scikit-learn's TfidfVectorizer on word 1-2-grams (sublinear term frequency), cosine similarity;
ties go to the earlier training case.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from harness.prompting.template import as_text
from harness.values.case import Case

SPARE = 16  # beyond k, for copies of the case's own row
CELLS = 1 << 22  # similarities computed at a time


def joined_inputs(values: Mapping[str, Any]) -> str:
    """All inputs of a case as one text, in the order of their names."""
    return "\n".join(as_text(values[name]) for name in sorted(values))


def nearest(
    train: Sequence[Case], cases: Iterable[Case], k: int
) -> Iterator[tuple[str, tuple[int, ...]]]:
    """For each case: its input digest and the indices of its nearest training cases.

    Enough beyond k are kept for k to be left when the case's own group is passed over. About 32 MB
    of memory at a time beside the vectors.
    """
    import numpy as np
    from sklearn.feature_extraction.text import TfidfVectorizer

    vectorizer = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True)
    texts = [joined_inputs(case.input) for case in train]
    groups = Counter(case.group for case in train if case.group is not None)
    kept = min(k + max([SPARE, *groups.values()]), len(texts))
    size = max(1, CELLS // max(1, len(texts)))
    try:
        pool = vectorizer.fit_transform(texts)
    except ValueError:  # no training case has a word: all are equally far from everything
        yield from ((case.input_digest, tuple(range(kept))) for case in cases)
        return
    remaining = iter(cases)
    while batch := list(islice(remaining, size)):
        matrix = vectorizer.transform(joined_inputs(case.input) for case in batch)
        similarity = (matrix @ pool.T).toarray()
        order = np.argsort(-similarity, axis=1, kind="stable")[:, :kept]
        for case, row in zip(batch, order, strict=True):
            yield case.input_digest, tuple(int(i) for i in row)
