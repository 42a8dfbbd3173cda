"""Reading study files, and saying everything that is wrong with them at once."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plsim.cli.main import main
from plsim.core.errors import StudyError
from plsim.studies.factors import world_at
from plsim.studies.loading import LoadedStudy, load_study, loads_study
from plsim.studies.methods import morris_levels, runs
from plsim.studies.schema import METHODS, Morris

HEAD = """schema_version = 1
name = "trial"
question = "What moves the effect?"
scenario = "one_school_demo"
years = 1
population.students_per_school = 60
"""
LEVERS = """
[levers]
practices.learning_paths.intensity = { low = 0.0, high = 1.0 }
"practices.advising" = "on_off"
support.structure = ["overlay", "redesign"]
"""
SAMPLE = '\n[method]\nkind = "sample"\nsamples = 8\n'


def loaded(body: str = LEVERS, method: str = SAMPLE, head: str = HEAD) -> LoadedStudy:
    """A study of one draw of students, so that the draw is no factor; said last, where it moves no line."""
    return loads_study(f"{head}{body}{method}\n[luck]\nseeds = 1\n", where="trial.toml")


def complaint(body: str = LEVERS, method: str = SAMPLE, head: str = HEAD) -> str:
    with pytest.raises(StudyError) as caught:
        loaded(body, method, head)
    return str(caught.value)


def test_factors_keep_the_order_of_the_file_and_know_their_values() -> None:
    factors = loaded().factors
    assert [factor.name for factor in factors] == [
        "practices.learning_paths.intensity",
        "practices.advising",
        "support.structure",
    ]
    assert [factor.labels for factor in factors] == [(), ("off", "on"), ("overlay", "redesign")]


@pytest.mark.parametrize(
    "written",
    [
        "[levers]\npractices.advising.intensity = { low = 0.2, high = 0.7 }",
        '[levers]\n"practices.advising.intensity" = { low = 0.2, high = 0.7 }',
        "[levers.practices.advising]\nintensity = { low = 0.2, high = 0.7 }",
        "[levers.practices.advising.intensity]\nlow = 0.2\nhigh = 0.7",
    ],
)
def test_a_factor_may_be_written_quoted_dotted_or_as_a_table(written: str) -> None:
    (factor,) = (
        loaded(written).factors[:1] if False else loaded(written + "\n[context]\ncontext.turnover = [1, 2]").factors[:1]
    )
    assert (factor.name, factor.low, factor.high) == ("practices.advising.intensity", 0.2, 0.7)


def test_off_is_typical_practice_and_on_is_the_scenario() -> None:
    advising = loaded().factors[1]
    assert advising.changes(0.75) == {}
    assert advising.changes(0.25)["practices.advising.intensity"] == 0.25


def test_switching_practices_switches_each_one_that_the_scenario_takes_up() -> None:
    names = [factor.name for factor in loaded('[levers]\npractices = "on_off"').factors]
    assert names == [
        f"practices.{name}"
        for name in ("learner_profiles", "learning_paths", "flexible_environment", "data_driven_grouping", "advising")
    ]


def test_a_range_over_whole_numbers_takes_each_of_them() -> None:
    factor = loaded("[levers]\nsupport.rollout_weeks = { low = 8, high = 11 }\nsupport.vision = [0, 1]").factors[0]
    assert factor.labels == ("8", "9", "10", "11")
    assert factor.changes(0.99) == {"support.rollout_weeks": 11}


def test_a_case_sets_several_keys_together() -> None:
    body = """[levers.freedom.cases.own]
