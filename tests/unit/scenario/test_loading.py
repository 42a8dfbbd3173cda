"""Reading scenario files, and saying what is wrong with them."""

from __future__ import annotations

import tomllib
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plsim.core.errors import ScenarioError
from plsim.documents.texts import MAX_BYTES
from plsim.scenario import Scenario, load, loads, shipped_scenarios
from plsim.scenario.shipped import first_line
from plsim.scenario.text import toml_text

HEAD = "schema_version = 1\n"


def written(folder: Path, text: str, name: str = "rural.toml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def complaint(text: str, *, overrides: tuple[str, ...] = ()) -> str:
    with pytest.raises(ScenarioError) as caught:
        loads(HEAD + text, where="rural.toml", overrides=overrides)
    return str(caught.value)


@pytest.mark.parametrize("name", shipped_scenarios())
def test_shipped_scenarios_load_under_their_names(name: str) -> None:
    assert load(name).name == name


@pytest.mark.parametrize("path", shipped_scenarios().values(), ids=lambda path: path.stem)
def test_the_first_line_of_a_shipped_scenario_says_what_it_is_for(path: Path) -> None:
    assert first_line(path).endswith((".", "?"))


@pytest.mark.parametrize("name", shipped_scenarios())
def test_the_canonical_text_reads_back_to_the_same_scenario_and_digest(name: str) -> None:
    scenario = load(name)
    again = loads(scenario.to_toml())
    assert again == scenario
    assert again.digest() == scenario.digest()


def test_the_digest_does_not_depend_on_how_a_file_is_written() -> None:
    one = loads(HEAD + 'name = "x"\nyears = 2\n[support]\ncoaching_hours = 1')
    other = loads('years=2\nschema_version=1\n# said\nname="x"\nsupport.coaching_hours=1.0')
    assert one.digest() == other.digest()


def test_the_digest_moves_with_any_value() -> None:
    assert loads(HEAD + "seed = 1").digest() != loads(HEAD + "seed = 2").digest()


def test_an_unknown_key_names_file_line_and_nearest_known_key() -> None:
    message = complaint("[practices.technology]\nintensty = 0.5")
    assert message.startswith("rural.toml:3: practices.technology.intensty: unknown key. Did you mean 'intensity'?")


def test_an_unknown_practice_suggests_a_program_of_that_name() -> None:
    assert "Did you mean 'programs.tutoring'?" in complaint("[practices.tutorng]\nintensity = 0.5")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[support]\ncoaching_hours = true", "true is not allowed. Allowed: a number from 0 to 20"),
        ('[support]\ncoaching_hours = "1"', "Write numbers without quotes"),
        ("[support]\nvision = 60", "60 is out of range. Allowed: a number from 0 to 1. Shares run from 0 to 1"),
        ("[support]\nvision = nan", "nan is not allowed"),
        ("[support]\nvision = inf", "is not allowed. Allowed: a number from 0 to 1"),
        ('[support]\nrollout = "fased"', "Did you mean 'phased'?"),
        ("years = 9", "Allowed: a whole number from 1 to 8"),
        ("years = 2.5", "Allowed: a whole number from 1 to 8"),
        ("[freeze]\nstudents = 1", "Allowed: true or false"),
        ("practices = 3", "Allowed: a table"),
        ("[population]\nschools = 3\ncharter_schools = 4", "charter_schools 4 is more than schools 3"),
        ("[population]\nlevel_shares = [0.5, 0.5, 0.5]", "level_shares add up to 1.5, not to 1"),
        ("[programs.tutoring]\nfirst_week = 9\nlast_week = 3", "first_week 9 comes after last_week 3"),
        ('name = "../x"', "Allowed: a text of letters"),
        ("[population\n", "rural.toml:2: not valid TOML"),
    ],
)
def test_a_wrong_value_says_what_is_allowed(text: str, said: str) -> None:
    assert said in complaint(text)


def test_all_problems_of_a_file_are_told_at_once_in_file_order() -> None:
    message = complaint("year = 2\n[context]\nclass_size = 0\n[support]\nvison = 1\n[population]\nschools = -1")
    assert [line.split(": ")[0] for line in message.splitlines()] == [f"rural.toml:{n}" for n in (2, 4, 6, 8)]


def test_several_problems_are_kept_one_by_one() -> None:
    with pytest.raises(ScenarioError) as caught:
        loads(HEAD + "a = 1\nb = 2")
    assert [problem.key for problem in caught.value.problems] == ["a", "b"]


@pytest.mark.parametrize("version", ["", "schema_version = 2", 'schema_version = "1"', "schema_version = true"])
def test_another_schema_version_is_refused_with_the_way_forward(version: str) -> None:
    with pytest.raises(ScenarioError, match="Write schema_version = 1"):
        loads(version)


def test_a_variation_changes_what_it_names_and_keeps_the_rest(tmp_path: Path) -> None:
    path = written(tmp_path, HEAD + 'extends = "nglc_2015"\n[practices.technology]\nintensity = 0.1')
    varied, original = load(path), load("nglc_2015")
    assert varied.practices["technology"].intensity == 0.1
    assert varied.practices["technology"].spread == original.practices["technology"].spread
    assert varied.population == original.population


def test_a_variation_without_a_name_is_called_by_its_file(tmp_path: Path) -> None:
    path = written(tmp_path, HEAD + 'extends = "nglc_2015"', "less.toml")
    assert load(path).name == "less"


def test_an_error_names_the_extended_file_that_holds_it(tmp_path: Path) -> None:
    written(tmp_path, HEAD + "\nyers = 2", "base.toml")
    path = written(tmp_path, HEAD + 'extends = "base.toml"')
    with pytest.raises(ScenarioError, match=r"base\.toml:3: yers: unknown key"):
        load(path)


