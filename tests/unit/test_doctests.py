"""The examples in the docstrings of the public names run."""

from __future__ import annotations

import doctest
import importlib

import pytest

import plsim

MODULES = sorted({home.partition(":")[0] for home in plsim._HOMES.values()})


@pytest.mark.parametrize("module", MODULES)
def test_the_examples_of_a_public_module_run(module: str) -> None:
    found = doctest.testmod(importlib.import_module(module), optionflags=doctest.ELLIPSIS)
    assert found.failed == 0
    assert found.attempted > 0 or not module.startswith("plsim.api.")


@pytest.mark.parametrize("name", sorted(plsim.__all__))
def test_a_public_name_says_what_it_is(name: str) -> None:
    text = getattr(plsim, name).__doc__ or ""
    assert text.partition("\n")[0].endswith((".", ":"))


@pytest.mark.parametrize(
    "name", ["change", "compare", "districts", "evaluate", "load", "rule", "run", "study", "worlds"]
)
def test_a_public_function_says_what_it_takes_gives_and_refuses(name: str) -> None:
    text = getattr(plsim, name).__doc__ or ""
    for heading in ("Parameters", "Returns" if name != "districts" else "Yields", "Raises", "Examples"):
        assert f"\n    {heading}\n    ---" in text, heading
