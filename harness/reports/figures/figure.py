"""One picture of a page: an SVG element, what it says, and the numbers it was drawn from. Pure."""

from __future__ import annotations

import msgspec

from harness.reports.table import Table


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """A picture that can stand in a page with other pictures.

    `id` is unique within the page; every id within `svg` begins with it. `svg` is an element
    <svg class="chart"> with role, title and description, and without <style> and style=, which the
    Content-Security-Policy of a page forbids: `style.chart_css` is the style sheet of them all.
    `title` and `caption` are plain texts, not yet escaped. `table` holds the numbers. A
    `wide` picture has a row of a page to itself.
    """

    id: str
    title: str
    svg: str
    table: Table
    caption: str = ""
    wide: bool = False
