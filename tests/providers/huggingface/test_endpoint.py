"""The endpoint on a tiny model: forms, limits, stops, batches, adapters, refusals."""

from __future__ import annotations

import asyncio
import sys

import pytest

from harness.errors import DataError, MissingExtraError
from harness.providers.huggingface.endpoint import HuggingFaceEndpoint
from harness.values.endpoint import HuggingFaceSpec
from harness.values.reply import Answer, Failure
from harness.values.request import Message, ModelIdentity, Request

from .conftest import Models
from .tiny import CONTEXT, build_tokenizer, chat, completion

PROMPTS = ("Review: I love it.", "The zip", "It broke at once and I sent it back. Rating:", "a", "")


async def ask(spec: HuggingFaceSpec, *requests: Request) -> list[Answer]:
    """Answers to requests that are all waiting at once."""
    async with HuggingFaceEndpoint(spec) as endpoint:
        replies = await asyncio.gather(*map(endpoint.complete, requests))
    assert all(isinstance(reply, Answer) for reply in replies), replies
    return [reply for reply in replies if isinstance(reply, Answer)]


async def refused(spec: HuggingFaceSpec, request: Request) -> Failure:
    """The failure of one request."""
    async with HuggingFaceEndpoint(spec) as endpoint:
        reply = await endpoint.complete(request)
    assert isinstance(reply, Failure)
    return reply


async def test_a_completion_is_counted_as_the_tokenizer_counts(models: Models) -> None:
    """Input with the beginning of text, output as computed; names and versions are said."""
    spec = HuggingFaceSpec(path=models.base)
    endpoint = HuggingFaceEndpoint(spec)
    async with endpoint:
        reply = await endpoint.complete(completion(spec, PROMPTS[0]))
    assert isinstance(reply, Answer)
    tokenizer = build_tokenizer()
    assert reply.usage is not None
    assert reply.usage.input == 1 + len(tokenizer(PROMPTS[0], add_special_tokens=False).input_ids)
    assert (reply.usage.output, reply.finish) == (12, "length")
    assert reply.text
    assert reply.model == "base"
    assert reply.latency > 0
    assert endpoint.server.startswith("transformers ")
    assert ", torch " in endpoint.server


@pytest.mark.parametrize("sampling", [{}, {"temperature": 1.5, "top_p": 0.9, "seed": 3}])
async def test_a_batch_answers_as_one_by_one(models: Models, sampling: dict[str, float]) -> None:
    """Prompts of different lengths, greedy and drawn: text and usage are the same."""
    together = HuggingFaceSpec(path=models.base, batch=5)
    alone = HuggingFaceSpec(path=models.base, batch=1)
    one = await ask(together, *(completion(together, p, **sampling) for p in PROMPTS))
    other = await ask(alone, *(completion(alone, p, **sampling) for p in PROMPTS))
    assert [(a.text, a.usage, a.finish) for a in one] == [
        (a.text, a.usage, a.finish) for a in other
    ]
    assert len({a.text for a in one}) > 2


async def test_an_adapter_answers_as_its_merged_weights(models: Models) -> None:
    """And neither as the base."""
    worn = HuggingFaceSpec(path=models.base, adapter=models.adapter)
    texts = [
        [answer.text for answer in await ask(spec, *(completion(spec, p) for p in PROMPTS))]
        for spec in (worn, HuggingFaceSpec(path=models.merged), HuggingFaceSpec(path=models.base))
    ]
    assert texts[0] == texts[1]
    assert texts[0] != texts[2]


async def test_trials_differ_and_repeat(models: Models) -> None:
    """Drawn replies depend on the trial, and on nothing else that changes."""
    spec = HuggingFaceSpec(path=models.base)
    requests = [completion(spec, "The", trial, temperature=1.0) for trial in (0, 1, 2, 0)]
    texts = [answer.text for answer in await ask(spec, *requests)]
    assert texts[0] == texts[3]
    assert len(set(texts)) == 3


async def test_a_stop_is_cut_off_and_ends_early(models: Models) -> None:
    """The text up to the stop; what follows is not computed in a request of its own."""
    spec = HuggingFaceSpec(path=models.base)
    (whole,) = await ask(spec, completion(spec, "The zip", max_tokens=30))
    stop = whole.text[4:7]
    (cut,) = await ask(spec, completion(spec, "The zip", max_tokens=30, stop=("never seen", stop)))
    assert cut.text == whole.text[: whole.text.index(stop)]
    assert cut.finish == "stop"
    assert cut.usage is not None
    assert 0 < cut.usage.output < 30


async def test_two_settings_make_two_batches(models: Models) -> None:
    """Each answer keeps to its own limit."""
    spec = HuggingFaceSpec(path=models.base)
    limits = (3, 7, 3, 7)
    answers = await ask(spec, *(completion(spec, "The", max_tokens=n) for n in limits))
    assert [a.usage.output for a in answers if a.usage] == list(limits)


async def test_a_chat_is_shown_in_its_template(models: Models) -> None:
    """With the turn of the answer begun, and one beginning of text, not two."""
    spec = HuggingFaceSpec(path=models.chatty)
    shown = "<user>Name a colour.\n<assistant>"
    parts = [{"type": "text", "text": "Name a "}, {"type": "text", "text": "colour."}]
    by_chat, by_parts, by_hand = await ask(
        spec,
        chat(spec, Message("user", "Name a colour.")),
        chat(spec, Message("user", parts)),
        completion(spec, shown, max_tokens=6),
    )
    assert by_chat.usage == by_hand.usage
    assert by_chat.text == by_parts.text == by_hand.text


