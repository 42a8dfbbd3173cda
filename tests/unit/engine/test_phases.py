"""The phases of a week are data: the document lists them, and both engines walk them."""

from __future__ import annotations

import re
from pathlib import Path

from plsim.engine.batch import weeks
from plsim.engine.mesa import model
from plsim.rules.week.phases import PHASES

ODD = Path(__file__).resolve().parents[3] / "docs" / "odd.md"


def test_the_document_lists_the_phases_in_their_order():
    told = ODD.read_text(encoding="utf-8").partition("## 3. Process overview")[2].partition("**Year end**")[0]
    listed = re.findall(r"^\d+\. \*\*(.+?)\.\*\* (.+)$", told, flags=re.MULTILINE)
    assert [(name.lower(), meaning) for name, meaning in listed] == [(each.name, each.meaning) for each in PHASES]


def test_both_engines_have_a_step_for_every_phase_and_no_other():
    names = [phase.name for phase in PHASES]
    assert list(weeks.STEPS) == names
    assert list(model.STEPS) == names


def test_the_mesa_model_lives_the_phases_in_their_order(monkeypatch):
    lived: list[str] = []
    monkeypatch.setattr(model.ArmModel, "_live_phase", lambda self, name: lived.append(name))
    model.ArmModel.live_week(
        type(
            "OneWeek",
            (),
            {
                "context": type("B", (), {"open_week": lambda self, week: None})(),
                "_live_phase": lambda self, name: lived.append(name),
            },
        )(),
        0,
    )
    assert lived == [phase.name for phase in PHASES]
