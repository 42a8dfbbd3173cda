"""The report: a result folder as one page for people who decide, in words, tables and pictures.

``folder`` reads the files, ``tables`` works out what is shown, ``words`` says it, ``figures`` draws it (and is the only
door to matplotlib), ``page`` puts it together. Nothing here simulates.
"""
