"""One call of the model: prompts of several requests in, one answer each out.

Needs torch: import lazily.
"""

from __future__ import annotations

import gc
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch

from harness.providers.huggingface.model import Loaded
from harness.providers.huggingface.sampling import Draws, plain
from harness.values.reply import Failure, Finish
from harness.values.request import Sampling

_SLACK = 8  # tokens looked back beyond a stop text: parts of characters, a lost leading space


@dataclass(frozen=True)
class Asked:
    """A prompt as token ids, how many tokens its answer may have, and the text that seeds it."""

    ids: Sequence[int]
    sampling: Sampling
    room: int
    seed: str


@dataclass(frozen=True)
class Generated:
    """An answer: its text up to a stop, how many tokens were computed, why it ended."""

    text: str
    tokens: int
    finish: Finish
    logprobs: list[Any] | None = None


def generate_fitting(
    loaded: Loaded, batch: Sequence[Asked], halted: threading.Event
) -> list[Generated | Failure]:
    """As `generate`; out of memory it is asked in halves. What else is raised fails all of them."""
    try:
        return list(generate(loaded, batch, halted))
    except Exception as error:  # noqa: BLE001 - a model's code and its device raise anything
        if len(batch) == 1 or not _out_of_memory(error):
            detail = f"{type(error).__name__}: {' '.join(str(error).split())}"[:300]
            return [Failure("server_error", detail)] * len(batch)
    gc.collect()  # only now: the exception held what the attempt had allocated
    if loaded.device == "cuda":
        torch.cuda.empty_cache()
    half = len(batch) // 2
    return [
        *generate_fitting(loaded, batch[:half], halted),
        *generate_fitting(loaded, batch[half:], halted),
    ]


def _out_of_memory(error: Exception) -> bool:
    text = str(error).lower()
    return isinstance(error, MemoryError) or "out of memory" in text or "can't allocate" in text


def generate(loaded: Loaded, batch: Sequence[Asked], halted: threading.Event) -> list[Generated]:
    """Answers to prompts with equal sampling settings (but for the seed), in order.

    Prompts are padded on the left. It ends when every row has met a stop, an end token or its
    limit, or when `halted` is set.
    """
    ids, mask = _padded([asked.ids for asked in batch], loaded.pad)
    start, sampling = ids.shape[1], batch[0].sampling
    ends = Ends(loaded, batch, start, halted)
    draws = Draws(sampling, [asked.seed for asked in batch], start)
    with torch.inference_mode():
        output = loaded.model.generate(
            input_ids=ids.to(loaded.device),
            attention_mask=mask.to(loaded.device),
            max_new_tokens=max(asked.room for asked in batch),
            do_sample=False,
            eos_token_id=sorted(loaded.ends) or None,
            pad_token_id=loaded.pad,
            stopping_criteria=[ends],
            logits_processor=[] if plain(sampling) else [draws],
        )
    rows = output[:, start:].tolist()
    return [
        _read(loaded, asked, row[:length], noted)
        for asked, row, length, noted in zip(batch, rows, ends.lengths, draws.logprobs, strict=True)
    ]


def _padded(prompts: Sequence[Sequence[int]], pad: int) -> tuple[Any, Any]:
    """Token ids and attention mask, both [rows, longest]."""
    longest = max(map(len, prompts))
    ids = [[pad] * (longest - len(prompt)) + list(prompt) for prompt in prompts]
    mask = [[0] * (longest - len(prompt)) + [1] * len(prompt) for prompt in prompts]
    return torch.tensor(ids), torch.tensor(mask)


class Ends:
    """A stopping criterion: which rows are done. `lengths` counts their tokens, the last included.

    A text is looked for among as many last tokens as could hold it: a token is at least a byte.
    """

    def __init__(
        self, loaded: Loaded, batch: Sequence[Asked], start: int, halted: threading.Event
    ) -> None:
        self.lengths: list[int | None] = [None] * len(batch)
        self._loaded = loaded
        self._batch = batch
        self._start = start
        self._halted = halted
        self._stops = _stops(batch[0].sampling)
        self._tail = max((len(stop.encode()) for stop in self._stops), default=0) + _SLACK

    def __call__(self, input_ids: Any, _scores: Any, **_: Any) -> Any:
        """Whether each row is done, bool [rows]."""
        answered = input_ids[:, self._start :]
        tails = answered[:, -self._tail :].tolist()
        for row, tail in enumerate(tails):
            if self.lengths[row] is None and self._done(row, tail, answered.shape[1]):
                self.lengths[row] = answered.shape[1]
        done = [length is not None for length in self.lengths]
        return torch.tensor(done, device=input_ids.device)

    def _done(self, row: int, tail: Sequence[int], length: int) -> bool:
        if self._halted.is_set() or tail[-1] in self._loaded.ends:
            return True
        if length >= self._batch[row].room:
            return True
        return bool(self._stops) and _cut(_text(self._loaded, tail), self._stops) is not None


def _stops(sampling: Sampling) -> tuple[str, ...]:
    return tuple(stop for stop in sampling.stop or () if stop)


def _cut(text: str, stops: Sequence[str]) -> int | None:
    """Where the first stop begins; None without one."""
    found = [at for stop in stops if (at := text.find(stop)) >= 0]
    return min(found, default=None)


def _text(loaded: Loaded, ids: Sequence[int]) -> str:
    """Tokens as text; white space stays as the model wrote it."""
    text = loaded.tokenizer.decode(
        ids, skip_special_tokens=True, clean_up_tokenization_spaces=False
    )
    return str(text)


def _continued(loaded: Loaded, prompt: Sequence[int], answer: Sequence[int]) -> str:
    """The text that the answer adds to the prompt.

    Some tokenizers drop a leading space, so that an answer on its own would lose it.
    """
    before = _text(loaded, prompt)
    both = _text(loaded, [*prompt, *answer])
    return both[len(before) :] if both.startswith(before) else _text(loaded, answer)


def _read(loaded: Loaded, asked: Asked, ids: list[int], noted: Sequence[Any]) -> Generated:
    """What one row says."""
    ended = bool(ids) and ids[-1] in loaded.ends
    kept = ids[:-1] if ended else ids
    text = _continued(loaded, asked.ids, kept)
    cut = _cut(text, _stops(asked.sampling))
    stopped = ended or cut is not None
    return Generated(
        text=text[:cut],
        tokens=len(ids),
        finish="length" if not stopped and len(ids) >= asked.room else "stop",
        logprobs=_logprobs(loaded, noted[: len(kept)]) if noted else None,
    )


def _logprobs(loaded: Loaded, noted: Sequence[Any]) -> list[Any]:
    """One entry a token of the answer, in the shape that the hosted endpoints give."""

    def shown(token: int, value: float) -> dict[str, Any]:
        return {"token": str(loaded.tokenizer.decode([token])), "logprob": value}

    return [
        {**shown(token, value), "top_logprobs": [shown(*pair) for pair in likely]}
        for token, value, likely in noted
    ]