async def test_chats_that_cannot_be_shown(models: Models) -> None:
    """No template, a role that the template refuses, a picture: each says what it is."""
    plain, chatty = HuggingFaceSpec(path=models.base), HuggingFaceSpec(path=models.chatty)
    image = Message("user", [{"type": "image_url", "image_url": {"url": "data:"}}])
    for spec, message, says in (
        (plain, Message("user", "hi"), "no chat template: write form = 'completion'"),
        (chatty, Message("system", "hi"), "no system here"),
        (chatty, image, "'image_url' is no text"),
    ):
        failure = await refused(spec, chat(spec, message))
        assert failure.kind == "bad_request"
        assert says in failure.detail


async def test_what_has_no_meaning_here_is_refused(models: Models) -> None:
    """Nothing that was asked for is silently left out."""
    spec = HuggingFaceSpec(path=models.chatty)
    model = ModelIdentity("tiny")
    for request, says in (
        (Request(form="responses", model=model), "form 'responses'"),
        (chat(spec, Message("user", "a"), reasoning_effort="low"), "reasoning_effort"),
        (chat(spec, Message("user", "a"), extra={"top_k": 1}), "'top_k'"),
    ):
        failure = await refused(spec, request)
        assert failure.kind == "bad_request"
        assert says in failure.detail


async def test_the_context_bounds_prompt_and_answer(models: Models) -> None:
    """A prompt that fills it is refused, one that nearly does gets what is left."""
    spec = HuggingFaceSpec(path=models.base)
    failure = await refused(spec, completion(spec, "a " * 200))
    assert failure.kind == "bad_request"
    assert f"the context holds {CONTEXT}" in failure.detail
    smaller = HuggingFaceSpec(path=models.base, context=20)
    (answer,) = await ask(smaller, completion(smaller, "q" * 15, max_tokens=50))
    assert answer.usage is not None
    assert (answer.usage.input, answer.usage.output, answer.finish) == (16, 4, "length")


async def test_logprobs_have_the_shape_of_hosted_ones(models: Models) -> None:
    """One entry a token; greedy takes the most likely, and chances add up to at most one."""
    spec = HuggingFaceSpec(path=models.base)
    asked, plain = completion(spec, "The", logprobs=3), completion(spec, "The")
    answer, same = await ask(spec, asked, plain)
    assert answer.text == same.text
    assert answer.logprobs is not None
    assert len(answer.logprobs) == 12
    for entry in answer.logprobs:
        assert entry["top_logprobs"][0] == {k: entry[k] for k in ("token", "logprob")}
        assert len(entry["top_logprobs"]) == 3
        assert entry["logprob"] <= 0


async def test_a_frequency_penalty_forbids_repetition(models: Models) -> None:
    """The largest one leaves no token twice."""
    spec = HuggingFaceSpec(path=models.base)
    request = completion(spec, "The", frequency_penalty=100, max_tokens=30, logprobs=0)
    (answer,) = await ask(spec, request)
    ids = build_tokenizer()(answer.text, add_special_tokens=False).input_ids
    assert answer.logprobs is not None
    tokens = [entry["token"] for entry in answer.logprobs if entry["token"] != "\ufffd"]
    assert len(tokens) == len(set(tokens))
    assert ids


async def test_another_adapter_than_the_loaded_one_is_not_found(models: Models) -> None:
    """An arm never gets an answer of weights that it did not ask for."""
    spec = HuggingFaceSpec(path=models.base)
    other = Request(form="completion", model=ModelIdentity("tiny", "a" * 24), prompt="The")
    failure = await refused(spec, other)
    assert failure.kind == "not_found"
    assert "a" * 24 in failure.detail


async def test_one_that_gives_up_does_not_harm_the_others(models: Models) -> None:
    """Cancelled while its batch waits or runs; the endpoint then closes in peace."""
    spec = HuggingFaceSpec(path=models.base, batch=3)
    async with HuggingFaceEndpoint(spec) as endpoint:
        tasks = [asyncio.create_task(endpoint.complete(completion(spec, p))) for p in PROMPTS]
        await asyncio.sleep(0)
        tasks[1].cancel()
        await asyncio.sleep(0.02)
        tasks[4].cancel()
        kept = await asyncio.gather(tasks[0], tasks[2], tasks[3])
    assert all(isinstance(reply, Answer) for reply in kept)


async def test_leaving_ends_what_is_still_computed(models: Models) -> None:
    """A batch nobody waits for is not computed to its end."""
    spec = HuggingFaceSpec(path=models.base)
    async with HuggingFaceEndpoint(spec) as endpoint:
        task = asyncio.create_task(endpoint.complete(completion(spec, "The")))
        await asyncio.sleep(0.01)
    with pytest.raises(asyncio.CancelledError):
        await task


def test_a_missing_package_is_named(models: Models, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before anything is loaded; PEFT only where there is an adapter."""
    monkeypatch.setitem(sys.modules, "peft", None)
    HuggingFaceEndpoint(HuggingFaceSpec(path=models.base))
    with pytest.raises(MissingExtraError, match=r"in process needs the extra 'tune'"):
        HuggingFaceEndpoint(HuggingFaceSpec(path=models.base, adapter=models.adapter))


def test_a_missing_folder_is_named() -> None:
    """So that nothing is looked for on the Hub."""
    with pytest.raises(DataError, match="no/such: there is no such folder"):
        HuggingFaceEndpoint(HuggingFaceSpec(path="no/such"))
