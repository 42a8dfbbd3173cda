"""How the documentation site is built: ``python -m sphinx -W -b html docs build/docs`` (``.ci/run`` does).

The Markdown pages of this folder are the site's sources. What repeats docstrings and the help of commands is generated:
``_extensions/reference.py`` writes the pages of the API, sphinx-click those of the commands, sphinx-gallery runs the
examples and keeps their pictures. Nothing is fetched from a network.
"""

from __future__ import annotations

import sys
from pathlib import Path

import plsim

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE / "_extensions"))

project = "plsim"
author = "the plsim contributors"
project_copyright = "the plsim contributors"
version = release = plsim.__version__

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.doctest",
    "sphinx.ext.napoleon",
    "sphinx_click",
    "sphinx_gallery.gen_gallery",
    "reference",
]
exclude_patterns = ["README.md", "gallery/**/*.ipynb", "gallery/**/*.py", "gallery/**/*.zip", "_templates"]
templates_path = ["_templates"]
nitpicky = False
suppress_warnings = ["config.cache"]  # the gallery's order is a function, which Sphinx cannot store between builds

# Markdown
myst_enable_extensions = ["colon_fence", "deflist", "dollarmath"]
myst_heading_anchors = 4

# Reference
autosummary_generate = True
autodoc_typehints = "signature"
autodoc_typehints_format = "short"
autodoc_member_order = "bysource"
autoclass_content = "class"
napoleon_google_docstring = False
napoleon_use_rtype = False
napoleon_use_ivar = True  # attributes of named tuples and dataclasses are members too, and would be described twice
napoleon_attr_annotations = False

# Gallery
sphinx_gallery_conf = {
    "examples_dirs": [str(HERE.parent / "examples")],
    "gallery_dirs": ["gallery"],
    "filename_pattern": r"\.py$",
    "ignore_pattern": r"mesa_visualisation\.py",
    "abort_on_example_error": True,
    "download_all_examples": False,
    "show_signature": False,
    "remove_config_comments": True,
    "min_reported_time": 3600,
    "within_subsection_order": "FileNameSortKey",
    "matplotlib_animations": False,
    "nested_sections": False,
    "show_memory": False,
}

# Pages
html_theme = "furo"
html_title = f"plsim {release}"
html_static_path: list[str] = []
html_show_sphinx = False
html_copy_source = False
