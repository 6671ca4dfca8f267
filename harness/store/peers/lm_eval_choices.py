"""Requests and responses of lm-evaluation-harness in, what was said or chosen out. Pure."""

from __future__ import annotations

from typing import Any

from harness.scoring.expected import as_text


def arguments_of(value: Any) -> list[tuple[str, Any]]:
    """(context, continuation or options) of each request; a list in older versions."""
    if isinstance(value, dict):
        value = [list(arguments.values()) for arguments in value.values()]
    return [(as_text(pair[0]), pair[1] if len(pair) > 1 else "") for pair in value]


def is_likelihood(responses: Any) -> bool:
    """[[log likelihood, is greedy]], as one request of a choice answers; else texts.

    Raises:
        ValueError: neither.
    """
    first = responses[0]
    if isinstance(first, list) and len(first) == 2:  # noqa: PLR2004 - the pair of lm_eval
        float(first[0])
        return True
    if not isinstance(first, str):
        raise ValueError("it measures likelihoods of whole texts, which are no replies")  # noqa: TRY004
    return False


def generated(response: Any) -> str:
    """The text of a response.

    Raises:
        TypeError: it is none.
    """
    if not isinstance(response, str):
        raise TypeError("a response is no text")
    return response


def options_of(arguments: list[tuple[str, Any]]) -> list[str]:
    """What can be chosen: the continuations, or the contexts where those are all the same.

    A second half without a context measures the options alone and is none to choose.
    """
    half = len(arguments) // 2
    if half and all(not context.strip() for context, _ in arguments[half:]):
        arguments = arguments[:half]
    texts = [as_text(continuation).strip() for _, continuation in arguments]
    if len(texts) > 1 and len(set(texts)) == 1:
        return [context for context, _ in arguments]
    return texts


def chosen(responses: list[Any], options: list[str]) -> str:
    """The likeliest option; of a single one, whether it is what the model would say itself."""
    pairs = [response[0] for response in responses[: len(options)]]
    if len(pairs) == 1:
        return options[0] if str(pairs[0][1]) == "True" else ""
    likelihoods = [float(likelihood) for likelihood, _ in pairs]
    return options[likelihoods.index(max(likelihoods))]


def expected_option(target: Any, options: list[str]) -> Any:
    """The option that the target numbers; the target itself where it is a text."""
    text = str(target).strip()
    if text.isdecimal() and int(text) < len(options) and text not in options:
        return options[int(text)]
    return text if len(options) > 1 else options[0]
