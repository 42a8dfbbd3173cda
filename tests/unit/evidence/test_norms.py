from pathlib import Path

import numpy as np
import pytest

from plsim.core.calendar import MATH, READING
from plsim.core.errors import EvidenceError
from plsim.evidence import load_norms, norms, registry
from plsim.evidence.norms import NORMS_FILE


def changed_table(folder: Path, old: str, new: str) -> Path:
    text = NORMS_FILE.read_text(encoding="utf-8")
    assert old in text
    path = folder / "norms.csv"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return path


def test_every_table_has_a_value_for_each_subject_and_grade() -> None:
    for name, table in vars(norms()).items():
        if table.ndim == 2:
            assert table.shape == (2, 13), name
        assert np.isfinite(table).all(), name


def test_norms_cannot_be_changed_by_a_reader() -> None:
    with pytest.raises(ValueError, match="read-only"):
        norms().fall_mean[0, 0] = 1.0


def test_a_known_cell_is_where_it_belongs() -> None:
    assert norms().fall_mean[MATH, 3] == 188.48
    assert norms().summer_sd_within[READING, 8] == 7.94


def test_means_and_growth_agree() -> None:
    gap = norms().spring_mean - norms().fall_mean - norms().growth
    assert np.abs(gap).max() < 0.011


def test_weekly_rates_add_up_to_the_years_growth_in_headline_grades() -> None:
    total = norms().weekly_rate[:, :, 4:32].sum(axis=2)
    assert np.abs(total - norms().growth)[:, 1:12].max() < 0.02
    assert np.abs(total - norms().growth).max() < 0.45  # K and 12, see Norms


def test_weekly_rates_up_to_winter_give_the_winter_mean_in_headline_grades() -> None:
    winter = norms().fall_mean + norms().weekly_rate[:, :, 4:20].sum(axis=2)
    # The table's rates have three decimals, and its winter lies up to 0.046 RIT below the straight line of rates.
    assert np.abs(winter - norms().winter_mean)[:, 1:12].max() < 0.05


def test_the_rate_is_constant_before_week_4_and_after_week_32() -> None:
    rates = norms().weekly_rate
    assert (rates[:, :, :4] == norms().weekly_rate_start[:, :, None]).all()
    assert np.allclose(rates[:, :, 32:], norms().weekly_rate_end[:, :, None], rtol=0.0, atol=1e-12)


def test_the_rate_of_one_week_is_that_weeks_slice() -> None:
    assert (norms().rate(17) == norms().weekly_rate[:, :, 17]).all()


def test_a_calendar_year_from_week_0_to_week_0_is_the_tests_fall_to_fall() -> None:
    year = norms().weekly_rate.sum(axis=2)
    table = norms().weekly_rate[:, :, 4:32].sum(axis=2) + norms().summer_change
    shift = 4.0 * (norms().weekly_rate_start[:, 1:] - norms().weekly_rate_start[:, :-1])
    assert np.allclose((year + norms().summer_true)[:, :-1], table[:, :-1] - shift, atol=1e-9)


def test_the_summer_after_grade_12_is_zero() -> None:
    assert (norms().summer_true[:, 12] == 0.0).all()


def test_the_summer_after_kindergarten_is_the_cross_section() -> None:
    assert norms().summer_change[MATH, 0] == pytest.approx(160.05 - 157.11)


def test_the_form_shift_is_only_in_grade_5_mathematics_and_restores_the_table() -> None:
    shift = norms().form_shift
    assert np.flatnonzero(shift).tolist() == [5]
    assert norms().summer_change[MATH, 5] == pytest.approx((-1.30 - 0.89) / 2)
    assert norms().summer_change[MATH, 5] + shift[MATH, 5] == pytest.approx(-4.14)


def test_observed_sds_hold_within_between_and_error() -> None:
    assert norms().sd_fall_observed[MATH, 3] == pytest.approx((11.67**2 + 5.96**2 + 3.0**2) ** 0.5)
    assert norms().sd_spring_observed[READING, 8] == pytest.approx((14.61**2 + 7.74**2 + 3.32**2) ** 0.5)


def test_the_fall_spring_correlation_follows_from_the_other_columns() -> None:
    n = norms()
    covariance = (
        n.sd_within_fall**2
        + n.r_fall_growth_within * n.sd_within_fall * n.growth_sd_within
        + n.sd_between_fall**2
        + n.r_fall_growth_between * n.sd_between_fall * n.growth_sd_between
    )
    correlation = covariance / (n.sd_fall_observed * n.sd_spring_observed)
    assert np.abs(correlation - n.r_fall_spring_observed).max() < 0.003


def test_the_registry_and_the_table_agree_on_the_error_of_a_test() -> None:
    assert (norms().error_sd[MATH] == registry().value("profile.test_error_math")).all()
    assert (norms().error_sd[READING] == registry().value("profile.test_error_reading")).all()


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("math,3,188.48", "math,3,", "line 7, fall_mean: empty"),
        ("math,3,188.48", "math,3,high", "line 7, fall_mean: got 'high'"),
        ("math,3,188.48", "math,3,inf", "line 7, fall_mean: got 'inf'"),
        ("math,3,", "math,2,", "line 7: math of grade 2 is given twice"),
        ("math,3,", "maths,3,", "line 7: unknown subject or grade"),
        ("math,3,188.48", "math,3,188.48,1", "line 7: 23 cells"),
        ("subject,grade,fall_mean", "subject,grade,autumn_mean", "header"),
    ],
)
def test_a_wrong_table_is_refused_and_says_where(tmp_path: Path, old: str, new: str, message: str) -> None:
    with pytest.raises(EvidenceError, match=message):
        load_norms(changed_table(tmp_path, old, new))


def test_a_missing_row_is_refused(tmp_path: Path) -> None:
    lines = NORMS_FILE.read_text(encoding="utf-8").splitlines(keepends=True)
    path = tmp_path / "norms.csv"
    path.write_text("".join(lines[:-1]), encoding="utf-8")
    with pytest.raises(EvidenceError, match="25 rows"):
        load_norms(path)
