"""Pages to test with: ordinary cases whose numbers can be counted by hand, and hostile ones."""

from __future__ import annotations

import random

from harness.reports.figures.figure import Figure
from harness.reports.page.document import page_html, page_of_parts
from harness.reports.page.grid import packed_part
from harness.reports.page.values import Fact, GridArm, GridCase, GridReply, Link, Page, Section
from harness.reports.table import Column, Table
from harness.values.reply import Usage
from harness.values.request import Message
from harness.values.score import Outcome

ARMS = (
    GridArm(name="zero_shot", kind="zero_shot"),
    GridArm(name="few_shot", kind="few_shot"),
    GridArm(name="fine_tuned", kind="fine_tuned"),
)
PAIR = ("few_shot", "fine_tuned")
CASES = 300
LABELS = ("billing", "delivery", "refund")

HOSTILE = (
    "<script>window.pwned = 1</script>",
    "</script><script>window.pwned = 2</script>",
    "<img src=x onerror='window.pwned = 3'>",
    "<!--<script>",
    "javascript:window.pwned=4",
    "<a href='javascript:window.pwned=5' onclick='window.pwned=6'>click</a>",
    "{{ 7 * 7 }} ${7 * 7} {% raw %}",
    "safe \u202e gnp.exe \u202c end",
    "lone \ud800 surrogate, nul \x00, escape \x1b[31m, line \u2028 end",
    "\N{FAMILY} \N{MAN}\N{ZERO WIDTH JOINER}\N{WOMAN} zero\N{ZERO WIDTH SPACE}width",
    '=HYPERLINK("http://example.com","x")',
    "x" * 1_000_000,
    "",
)


def reply(outcome=Outcome.CORRECT, text="yes", **fields) -> GridReply:
    """A reply with everything known."""
    given = {
        "outcome": outcome,
        "value": float(outcome is Outcome.CORRECT),
        "scores": {"label": float(outcome is Outcome.CORRECT)},
        "text": text,
        "finish": "stop",
        "model": "model-1",
        "usage": Usage(100, cached=20, output=7),
        "cost": 0.00123,
        "latency": 0.25,
        "prompt": (Message("system", "Answer."), Message("user", "A question?")),
    }
    return GridReply(**(given | fields))


def ordinary_cases(count: int = CASES) -> list[GridCase]:
    """Cases of three arms; few_shot has a reply for each of two shot seeds."""
    chance = random.Random(3)
    shots = [f"Message: example {number}\nLabel: {LABELS[number]}\n\n" for number in range(3)]
    return [_ordinary(chance, number, shots) for number in range(count)]


def _ordinary(chance: random.Random, number: int, shots: list[str]) -> GridCase:
    text, expected = f"Message number {number} about a parcel.", LABELS[number % 3]
    question = Message("user", f"Message: {text}\nLabel:")
    shown = Message("user", f"{''.join(shots)}Message: {text}\nLabel:")

    def one(prompt: Message, **fields) -> GridReply:
        right = chance.random() < 0.6
        answer = expected if right else "nothing"
        outcome = Outcome.CORRECT if right else chance.choice((Outcome.WRONG, Outcome.UNPARSED))
        system = Message("system", "Sort the messages.\nUse one label.")
        return reply(
            outcome,
            f"{answer} is my answer",
            extracted=answer if outcome is not Outcome.UNPARSED else None,
            prompt=(system, prompt),
            latency=round(chance.uniform(0.1, 2.0), 3),
            usage=Usage(chance.randint(50, 500), output=chance.randint(1, 20)),
            **fields,
        )

    return GridCase(
        id=f"case-{number}",
        input={"message": text},
        expected=expected,
        group=f"g{number // 5}",
        tags={"language": ("en", "es")[number % 2], "size": ("s", "m", "l")[number % 3]},
        replies=(
            (one(question),),
            tuple(one(shown, shots=("t0", "t1", "t2"), shot_seed=seed) for seed in (1, 2)),
            (one(question),),
        ),
    )


def hostile_cases() -> list[GridCase]:
    """Every hostile text in every place where a text can stand."""
    return [
        GridCase(
            id=f"h{number} {text[:60]}",
            input={"text": text, text[:40] or "empty": {"nested": text[:100]}},
            expected={"answer": text[:200], "digits": 12345678901234567890},
            group=text[:60],
            tags={"kind": text[:30], text[:20] or "none": "x"},
            replies=(
                (
                    reply(
                        Outcome.WRONG, text, extracted=text[:50], reason=text[:80], model=text[:50]
                    ),
                ),
                (
                    reply(
                        Outcome.PROVIDER_ERROR,
                        text,
                        failed=True,
                        value=None,
                        usage=None,
                        cost=None,
                        latency=None,
                        scores={text[:20]: 0.5},
                        shots=(text[:40],),
                    ),
                ),
                (
                    reply(
                        Outcome.CORRECT,
                        text,
                        prompt=(Message("system", text), Message("user", text)),
                    ),
                ),
            ),
        )
        for number, text in enumerate(HOSTILE)
    ]


def report(**fields) -> Page:
    """Everything that can stand above the cases."""
    table = Table(
        "Accuracy",
        (Column("arm", "left"), Column("accuracy")),
        (("few_shot", "71.7%"),),
        ("Warning: few cases.", "All cases."),
    )
    svg = (
        '<svg class="chart" role="img" viewBox="0 0 100 20"><title>Accuracy</title>'
        '<desc>One bar.</desc><rect class="paper" width="100" height="20"/></svg>'
    )
    figure = Figure(id="accuracy-figure", title="Accuracy", svg=svg, table=table, caption="All.")
    sections = (
        Section(id="accuracy", title="How good", intro="Of all cases.", figures=(figure,)),
        Section(id="spend", title="Tokens and time", tables=(table,)),
    )
    given = {
        "title": "A suite",
        "name": "a_suite",
        "finding": "fine_tuned beats few_shot.",
        "subtitle": "What it is.",
        "verdict": "promote",
        "facts": (Fact("models", ("one", "two")),),
        "warnings": ("Warning: few cases.",),
        "links": (Link("Index", "index.html"),),
        "sections": sections,
    }
    return Page(**(given | fields))


def unlike_cases() -> list[GridCase]:
    """Two cases that have other tags, inputs and shot seeds, in another order."""
    return [
        GridCase(
            id=f"unlike-{number}",
            input={name: f"what {name} says"},
            expected="yes",
            tags=tags,
            replies=(
                tuple(reply(text=f"of seed {seed}", shot_seed=seed) for seed in seeds),
                (),
                (),
            ),
        )
        for number, (name, tags, seeds) in enumerate(
            [("one", {"a": "x"}, (1,)), ("two", {"b": "y", "a": "z"}, (2, 1))]
        )
    ]


def html(page: Page, arms=(), cases=(), **options) -> str:
    """The whole file."""
    return "".join(page_html(page, arms, cases, **options))


def html_of_parts(page: Page, arms, cases, size: int, **options) -> str:
    """The whole file of cases that are packed so many at a time."""
    parts = [
        packed_part(arms, cases[start : start + size], number)
        for number, start in enumerate(range(0, len(cases), size))
    ]
    return "".join(page_of_parts(page, arms, parts, **options))
