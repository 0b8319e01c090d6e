"""Sphinx configuration: Markdown pages, the API read from the docstrings, no network."""

project = "segur_pha"
author = "the segur_pha contributors"
copyright = author
language = "en"

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
exclude_patterns = ["_build"]

myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3

autodoc_member_order = "bysource"
autodoc_typehints = "signature"

html_theme = "furo"
html_title = "segur_pha"
