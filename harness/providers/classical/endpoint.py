"""The classical control: training texts and labels in, an endpoint that predicts labels out."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any, Self

from harness.errors import UsageError
from harness.values.reply import Answer, Failure, Reply, Usage, assistant
from harness.values.request import ModelIdentity, Request


def tfidf_logreg() -> Any:
    """TF-IDF on word 1-2-grams and character 2-5-grams within words, then logistic regression.

    The two views together cope with several languages and with typing errors.
    """
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline, make_union

    return make_pipeline(
        make_union(
            TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True),
            TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True),
        ),
        LogisticRegression(C=10.0, max_iter=2000),
    )


ESTIMATORS: dict[str, Callable[[], Any]] = {"tfidf_logreg": tfidf_logreg}


def identity(model: str, training_digest: str) -> ModelIdentity:
    """Which classifier this is: its name and what it learned from."""
    return ModelIdentity(model, settings={"training": training_digest})


class ClassicalEndpoint:
    """Fits `build()` when it is opened; a request's prompt is the text to classify.

    `build` returns an unfitted estimator with `fit(texts, labels)` and `predict(texts)`. Opening
    raises UsageError when it cannot be fitted; a prediction that fails is a harness Failure.
    """

    def __init__(
        self, build: Callable[[], Any], texts: Sequence[str], labels: Sequence[str]
    ) -> None:
        self._build = build
        self._texts = texts
        self._labels = labels
        self._fitted: Any = None

    @property
    def server(self) -> str:
        """The library that predicts."""
        import sklearn

        return f"scikit-learn {sklearn.__version__}"

    async def __aenter__(self) -> Self:
        try:
            self._fitted = self._build()
            self._fitted.fit(list(self._texts), list(self._labels))
        except Exception as error:  # a suite's own classifier may raise anything
            message = f"the classifier cannot be fitted: {type(error).__name__}: {error}"
            raise UsageError(message) from error
        return self

    async def __aexit__(self, *exc: object) -> None:
        self._fitted = None

    async def complete(self, request: Request) -> Reply:
        """The predicted label as text; no tokens are used."""
        start = time.perf_counter()
        try:
            label = str(self._fitted.predict([request.prompt or ""])[0])
        except Exception as error:  # noqa: BLE001 - a suite's own classifier may raise anything
            return Failure("harness", f"the classifier failed: {type(error).__name__}: {error}")
        latency = time.perf_counter() - start
        return Answer(
            assistant(label), usage=Usage(), model=request.model.name, latency=round(latency, 6)
        )
