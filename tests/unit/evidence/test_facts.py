from pathlib import Path

import pytest

from plsim.core.errors import EvidenceError
from plsim.evidence import CONFIDENCES, ROLES, evidence_digest, fact, facts, load_facts, registry
from plsim.evidence.facts import FACTS_FILE


def changed_table(folder: Path, old: str, new: str) -> Path:
    text = FACTS_FILE.read_text(encoding="utf-8")
    assert old in text
    path = folder / "facts.csv"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return path


def test_a_known_fact_has_its_number_role_and_source() -> None:
    one = fact("R17-01")
    assert (one.role, one.subject, one.value, one.unit) == ("calibration", "math", 0.09, "SD (MAP)")
    assert one.source


def test_a_fact_without_a_number_has_none() -> None:
    assert fact("R15-12").value is None


def test_every_fact_has_a_known_role_and_confidence() -> None:
    assert {one.role for one in facts()} <= set(ROLES)
    assert {one.confidence for one in facts()} <= set(CONFIDENCES)


def test_a_recalled_fact_never_decides_and_is_no_calibration_target() -> None:
    recalled = [one for one in facts() if one.confidence == "memory"]
    assert recalled
    assert not any(one.may_decide or one.role == "calibration" for one in recalled)


def test_a_recalled_fact_says_so_in_its_source() -> None:
    for one in facts():
        if "recalled" in one.source:
            assert one.confidence == "memory", one.id


def test_an_address_is_empty_or_a_web_page() -> None:
    for one in facts():
        assert not one.url or one.url.startswith(("http://", "https://")), one.id


def test_an_unknown_fact_names_the_nearest() -> None:
    with pytest.raises(EvidenceError, match="Did you mean 'R17-0"):
        fact("R1701")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("R15-01,validation", "R15-01,test", "line 2, role: got 'test'. Allowed: calibration, validation, development"),
        ("R15-02,validation", "R15-01,validation", "line 3: fact R15-01 is given twice"),
        (",2,0.27,", ",2,much,", "line 2, value: got 'much'"),
        (",0.1,0.4,", ",0.4,0.1,", r"line 9: low 0\.4 is above high 0\.1"),
        (",2015,", ",last year,", "line 2, year: got 'last year'"),
        ("R15-01,", ",", "line 2, id: empty"),
        ("id,role", "name,role", "header"),
    ],
)
def test_a_wrong_table_is_refused_and_says_where(tmp_path: Path, old: str, new: str, message: str) -> None:
    with pytest.raises(EvidenceError, match=message):
        load_facts(changed_table(tmp_path, old, new))


def test_the_evidence_digest_moves_with_a_parameter() -> None:
    changed = registry().with_values({"prices.device": 301.0})
    assert evidence_digest() == evidence_digest(registry())
    assert evidence_digest(changed) != evidence_digest()
