"""Rows of prompt and completion in, what the old OpenAI validator said of them out. Pure.

The checks of `fine_tunes.prepare_data` (openai 0.x to 2.3x), with one improvement: a suffix that
is only a sentence's mark, as '.', or a shared last letter is no separator. Ending, separator and
prefix are judged as there: not for open-ended data, the ending not for classification either.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple

from harness.training.checks.affixes import Affixes, FreeMarks, is_separator
from harness.training.checks.tally import Tally, finding, rows_of
from harness.training.checks.view import View
from harness.values.finding import Finding

TaskType = Literal["classification", "generation", "open-ended generation"]

FEWEST_ROWS_PER_LABEL = 3
LONGEST_PROMPT_PREFIX = 12
SHORTEST_COMPLETION_PREFIX = 5
SEPARATORS = (" ->", "\n\n###\n\n", "\n\n===\n\n", "\n\n---\n\n", "\n\n===>\n\n", "\n\n--->\n\n")
ENDINGS = ("\n", ".", " END", "***", "+++", "&&&", "$$$", "@@@", "%%%")
LAST_SEPARATOR = "\n\n### =>\n\n"
LAST_ENDING = " [END]"


class LegacyFixes(NamedTuple):
    """What would make the rows fit; None or False where they do."""

    separator: str | None = None
    ending: str | None = None
    space: bool = False


class Legacy:
    """A watch over rows of the shape completion."""

    def __init__(self) -> None:
        self._prompts = Affixes()
        self._completions = Affixes()
        self._separators = FreeMarks(SEPARATORS)
        self._endings = FreeMarks(ENDINGS)
        self._unspaced = Tally()
        self._asked = False
        self._answers: set[int] = set()

    def see(self, row: View) -> None:
        """Take in one row; an empty completion has a rule of its own and is left out."""
        if row.shape != "completion" or not row.answer.strip():
            return
        self._prompts.add(row.asked)
        self._separators.add(row.asked)
        self._asked = self._asked or bool(row.asked)
        self._completions.add(row.answer)
        self._endings.add(row.answer)
        self._answers.add(row.answer_key)
        if not row.answer.startswith(" "):
            self._unspaced.add(row.line, row.answer)

    @property
    def task(self) -> TaskType:
        """As the validator inferred it: fewer different completions than a third of the rows."""
        if not self._asked:
            return "open-ended generation"
        few = len(self._answers) < self._completions.count / FEWEST_ROWS_PER_LABEL
        return "classification" if few else "generation"

    @property
    def fixes(self) -> LegacyFixes:
        """Separator, ending and space that the rows lack."""
        if not self._completions.count:
            return LegacyFixes()
        return LegacyFixes(
            separator=self._separator() if self._lacks_separator() else None,
            ending=self._ending() if self._lacks_ending() else None,
            space=self._unspaced.count > 0,
        )

    def found(self, file: str) -> Iterator[Finding]:
        """Everything about prompts, then about completions."""
        if self._completions.count:
            yield finding("task-type", file, f"the data look like {self.task}")
            yield from self._of_prompts(file)
            yield from self._of_completions(file)

    def _lacks_separator(self) -> bool:
        return self._asked and not is_separator(self._prompts.suffix)

    def _lacks_ending(self) -> bool:
        return self.task == "generation" and not self._completions.suffix

    def _separator(self) -> str:
        return self._separators.first or LAST_SEPARATOR

    def _ending(self) -> str:
        return self._endings.first or LAST_ENDING

    def _of_prompts(self, file: str) -> Iterator[Finding]:
        prefix = self._prompts.prefix
        if self._asked and self._prompts.same and self._prompts.count > 1:
            message = "all prompts are the same text"
            yield finding("prompts-identical", file, message, sample=prefix)
            return
        if self._asked and len(prefix) > LONGEST_PROMPT_PREFIX and self._prompts.count > 1:
            message = f"all prompts begin with the same {len(prefix):,} characters"
            yield finding("prompt-common-prefix", file, message, sample=prefix)
        if self._lacks_separator():
            yield finding("prompt-separator", file, self._no_separator())

    def _no_separator(self) -> str:
        suffix, proposed = self._prompts.suffix, self._separator()
        message = "the prompts do not end with a common separator"
        if suffix.strip() and self._prompts.count > 1:
            message += f": all end with {suffix!r}, but that is plain text that ends any sentence"
        return f"{message}; {proposed!r} stands in none of them and would do"

    def _of_completions(self, file: str) -> Iterator[Finding]:
        completions, prefix = self._completions, self._completions.prefix
        if completions.same and completions.count > 1:
            message = "all completions are the same text"
            yield finding("completions-identical", file, message, sample=prefix)
            return
        if len(prefix) >= SHORTEST_COMPLETION_PREFIX and completions.count > 1:
            message = f"all completions begin with {prefix!r}, which can be left out"
            yield finding("completion-common-prefix", file, message, sample=prefix)
        if self._lacks_ending():
            message = f"the completions have no common ending; {self._ending()!r} would do"
            yield finding("completion-ending", file, message)
        if self._unspaced.count:
            message = (
                f"{rows_of(self._unspaced.count)} whose completion does not start with a space"
            )
            yield finding("completion-space", file, message, self._unspaced)
