"""What is known of every suite in, the page over all of them out. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from harness.analysis.columns import ArmColumns
from harness.analysis.per_thousand import PerThousand
from harness.analysis.trend import Trend, TrendDecision
from harness.reports.figures.money import amount
from harness.reports.notes import WARNING, warnings
from harness.reports.page.values import Fact, Link, Page, Section
from harness.reports.standing import Standing, standings
from harness.reports.table import Column, Row, Table
from harness.reports.trend import decisions_table, no_trend, runs_table, trend_picture
from harness.reports.wording import UNKNOWN, interval, one_line
from harness.text.wording import NOTHING, counted, listing, mean
from harness.values.run import RunInfo

TITLE = "All suites"
_LONGEST_ABOUT = 600
_LONGEST_WRONG = 300


class SuiteCard(msgspec.Struct, frozen=True, kw_only=True):
    """A suite as the index shows it.

    `info` and `arms` are a replay of what is recorded, None where nothing is. `money` is by arm,
    where it is known. `production` names the arm in production, and `since` the day. `wrong` says
    why nothing can be said of the suite. `links` are its other pages.
    """

    name: str
    title: str = ""
    about: str = ""
    info: RunInfo | None = None
    arms: Mapping[str, ArmColumns] = msgspec.field(default_factory=dict)
    money: Mapping[str, PerThousand] = msgspec.field(default_factory=dict)
    production: str = ""
    since: str = ""
    trend: Trend | None = None
    wrong: str = ""
    links: tuple[Link, ...] = ()


def index_page(cards: Sequence[SuiteCard]) -> Page:
    """Every suite in one table, then a section for each with its arms and its past."""
    return Page(
        title=TITLE,
        finding=_finding(cards),
        subtitle="From what is recorded, decided and approved here, and from the runs kept on this "
        "machine.",
        facts=tuple(Fact(name=name, values=values) for name, values in _facts(cards) if values),
        warnings=tuple(_warnings(cards)),
        links=tuple(link for card in cards for link in card.links),
        sections=(_overview(cards), *(_section(card) for card in cards)),
    )


def _finding(cards: Sequence[SuiteCard]) -> str:
    if not cards:
        return "There is no suite yet: write one with harness init NAME."
    used = [card for card in cards if card.production]
    lead = f"{counted(len(cards), 'suite')}"
    if not used:
        return f"{lead}; nothing is in production."
    each = listing(f"{one_line(c.production)} for {c.name}" for c in used)
    return f"{lead}; in production: {each}."


def _facts(cards: Sequence[SuiteCard]) -> Iterator[tuple[str, tuple[str, ...]]]:
    models = {arm.model for card in cards if card.info for arm in card.info.arms.values()}
    yield "models", tuple(sorted(map(one_line, models)))


def _warnings(cards: Sequence[SuiteCard]) -> Iterator[str]:
    for card in cards:
        if card.wrong:
            yield f"{card.name}: {one_line(card.wrong, _LONGEST_WRONG)}"
        if card.info is not None:
            for text in warnings(card.info, standings(card.info, card.arms)):
                yield f"{card.name}: {text.removeprefix(WARNING)}"


def _overview(cards: Sequence[SuiteCard]) -> Section:
    left = ("suite", "in production")
    right = ("since", "cases", "accuracy or score", "95% interval", "per 1,000 requests")
    columns = (
        *(Column(name, "left") for name in left),
        *map(Column, right),
        Column("latest verdict about it", "left"),
        Column("on"),
    )
    rows = tuple(_overview_row(card) for card in cards)
    note = (
        "Accuracy (a share) or mean score (a number), and money, are those of the arm in "
        "production, from its recorded replies."
    )
    return Section(
        id="suites",
        title="Suites",
        tables=(Table("What is in production", columns, rows, (note,)),),
    )


def _overview_row(card: SuiteCard) -> Row:
    line = next((one for one in _lines(card) if one.name == card.production), None)
    last = _last_about(card)
    return (
        card.name,
        one_line(card.production) or NOTHING,
        card.since or NOTHING,
        f"{card.info.cases:,}" if card.info else NOTHING,
        *_reached(card, line),
        _money(card, line),
        _verdict(last) if last else NOTHING,
        one_line(last.time[:10]) if last else NOTHING,
    )


def _last_about(card: SuiteCard) -> TrendDecision | None:
    """The latest decision about the arm in production: one about others says nothing of it."""
    decisions = card.trend.decisions if card.trend else ()
    about = (d for d in reversed(decisions) if card.production in (d.candidate, d.incumbent))
    return next(about, None)


def _verdict(last: TrendDecision) -> str:
    return f"{last.ruling}: {one_line(last.candidate)} against {one_line(last.incumbent)}"


def _section(card: SuiteCard) -> Section:
    key = f"suite-{card.name}"
    intro = [one_line(card.wrong or card.about, _LONGEST_ABOUT)]
    picture = None
    tables = [_arms_table(card)] if card.info else []
    folded = None
    if card.trend is not None:
        picture = trend_picture(card.trend, key=f"trend-{card.name}", among=tuple(card.arms))
        intro += [] if picture else [no_trend(card.trend)]
        decisions = decisions_table(card.trend)
        tables += [decisions] if decisions else []
        folded = runs_table(card.trend)
    return Section(
        id=key,
        title=f"{one_line(card.title)} ({card.name})" if card.title else card.name,
        intro=" ".join(filter(None, intro)),
        figures=(picture,) if picture else (),
        tables=tuple(tables),
        folded=(folded,) if folded else (),
    )


def _arms_table(card: SuiteCard) -> Table:
    graded = card.info.graded if card.info else False
    columns = (
        Column("arm", "left"),
        Column("kind", "left"),
        Column("model", "left"),
        Column("score" if graded else "accuracy"),
        Column("95% interval"),
        Column("per 1,000 requests"),
        Column("approved", "left"),
    )
    approved = {one.arm: one for one in card.trend.approvals} if card.trend else {}
    rows = []
    for line in _lines(card):
        state = approved.get(line.name)
        words = f"{state.day} ({state.approval})" if state else NOTHING
        rows.append(
            (
                one_line(line.name),
                line.info.kind.replace("_", "-"),
                one_line(line.info.model),
                *_reached(card, line),
                _money(card, line),
                f"{words}, in production" if line.name == card.production else words,
            )
        )
    return Table("Arms, from their recorded replies", columns, tuple(rows))


def _lines(card: SuiteCard) -> list[Standing]:
    return standings(card.info, card.arms) if card.info else []


def _reached(card: SuiteCard, line: Standing | None) -> tuple[str, str]:
    if line is None or line.shown is None:
        return (line.gap if line else NOTHING), NOTHING
    graded = bool(card.info and card.info.graded)
    return mean(line.shown.mean, graded=graded), interval(line.shown.interval, graded=graded)


def _money(card: SuiteCard, line: Standing | None) -> str:
    if line is None or line.info.kind == "classical":
        return NOTHING
    found = card.money.get(line.name)
    return UNKNOWN if found is None else amount(found.amount, found.currency)
