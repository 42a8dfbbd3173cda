from __future__ import annotations

from plsim.population.sample.write import write_sample


def test_the_committed_sample_is_what_the_generator_writes(tmp_path, data_folder):
    write_sample(tmp_path)
    for name in (
        "nwea_export/AssessmentResults.csv",
        "nwea_export/StudentsBySchool.csv",
        "oneroster.zip",
        "roster.csv",
    ):
        assert (tmp_path / name).read_bytes() == (data_folder / name).read_bytes(), name
