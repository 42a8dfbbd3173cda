"""The door for Python: what ``import plsim`` offers, with arguments checked as the command line checks them.

Whatever is wrong with an argument raises an :class:`~plsim.core.errors.InputError` that says what was given and what is
allowed. A name or a path of a scenario is accepted wherever a scenario is.
"""
