"""Every claim can be computed, in schools of the size at which it is tried."""

from __future__ import annotations

import math

import pytest

from plsim.engine.parameters import CENTRAL
from plsim.validation.claims.claims import claims
from plsim.validation.claims.claims_task import Lab, Runs


@pytest.mark.slow
def test_every_claim_has_a_number_in_the_central_world() -> None:
    lab = Lab(CENTRAL, Runs(0))
    found = {claim.id: float(claim.compute(lab)) for claim in claims()}
    assert len(found) >= 90
    assert all(math.isfinite(value) for value in found.values()), found
