"""The classical control: no language model at all."""

from __future__ import annotations

from harness.providers.classical.endpoint import ClassicalEndpoint, identity, tfidf_logreg
from harness.values.reply import Answer, Usage
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


def test_identity_is_what_it_learned_from() -> None:
    """Another training split is another classifier, and so another request key."""
    keys = {
        request_key(Request(form="completion", model=identity("tfidf_logreg", learned), prompt="x"))
        for learned in ("a", "b")
    }
    assert len(keys) == 2
