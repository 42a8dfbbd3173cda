"""Coverage-guided fuzzing of everything that reads populations; see docs/fuzzing.md. Not a test, not run by pytest.

``python tests/fuzz/fuzz_population.py CORPUS -max_total_time=300`` puts small sound files into an empty CORPUS, changes
them in whatever way reaches new lines of code, and stops at the first error that is not a ``PopulationError``.
"""

from __future__ import annotations

import io
import sys
import tempfile
import zipfile
from pathlib import Path

import atheris

# Imported before the instrumentation: their branches teach the fuzzer nothing about our files.
import numpy as np
import pandas as pd  # noqa: F401
import scipy.special  # noqa: F401

with atheris.instrument_imports(include=["plsim.population"]):
    from plsim.core.errors import PopulationError
    from plsim.population import PopulationSpec, read_students
    from plsim.population.explain import explanation
    from plsim.population.file_population import population_from_file

SPEC = PopulationSpec()
SMALL = {
    "roster.csv": "student_id,school,grade,section_math,teacher_math,math_rit,reading_rit,lunch_eligible,governance,"
    "club\na1,Oak,4,M1,T1,201,199,yes,charter,arts\na2,Elm,13,,,,150,no,,\n",
    "AssessmentResults.csv": "TermName,StudentID,SchoolName,MeasurementScale,GrowthMeasureYN,TestStartDate,"
    "TestRITScore\nFall 2022-2023,a1,Oak,Mathematics,TRUE,9/14/2022,210\n"
    "Fall 2022-2023,a1,Oak,Reading,TRUE,2022-09-15,205\n",
    "ComboStudentAssessment.csv": "TermName,StudentID,SchoolName,Grade,Subject,Course,GrowthMeasureYN,TestStartDate,"
    "TestStartTime,TestRITScore,TestStandardError\nFall 2022-2023,a1,Oak,7,Mathematics,Algebra 1,TRUE,9/14/2022,"
    "9:00:00 AM,210,3.1\nFall 2022-2023,a1,Oak,7,Language Arts,Reading (Spanish),TRUE,2022-09-15,,205,\n",
    "academicSessions.csv": "sourcedId,type,startDate,endDate,schoolYear\ny,schoolYear,2022-08-15,2023-05-31,2023\n",
    "manifest.csv": "propertyName,value\nfile.users,bulk\n",
    "StudentsBySchool.csv": "TermName,SchoolName,StudentID,Grade\nFall 2022-2023,Oak,a1,7\n",
    "orgs.csv": "sourcedId,status,name,type\noak,,Oak,school\nall,,District,district\n",
    "users.csv": "sourcedId,status,role,identifier,grades,orgSourcedIds\na1,,student,7,04,oak\nt1,,teacher,,,oak\n",
    "classes.csv": "sourcedId,status,title,classType,courseSourcedId,schoolSourcedId,subjects,subjectCodes\n"
    "m1,,Algebra,scheduled,c1,oak,Mathematics,02\nh1,,Room,homeroom,,oak,,\n",
    "courses.csv": "sourcedId,title,subjects,subjectCodes\nc1,Math,Mathematics,02\n",
    "roles.csv": "userSourcedId,role,orgSourcedId\na1,student,oak\n",
    "enrollments.csv": "classSourcedId,userSourcedId,role,primary,beginDate\nm1,a1,student,,2022-08-15\n"
    "h1,a1,student,,\nm1,t1,teacher,true,\n",
    "demographics.csv": "sourcedId,birthDate,metadata.frl\na1,2010-01-01,free\n",
}
EXPORT = ("AssessmentResults.csv", "StudentsBySchool.csv")
ONEROSTER = ("orgs.csv", "users.csv", "classes.csv", "courses.csv", "roles.csv", "enrollments.csv", "demographics.csv",
             "academicSessions.csv", "manifest.csv")  # fmt: skip
KINDS = (*SMALL, "files.zip")
"""What the first byte of an input chooses: the file that the other bytes are."""


def one_input(data: bytes) -> None:
    """Read a folder in which one file is the input and the others are sound."""
    kind = KINDS[data[0] % len(KINDS)] if data else KINDS[0]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        beside = EXPORT if kind in EXPORT else ONEROSTER if kind in ONEROSTER else ()
        for file in beside:
            (folder / file).write_text(SMALL[file], encoding="utf-8")
        (folder / kind).write_bytes(data[1:])
        try:
            students = read_students(folder / kind if kind == "files.zip" else folder)
            population = population_from_file(students, SPEC, seed=1)
        except PopulationError:
            return
        assert np.isfinite(population.achievement).all()
        assert list(explanation(students))


def fill(corpus: Path) -> None:
    """Put one sound file of each kind into an empty corpus."""
    corpus.mkdir(parents=True, exist_ok=True)
    if any(corpus.iterdir()):
        return
    for number, kind in enumerate(SMALL):
        (corpus / kind).write_bytes(bytes([number]) + SMALL[kind].encode())
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for file in ONEROSTER:
            archive.writestr(file, SMALL[file])
    (corpus / "files.zip").write_bytes(bytes([len(SMALL)]) + stream.getvalue())


if __name__ == "__main__":
    folders = [argument for argument in sys.argv[1:] if not argument.startswith("-")]
    if folders:
        fill(Path(folders[0]))
    atheris.Setup(sys.argv, one_input)
    atheris.Fuzz()
