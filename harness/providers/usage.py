"""Token counts: the usage block of each provider's shape in, one Usage out. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from harness.providers.bodies import UNREADABLE
from harness.values.reply import Usage

Count = int | float | None

MOST_TOKENS = 1 << 31
"""No call has as many: such a number is a fault, and would spend any budget."""


def _total(*counts: Count) -> int:
    given = [count for count in counts if count]
    total = sum(given)
    if any(count < 0 for count in given) or total >= MOST_TOKENS or total != int(total):
        raise msgspec.ValidationError("a token count must be a whole number from 0 to 2^31 - 1")
    return int(total)


class Details(msgspec.Struct, frozen=True, gc=False):
    """The optional breakdown of one count, as OpenAI's two shapes have it."""

    cached_tokens: Count = None
    cache_write_tokens: Count = None
    reasoning_tokens: Count = None


_NO_DETAILS = Details()


class ChatUsage(msgspec.Struct, frozen=True, gc=False):
    """Chat and completion: both counts include their parts. Servers disagree where `cached` is.

    Mistral's `num_cached_tokens` is left out: it counts what its engine reused, not what is billed
    as cached.
    """

    prompt_tokens: Count = None
    completion_tokens: Count = None
    prompt_tokens_details: Details | None = None
    completion_tokens_details: Details | None = None
    cached_tokens: Count = None
    prompt_cache_hit_tokens: Count = None

    def normal(self) -> Usage:
        """In the harness's own shape."""
        prompt = self.prompt_tokens_details or _NO_DETAILS
        completion = self.completion_tokens_details or _NO_DETAILS
        cached = prompt.cached_tokens or self.cached_tokens or self.prompt_cache_hit_tokens
        return Usage(
            input=_total(self.prompt_tokens),
            cached=_total(cached),
            cache_write=_total(prompt.cache_write_tokens),
            output=_total(self.completion_tokens),
            reasoning=_total(completion.reasoning_tokens),
        )


class ResponsesUsage(msgspec.Struct, frozen=True, gc=False):
    """OpenAI's Responses: the same sums under other names."""

    input_tokens: Count = None
    output_tokens: Count = None
    input_tokens_details: Details | None = None
    output_tokens_details: Details | None = None

    def normal(self) -> Usage:
        """In the harness's own shape."""
        read = self.input_tokens_details or _NO_DETAILS
        written = self.output_tokens_details or _NO_DETAILS
        return Usage(
            input=_total(self.input_tokens),
            cached=_total(read.cached_tokens),
            cache_write=_total(read.cache_write_tokens),
            output=_total(self.output_tokens),
            reasoning=_total(written.reasoning_tokens),
        )


class Thinking(msgspec.Struct, frozen=True, gc=False):
    """Anthropic's breakdown of the output."""

    thinking_tokens: Count = None


class AnthropicUsage(msgspec.Struct, frozen=True, gc=False):
    """Anthropic Messages: cache reads and writes stand OUTSIDE `input_tokens`."""

    input_tokens: Count = None
    output_tokens: Count = None
    cache_creation_input_tokens: Count = None
    cache_read_input_tokens: Count = None
    output_tokens_details: Thinking | None = None

    def normal(self) -> Usage:
        """In the harness's own shape: cache reads and writes are counted into the input."""
        read, written = self.cache_read_input_tokens, self.cache_creation_input_tokens
        details = self.output_tokens_details
        return Usage(
            input=_total(self.input_tokens, read, written),
            cached=_total(read),
            cache_write=_total(written),
            output=_total(self.output_tokens),
            reasoning=_total(details.thinking_tokens if details else None),
        )


class GoogleUsage(msgspec.Struct, frozen=True, gc=False, rename="camel"):
    """Google generateContent: thoughts stand outside the candidates, tool prompts the prompt."""

    prompt_token_count: Count = None
    tool_use_prompt_token_count: Count = None
    cached_content_token_count: Count = None
    candidates_token_count: Count = None
    thoughts_token_count: Count = None

    def normal(self) -> Usage:
        """In the harness's own shape: thoughts are counted into the output."""
        return Usage(
            input=_total(self.prompt_token_count, self.tool_use_prompt_token_count),
            cached=_total(self.cached_content_token_count),
            output=_total(self.candidates_token_count, self.thoughts_token_count),
            reasoning=_total(self.thoughts_token_count),
        )


class BedrockUsage(msgspec.Struct, frozen=True, gc=False, rename="camel"):
    """Bedrock Converse: cache reads and writes stand outside `inputTokens`."""

    input_tokens: Count = None
    output_tokens: Count = None
    cache_read_input_tokens: Count = None
    cache_write_input_tokens: Count = None

    def normal(self) -> Usage:
        """In the harness's own shape: cache reads and writes are counted into the input."""
        read, written = self.cache_read_input_tokens, self.cache_write_input_tokens
        return Usage(
            input=_total(self.input_tokens, read, written),
            cached=_total(read),
            cache_write=_total(written),
            output=_total(self.output_tokens),
        )


Shape = ChatUsage | ResponsesUsage | AnthropicUsage | GoogleUsage | BedrockUsage

SHAPES: Mapping[str, type[Shape]] = {
    "openai_chat": ChatUsage,
    "openai_responses": ResponsesUsage,
    "anthropic_messages": AnthropicUsage,
    "google_generate": GoogleUsage,
    "bedrock_converse": BedrockUsage,
}


def normalise(shape: str, block: Mapping[str, Any]) -> Usage:
    """The usage of one decoded block; `shape` is a key of `SHAPES`, unknown fields are ignored.

    Raises msgspec.ValidationError when a count is no whole number from 0 to 2^31 - 1.
    """
    return msgspec.convert(block, SHAPES[shape]).normal()


def usage_or_none(shape: type[Shape], block: Any) -> Usage | None:
    """The usage of what a server sent as such, or None, for unknown, where that is nonsense."""
    try:
        return None if block is None else msgspec.convert(block, shape).normal()
    except UNREADABLE:
        return None
