import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plsim.core.errors import EvidenceError
from plsim.evidence import BOUNDS, GRADES_OF_EVIDENCE, Parameter, Registry, load_registry, registry

GOOD = """
[match.width_up]
value = 20
low = 14.0
high = 35.0
unit = "RIT"
meaning = "Width of the match curve above."
source = "Our judgement."
grade = "D"
bounds = "chosen"
uncertain = true
shape = "log"

[match.floor]
value = 0.2
low = 0.0
high = 0.5
unit = "share"
meaning = "What a hopeless match is worth."
source = "Our judgement."
grade = "D"
bounds = "chosen"
"""


def write(folder: Path, text: str, name: str = "rules.toml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def small(tmp_path: Path) -> Registry:
    return load_registry([write(tmp_path, GOOD)])


def test_a_table_becomes_a_parameter_with_every_field(small: Registry) -> None:
    assert small["match.width_up"] == Parameter(
        key="match.width_up",
        value=20.0,
        low=14.0,
        high=35.0,
        unit="RIT",
        meaning="Width of the match curve above.",
        source="Our judgement.",
        grade="D",
        bounds="chosen",
        uncertain=True,
        shape="log",
    )


def test_iterating_follows_the_order_of_files_and_keys(tmp_path: Path) -> None:
    first = write(tmp_path, GOOD, "a.toml")
    second = write(tmp_path, GOOD.replace("match.", "attention."), "b.toml")
    keys = [parameter.key for parameter in load_registry([first, second])]
    assert keys == ["match.width_up", "match.floor", "attention.width_up", "attention.floor"]


def test_a_group_is_keyed_by_the_names_inside_it(small: Registry) -> None:
    assert list(small.group("match")) == ["width_up", "floor"]


def test_uncertain_parameters_are_those_that_say_so(small: Registry) -> None:
    assert [parameter.key for parameter in small.uncertain()] == ["match.width_up"]


def test_an_unknown_key_names_the_nearest(small: Registry) -> None:
    with pytest.raises(EvidenceError, match=r"match\.widthup: unknown parameter.*Did you mean 'match\.width_up'"):
        small.value("match.widthup")


def test_an_unknown_group_names_the_nearest(small: Registry) -> None:
    with pytest.raises(EvidenceError, match="Did you mean 'match'"):
        small.group("macth")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("value = 20\n", "value = 40\n", "value 40 is not between low 14 and high 35"),
        ("value = 20\n", "value = nan\n", "a finite number"),
        ("value = 20\n", "value = true\n", "a finite number"),
        ("value = 20\n", 'value = "20"\n', "a finite number"),
        ("value = 20\n", "", "missing value"),
        ("value = 20\n", "value = 20\nvalu = 3\n", "unknown field.*Did you mean 'value'"),
        ('unit = "RIT"', 'unit = " "', "a text that is not empty"),
        ('grade = "D"', 'grade = "E"', "grade: got 'E'. Allowed: A, B, C, D"),
        ('bounds = "chosen"', 'bounds = "guessed"', "Allowed: published, chosen"),
        ('shape = "log"', 'shape = "normal"', "Allowed: uniform, log"),
        ("uncertain = true", "uncertain = 1", "Allowed: true, false"),
        ("low = 14.0", "low = 0.0", "above 0 when shape is 'log'"),
        ("low = 14.0\nhigh = 35.0", "low = 20\nhigh = 20", "uncertain, but low equals high"),
        ("[match.width_up]", "[match]", "not a table"),
        ("[match.width_up]", "[match.width_up", "not a TOML file"),
        ("[match.floor]", "[match.width_up]", "not a TOML file"),
    ],
)
def test_a_wrong_file_is_refused_and_says_why(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert old in GOOD
    path = write(tmp_path, GOOD.replace(old, new, 1))
    with pytest.raises(EvidenceError, match=message) as caught:
        load_registry([path])
    assert caught.value.where == "rules.toml"


def test_a_key_in_two_files_is_refused_and_both_are_named(tmp_path: Path) -> None:
    files = [write(tmp_path, GOOD, "a.toml"), write(tmp_path, GOOD, "b.toml")]
    with pytest.raises(EvidenceError, match=r"b\.toml: match\.width_up: given already in a\.toml"):
        load_registry(files)


def test_with_values_changes_one_value_and_leaves_the_original_alone(small: Registry) -> None:
    changed = small.with_values({"match.floor": 0.4})
    assert (changed.value("match.floor"), small.value("match.floor")) == (0.4, 0.2)
    assert changed.value("match.width_up") == small.value("match.width_up")


def test_with_values_refuses_what_is_out_of_range_unless_asked(small: Registry) -> None:
    assert small.with_values({"match.floor": 0.9}, outside_range=True).value("match.floor") == 0.9
    with pytest.raises(EvidenceError, match=r"0\.9 is out of range.*Allowed: 0 to 0\.5 share"):
        small.with_values({"match.floor": 0.9})


def test_with_values_refuses_what_is_not_finite(small: Registry) -> None:
    with pytest.raises(EvidenceError, match="out of range"):
        small.with_values({"match.floor": math.nan}, outside_range=True)


@pytest.mark.parametrize(("old", "new"), [("value = 20\n", "value = 21\n"), ("high = 35.0", "high = 36.0")])
def test_the_digest_moves_with_every_number(tmp_path: Path, small: Registry, old: str, new: str) -> None:
    assert load_registry([write(tmp_path, GOOD.replace(old, new), "b.toml")]).digest() != small.digest()


def test_the_digest_ignores_comments_and_the_split_into_files(tmp_path: Path, small: Registry) -> None:
    width, floor = GOOD.split("\n\n")
    files = [write(tmp_path, "# later\n" + floor, "a.toml"), write(tmp_path, width, "b.toml")]
    assert load_registry(files).digest() == small.digest()


@given(share=st.floats(0.0, 1.0))
def test_a_quantile_never_leaves_the_range(share: float) -> None:
    fields = {"unit": "RIT", "meaning": "m", "source": "s", "grade": "D", "bounds": "chosen"}
    for shape in ("uniform", "log"):
        parameter = Parameter("a.b", 2.0, 1.0, 100.0, **fields, shape=shape)
        assert 1.0 <= parameter.quantile(share) <= 100.0 * (1.0 + 1e-15)


def test_the_median_of_a_log_parameter_is_the_geometric_mean(small: Registry) -> None:
    assert small["match.width_up"].quantile(0.5) == pytest.approx(math.sqrt(14.0 * 35.0))


def test_the_shipped_registry_loads_and_is_read_once() -> None:
    assert len(registry()) > 0
    assert registry() is registry()


def test_every_shipped_parameter_is_complete() -> None:
    for parameter in registry():
        assert parameter.low <= parameter.value <= parameter.high, parameter.key
        assert parameter.grade in GRADES_OF_EVIDENCE, parameter.key
        assert parameter.bounds in BOUNDS, parameter.key
        assert parameter.meaning.endswith("."), f"{parameter.key}: the meaning is a sentence"


def test_a_price_nobody_published_is_graded_as_judgement() -> None:
    for parameter in registry().group("prices").values():
        recalled = "recalled" in parameter.source or parameter.source.startswith("Our judgement")
        assert parameter.grade == "D" or not recalled, parameter.key
