"""The style sheet of all pictures of a page, light, dark and printed. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from harness.reports.figures.palette import DARK, LIGHT, Fill, Palette

_RULES = """\
.chart { display: block; max-width: 100%; height: auto; \
font: 15px system-ui, -apple-system, "Segoe UI", Roboto, Helvetica, Arial, sans-serif; }
.chart text { fill: var(--chart-ink); font-variant-numeric: tabular-nums; }
.chart .paper { fill: var(--chart-paper); }
.chart .small { font-size: 14px; }
.chart .strong { font-weight: 600; }
.chart .title { font-size: 17px; font-weight: 600; }
.chart .quiet { fill: var(--chart-quiet); }
.chart .halo { stroke: var(--chart-paper); stroke-width: 4px; stroke-linejoin: round; \
paint-order: stroke; }
.chart .grid { stroke: var(--chart-grid); stroke-width: 1; }
.chart .frame { stroke: var(--chart-frame); stroke-width: 1; fill: none; }
.chart .zero { stroke: var(--chart-ink); stroke-width: 1.25; }
.chart .stripe { fill: var(--chart-band); }
.chart .leader { stroke: var(--chart-frame); stroke-width: 1; fill: none; }
.chart .curve { stroke: var(--chart-own, var(--chart-1)); stroke-width: 2.25; fill: none; \
stroke-linejoin: round; }
.chart .whisker { stroke: var(--chart-own, var(--chart-1)); stroke-width: 2; fill: none; }
.chart .thin { stroke: var(--chart-own, var(--chart-1)); stroke-width: 1; fill: none; }
.chart .mark { fill: var(--chart-own, var(--chart-1)); stroke: var(--chart-paper); \
stroke-width: 1.5; paint-order: stroke; }
.chart .hollow { fill: var(--chart-paper); stroke: var(--chart-own, var(--chart-1)); \
stroke-width: 2; }
.chart .shade { fill: var(--chart-own, var(--chart-1)); fill-opacity: 0.14; }
.chart .texture { stroke: var(--chart-paper); stroke-width: 1; stroke-opacity: 0.6; fill: none; }
.chart .main { stroke: var(--chart-1); fill: none; stroke-width: 2.25; }
.chart .main-fill { fill: var(--chart-1); }
.chart .band { fill: var(--chart-1); fill-opacity: 0.16; }
.chart .faint { fill: var(--chart-1); fill-opacity: 0.5; }
.chart .other { stroke: var(--chart-2); fill: none; stroke-width: 2; }
.chart .other-fill { fill: var(--chart-2); }
.chart text.other-fill { fill: var(--chart-ink); }
.chart .dashed { stroke-dasharray: 6 5; }
.chart .dotted { stroke-dasharray: 1.5 4; }
"""
_PRINT = "break-inside: avoid; print-color-adjust: exact; -webkit-print-color-adjust: exact;"
_DASHES = ("", "8 4", "2 3", "10 3 2 3", "5 3", "12 4 2 4 2 4", "1 3", "16 4")


def chart_css() -> str:
    """The whole style sheet; every rule holds within an element of class 'chart' alone.

    Dark where the reader's system is, unless the root element says data-theme="light" or "dark";
    paper is always light. A page that has its own paper sets --chart-paper behind this sheet.
    """
    dark = "".join(_variables(DARK))
    light = "".join(_variables(LIGHT))
    return "".join(
        [
            f".chart {{ {light}}}\n",
            "@media (prefers-color-scheme: dark) {\n",
            f':root:not([data-theme="light"]) .chart {{ {dark}}}\n',
            "}\n",
            f':root[data-theme="dark"] .chart {{ {dark}}}\n',
            _RULES,
            *_series(),
            *_fills("outcome", LIGHT.outcomes),
            *_fills("heat", LIGHT.heat),
            "@media print {\n",
            f":root .chart, :root[data-theme] .chart {{ {light}{_PRINT} }}\n",
            "}\n",
        ]
    )


def _variables(palette: Palette) -> Iterator[str]:
    for name in ("paper", "ink", "quiet", "grid", "frame", "band"):
        yield f"--chart-{name}: {getattr(palette, name)}; "
    for number, colour in enumerate(palette.series, 1):
        yield f"--chart-{number}: {colour}; "
    for name, fills in (("outcome", palette.outcomes), ("heat", palette.heat)):
        for number, fill in enumerate(fills):
            yield f"--chart-{name}-{number}: {fill.colour}; "
            yield f"--chart-on-{name}-{number}: {fill.text}; "


def _series() -> Iterator[str]:
    for number, dashes in enumerate(_DASHES, 1):
        yield f".chart .s{number} {{ --chart-own: var(--chart-{number}); }}\n"
        if dashes:
            yield f".chart .s{number} .curve {{ stroke-dasharray: {dashes}; }}\n"


def _fills(name: str, fills: tuple[Fill, ...]) -> Iterator[str]:
    for number in range(len(fills)):
        yield f".chart .{name}-{number} {{ fill: var(--chart-{name}-{number}); }}\n"
        yield f".chart text.on-{name}-{number} {{ fill: var(--chart-on-{name}-{number}); }}\n"
