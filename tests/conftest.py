"""What all tests share: the same hypothesis examples in every run, and no limit on how long one takes.

The first example may wait for compilation, so a deadline would fail on a slow machine only.
"""

import signal

import pytest
from hypothesis import settings

from plsim.core.threads import one_thread

one_thread()  # before numpy is loaded: tests are run side by side

# A shell that starts tests in the background hands down that Ctrl-C is ignored; programs under test must not
# inherit it.
signal.signal(signal.SIGINT, signal.default_int_handler)

settings.register_profile("plsim", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("plsim")

SLOW_LIMIT = 1200
"""Seconds; what takes a minute on an idle machine takes many on one that others use too."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Slow tests have time."""
    for item in items:
        if item.get_closest_marker("slow") and not item.get_closest_marker("timeout"):
            item.add_marker(pytest.mark.timeout(SLOW_LIMIT))
