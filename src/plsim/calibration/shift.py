"""How far published findings of a kind lie from the model's on average, learned from other studies.

A published effect is not what a program does in schools at large: small trials, close tests and developers' own
studies find more (Cheung and Slavin 2016, *How methodological features affect effect sizes in education*, Educational
Researcher 45(5): about twice as much). The model simulates schools, not publishing. What it misses is therefore,
like its standard deviation (:mod:`plsim.calibration.discrepancy`), a level that all findings share plus what kind of
design, of test and of school system add; here as a mean with a normal prior about 0. Findings of one program or sample
err together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from plsim.core.arrays import Floats

SPREAD = 0.1
"""Prior standard deviation (SD of students) of the level and of what each kind adds.

Three kinds and the level together are then 0.2 SD: what doubling a typical published effect would be.
"""


@dataclass(frozen=True)
class Shift:
    """What findings add to the model by kind.

    Attributes
    ----------
    kinds
        ``"level"`` and every kind of the findings that it was learned from.
    mean
        Posterior means (SD). Shape (kinds,).
    covariance
        Of the posterior. Shape (kinds, kinds).
    """

    kinds: tuple[str, ...]
    mean: Floats
    covariance: Floats

    @property
    def by_kind(self) -> dict[str, float]:
        """Posterior mean of the level and of what each kind adds (SD)."""
        return dict(zip(self.kinds, self.mean.tolist(), strict=True))

    def of(self, kinds: Sequence[str]) -> tuple[float, float]:
        """Mean and standard deviation (SD) for a finding of these kinds; an unknown kind has its prior."""
        known = np.array([each == "level" or each in kinds for each in self.kinds], np.float64)
        unknown = sum(each not in self.kinds for each in kinds)
        return float(known @ self.mean), float(np.sqrt(known @ self.covariance @ known + unknown * SPREAD**2))


def learned_shift(
    misses: Floats, errors: Floats, scales: Floats, families: Sequence[str], kinds: Sequence[Sequence[str]]
) -> Shift:
    """The shift, given how far published findings lie above what the model predicts of them.

    Parameters
    ----------
    misses
        Published less predicted (SD). Shape (findings,).
    errors
        Standard errors of the findings (SD). Shape (findings,).
    scales
        Standard deviations of what the model misses of each (SD), shared within a family. Shape (findings,).
    families
        Program or sample of each finding.
    kinds
        Of each finding.

    Examples
    --------
    >>> import numpy as np
    >>> always = learned_shift(np.full(40, 0.15), np.full(40, 0.01), np.full(40, 0.05), range(40), [["a"]] * 40)
    >>> round(always.of(["a"])[0], 2)
    0.15
    """
    names = ("level", *sorted({kind for each in kinds for kind in each}))
    design = np.array([[name == "level" or name in each for name in names] for each in kinds], np.float64)
    together = np.array([[one == other for other in families] for one in families], np.float64)
    noise = np.diag(errors**2) + together * np.outer(scales, scales)
    weighted = np.linalg.solve(noise, design)
    precision = design.T @ weighted + np.eye(len(names)) / SPREAD**2
    covariance = np.asarray(np.linalg.inv(precision), np.float64)
    mean: Floats = covariance @ (weighted.T @ misses)
    return Shift(names, mean, covariance)
