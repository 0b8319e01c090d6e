"""The pages of the reference that are derived from the code; `docs/generate.py` writes them."""
