"""A scorer's name and a suite's options in, the scorer out. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from difflib import get_close_matches
from typing import Any, TypeAlias

from harness.errors import DataError, UsageError
from harness.scoring.choice import choice, choice_lenient
from harness.scoring.exact import exact
from harness.scoring.imported import UnscoredError, imported
from harness.scoring.includes import includes
from harness.scoring.json_object import (
    json_fields,
    json_fields_lenient,
    json_whole,
    json_whole_lenient,
)
from harness.scoring.json_schema import json_schema
from harness.scoring.label import label, label_lenient
from harness.scoring.number import number, number_lenient
from harness.scoring.overlap import edit_similarity, token_f1
from harness.scoring.own import own_scorer
from harness.scoring.regex import regex
from harness.scoring.stars import stars, stars_lenient
from harness.scoring.text_metrics import bleu, chrf, rouge
from harness.values.case import Case
from harness.values.reply import Answer, assistant
from harness.values.score import Scorer
from harness.values.suite import ScorerTable

Schema: TypeAlias = Mapping[str, Any]
Factory: TypeAlias = Callable[[ScorerTable, Schema | None], Scorer]


def _json_schema(table: ScorerTable, schema: Schema | None) -> Scorer:
    del table
    if schema is None:
        raise UsageError("the scorer json_schema needs [scorer.json] schema = 'FILE' in suite.toml")
    return json_schema(schema)


SCORERS: Mapping[str, Factory] = {
    "exact": lambda table, _: exact(table.exact),
    "label": lambda table, _: label(table.label),
    "label_lenient": lambda table, _: label_lenient(table.label),
    "includes": lambda table, _: includes(table.includes),
    "regex": lambda table, _: regex(table.regex),
    "choice": lambda table, _: choice(table.choice),
    "choice_lenient": lambda table, _: choice_lenient(table.choice),
    "number": lambda table, _: number(table.number),
    "number_lenient": lambda table, _: number_lenient(table.number),
    "stars": lambda *_: stars(),
    "stars_lenient": lambda *_: stars_lenient(),
    "json_fields": lambda table, _: json_fields(table.json),
    "json_fields_lenient": lambda table, _: json_fields_lenient(table.json),
    "json_whole": lambda table, _: json_whole(table.json),
    "json_whole_lenient": lambda table, _: json_whole_lenient(table.json),
    "json_schema": _json_schema,
    "token_f1": lambda *_: token_f1(),
    "edit_similarity": lambda *_: edit_similarity(),
    "bleu": lambda *_: bleu(),
    "chrf": lambda *_: chrf(),
    "rouge1": lambda *_: rouge("rouge1")(),
    "rouge2": lambda *_: rouge("rouge2")(),
    "rougeL": lambda *_: rouge("rougeL")(),
    "imported": lambda table, _: imported(table.imported),
}


def build_scorer(
    name: str,
    table: ScorerTable,
    *,
    own: Mapping[str, Callable[..., Any] | Scorer] | None = None,
    schema: Schema | None = None,
) -> Scorer:
    """The scorer called `name`, with the options the suite gives it.

    `own` maps 'module:function' names of the suite's folder to what they name (a callable as
    `own_scorer` takes it); `schema` is the loaded file that [scorer.json] schema names.
    UsageError for an unknown name or unusable options, MissingExtraError for an absent package.
    """
    functions = own or {}
    if name in functions:
        return own_scorer(name, functions[name])
    if name in SCORERS:
        return SCORERS[name](table, schema)
    known = [*SCORERS, *functions]
    closest = get_close_matches(name, known, n=1)
    hint = f"; did you mean {closest[0]!r}?" if closest else "."
    raise UsageError(f"no scorer is called {name!r}{hint} Known: {', '.join(known)}")


def expected_problem(scorer: Scorer, case: Case) -> str | None:
    """Why no answer could ever be right for the case under a built-in scorer; None when one could.

    Built-in scorers read `expected` before the answer, so that a check needs no model.
    """
    try:
        scorer.function(case, Answer(assistant("")))
    except DataError as error:
        return str(error)
    except UnscoredError:  # of the answer, which is none
        return None
    return None
