"""Prompt templates: text in, a checked and compiled template out. Pure.

Jinja2 in its sandbox: a template reads values and can reach nothing else. Undefined names are
errors. Prompts are plain text, so nothing is escaped.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError, meta, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

_RENDER_ERRORS = (
    TemplateError,
    TypeError,
    ValueError,
    ArithmeticError,
    LookupError,
    AttributeError,
    RecursionError,
)

SHOTS = "shots"
FORBIDDEN = "expected"


def as_text(value: Any) -> str:
    """A JSON value as a model should read or write it: text as it stands, the rest as JSON."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _environment() -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(
        undefined=StrictUndefined,
        autoescape=False,  # prompts are plain text, not HTML
        keep_trailing_newline=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["json"] = lambda value: json.dumps(value, ensure_ascii=False)
    return environment


_ENVIRONMENT = _environment()


class TemplateProblemError(ValueError):
    """A template that cannot be used: what is wrong and, where known, in which line of it."""

    def __init__(self, message: str, line: int = 0) -> None:
        super().__init__(message)
        self.line = line


class PromptTemplate:
    """A compiled template.

    `variables` are the case inputs it needs; `shows_shots` says whether it places shots itself.

    Raises:
        TemplateProblemError: the text is no template, or asks for `expected`.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        try:
            tree = _ENVIRONMENT.parse(text)
            names = meta.find_undeclared_variables(tree)
            self._template = _ENVIRONMENT.from_string(text)
        except TemplateSyntaxError as error:
            raise TemplateProblemError(str(error.message), error.lineno) from error
        if FORBIDDEN in names:
            line = next(n.lineno for n in tree.find_all(nodes.Name) if n.name == FORBIDDEN)
            raise TemplateProblemError(
                "the template asks for `expected` of the case under test, which no model may see; "
                "inside a loop over shots write shot.expected",
                line,
            )
        self.shows_shots = SHOTS in names
        self.variables = frozenset(names - {SHOTS})

    def render(self, variables: Mapping[str, Any]) -> str:
        """The prompt's text.

        Raises:
            TemplateProblemError: a name is missing, or the template computes something impossible.
        """
        try:
            return self._template.render(variables)
        except _RENDER_ERRORS as error:
            raise TemplateProblemError(str(error)) from error
