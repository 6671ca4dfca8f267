"""A page and its cases in, the pieces of one HTML file out.

The report comes first, so that it can be read while the cases behind it still load; then the packed
blocks of the cases, then the script.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import chain
from typing import Any

from jinja2 import Environment, StrictUndefined, Template
from markupsafe import Markup

from harness.errors import HarnessError
from harness.reports.notes import WARNING
from harness.reports.page.assets import asset, policy, script, style
from harness.reports.page.blocks import block_html
from harness.reports.page.grid import joining_blocks, packed_part
from harness.reports.page.inert import marked, plain
from harness.reports.page.parts import GridPart, PackedPart
from harness.reports.page.values import GridArm, GridCase, Page
from harness.text.wording import counted

_SIGNS = {"promote": "✓", "reject": "✕", "inconclusive": "?", "invalid": "!"}


def page_html(
    page: Page,
    arms: Sequence[GridArm] = (),
    cases: Iterable[GridCase] = (),
    *,
    pair: tuple[str, str] | None = None,
) -> Iterator[str]:
    """The file in pieces, in order; each can be encoded as UTF-8.

    `cases` is read once, in its order, and no more than a few hundred cases are held at a time.
    `pair` names the (reference, candidate) that "gained" and "lost" speak of when the page opens;
    without it, the first and the last arm. Without cases or arms the page has no grid.

    Raises:
        HarnessError: a case has not one tuple of replies per arm, or `pair` names an unknown arm.
    """
    waiting = iter(cases if arms else ())
    first = next(waiting, None)
    parts = [] if first is None else [packed_part(arms, chain([first], waiting))]
    return page_of_parts(page, arms, parts, pair=pair)


def page_of_parts(
    page: Page,
    arms: Sequence[GridArm],
    parts: Sequence[PackedPart],
    *,
    pair: tuple[str, str] | None = None,
) -> Iterator[str]:
    """The same of cases that are packed in parts, numbered from 0, each maybe by another process.

    Raises:
        HarnessError: `pair` names an unknown arm, or a part cannot be packed.
    """
    names = [arm.name for arm in arms]
    chosen = pair or ((names[0], names[-1]) if names else ("", ""))
    if arms and not set(chosen) <= set(names):
        raise HarnessError(f"the pair {chosen} is not among the arms {names}")
    yield _report(page, has_cases=bool(parts))
    if parts:
        yield asset("cases.html")
        read: list[GridPart] = []
        for part in parts:
            packed = yield from part
            read.append(packed)
        yield from map(block_html, joining_blocks(arms, read, chosen))
    yield f'<script type="module">{script()}</script>\n</body>\n</html>\n'


def _report(page: Page, *, has_cases: bool) -> str:
    return _template().render(
        page=page,
        has_cases=has_cases,
        policy=policy(),
        style=Markup(style()),  # noqa: S704 - our own file
        sign=_SIGNS.get(page.verdict, ""),
        warning=WARNING,
    )


@cache
def _template() -> Template:
    """Every value that the template shows passes through `marked`."""
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, finalize=_shown, trim_blocks=False
    )
    environment.filters |= {
        "plain": plain,
        "trusted": Markup,
        "counted": counted,
        "without_lead": lambda text: text.removeprefix(WARNING),
    }
    return environment.from_string(asset("page.html"))


def _shown(value: Any) -> Any:
    return marked(value) if isinstance(value, str) and not isinstance(value, Markup) else value