[levers.freedom.cases.swapped]
context.autonomy_charter = 0.3
context.autonomy_district = 0.9
[context]
context.turnover = [1, 2]"""
    factor = loaded(body).factors[0]
    assert factor.labels == ("own", "swapped")
    assert factor.changes(0.9) == {"context.autonomy_charter": 0.3, "context.autonomy_district": 0.9}


def test_patterns_choose_uncertain_parameters() -> None:
    factors = loaded('[uncertainties]\nparameters = ["match.*", "needs.stake"]').factors
    assert {factor.name.partition(".")[0] for factor in factors} == {"match", "needs"}
    stake = next(factor for factor in factors if factor.name == "needs.stake")
    assert stake.number(0.0) == stake.low


def test_which_form_a_rule_has_is_a_factor_without_an_order() -> None:
    *_, form = loaded('[uncertainties]\nparameters = ["match.floor", "match.form"]').factors
    assert form.labels == ("bell", "zone")
    assert [form.number(u) for u in (0.0, 0.49, 0.5, 1.0)] == [0.0, 0.0, 1.0, 1.0]
    assert [form.value(u) for u in (0.2, 0.9)] == ["bell", "zone"] == [form.given(u) for u in (0.2, 0.9)]
    assert form.coordinates(11).tolist() == [0.25, 0.75]
    assert world_at((form,), np.array([0.7]), "w").values == {"match.form": 1.0}


def test_slopes_between_two_forms_are_refused_with_a_way_forward() -> None:
    body = '[uncertainties]\nparameters = ["match.floor", "match.form"]\n'
    said = complaint(body, method='[method]\nkind = "dgsm"\nsamples = 8')
    assert "there is nothing between the values of match.form" in said
    assert "Name parameters without the forms of rules" in said


def test_worlds_are_one_factor_of_a_sampling_method_and_crossed_with_a_grid() -> None:
    worlds = "[uncertainties]\nworlds = 4\n"
    sampled = loaded(LEVERS + worlds, '[method]\nkind = "sobol"\nsamples = 8')
    grid = loaded(LEVERS + worlds, '[method]\nkind = "grid"\npoints = 3')
    assert (
        sampled.factors[-1].labels == tuple(f"prior-{number}" for number in range(4))
        or len(sampled.factors[-1].labels) == 4
    )
    assert runs(sampled.study, sampled.factors) == 8 * (2 * 4 + 2)
    assert "world" not in [factor.name for factor in grid.factors]
    assert runs(grid.study, grid.factors) == 3 * 2 * 2 * 4


def test_a_morris_grid_meets_every_value_equally_often() -> None:
    body = LEVERS + "support.coaching_hours = [0, 1, 2]\n"
    study = loaded(body, '[method]\nkind = "morris"\ntrajectories = 4')
    assert isinstance(study.study.method, Morris)
    assert morris_levels(study.study.method, study.factors) == 6


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("[levers]\nsupport.visn = [0, 1]", "trial.toml:8: levers.support.visn: unknown key. Did you mean 'vision'?"),
        ("[levers]\npractices.advising.intensity = { lo = 0, high = 1 }", "Did you mean 'low'?"),
        ("[levers]\npractices.advising.intensity = { low = 0, high = 100 }", "100 is out of range. Allowed:"),
        ("[levers]\npractices.advising.intensity = { low = 1, high = 0 }", "low 1 is not below high 0"),
        ("[levers]\npractices.advising.intensity = { low = 0, high = 1, scale = 'log' }", "needs a low above 0"),
        ("[levers]\npractices.advising.intensity = { low = 0, high = 1, values = [0, 1] }", "not one of"),
        ("[levers]\npractices.advising.intensity = 0.5", "a value that is held belongs into the scenario"),
        ("[levers]\npractices.advising.intensity = [0.5, 0.5]", "the same value is listed twice"),
        ("[levers]\nsupport.structure = ['overlay', 'redesin']", "Did you mean 'redesign'?"),
        ("[levers]\npractices.advising = 'onoff'", "Did you mean 'on_off'?"),
        ("[levers]\npractices.belonging = 'on_off'", "is as in typical practice"),
        ("[levers]\ncontext.turnover = [1, 2]", "Write it under [context]"),
        ("[context]\nsupport.vision = [0, 1]", "Write it under [levers]"),
        ("[levers]\nsuport.vision = [0, 1]", "Did you mean 'support'?"),
        ("[levers]\nseed = [0, 1]", "unknown key"),
        ("[levers.a.cases]\nx = { practices.advising = 'none' }\ny = {}", "levers.a.cases.x: 'none' is not allowed"),
        ("[levers]\nsupport.vision = [0, 1]\na.cases = { x = { support.vision = 0 }, y = {} }", "'support.vision' do"),
        ("[levers.a.cases]\none = {}\ntwo = { years = 2 }", "is not a key of a scenario that can be varied"),
        ("[levers.a.cases]\none = {}\ntwo = { support.vison = 0.1 }", "Did you mean 'vision'?"),
        ("[levers.a.cases]\none = {}\ntwo.practices.advising.intensity = {}", "advising.intensity: is empty"),
        ("[levers.a.cases]\none = {}\ntwo = { practices.advising = {} }", "two.practices.advising: is empty"),
        ("[levers]", "0 factors are too few"),
        ("[uncertainties]\nparameters = ['match.widht_below']", "Did you mean 'match.width_below'?"),
        ("[uncertainties]\nparameters = ['context.base_tools']", "worlds do not differ in"),
        ("[uncertainties]\nworlds = 3\nparameters = 'all'", "either worlds or parameters"),
        ("[uncertainties]\nworlds = 0", "out of range"),
        (LEVERS + "[groups]\npeople = ['practices.advisin']", "Did you mean 'practices.advising'?"),
        (LEVERS + "[groups]\npeople = []", "groups.people: [] is not allowed"),
        (LEVERS + "[groups]\npeople = ['practices.advising']", "sample has no index for a group. Use sobol or morris"),
        (LEVERS + "[[outcomes]]\noutcome = 'achievment'", "Did you mean 'achievement'?"),
        (LEVERS + "[[outcomes]]\n[[outcomes]]\nsubject = 'maths'", "trial.toml:14: outcome 2, subject: 'maths' is not"),
        (LEVERS + "[[outcomes]]\nyear = 2", "2 is out of range. Allowed: 1 to 1"),
        (LEVERS + "[[outcomes]]\ngroup = 'quintile:6'", "Did you mean"),
        (LEVERS + "[[outcomes]]\n[[outcomes]]", "is asked for twice"),
        (LEVERS + "[outcomes]\noutcome = 'strain'", "tables that begin with [[outcomes]]"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_the_likely_fix(body: str, said: str) -> None:
    assert said in complaint(body)


@pytest.mark.parametrize(
    ("method", "said"),
    [
        ("", "method: missing"),
        ("[method]\nsamples = 8", "method.kind: missing. Allowed: sobol, morris"),
        ("[method]\nkind = 'soboll'", "Did you mean 'sobol'?"),
        ("[method]\nkind = 'sobol'\nsamples = 9", "9 is not a power of two, which the sequence needs: 8 or 16"),
        ("[method]\nkind = 'sobol'", "method.samples: missing. Allowed: a whole number from 8 to 1000000"),
        ("[method]\nkind = 'morris'\ntrajectories = 4\nlevels = 5", "Use a multiple of 2"),
        (
            "[method]\nkind = 'dgsm'\nsamples = 8",
            "takes slopes, and there is nothing between the values of practices.advising",
        ),
        ("[method]\nkind = 'hdmr'\nsamples = 300", "hdmr fits smooth curves"),
        ("[method]\nkind = 'factorial'", "is a range, and factorial compares two"),
        (
            "[method]\nkind = 'factorial'\nas_one = [['practices.advising.intensity', 'practices.advisin']]",
            "method.as_one: 'practices.advisin' is not a factor of this study",
        ),
        ("[method]\nkind = 'factorial'\nas_one = [['practices.advising.intensity']]", "fewer than two factors"),
        ("[method]\nkind = 'pawn'\nsamples = 100\nslices = 50", "too few for 50 slices"),
        ("[method]\nkind = 'grid'\npoints = 1", "1 is out of range"),
        ("[method]\nkind = 'sample'\nsamples = 8\nslices = 3", "method.slices: unknown key"),
        ("method = 3", "method.kind: 3 is not a method"),
        ("population = 3", "population: 3 is not allowed. Allowed: a table"),
    ],
)
def test_a_method_says_what_it_cannot_do_and_the_way_forward(method: str, said: str) -> None:
    head = HEAD.replace("population.students_per_school = 60\n", "")
    before = method.partition("=")[0].strip() in {"method", "population"}  # not in the table that comes before
    assert said in complaint(head=f"{head}{method}\n" if before else head, method="" if before else method)


def test_whole_worlds_are_refused_where_curves_are_fitted() -> None:
    body = "[levers]\npractices.advising.intensity = { low = 0.0, high = 1.0 }\n[uncertainties]\nworlds = 3\n"
    assert "Vary parameters in place of whole worlds" in complaint(
        body, method="[method]\nkind = 'hdmr'\nsamples = 300"
    )


def test_many_worlds_cannot_be_levels_of_a_morris_factor_but_trajectories_share_them_out() -> None:
    study = loaded(LEVERS + "[uncertainties]\nworlds = 40\n", "[method]\nkind = 'morris'\ntrajectories = 40")
    assert "world" not in [factor.name for factor in study.factors]


def test_everything_wrong_with_a_file_is_said_at_once_in_its_order() -> None:
    text = HEAD.replace("years = 1", "yeers = 1") + LEVERS.replace("intensity", "intensty") + "[method]\nkind = 'sobl'"
    with pytest.raises(StudyError) as caught:
        loads_study(text, where="trial.toml")
    lines = str(caught.value).splitlines()
    assert ["yeers" in lines[0], "intensty" in lines[1], "sobl" in lines[2], len(lines)] == [True, True, True, 3]


def test_a_scenario_is_found_beside_the_study_before_shipped_ones(tmp_path: Path) -> None:
    text = 'schema_version = 1\nextends = "one_school_demo"\nname = "own"\n[practices.belonging]\nintensity = 0.9\n'
    (tmp_path / "own.toml").write_text(text, encoding="utf-8")
    path = tmp_path / "study.toml"
    path.write_text(HEAD.replace("one_school_demo", "own.toml") + LEVERS + SAMPLE, encoding="utf-8")
    assert load_study(path).scenario.name == "own"
    assert load_study(tmp_path).scenario.population.students_per_school == 60


def test_the_digest_is_of_what_is_asked_not_of_how_it_is_written() -> None:
    same = LEVERS.replace('"practices.advising" = "on_off"', "practices.advising = 'on/off'  # said")
    assert loaded().study.digest() == loaded(same).study.digest()
    assert loaded().study.digest() != loaded(method=SAMPLE.replace("8", "16")).study.digest()


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    where=st.integers(0, len(HEAD + LEVERS + SAMPLE)),
    length=st.integers(0, 40),
    put=st.text(alphabet=st.characters(codec="utf-8"), max_size=12)
    | st.sampled_from(["[levers]", "= {", "nan", "-1", "1e400", "[[outcomes]]", '"', "values = [", "\0", "[method]\n"]),
)
def test_a_damaged_study_is_a_study_or_one_clear_message(where: int, length: int, put: str) -> None:
    text = HEAD + LEVERS + SAMPLE
    with suppress(StudyError):
        loads_study(text[:where] + put + text[where + length :], where="damaged.toml")


_PLAIN = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
_KEYS = st.sampled_from(
    ["low", "high", "values", "cases", "on_off", "scale", "practices", "advising", "intensity", "support", "context"]
) | st.text(max_size=5)
_TREES = st.recursive(
    _PLAIN, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_KEYS, inner, max_size=3), max_leaves=8
)


def _toml(value: object) -> str:
    import json

    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key)} = {_toml(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_toml, value)) + "]"
    if isinstance(value, float):
        return {"inf": "inf", "-inf": "-inf", "nan": "nan"}.get(str(value), repr(value))
    return json.dumps("none" if value is None else value)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    tables=st.dictionaries(
        st.sampled_from(["levers", "context", "uncertainties", "groups", "outcomes", "population"]), _TREES, max_size=3
    ),
    method=st.fixed_dictionaries(
        {"kind": st.sampled_from([*METHODS, "?"])}, optional={"samples": _PLAIN, "levels": _PLAIN}
    ),
)
def test_any_tables_are_a_study_or_one_clear_message(tables: dict[str, object], method: dict[str, object]) -> None:
    head = HEAD.replace("population.students_per_school = 60\n", "")
    text = head + "".join(f"{name} = {_toml(value)}\n" for name, value in (tables | {"method": method}).items())
    with suppress(StudyError):
        loads_study(text, where="tables.toml")


@pytest.mark.parametrize(
    "content",
    [b"", b"\xff\xfe", b"schema_version = 2", b"schema_version = 1", b"[" * 5000, b"schema_version = 1\nmethod = 3"],
)
def test_the_command_line_says_one_message_and_exits_with_2(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "study.toml"
    path.write_bytes(content)
    for line in (["check", str(path)], ["study", str(path), "--plan"]):
        result = CliRunner().invoke(main, line)
        assert result.exit_code == 2
        assert result.stderr.strip()
        assert "Traceback" not in result.stderr


def test_a_wrong_name_suggests_a_shipped_experiment() -> None:
    result = CliRunner().invoke(main, ["study", "what_mater"])
    assert result.exit_code == 2
    assert "neither a file nor a shipped experiment" in result.stderr
