"""Prompt templates: text in, a checked and compiled template out. Pure.

Jinja2 in its sandbox: a template reads values and can reach nothing else. Undefined names are
errors. Prompts are plain text, so nothing is escaped.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from jinja2 import StrictUndefined, Template, TemplateError, TemplateSyntaxError, meta, nodes
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

_FORBIDDEN_NODES = (nodes.Include, nodes.Import, nodes.FromImport, nodes.Extends)
_RENDER_ERRORS = (
    TemplateError,
    TypeError,
    ValueError,
    ArithmeticError,
    LookupError,
    AttributeError,
    RecursionError,
    MemoryError,
)
_COMPILE_ERRORS = (RecursionError, MemoryError, SyntaxError, ValueError, OverflowError)
MAX_TEXT = 16 * 1024 * 1024
_MAX_BITS = 4096

SHOTS = "shots"
FORBIDDEN = "expected"


def as_text(value: Any) -> str:
    """A JSON value as a model should read or write it: text as it stands, the rest as JSON."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


class _Sandbox(ImmutableSandboxedEnvironment):
    """The sandbox, in which no single product or power can take all memory or time."""

    intercepted_binops = frozenset({"*", "**"})

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """Jinja's hook for the intercepted operators."""
        if operator == "*":
            for times, repeated in ((left, right), (right, left)):
                if isinstance(repeated, str | list | tuple) and isinstance(times, int):
                    _refuse_above(MAX_TEXT, len(repeated) * times)
        elif isinstance(left, int) and isinstance(right, int):
            _refuse_above(_MAX_BITS, left.bit_length() * right)
        return super().call_binop(context, operator, left, right)


def _refuse_above(limit: int, size: int) -> None:
    if size > limit:
        raise OverflowError(f"the result is too large ({size:,}; {limit:,} is allowed)")


def _environment() -> ImmutableSandboxedEnvironment:
    environment = _Sandbox(
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
        TemplateProblemError: the text is no template, asks for `expected` or for another file.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self._template, tree = _compiled(text)
        names = meta.find_undeclared_variables(tree)
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
            TemplateProblemError: a name is missing, the template computes something impossible,
                or its text would be longer than MAX_TEXT.
        """
        return _rendered(self._template, variables)


class CompletionTemplate:
    """What a model should learn to answer: the one template that may ask for `expected`.

    `variables` are the case inputs it needs.

    Raises:
        TemplateProblemError: the text is no template or asks for another file.
    """

    def __init__(self, text: str) -> None:
        self._template, tree = _compiled(text)
        self.variables = frozenset(meta.find_undeclared_variables(tree) - {FORBIDDEN})

    def render(self, values: Mapping[str, Any], expected: Any) -> str:
        """The text to learn. Raises TemplateProblemError as `PromptTemplate.render` does."""
        return _rendered(self._template, {**values, FORBIDDEN: as_text(expected)})


def _compiled(text: str) -> tuple[Template, nodes.Template]:
    """A template and its tree. Raises TemplateProblemError."""
    try:
        tree = _ENVIRONMENT.parse(text)
        template = _ENVIRONMENT.from_string(text)
    except TemplateSyntaxError as error:
        raise TemplateProblemError(str(error.message), error.lineno) from error
    except _COMPILE_ERRORS as error:
        raise TemplateProblemError(f"cannot be compiled: {_reason(error)}") from error
    for node in tree.find_all(_FORBIDDEN_NODES):
        kind = type(node).__name__.lower().removeprefix("from")
        raise TemplateProblemError(f"a prompt is one file and cannot {kind} another", node.lineno)
    # Every render copies the globals, and jinja's chain of maps is slow to copy.
    template.globals = dict(template.globals)
    return template, tree


def _rendered(template: Template, variables: Mapping[str, Any]) -> str:
    parts, size = [], 0
    try:
        for part in template.generate(variables):
            parts.append(part)
            size += len(part)
            _refuse_above(MAX_TEXT, size)
    except _RENDER_ERRORS as error:
        raise TemplateProblemError(_reason(error)) from error
    return "".join(parts)


def _reason(error: BaseException) -> str:
    return str(error) or type(error).__name__
