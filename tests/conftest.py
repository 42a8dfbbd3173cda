"""What all tests share: the same hypothesis examples in every run, and no limit on how long one takes.

The first example may wait for compilation, so a deadline would fail on a slow machine only.
"""

import signal

from hypothesis import settings

# A shell that starts tests in the background hands down that Ctrl-C is ignored; programs under test must not
# inherit it.
signal.signal(signal.SIGINT, signal.default_int_handler)

settings.register_profile("plsim", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("plsim")
