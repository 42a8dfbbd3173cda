"""What all tests share: the same hypothesis examples in every run, and no limit on how long one takes.

The first example may wait for compilation, so a deadline would fail on a slow machine only.
"""

from hypothesis import settings

settings.register_profile("plsim", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("plsim")