def test_problems_of_a_variation_come_before_those_of_what_it_extends(tmp_path: Path) -> None:
    written(tmp_path, HEAD + "yers = 2", "base.toml")
    path = written(tmp_path, HEAD + '\n\n\nextends = "base.toml"\nsed = 1', "a.toml")
    with pytest.raises(ScenarioError) as caught:
        load(path, overrides=["yeers=1"])
    assert [problem.key for problem in caught.value.problems] == ["sed", "yers", "yeers"]


def test_circular_extends_is_an_error_that_shows_the_circle(tmp_path: Path) -> None:
    written(tmp_path, HEAD + 'extends = "b.toml"', "a.toml")
    written(tmp_path, HEAD + 'extends = "a.toml"', "b.toml")
    with pytest.raises(ScenarioError, match=r"circle: a\.toml extends b\.toml extends a\.toml"):
        load(tmp_path / "a.toml")


def test_a_missing_file_suggests_the_nearest_shipped_scenario() -> None:
    with pytest.raises(ScenarioError, match="Did you mean 'nglc_2015'"):
        load("nglc2015")


def test_a_name_too_long_for_a_file_is_an_error_not_a_crash() -> None:
    with pytest.raises(ScenarioError, match="neither a file nor a shipped scenario"):
        load("a" * 10_000)


def test_a_folder_is_not_a_scenario(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="is a folder"):
        load(tmp_path)


def test_a_file_that_is_not_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.toml"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ScenarioError, match="not UTF-8"):
        load(path)


def test_a_file_over_the_stated_size_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, HEAD + "#" * MAX_BYTES)
    with pytest.raises(ScenarioError, match="too many"):
        load(path)


@pytest.mark.parametrize("text", ["x = " + "[" * 50_000, "x" + ".y" * 5_000 + " = 1"])
def test_absurdly_deep_nesting_is_an_error_not_a_crash(text: str) -> None:
    assert "rural.toml" in complaint(text)


@pytest.mark.parametrize(
    ("override", "read"),
    [
        ("practices.technology.intensity=0.9", lambda s: s.practices["technology"].intensity == 0.9),
        ("support.rollout=phased", lambda s: s.support.rollout == "phased"),
        ('support.rollout="phased"', lambda s: s.support.rollout == "phased"),
        ("programs.tutoring.minutes=30", lambda s: s.programs.tutoring.minutes == 30.0),
        ("population.level_shares=[0, 1, 0]", lambda s: s.population.level_shares == (0.0, 1.0, 0.0)),
        ("freeze.students=true", lambda s: s.freeze.students),
    ],
)
def test_an_override_is_put_over_the_file(override: str, read: object) -> None:
    assert callable(read)
    assert read(loads(HEAD, overrides=[override]))


def test_of_two_overrides_the_later_wins() -> None:
    assert loads(HEAD, overrides=["years=2", "years=3"]).years == 3


@pytest.mark.parametrize("override", ["years", "=3", "a..b=1", "years=", "years.x=1", "years=[1", "years=1\nseed=2"])
def test_a_broken_override_is_an_error_that_shows_it(override: str) -> None:
    assert "--set" in complaint("years = 1", overrides=(override,))


def test_years_of_the_command_line_are_checked_too() -> None:
    with pytest.raises(ScenarioError, match="--years: years: 20 is out of range"):
        load("one_school_demo", years=20)


def test_seed_zero_of_the_command_line_is_a_seed(tmp_path: Path) -> None:
    assert load(written(tmp_path, HEAD + "seed = 5"), seed=0).seed == 0


KEYS = st.sampled_from(
    [
        "years",
        "seed",
        "name",
        "practices",
        "technology",
        "intensity",
        "population",
        "grades",
        "level_shares",
        "support",
        "programs",
        "tutoring",
        "vision",
        "rollout",
        "freeze",
        "extends",
        "schema_version",
        "x",
        "é",
    ]
)
LEAVES = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8), st.lists(st.floats(), max_size=3)
)
VALUES = st.recursive(LEAVES, lambda inner: st.dictionaries(KEYS, inner, max_size=5), max_leaves=12)


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(KEYS, VALUES, max_size=6))
def test_any_values_make_a_scenario_or_a_scenario_error(values: dict[str, object]) -> None:
    text = HEAD + "\n".join(f"{key} = {value}" for key, value in as_inline(values))
    with suppress(ScenarioError):
        assert isinstance(loads(text), Scenario)


def as_inline(values: dict[str, object]) -> list[tuple[str, str]]:
    return [(f'"{key}"', inline(value)) for key, value in values.items() if key != "schema_version"]


def inline(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f'"{key}" = {inline(inner)}' for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(inline, value)) + "]"
    if value is None:
        return "1979-05-27"
    return toml_text({"x": value}).partition("=")[2].strip()


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=40))
def test_any_text_makes_a_scenario_or_a_scenario_error(text: str) -> None:
    with suppress(ScenarioError):
        assert isinstance(loads(HEAD + text), Scenario)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=30))
def test_any_override_makes_a_scenario_or_a_scenario_error(override: str) -> None:
    with suppress(ScenarioError):
        assert isinstance(loads(HEAD, overrides=[override]), Scenario)


@given(st.text(max_size=20), st.floats(allow_nan=False), st.integers(-(2**63), 2**63 - 1), st.booleans())
def test_plain_values_read_back_equal_from_their_toml_text(text: str, number: float, count: int, flag: bool) -> None:
    values = {"a": text, "b": number, "c": count, "d": [flag, flag], "e": {"f": text}}
    assert tomllib.loads(toml_text(values)) == values
