"""A reply and its score in, the one outcome of the case out. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from harness.errors import HarnessError, UsageError
from harness.values.reply import FAILURE_KINDS, Answer, Failure, Reply
from harness.values.score import Outcome, Score

# What is not listed is the provider's: rate limits, time-outs, garbage, refused requests or keys.
_NOT_THE_PROVIDERS: Mapping[str, Outcome] = {
    "filtered": Outcome.FILTERED,
    "harness": Outcome.HARNESS_ERROR,
}
FAILURE_OUTCOMES: Mapping[str, Outcome] = {
    kind: _NOT_THE_PROVIDERS.get(kind, Outcome.PROVIDER_ERROR) for kind in FAILURE_KINDS
}


def outcome(
    reply: Reply,
    score: Score | None,
    *,
    correct_at: float = 1.0,
    refusals: Sequence[re.Pattern[str]] = (),
) -> Outcome:
    """What became of a case; the first row that holds decides.

    | # | holds when                                              | outcome                      |
    |---|---------------------------------------------------------|------------------------------|
    | 1 | the reply is a Failure                                  | FAILURE_OUTCOMES of its kind |
    | 2 | score.value >= correct_at                               | correct, even if cut         |
    | 3 | the provider set `refusal`                              | refused                      |
    | 4 | finish is 'filter'                                      | filtered                     |
    | 5 | a pattern is in the text                                | refused                      |
    | 6 | finish is 'length' and nothing was extracted            | truncated                    |
    | 7 | nothing was extracted                                   | unparsed                     |
    | 8 | otherwise                                               | wrong                        |

    A refusal stands before the filter because a model's own refusal is what Anthropic reports by
    both; a filter stands before the patterns because a filtered text is not the model's word.
    A pattern of the suite only ever marks an answer that was not correct: 'I cannot say for
    sure, but B' stays correct, and adding a pattern can neither raise nor lower accuracy.
    `judge_error` comes from a judge's own reply and never from here. An Answer without a score
    is a fault of the caller: HarnessError.
    """
    if isinstance(reply, Failure):
        return FAILURE_OUTCOMES[reply.kind]
    if score is None:
        raise HarnessError("an answer has no outcome before it has a score")
    if score.value >= correct_at:
        return Outcome.CORRECT
    return _shortfall(reply, score, refusals)


def compile_refusals(patterns: Sequence[str]) -> tuple[re.Pattern[str], ...]:
    """The suite's refusal patterns, ready for `outcome`; case does not matter to them.

    UsageError names the pattern that is no regular expression.
    """
    return tuple(map(_compiled, patterns))


def _shortfall(answer: Answer, score: Score, refusals: Sequence[re.Pattern[str]]) -> Outcome:
    """Rows 3 to 8: in which way an answer is not correct."""
    if answer.refusal is not None:
        return Outcome.REFUSED
    if answer.finish == "filter":
        return Outcome.FILTERED
    if any(pattern.search(answer.text) for pattern in refusals):
        return Outcome.REFUSED
    if score.extracted is not None:
        return Outcome.WRONG
    return Outcome.TRUNCATED if answer.finish == "length" else Outcome.UNPARSED


def _compiled(pattern: str) -> re.Pattern[str]:
    try:
        return re.compile(pattern, re.IGNORECASE)
    except re.error as error:
        raise UsageError(
            f"the refusal pattern {pattern!r} is not a regular expression: {error}"
        ) from error
