"""Districts one after the other: each as if it were alone, and none costs memory for the next."""

from __future__ import annotations

import tracemalloc
from itertools import islice
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import plsim
from plsim.core.errors import InputError
from plsim.engine.parameters import prior_worlds
from plsim.engine.worlds import worlds
from plsim.runs.district_folder import DistrictFolder
from plsim.runs.districts import Totals, drawn, from_files, stream
from plsim.scenario import Scenario, load

SMALL = ["population.schools=2", "population.students_per_school=60", "years=1"]
DATA = Path(__file__).resolve().parents[2] / "data"


def scenario() -> Scenario:
    return load("personalized_school", overrides=SMALL)


def test_a_district_is_the_same_alone_and_as_one_of_many() -> None:
    *_, third = stream(drawn(scenario(), 3), worlds=worlds(3, 0))
    alone = plsim.run(
        load("personalized_school", overrides=[*SMALL, "population.network_offset=4"]), worlds=3, other_designs=False
    )
    wanted = {row: index for index, row in enumerate(alone.rows)}
    at = [wanted[row] for row in third.rows]
    assert np.array_equal(third.values, np.vstack([alone.central, alone.spread])[:, at])


def test_networks_of_schools_are_drawn_whole() -> None:
    shared = load("shared_library_network", overrides=SMALL)
    assert shared.support.network_schools > 0
    first, second = (each.population(0) for each in drawn(shared, 2))
    assert not set(first.school_key.tolist()) & set(second.school_key.tolist())


def test_every_outcome_is_there_when_it_is_asked_for() -> None:
    (few,), (all_,) = (list(stream(drawn(scenario(), 1), every_outcome=every)) for every in (False, True))
    assert {row.outcome for row in few.rows} == {"achievement", "percentile_points"}
    assert {"teacher_hours", "strain", "cost_per_student"} <= {row.outcome for row in all_.rows}


def test_totals_weigh_districts_by_their_students() -> None:
    files = [DATA / "roster.csv", DATA / "nwea_export"]
    found = list(stream(from_files(scenario(), files), worlds=prior_worlds(3, 0)))
    totals = Totals()
    for each in found:
        totals.add(each)
    row = next(row for row in found[0].rows if row.subject == "both" and row.group == "all" and row.unit == "SD")
    values = np.array([each.values[:, each.rows.index(row)] for each in found])
    weights = np.array([each.students for each in found])
    mean = (weights[:, np.newaxis] * values).sum(axis=0) / weights.sum()
    table = totals.table()
    (told,) = table[(table[list(row._fields)] == list(row)).all(axis=1)].to_dict(orient="records")
    assert told["value"] == pytest.approx(np.median(mean[1:]), rel=1e-12)
    assert (told["low"], told["high"]) == tuple(
        pytest.approx(np.quantile(mean[1:], q), rel=1e-12) for q in (0.05, 0.95)
    )
    assert told["lowest"] == values[:, 0].min()
    assert [each.name for each in found] == ["roster", "nwea_export"]


def peak_of(districts: int) -> int:
    tracemalloc.start()
    taken = sum(1 for _ in stream(drawn(scenario(), districts)))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert taken == districts
    return peak


def test_peak_memory_does_not_grow_with_the_number_of_districts() -> None:
    peak_of(2)  # what is made once: norms, registry, the world's reference
    # Of 24 districts one is larger than all of four. A single one that is kept costs nearly as much again.
    assert peak_of(24) < 1.5 * peak_of(4)


def test_districts_are_taken_one_at_a_time() -> None:
    taken = []

    def counted():
        for district in drawn(scenario(), 1000):
            taken.append(district.name)
            yield district

    assert len(list(islice(stream(counted()), 2))) == 2
    assert taken == ["district 1", "district 2"]


def test_the_folder_holds_every_district_once_and_its_manifest_last(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr("plsim.runs.district_folder.ROWS_OF_A_PART", 150)
    folder = DistrictFolder(tmp_path)
    for found in stream(drawn(scenario(), 3)):
        folder.add(found)
        assert not (tmp_path / "manifest.json").exists()
    folder.finish(scenario(), worlds=0, label="")
    assert len(list((tmp_path / "districts").iterdir())) > 1
    table = pd.read_parquet(tmp_path / "districts")
    assert table["district"].drop_duplicates().tolist() == ["district 1", "district 2", "district 3"]
    assert not table.duplicated(["district", "outcome", "subject", "year", "group", "arm", "unit"]).any()
    assert (tmp_path / "manifest.json").exists()


@pytest.mark.parametrize("count", [0, 1_000_001])
def test_a_count_that_cannot_be_drawn_is_refused(count: int) -> None:
    with pytest.raises(InputError, match="Allowed: 1 to"):
        list(drawn(scenario(), count))
