"""The curve's table and page: what people read."""

from __future__ import annotations

import io

import pytest
from rich.cells import cell_len
from rich.console import Console

from harness.analysis.curve import fit_curve
from harness.reports.curve import curve_page, curve_tables, heading
from harness.reports.terminal import print_tables
from tests.curves import a_curve

from . import curves


@pytest.mark.parametrize("name", curves.NAMES)
def test_the_page(name, snapshot):
    """Every kind of curve, as Markdown."""
    curve = getattr(curves, name)()
    assert curve_page(curve, fit_curve(curve), picture=f"{name}.svg") == snapshot


@pytest.mark.parametrize("width", [80, 100])
@pytest.mark.parametrize("name", curves.NAMES)
def test_the_table_fits_a_terminal(name, width):
    """No line is wider than the screen."""
    curve = getattr(curves, name)()
    file = io.StringIO()
    print_tables(Console(file=file, width=width), "x", curve_tables(curve, fit_curve(curve)))
    assert max(map(cell_len, file.getvalue().split("\n"))) <= width


def test_what_the_trainings_took_is_shown_where_known():
    """A column that nobody filled is left out, a gap is 'unknown', and no table means no news."""
    by_size, taken = curve_tables(curves.straight(), fit_curve(curves.straight()))
    names = ["rows", "seed", "trained tokens", "time", "validation loss"]
    assert [column.name for column in taken.columns] == names
    assert taken.rows[0] == ("25", "1", "unknown", "0:10", "1.475")
    assert len(by_size.rows) == len(taken.rows) == 5
    assert len(curve_tables(a_curve(), fit_curve(a_curve()))) == 1


def test_foreign_names_stay_text():
    """A suite can be called what it likes."""
    curve = a_curve(cases=20, suite="<b>*x*</b>", base="[a](b)")
    page = curve_page(curve, fit_curve(curve, draws=100))
    assert "<b>" not in page
    assert "[a](b)" not in page
    assert heading(curve) == "Learning curve of fine_tuned on <b>*x*</b>"
