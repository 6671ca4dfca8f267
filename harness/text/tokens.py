"""A vocabulary's name in, a counter of tokens out; a model's name in, its vocabulary out. Pure.

The vocabularies of OpenAI are compiled into toktok, so that nothing is downloaded. A text is
counted as ordinary text: '<|endoftext|>' in it is no special token.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Literal, TypeAlias, get_args

from harness.errors import UsageError

Vocabulary = Literal["o200k_base", "cl100k_base"]
VOCABULARIES: tuple[Vocabulary, ...] = get_args(Vocabulary)

TokenCounter: TypeAlias = Callable[[str], int]

_OF_MODELS: tuple[tuple[re.Pattern[str], Vocabulary], ...] = (
    (re.compile(r"(chatgpt-|gpt-)(4o|4\.[0-9]|[5-9])|o[0-9]+(-|$)"), "o200k_base"),
    (re.compile(r"gpt-4(-|$)|gpt-3\.5|gpt-35|(babbage|davinci)-002"), "cl100k_base"),
)


def token_counter(vocabulary: str) -> TokenCounter:
    """How many tokens a text has: no special ones, none added at its ends.

    Half a surrogate pair counts as the mark that replaces it.

    Raises:
        UsageError: the vocabulary is not one of VOCABULARIES.
    """
    if vocabulary not in VOCABULARIES:
        known = ", ".join(VOCABULARIES)
        raise UsageError(f"there is no vocabulary {vocabulary!r}; there are: {known}")
    from toktok import batch_count

    def count(text: str) -> int:
        try:
            return int(batch_count([text], vocabulary, 1)[0])
        except UnicodeEncodeError:
            return int(batch_count([_encodable(text)], vocabulary, 1)[0])

    return count


def vocabulary_of(model: str) -> Vocabulary | None:
    """The vocabulary of one of OpenAI's models, tuned ones too; None for any other model."""
    name = base_of(model)
    return next((known for pattern, known in _OF_MODELS if pattern.match(name)), None)


def base_of(model: str) -> str:
    """The model that a tuned one began as: gpt-4o-mini of 'ft:gpt-4o-mini:org::id'."""
    return model.split(":")[1] if model.startswith("ft:") else model


def _encodable(text: str) -> str:
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
