"""Rendering primitives: a table of values as text, as a web page, as CSV.  Each room brings its own rows."""
