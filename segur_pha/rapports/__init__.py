"""Rendering primitives: a table of values as text, as a web page, as CSV.  Each package supplies its own rows."""
