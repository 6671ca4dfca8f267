"""The file of a curve: what goes in comes out, one line per point, and nonsense is named."""

from __future__ import annotations

import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.errors import DataError
from harness.values.curve import CurvePoint, decode_curve, encode_curve, packed, unpacked
from tests.curves import a_curve

GRADES = st.integers(0, 10**6).map(lambda millionths: millionths / 10**6)


@given(st.lists(GRADES, min_size=1))
def test_scores_come_out_as_they_went_in(values):
    """Six decimals survive, whichever form they are kept in."""
    assert unpacked(packed(values)) == tuple(values)


def test_correct_and_wrong_are_one_short_text():
    """240 cases are 240 characters; one graded score makes all of them numbers."""
    assert packed([1, 0, 0, 1]) == "1001"
    assert packed([1, 0.5]) == (1.0, 0.5)
    assert packed([1 / 3]) == (0.333333,)


@pytest.mark.parametrize("fields", [{}, {"graded": True, "groups": (0, 0, 1, 1), "cases": 4}])
def test_a_curve_survives_its_file(fields):
    """decode(encode(curve)) is the curve, with its points in order."""
    curve = a_curve(**{"cases": 20, "seeds": (1, 2), **fields})
    assert decode_curve(encode_curve(curve), "curve.json") == curve


def test_the_file_does_not_depend_on_the_order_of_the_points():
    """A point that was measured later changes one line of the diff."""
    curve = a_curve(cases=20, seeds=(1, 2))
    turned = msgspec.structs.replace(curve, points=curve.points[::-1])
    assert encode_curve(turned) == encode_curve(curve)


def test_the_file_has_a_line_per_point():
    """People read it, and git compares it, by lines."""
    lines = encode_curve(a_curve(cases=20)).decode().splitlines()
    points = [line for line in lines if line.startswith('    {"size":')]
    assert [json.loads(line.rstrip(","))["size"] for line in points] == [25, 50, 100, 200, 300]
    assert '  "arm": "fine_tuned",' in lines


def test_a_curve_without_points_has_a_file():
    """The file exists before the first training ends."""
    curve = a_curve(sizes=(1,), points=())
    assert decode_curve(encode_curve(curve), "curve.json") == curve


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"cases": 21}, "the point of 25 rows, seed 1: 20 values for 21 cases"),
        ({"points": 2}, "the point of 25 rows, seed 1, stands there twice"),
        ({"groups": [1, 2]}, "groups: 2 values for 20 cases"),
        ({"reference": {"arm": "few", "values": "01"}}, "reference 'few': 2 values for 20 cases"),
        ({"split": "tst"}, "tst"),
        ({"unheard_of": 1}, "unheard_of"),
    ],
)
def test_a_file_that_contradicts_itself_is_named(change, message):
    """File, what is wrong, and the next step."""
    content = json.loads(encode_curve(a_curve(cases=20)))
    if change == {"points": 2}:
        change = {"points": content["points"][:1] * 2}
    with pytest.raises(DataError, match=r"fine_tuned\.json") as error:
        decode_curve(json.dumps({**content, **change}).encode(), "fine_tuned.json")
    assert message in str(error.value)
    assert error.value.problems[0].hint


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b'{"suite": "\xff"}'])
def test_what_is_no_curve_is_bad_data(data):
    """Never a traceback of the decoder."""
    with pytest.raises(DataError):
        decode_curve(data, "curve.json")


@pytest.mark.parametrize("values", [[], [1.5], [-0.1]])
def test_scores_outside_zero_and_one_are_refused(values):
    """A score is in [0, 1], and there is at least one."""
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"size": 5, "seed": 1, "values": values}, CurvePoint)


@pytest.mark.parametrize("values", ["", "012", "0" * 19 + "x"])
def test_digits_that_are_no_scores_are_refused(values):
    """The short form has one 0 or 1 per case."""
    content = json.loads(encode_curve(a_curve(cases=20)))
    content["points"][0]["values"] = values
    with pytest.raises(DataError, match="the point of"):
        decode_curve(json.dumps(content).encode(), "curve.json")
