"""``python -m segur_pha``: the same as the command ``segur-pha``."""

from __future__ import annotations

import sys

from segur_pha.cli import principal

if __name__ == "__main__":
    sys.exit(principal())
