"""The explorer: a page in the browser, served from this machine, to try scenarios and to teach with them.

It has no behaviour of its own: what it shows comes from the same functions as the command line.
"""
