"""Cases with the replies of four arms, as large and as varied as real ones, the same every time."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from itertools import accumulate

from benchmarks.serving import ROOT
from harness.reports.page.values import GridArm, GridCase, GridReply
from harness.values.reply import Usage
from harness.values.request import Message
from harness.values.score import Outcome

ARMS = tuple(
    GridArm(name=name, kind=kind)
    for name, kind in (
        ("zero_shot", "zero_shot"),
        ("few_shot", "few_shot"),
        ("few_shot_similar", "few_shot"),
        ("fine_tuned", "fine_tuned"),
    )
)
PAIR = ("few_shot", "fine_tuned")
LABELS = ("billing", "delivery", "refund", "account", "complaint", "praise", "other")

_SEED = 5
_RIGHT = (0.55, 0.68, 0.74, 0.85)
_TRAINING, _SHOTS = 2_000, 8
_SYSTEM = "You sort messages to a shop. Answer with one label and a sentence that says why."
_Shot = tuple[str, Message, Message]
_FAILURES = (Outcome.UNPARSED, Outcome.REFUSED, Outcome.TRUNCATED)


class _Words:
    """Words of real reviews and documents, drawn as often as Zipf's law has it."""

    def __init__(self, chance: random.Random) -> None:
        files = [*ROOT.glob("suites/*/data/*.jsonl"), *ROOT.glob("docs/*.md")]
        text = " ".join(file.read_text(encoding="utf-8") for file in sorted(files))
        self._words = sorted(set(re.findall(r"[^\W\d_]+", text)))
        chance.shuffle(self._words)
        self._weights = list(accumulate(1 / rank for rank in range(3, len(self._words) + 3)))
        self._chance = chance

    def text(self, low: int, high: int) -> str:
        """A text of that many words."""
        count = self._chance.randint(low, high)
        words = self._chance.choices(self._words, cum_weights=self._weights, k=count)
        return " ".join(words).capitalize() + "."


def synthetic_cases(count: int) -> Iterator[GridCase]:
    """Inputs of about 330 characters, replies of about 75, prompts with up to eight shots.

    One arm is shown other shots in every case, as retrieval would choose them.
    """
    chance = random.Random(_SEED)
    words = _Words(chance)
    training = _training(chance, words)
    fixed = training[:_SHOTS]
    for number in range(count):
        text, expected = words.text(20, 70), chance.choice(LABELS)
        similar = [training[chance.randrange(_TRAINING)] for _ in range(_SHOTS)]
        replies = tuple(
            (_reply(chance, words, arm, (text, expected), shots),)
            for arm, shots in enumerate(((), fixed, similar, ()))
        )
        yield GridCase(
            id=f"case-{number}",
            input={"message": text},
            expected=expected,
            group=f"customer-{number // 7}",
            tags={"language": chance.choice(("en", "es", "pt")), "label": expected},
            replies=replies,
        )


def training_texts() -> tuple[range, list[str], list[str]]:
    """Numbers, texts and labels of the training cases that are shown as shots."""
    chance = random.Random(_SEED)
    shots = _training(chance, _Words(chance))
    texts = [str(question.content)[len("Message: ") : -len("\nLabel:")] for _, question, _ in shots]
    return range(len(shots)), texts, [str(answer.content) for _, _, answer in shots]


def _training(chance: random.Random, words: _Words) -> list[_Shot]:
    return [_shot(number, words.text(20, 60), chance) for number in range(_TRAINING)]


def _shot(number: int, text: str, chance: random.Random) -> _Shot:
    """An id and the two turns that show it: as in a request, the same objects in every prompt."""
    question = Message("user", f"Message: {text}\nLabel:")
    return f"train-{number}", question, Message("assistant", chance.choice(LABELS))


def _reply(
    chance: random.Random,
    words: _Words,
    arm: int,
    case: tuple[str, str],
    shots: Sequence[_Shot],
) -> GridReply:
    text, expected = case
    right = chance.random() < _RIGHT[arm]
    answer = expected if right else chance.choice(LABELS)
    outcome = Outcome.CORRECT if answer == expected else Outcome.WRONG
    if not right and chance.random() < 0.2:
        outcome = chance.choice(_FAILURES)
    prompt = [Message("system", _SYSTEM)]
    for _, question, answered in shots:
        prompt += [question, answered]
    prompt.append(Message("user", f"Message: {text}\nLabel:"))
    return GridReply(
        outcome=outcome,
        value=float(outcome is Outcome.CORRECT),
        scores={"label": float(outcome is Outcome.CORRECT)},
        text=f"{answer}: {words.text(4, 14)}",
        extracted=answer,
        finish="stop",
        model=f"small-model-2026-{arm}",
        usage=Usage(chance.randint(60, 900), output=chance.randint(8, 40)),
        cost=chance.random() / 1000,
        latency=chance.lognormvariate(-1, 0.5),
        shots=tuple(name for name, _, _ in shots),
        prompt=tuple(prompt),
    )
