"""Facts as experiments: files that are closed, a replication that is exact, calibration that sees no validation."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from plsim.calibration.bank import targets
from plsim.core.errors import ScenarioError, StudyError
from plsim.engine.engines import engine_named
from plsim.engine.pair import pair, population_of, run_world
from plsim.engine.parameters import CENTRAL, World
from plsim.engine.reference import typical
from plsim.evidence.facts import facts
from plsim.scenario.loading import changed, load
from plsim.validation.facts.fact_files import FOLDER, fact_files, inner_text
from plsim.validation.facts.replication import Experiment, Replication, experiment, experiments
from plsim.validation.facts.validate import not_run

RAND = (FOLDER / "rand_2017.toml").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def all_experiments() -> tuple[Experiment, ...]:
    return experiments()


@pytest.fixture(scope="module")
def replication(all_experiments: tuple[Experiment, ...]) -> Replication:
    return Replication(all_experiments, size="calibration", seed=1)


def written(folder: Path, text: str) -> Path:
    path = folder / "study.toml"
    path.write_text(text, encoding="utf-8")
    return path


def of(all_experiments: tuple[Experiment, ...], name: str) -> Experiment:
    return next(each for each in all_experiments if each.name == name)


def small(one: Experiment, **design: object) -> Experiment:
    scenario = changed(
        one.scenario, {"population.schools": 4, "population.students_per_school": 40, "population.charter_schools": 3}
    )
    comparison = one.comparison.with_changes(population=scenario.population)
    return replace(
        one, scenario=scenario, comparison=comparison, size=None, design=one.design.model_copy(update=design)
    )


@pytest.mark.parametrize("path", fact_files(), ids=lambda path: path.stem)
def test_every_fact_file_says_how_it_stands_for_its_study(path: Path) -> None:
    comment = path.read_text(encoding="utf-8").split("schema_version")[0]
    assert len(comment) > 200
    assert experiment(path).facts


def test_every_calibration_fact_has_an_experiment(all_experiments: tuple[Experiment, ...]) -> None:
    covered = {fact.fact.id for each in all_experiments for fact in each.facts}
    asked = {one.id for one in facts() if one.role in {"calibration", "development"}}
    inputs = {name for name, why in not_run().items() if why.startswith("An input")}
    # Inputs of the scenario or of the model, and what norms hold by construction.
    assert asked - covered == {"R17-16", "MAP-sd", "TV-01", "TP-01", "ST-01"}
    assert {"TV-01", "TP-01", "ST-01"} <= inputs


def test_altering_every_validation_fact_changes_nothing_that_calibration_reads(replication: Replication) -> None:
    altered = [
        one if one.role != "validation" else replace(one, value=9.0, low=8.0, high=10.0, se=5.0, statement="altered")
        for one in facts()
    ]
    other = Replication(experiments(altered), size="calibration", seed=1)
    assert other.statistics == replication.statistics
    assert other.facts == replication.facts
    assert targets(other) == targets(replication)
    assert np.array_equal(other(CENTRAL), replication(CENTRAL))


def test_the_calibration_replication_holds_only_facts_that_may_choose_worlds(replication: Replication) -> None:
    assert all(
        fact.role in {"calibration", "development"} and fact.fact.confidence != "memory" for fact in replication.facts
    )
    assert not {"R17-03", "R17-07", "ME-17"} & {fact.key for fact in replication.facts}


def test_a_recalled_number_chooses_no_world_whatever_its_role(replication: Replication) -> None:
    fact = next(each for each in replication.facts if each.key == "R17-01")
    assert fact.calibrates
    assert not replace(fact, fact=replace(fact.fact, confidence="memory")).calibrates
    assert replace(fact, fact=replace(fact.fact, role="development")).calibrates
    assert not replace(fact, fact=replace(fact.fact, role="validation")).calibrates


def test_the_same_world_gives_the_same_bits_whatever_ran_before(replication: Replication) -> None:
    first = replication(CENTRAL)
    replication(World("other", {"match.floor": 0.2}))
    assert np.array_equal(replication(CENTRAL), first)


def test_statistics_have_one_name_and_one_number_each(replication: Replication) -> None:
    values = replication(CENTRAL)
    assert len(set(replication.statistics)) == len(replication.statistics) == len(values)
    assert np.isfinite(values).all()


def test_a_paired_effect_is_that_of_a_run(all_experiments: tuple[Experiment, ...]) -> None:
    one = small(of(all_experiments, "rand_2017"), estimand="paired")
    replication = Replication([one], size="full", seed=3)
    people = population_of(one.scenario, None, 3)
    run = run_world(pair(one.scenario, people, seed=3, years=1), CENTRAL, engine_named("batch"))
    from plsim.measures.effects import effect_rows
    from plsim.runs.outcomes import year_outcomes

    rows, values = effect_rows((year_outcomes(run.scenario.setting, run.scenario, run.counterfactual, 0),))
    wanted = [
        value
        for row, value in zip(rows, values, strict=True)
        if (row.outcome, row.subject, row.group, row.arm, row.unit)
        == ("achievement", "math", "all", "difference", "SD")
    ]
    assert replication(CENTRAL)[replication.statistics.index("R17-01")] == pytest.approx(wanted[0], abs=1e-12)


def test_practices_as_typical_in_ordinary_schools_have_no_effect(all_experiments: tuple[Experiment, ...]) -> None:
    one = small(of(all_experiments, "rand_2017"))
    nothing = load("typical_practice").with_changes(
        population=load("typical_practice").population.model_copy(update={"schools": 4, "students_per_school": 40})
    )
    replication = Replication([replace(one, scenario=nothing, facts=one.facts[:1])], size="full", seed=1)
    assert replication(CENTRAL)[0] == 0.0


def test_only_those_whom_tutoring_serves_count_where_the_study_counted_them(
    all_experiments: tuple[Experiment, ...],
) -> None:
    tutoring = of(all_experiments, "nickow_tutoring")
    served, everybody = (
        Replication([small(tutoring, served=who)], size="full", seed=1, roles={"calibration"})(CENTRAL)[0]
        for who in ("program", "all")
    )
    assert served > 2.0 * everybody > 0.0


def test_a_rank_is_what_the_first_is_ahead_of_the_next(replication: Replication) -> None:
    fact = next(each for each in replication.facts if each.key == "R15-15")
    assert fact.number([0.3, 0.1, 0.2, 0.0, 0.0]) == pytest.approx(0.1)
    assert fact.number([0.1, 0.3, 0.2, 0.0, 0.0]) == pytest.approx(-0.2)


def test_a_sign_of_several_is_that_of_the_worst(replication: Replication) -> None:
    fact = next(each for each in replication.facts if each.key == "R17-09")
    assert fact.number([0.52, 0.51, 0.53, 0.49, 0.55]) == pytest.approx(-0.01)
    assert fact.holds(0.001)
    assert not fact.holds(-0.001)


def test_published_values_come_from_the_table_of_facts(replication: Replication) -> None:
    by_id = {one.id: one for one in facts()}
    values = [fact for fact in replication.facts if fact.kind == "value"]
    assert values
    assert all(fact.observed == getattr(by_id[fact.fact.id], fact.table.of or "value") for fact in values)


@pytest.mark.parametrize(
    ("old", "new", "error", "match"),
    [
        ("[design]", "[desing]", StudyError, "desing: unknown key"),
        ('test = "broad"', 'tset = "broad"', StudyError, r"design\.tset: unknown key. Did you mean 'test'"),
        ('id = "R17-01"', 'id = "R17-99"', StudyError, "R17-99: no such row in facts.csv"),
        ('statistic = "effect"', 'statistic = "efect"', StudyError, "unknown statistic. .*Did you mean 'effect'"),
        ("se = 0.041\n", "", StudyError, "R17-01: facts.csv has no standard error. Give 'se'"),
        ('id = "R17-02"', 'id = "R17-01"', StudyError, "R17-01: given twice"),
        ("years = 1", "yaers = 1", ScenarioError, r"study.toml:12: yaers: unknown key. Did you mean 'years'"),
        ("schema_version = 1", "schema_version = 7", StudyError, "schema_version: 7 is not a value"),
    ],
)
def test_a_wrong_fact_file_is_refused_with_the_way_forward(
    tmp_path: Path, old: str, new: str, error: type[Exception], match: str
) -> None:
    assert old in RAND
    with pytest.raises(error, match=match):
        experiment(written(tmp_path, RAND.replace(old, new, 1)))


def test_lines_of_an_inner_scenario_stay_where_they_are() -> None:
    line = next(number for number, text in enumerate(RAND.splitlines()) if text.startswith("years"))
    assert inner_text(RAND, "scenario").splitlines()[line] == "years = 1"


def test_the_reference_is_found_once_a_world(replication: Replication, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []
    monkeypatch.setattr("plsim.validation.facts.replication.typical", lambda *args: calls.append(1) or typical(*args))
    replication(CENTRAL)
    assert len(calls) == 1
