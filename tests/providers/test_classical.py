"""The classical control: no language model at all."""

from __future__ import annotations

import pytest

from harness.errors import UsageError
from harness.providers.classical.endpoint import ClassicalEndpoint, identity, tfidf_logreg
from harness.values.reply import Answer, Failure, Usage
from harness.values.request import ModelIdentity, Request, request_key

TEXTS = ["good and nice", "very good", "bad and ugly", "very bad", "nice one", "ugly thing"]
LABELS = ["5", "5", "1", "1", "5", "1"]


def request(text: str) -> Request:
    return Request(form="completion", model=ModelIdentity("tfidf_logreg"), prompt=text)


async def answer(text: str) -> Answer:
    async with ClassicalEndpoint(tfidf_logreg, TEXTS, LABELS) as endpoint:
        reply = await endpoint.complete(request(text))
        assert endpoint.server.startswith("scikit-learn ")
    assert isinstance(reply, Answer)
    return reply


async def test_it_predicts_what_it_learned() -> None:
    """A label of the training split as text, and no token used."""
    reply = await answer("a good and nice thing")
    assert reply.text == "5"
    assert (await answer("an ugly bad thing")).text == "1"
    assert reply.usage == Usage()
    assert reply.model == "tfidf_logreg"


async def test_it_is_the_same_again() -> None:
    """Fitting has no chance in it: texts at the border get the same label every time."""
    texts = ["good ugly", "nice bad", "very", "", "unknown words"]
    first = [(await answer(text)).text for text in texts]
    assert [(await answer(text)).text for text in texts] == first


class Broken:
    """An estimator that fails where it is told to."""

    def __init__(self, where: str) -> None:
        self._where = where

    def fit(self, texts: list[str], labels: list[str]) -> None:
        if self._where == "fit":
            raise ValueError("one class only")

    def predict(self, texts: list[str]) -> list[str]:
        raise ValueError("no such word")


async def test_what_cannot_be_fitted() -> None:
    """Said before anything is asked."""
    with pytest.raises(UsageError, match="cannot be fitted: ValueError: one class only"):
        async with ClassicalEndpoint(lambda: Broken("fit"), TEXTS, LABELS):
            pass


async def test_what_cannot_be_predicted() -> None:
    """A failure as a value, as of every endpoint."""
    async with ClassicalEndpoint(lambda: Broken("predict"), TEXTS, LABELS) as endpoint:
        reply = await endpoint.complete(request("x"))
    assert reply == Failure("harness", "the classifier failed: ValueError: no such word")


def test_identity_is_what_it_learned_from() -> None:
    """Another training split is another classifier, and so another request key."""
    keys = {
        request_key(Request(form="completion", model=identity("tfidf_logreg", learned), prompt="x"))
        for learned in ("a", "b")
    }
    assert len(keys) == 2
