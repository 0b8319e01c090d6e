"""The rules applied to a file: structure (1st control), lines (2nd control), advice, verdict."""
