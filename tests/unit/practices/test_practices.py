"""What each practice promises about its levers."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from pydantic import ValidationError

from plsim import practices
from plsim.core.calendar import WEEKS_PER_YEAR
from plsim.evidence import registry
from plsim.practices import LEVERS, PRACTICES, Context, LeverTable, Options, Support, known_practices
from plsim.practices.competency_progression import CompetencyProgression
from plsim.practices.learner_profiles import LearnerProfiles
from plsim.practices.programs import ClassSize, Coaching, LessonLibrary, Programs, Software, Tutoring
from plsim.practices.registration import register
from plsim.practices.technology import Technology

HALF = np.array([0.0, 0.5, 1.0])
TABLES: list[type[Options]] = [
    *known_practices().values(), Support, Context, Tutoring, ClassSize, LessonLibrary, Coaching, Software,
]  # fmt: skip


def applied(practice: practices.Practice) -> LeverTable:
    table = LeverTable.empty(len(HALF), 1)
    practice.apply(table, HALF)
    return table


@pytest.mark.parametrize("name", PRACTICES)
def test_a_practice_turns_only_levers_of_its_own(name: str) -> None:
    table = applied(known_practices()[name]())
    turned = {lever.practice for k, lever in enumerate(LEVERS) if table.values[:, :, k].any()}
    assert turned <= {name}


@pytest.mark.parametrize("name", PRACTICES)
def test_doses_rise_with_intensity_and_qualities_stay(name: str) -> None:
    table = applied(known_practices()[name]())
    for k, lever in enumerate(LEVERS):
        none, half, full = table.values[:, 0, k]
        assert (none <= half <= full) if lever.ramps else (none == half == full), lever.name


@pytest.mark.parametrize("name", PRACTICES)
def test_at_intensity_zero_every_dose_is_nothing(name: str) -> None:
    table = applied(known_practices()[name]())
    one = {"choice_options", "groups"}  # one option, one group: no choice, no grouping
    for k, lever in enumerate(LEVERS):
        if lever.practice == name and lever.ramps and not lever.name.startswith("intensity"):
            assert table.values[0, 0, k] == (1.0 if lever.name in one else 0.0), lever.name


def test_the_eight_practices_come_first_and_in_their_order() -> None:
    assert tuple(known_practices())[: len(PRACTICES)] == PRACTICES


def test_data_three_times_a_year_in_typical_schools() -> None:
    typical = LearnerProfiles()
    assert 36 * typical.intensity / typical.data_interval_weeks == pytest.approx(3.0)


def test_no_deadline_is_a_deadline_longer_than_any_run() -> None:
    table = applied(CompetencyProgression(deadline_weeks=0.0))
    assert table["deadline_weeks"].min() > 36 * 8


def test_content_is_no_better_for_being_used_more() -> None:
    table = applied(Technology(content_quality_math=0.7))
    assert table["content_quality_math"].tolist() == [[0.7]] * 3


def test_support_keeps_a_school_s_own_vision_when_it_names_none() -> None:
    table = LeverTable.empty(3, 1)
    Support().apply(table, HALF)
    assert table["vision"][:, 0].tolist() == HALF.tolist()


def test_longer_hours_of_charter_schools_leave_district_schools_alone() -> None:
    table = LeverTable.empty(2, 1)
    Context(contact_hours_math=5.0, charter_hours_ratio=1.2).apply(table, np.array([True, False]))
    assert table["contact_hours_math"][:, 0].tolist() == [6.0, 5.0]


def test_a_program_runs_in_its_weeks_of_every_year() -> None:
    table = LeverTable.empty(1, 72)
    Programs(tutoring=Tutoring(minutes=60.0, first_week=10, last_week=11)).apply(table)
    assert np.flatnonzero(table["tutoring_minutes"][0]).tolist() == [10, 11, 46, 47]


def test_coaching_as_a_program_comes_on_top_of_support() -> None:
    table = LeverTable.empty(1, 36)
    table.put("coaching_hours", 0.5)
    Programs(coaching=Coaching(hours=1.0, instruction=0.25, quality=0.5)).apply(table)
    np.testing.assert_allclose(table["coaching_hours"], 1.25)
    np.testing.assert_allclose(table["instruction_coaching_hours"], 0.25)
    np.testing.assert_allclose(table["coaching_quality"], 0.5)


def test_no_programs_turn_no_lever_but_the_ratio_that_rules_divide_by_and_the_last_grade() -> None:
    table = LeverTable.empty(1, 36)
    Programs().apply(table)
    turned = [lever.name for k, lever in enumerate(LEVERS) if table.values[:, :, k].any()]
    assert turned == ["tutoring_ratio", "tutoring_last_grade"]


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.__name__)
def test_every_default_from_evidence_lies_inside_what_a_scenario_may_say(table: type[Options]) -> None:
    for name, field in table.model_fields.items():
        extra = field.json_schema_extra
        if not isinstance(extra, dict):
            continue
        low, high = (next(getattr(m, b) for m in field.metadata if hasattr(m, b)) for b in ("ge", "le"))
        parameter = registry()[str(extra["evidence"])]
        assert low <= parameter.low <= parameter.high <= high, name


def test_every_entry_of_practices_toml_is_the_default_of_some_option() -> None:
    source = Path(str(practices.__file__)).parent
    text = "".join(path.read_text(encoding="utf-8") for path in source.glob("*.py"))
    text += (source.parent / "scenario" / "build.py").read_text(encoding="utf-8")
    entries = [key for group in ("practices", "support", "programs", "context") for key in registry_keys(group)]
    assert [key for key in entries if f'"{key}"' not in text] == []


def registry_keys(group: str) -> list[str]:
    return [parameter.key for parameter in registry().group(group).values()]


def test_options_are_closed_to_unknown_keys() -> None:
    with pytest.raises(ValidationError, match="tols"):
        Technology.model_validate({"tols": 3})


def test_a_registered_name_cannot_be_taken_by_another_file() -> None:
    twin = type("Technology", (practices.Practice,), {"__module__": "elsewhere", "__annotations__": {}})
    with pytest.raises(ValueError, match="registered twice"):
        register("technology")(twin)


def test_the_template_is_a_practice_that_adds_to_a_lever() -> None:
    source = (Path(str(practices.__file__)).parent / "_template.py").read_text(encoding="utf-8")
    source = re.sub(r"@register\(.*\)\n", "", source)
    spaces: dict[str, object] = {"__name__": "template"}
    exec(compile(source, "_template.py", "exec"), spaces)  # noqa: S102 the template is not imported, so that it registers nothing
    made = spaces["MorningMeeting"]
    assert isinstance(made, type)
    assert issubclass(made, practices.Practice)
    table = LeverTable.empty(3, 1)
    made(intensity=1.0, spread=0.0, relationship_work=0.5).apply(table, HALF)
    assert table["belonging"][:, 0].tolist() == [0.0, 0.25, 0.5]


def test_a_program_may_end_after_some_years() -> None:
    running = Tutoring(minutes=60.0, first_week=10, last_week=11, last_year=1).running(3 * WEEKS_PER_YEAR)
    assert np.flatnonzero(running).tolist() == [10, 11]
    always = Tutoring(minutes=60.0, first_week=10, last_week=11).running(2 * WEEKS_PER_YEAR)
    assert np.flatnonzero(always).tolist() == [10, 11, WEEKS_PER_YEAR + 10, WEEKS_PER_YEAR + 11]
